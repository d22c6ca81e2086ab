"""A list page that shows nothing: what its scripts ask for, and the column that reads it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawlers.catalogue import Column
from crawlers.platforms import json as json_platform
from crawlers.probing import guess_platform, looked_at
from crawlers.reading.asked_data import asked_addresses, described, described_post
from crawlers.reading.asked_post import Asked
from crawlers.records import Records

URL = "https://www.example.gov.cn/zwgk/list/index.html"
HOST = "https://www.example.gov.cn"


def shell(script: str, more: str = "") -> str:
    head = "<head><title>通知公告</title></head>"
    return f"<html>{head}<body><ul></ul>{more}<script>{script}</script></body></html>"


def rows(count: int = 12, **fields: Any) -> list[dict[str, Any]]:
    return [
        {"id": n, "title": f"关于第{n}批中药品种评审的公告", "url": f"/zwgk/{n}.html",
         "publishDate": "2021-02-03", "author": "办公室", **fields}
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("script", "address"),
    [
        ('$.ajax({url: "./TONGYONGGAILAN.json", success: f})', "/zwgk/list/TONGYONGGAILAN.json"),
        (
            "fetch('/api/news/list?pageNo=1&pageSize=20').then(f)",
            "/api/news/list?pageNo=1&pageSize=20",
        ),
        ("axios.get(`/open/articles?type=3`)", "/open/articles?type=3"),
        ("var base = '/front/columnList?page='; load(base + n)", "/front/columnList?page=1"),
        ('$.getJSON("https://www.example.gov.cn/a/b.json", f)', "/a/b.json"),
    ],
)
def test_what_a_script_asks_for_is_found(script: str, address: str) -> None:
    assert asked_addresses(shell(script), URL)[:1] == [HOST + address]


def test_other_hosts_pages_and_pictures_are_not_asked() -> None:
    script = "fetch('https://stat.example.com/api/list');$.get('/head.html');a='/img/list.png'"
    assert asked_addresses(shell(script), URL) == []


@pytest.mark.parametrize(
    ("answer", "records"),
    [
        (rows(), {}),
        (
            {"code": 0, "data": {"list": rows(), "total": 80}},
            {"rows": "data.list", "total": "data.total"},
        ),
        (
            {"result": {"records": rows(), "pages": 9}},
            {"rows": "result.records", "pages": "result.pages"},
        ),
    ],
)
def test_a_list_is_described_by_where_it_stands(answer: Any, records: dict[str, str]) -> None:
    column = described(json.dumps(answer), URL, f"{HOST}/api/list?type=3&pageNo=1")
    assert column == {
        "endpoint": "/api/list",
        "params": {"type": "3"},
        "paging": {"number": "pageNo", "size": 12},
        "records": {"title": "title", "link": "url", "date": "publishDate", **records},
    }
    Column.model_validate({"name": "通知公告", "url": URL, **column})


def test_a_file_beside_the_page_needs_little() -> None:
    column = described(json.dumps(rows(publishDate=1612281600000)), URL, f"{HOST}/zwgk/list/A.json")
    assert column is not None
    assert column["endpoint"] == "A.json"
    assert "paging" not in column
    assert Records.model_validate(column["records"]).date == ("publishDate",)


@pytest.mark.parametrize(
    "answer",
    [
        "<html></html>",
        "[" * 50_000,
        json.dumps({"menu": [{"name": "首页", "url": "/"}, {"name": "公开", "url": "/a/"}] * 3}),
        json.dumps(rows(2)),
        json.dumps(rows(title="x")),
        json.dumps(rows(url=None)),
        json.dumps(rows(publishDate="")),
        "{}",
    ],
)
def test_what_is_no_list_of_notices_is_not_described(answer: str) -> None:
    assert described(answer, URL, f"{HOST}/api/list") is None


def test_names_that_no_table_may_hold_are_left_out() -> None:
    hostile = "a = 1 }\n[evil]\nx"
    answer = {"data": rows(), hostile: {"total": 4}, "b.c": rows(40), "\ud800": rows(50)}
    column = described(json.dumps(answer), URL, f"{HOST}/api/list?b%0A%5Bc=1&d=2")
    assert column is not None
    assert column["params"] == {"d": "2"}
    assert column["records"] == {
        "rows": "data", "title": "title", "link": "url", "date": "publishDate",
    }  # fmt: skip


def test_an_empty_shell_is_recognised_by_what_it_asks_for() -> None:
    answers = {
        f"{HOST}/static/app.8d1f.js": 'n.get("/api/menu");n.get("/api/news/page?pageNum="+e)',
        f"{HOST}/api/menu": json.dumps({"menu": []}),
        f"{HOST}/api/news/page?pageNum=1": json.dumps({"data": {"rows": rows(), "total": 40}}),
    }
    text = shell("", '<div id="app"></div><script src="/static/app.8d1f.js"></script>')
    guess = guess_platform(text, URL)
    assert guess.platform == json_platform.PLATFORM.name
    found = looked_at(guess, URL, lambda address: answers.get(address, ""))
    assert found.sign.endswith("/api/news/page?pageNum=1")
    assert found.column["paging"] == {"number": "pageNum", "size": 12}
    nothing = looked_at(guess, URL, lambda address: "")
    assert (nothing.platform, nothing.asks) == ("listing", ())


def test_a_page_with_rows_is_read_as_it_stands() -> None:
    items = "".join(
        f"<li><a href='/zwgk/{n}/t20210203_{n}.html'>关于第{n}批品种的公告</a>"
        "<span>2021-02-03</span></li>"
        for n in range(9)
    )
    text = shell("$.get('/api/visits/list')", f"<ul>{items}</ul>")
    assert guess_platform(text, URL).platform == "trs"


def posted(body: str, kind: str = "application/x-www-form-urlencoded", **more: str) -> Asked:
    asked = {"url": f"{HOST}/front/list", "method": "POST", **more}
    return Asked(body=body, kind=kind, answer=json.dumps({"data": rows()}), **asked)


def test_a_list_that_a_page_posted_for_is_described_with_what_was_sent() -> None:
    column = described_post(
        posted("columnID=1&title=&pageNumber=1", url=f"{HOST}/front/list?s=2"), URL
    )
    assert column == {
        "endpoint": "/front/list?s=2",
        "send": "form",
        "params": {"columnID": "1", "title": ""},
        "paging": {"number": "pageNumber", "size": 12},
        "records": {"rows": "data", "title": "title", "link": "url", "date": "publishDate"},
    }
    Column.model_validate({"name": "通知公告", "url": URL, **column})
    sent = described_post(posted('{"pageNo":1,"type":"a","tag":null}', "application/json"), URL)
    assert sent is not None
    assert (sent["send"], sent["params"]) == ("json", {"type": "a"})
    elsewhere = described_post(posted("a=1", url="https://api.example.com/list"), URL)
    assert elsewhere is not None
    assert elsewhere["endpoint"] == "https://api.example.com/list"


@pytest.mark.parametrize(
    "asked",
    [
        posted('{"page":{"no":1}}', "application/json"),
        posted("[1]", "application/json"),
        posted("a%0A[evil]=1"),
        posted("a=1", method="PUT"),
    ],
)
def test_what_no_column_can_send_is_not_described(asked: Asked) -> None:
    assert described_post(asked, URL) is None
