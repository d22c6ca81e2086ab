"""Lists that come as JSON, described in the catalogue: rows, days, paging, notices as data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError
from scrapy.http import TextResponse

from crawlers.catalogue import load_catalogue
from crawlers.items import KnownRow, NoticeItem
from crawlers.platforms import json as json_platform
from crawlers.reading.json_rows import NotRecordsError, day_at, record_objects
from crawlers.records import PagingRule, Records
from crawlers.saved_page import read_saved_page
from crawlers.walking.base import BaseSpider
from tests.crawlers.spider_at_hand import answer, lists, make, notices, run, started

URL = "https://www.example.gov.cn/zhengce/ku/"
BODY = "<p>各有关单位：现将有关事项通知如下，请于本月底以前报送材料。</p>" * 3


def make_json(**column: Any) -> BaseSpider:
    usual: dict[str, Any] = {
        "records": {"rows": "data.list", "title": "title", "link": "url", "date": "day"}
    }
    return make(json_platform, URL, **(usual | column))


def reply(rows: list[dict[str, Any]], **more: Any) -> str:
    return json.dumps({"code": 0, "data": {"list": rows, **more}}, ensure_ascii=False)


def rows(first: int, count: int) -> list[dict[str, Any]]:
    return [
        {"title": f"关于第{n}号事项的通知", "url": f"/ku/{n}.html", "day": "2021-02-03"}
        for n in range(first, first + count)
    ]


def test_a_static_file_is_the_whole_list() -> None:
    """As 中国政府网 sends it: an array at the top, the newest first, nothing to turn."""
    spider = make_json(
        endpoint="TONGYONGGAILAN.json",
        records={"title": "TITLE", "link": "URL", "date": "DOCRELPUBTIME"},
    )
    (request,) = started(spider)
    assert request.url == URL + "TONGYONGGAILAN.json"
    assert request.headers[b"Referer"] == URL.encode()
    link = "https://www.example.gov.cn/zhengce/content/202102/content_5584.htm"
    row = {
        "TITLE": "关于某<em>事项</em>的通知",
        "SUB_TITLE": "",
        "URL": link,
        "DOCRELPUBTIME": "2021-02-03",
    }
    found = run(request, json.dumps([row], ensure_ascii=False), TextResponse)
    assert notices(found) == ["关于某事项的通知"]
    assert [one.url for one in found] == [link]
    assert spider.reports["通知公告"].rows == 1


def test_pages_are_asked_for_by_number_until_the_count_is_reached() -> None:
    spider = make_json(
        endpoint="/api/list",
        params={"type": "tzgg"},
        records={
            "rows": "data.list", "title": "title", "link": "url", "date": "day", "total": "data.n",
        },
        paging={"number": "pageNo", "size": 3},
    )  # fmt: skip
    (request,) = started(spider)
    assert request.url == "https://www.example.gov.cn/api/list?type=tzgg&pageNo=1"
    (second,) = lists(run(request, reply(rows(1, 3), n=5), TextResponse))
    assert second.url.endswith("pageNo=2")
    assert lists(run(second, reply(rows(4, 2), n=5), TextResponse)) == []
    spider.prove()
    report = spider.reports["通知公告"]
    assert (report.rows, report.total, report.joined) == (5, 5, "end")


@pytest.mark.parametrize(
    ("send", "sent"),
    [
        ("query", ("GET", "", "?kind=a&start=0")),
        ("form", ("POST", "kind=a&start=0", "")),
        ("json", ("POST", '{"kind": "a", "start": 0}', "")),
    ],
)
def test_offsets_are_sent_as_query_form_or_json(send: str, sent: tuple[str, str, str]) -> None:
    spider = make_json(
        endpoint="/api", send=send, params={"kind": "a"}, paging={"offset": "start", "size": 2}
    )
    (request,) = started(spider)
    method, body, query = sent
    assert (request.method, request.body.decode()) == (method, body)
    assert request.url == f"https://www.example.gov.cn/api{query}"
    (second,) = lists(run(request, reply(rows(1, 2)), TextResponse))
    assert "start=2" in second.url + second.body.decode().replace('": ', "=")
    assert lists(run(second, reply(rows(3, 1)), TextResponse)) == []  # a short page is the last


def test_a_cursor_is_sent_back_until_there_is_none() -> None:
    spider = make_json(endpoint="/api", paging={"cursor": "after", "next": "data.next"})
    (request,) = started(spider)
    assert request.url == "https://www.example.gov.cn/api"
    (second,) = lists(run(request, reply(rows(1, 2), next="x&1"), TextResponse))
    assert second.url.endswith("?after=x%261")
    assert lists(run(second, reply(rows(3, 2), next=None), TextResponse)) == []


def test_the_number_may_stand_in_the_address() -> None:
    spider = make_json(endpoint="list_{page}.json", paging={"first": 0, "size": 2})
    (request,) = started(spider)
    assert request.url == URL + "list_0.json"
    (second,) = lists(run(request, reply(rows(1, 2)), TextResponse))
    assert second.url == URL + "list_1.json"


@pytest.mark.parametrize(
    ("value", "form", "day"),
    [
        ("2021-02-03 09:00:00", "", "2021-02-03 09:00:00"),
        ("20210203", "", "2021-02-03"),
        (20210203, "", "2021-02-03"),
        ("20210203173000", "", "2021-02-03"),
        (1612281600, "", "2021-02-03"),  # midnight in Shanghai is the day before in UTC
        ("1612281600000", "", "2021-02-03"),
        (161228160, "seconds", "1975-02-10"),
        (1612281600, "milliseconds", "1970-01-19"),
        ("2102030001", "compact", "2102030001"),
        ("20210203", "printed", "20210203"),
        (10**30, "seconds", str(10**30)),
        (None, "", ""),
        (True, "", ""),
    ],
)
def test_a_day_is_what_the_publisher_means(value: object, form: Any, day: str) -> None:
    assert day_at({"at": {"day": value}}, ("none", "at.day"), form) == day


def test_rows_are_found_by_their_path_and_their_absence_is_a_fault() -> None:
    listed = {"searchVO": {"catMap": {"a": {"listVO": [{"t": 1}]}, "b": {"listVO": [{"t": 2}, 3]}}}}
    described = Records(rows="searchVO.catMap.*.listVO", title="t", link="u")
    assert record_objects(listed, described) == [{"t": 1}, {"t": 2}]
    assert record_objects({"d": []}, Records(rows="d", title="t", link="u")) == []
    for broken in ({}, {"d": None}, {"d": "x"}, [], "x", None):
        with pytest.raises(NotRecordsError, match="没有所说的列表 d"):
            record_objects(broken, Records(rows="d", title="t", link="u"))


@pytest.mark.parametrize(
    "text", ["<html></html>", "[" * 100_000, '{"code": 500, "data": null}', ""]
)
def test_what_is_no_list_is_a_broken_column(text: str) -> None:
    spider = make_json(endpoint="/api")
    run(started(spider)[0], text, TextResponse)
    failure = spider.reports["通知公告"].failure
    assert failure is not None
    assert failure.verdict == "broken"


def test_a_row_without_a_page_is_the_notice() -> None:
    spider = make_json(
        records={
            "rows": "data.list", "title": "question", "date": "at", "body": ["answer"], "key": "id",
            "source": "office",
        },
    )  # fmt: skip
    row = {
        "question": "某事项怎样申报？",
        "at": 1612281600,
        "answer": BODY,
        "id": "q-77",
        "office": "某局",
    }
    (item,) = run(started(spider)[0], reply([row]), TextResponse)
    assert isinstance(item, NoticeItem)
    assert (item.key, item.url, item.complete) == ("q-77", f"{URL}#q-77", True)
    assert (item.published, item.source) == ("2021-02-03", "某局")
    assert "报送材料" in item.body_html


def test_a_notice_that_is_data_is_read_by_its_paths() -> None:
    spider = make_json(
        records={"rows": "data.list", "title": "title", "date": "day", "page": "/#/news/{id}"},
        detail={
            "ask": "/api/detail?newsId={id}", "title": "d.title", "body": "d.text", "date": "d.at",
        },
    )  # fmt: skip
    listed = [{"title": "关于某标准的公示", "day": "2021-02-03", "id": "a b/7"}]
    (request,) = run(started(spider)[0], reply(listed), TextResponse)
    assert request.url == "https://www.example.gov.cn/api/detail?newsId=a%20b/7"
    text = BODY + "<a href='/three/anon/user/download?id=5'>附件.pdf</a>"
    sent = {"d": {"title": "关于某标准的公示（第二次）", "text": text, "at": 1612281600000}}
    (item,) = run(request, json.dumps(sent), TextResponse)
    assert item.url == "https://www.example.gov.cn/#/news/a%20b/7"
    assert (item.title, item.published) == ("关于某标准的公示（第二次）", "2021-02-03")
    assert (item.complete, item.read_by["body_html"]) == (True, "column")
    kept = answer(request, json.dumps(sent), TextResponse)
    kept.request.meta.pop("zx_detail")
    again = spider.read_saved(kept)
    assert (again.title, again.body_html) == (item.title, item.body_html)
    (broken,) = run(request.replace(meta={**request.meta, "zx_detail": True}), "<html>验证</html>")
    assert (broken.complete, broken.title) == (False, "关于某标准的公示")


def test_renamed_fields_are_found_again_by_known_notices() -> None:
    spider = make_json(endpoint="/api")
    known = [
        KnownRow(address, address, f"关于第{n}号事项的通知", "2021-02-03")
        for n in range(1, 6)
        for address in [f"https://www.example.gov.cn/ku/{n}.html"]
    ]
    spider.known_rows["通知公告"] = known
    renamed = {
        "result": [
            {"newsTitle": f"关于第{n}号事项的通知", "link": f"/ku/{n}.html", "pub": "20210203"}
            for n in range(1, 8)
        ]
    }
    run(started(spider)[0], json.dumps(renamed), TextResponse)
    report = spider.reports["通知公告"]
    assert report.failure is None
    assert report.rows == 7
    assert "列表接口已改版" in report.degraded


@pytest.mark.parametrize(
    ("model", "table", "words"),
    [
        (Records, {"title": "t"}, "link, page or key"),
        (Records, {"title": "t", "page": "/x?id={id"}, "braces name paths"),
        (PagingRule, {"number": "p", "offset": "o", "size": 5}, "one of number, offset"),
        (PagingRule, {"cursor": "c"}, "belong together"),
        (PagingRule, {"offset": "o"}, "needs size"),
    ],
)
def test_a_wrong_description_is_told(model: Any, table: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        model.model_validate(table)


def test_a_column_without_a_description_says_so() -> None:
    spider = make_json(records=None)
    request = started(spider)[0]
    assert list(request.callback(answer(request, "[]", TextResponse), **request.cb_kwargs)) == []
    failure = spider.reports["通知公告"].failure
    assert failure is not None
    assert "records" in failure.reason


def test_a_saved_answer_is_read_as_its_column_describes_it() -> None:
    site = load_catalogue()["gov_cn"]
    link = "https://www.gov.cn/zhengce/zhengceku/202102/content_5584.htm"
    body = json.dumps([{"TITLE": "关于某事项的意见", "URL": link, "DOCRELPUBTIME": "2021-02-03"}])
    (item,) = read_saved_page(body.encode(), url=site.columns[0].url, site=site)
    assert (item.site, item.url, item.list_date) == ("gov_cn", link, "2021-02-03")
    assert item.title == "关于某事项的意见"


def test_a_saved_answer_of_nobodys_site_is_read_by_what_it_shows() -> None:
    saved = read_saved_page(reply(rows(1, 4)).encode(), url="https://www.example.gov.cn/api")
    assert [item.url for item in saved] == [
        f"https://www.example.gov.cn/ku/{n}.html" for n in range(1, 5)
    ]
