"""CDE: forms, records, and the home page behind a wall."""

import json
from typing import Any

from scrapy.http import TextResponse

from crawlers.failures import WallError
from crawlers.items import Failure, KnownRow
from crawlers.platforms import cde
from crawlers.walking.base import BaseSpider
from tests.crawlers.spider_at_hand import failed, lists, make, notices, run, started

CDE = "https://www.cde.org.cn/zdyz/listpage/3c49fad55caad7a034c263cfc2b6eb9c"


def cde_json(*records: dict[str, Any], pages: int = 1, code: int = 200) -> str:
    data = {"records": list(records), "total": len(records), "pages": pages}
    return json.dumps({"msg": "操作成功", "code": code, "data": data})


def make_cde(**column: Any) -> BaseSpider:
    options: dict[str, Any] = {
        "endpoint": "/zdyz/getOpinionList",
        "params": {"pageSize": "10", "fclass": "征求意见"},
        "extra": {"home": "征求"},
    }
    return make(cde, CDE, walls=("warmup", "browser", "home"), **(options | column))


def test_a_cde_list_is_posted_as_its_page_does() -> None:
    (request,) = started(make_cde())
    assert (request.method, request.url) == ("POST", "https://www.cde.org.cn/zdyz/getOpinionList")
    assert b"pageNum=1" in request.body
    assert request.headers[b"Referer"] == CDE.encode()
    assert request.headers[b"Origin"] == b"https://www.cde.org.cn"
    assert request.headers[b"X-Requested-With"] == b"XMLHttpRequest"
    assert request.meta["want"] == "json"


def test_an_opinion_leads_to_the_news_page_it_names() -> None:
    link = "https://www.cde.org.cn/main/news/viewInfoCommon/2571e33f2356dbb4e20e3a356d96bada"
    record = {"title": "关于公开征求意见的通知", "issueDate": "20210203", "externalLinks": link}
    found = run(started(make_cde())[0], cde_json(record, pages=2), TextResponse)
    assert found[0].url == link
    assert found[0].meta["notice"]["key"] == "2571e33f2356dbb4e20e3a356d96bada"
    assert b"pageNum=2" in lists(found)[0].body


def test_a_picture_news_leads_to_the_picture_page() -> None:
    record = {
        "title": "图片新闻一则",
        "publishDate": "20210203",
        "newsIdCode": "a" * 32,
        "isPic": 1,
    }
    found = run(started(make_cde())[0], cde_json(record), TextResponse)
    assert found[0].url == "https://www.cde.org.cn/main/newspic/view/" + "a" * 32


def test_a_record_without_a_page_is_the_notice_itself() -> None:
    record = {
        "pridCODE": "b" * 32,
        "acceptid": "CXHS2100001国",
        "drgnamecn": "某某片",
        "company": "某某药业<有限>公司",
        "noticeDate": "2021-02-03",
        "endNoticeDate": "2021-02-10",
    }
    spider = make_cde(name="优先审评公示")
    (item,) = run(started(spider)[0], cde_json(record), TextResponse)
    assert item.title == "拟纳入优先审评公示：某某片（CXHS2100001国，某某药业<有限>公司）"
    assert (item.key, item.url) == ("b" * 32, f"{CDE}#{'b' * 32}")
    assert "<tr><th>公示截止日期</th><td>2021-02-10</td></tr>" in item.body_html
    assert "&lt;有限&gt;" in item.body_html
    assert (item.published, item.complete) == ("2021-02-03", True)


def test_variants_of_a_form_are_all_asked_for() -> None:
    requests = started(make_cde(extra={"variants": [{"noticeType": "1"}]}))
    assert [b"noticeType=1" in request.body for request in requests] == [False, True]


def test_a_code_other_than_200_is_a_failure_not_an_empty_list() -> None:
    spider = make_cde(extra={})
    assert run(started(spider)[0], '{"msg":"系统异常","code":500}', TextResponse) == []
    failure = spider.reports["通知公告"].failure
    assert failure is not None
    assert (failure.verdict, failure.reason) == ("broken", "列表接口返回 code=500 系统异常")


NEWS = "/main/news/viewInfoCommon/"
HOME = f"""<ul>
<li><a href="{NEWS}{"a" * 32}" title="关于公开征求某指导原则意见的通知">关于公开…</a>
<span>20210203</span></li>
<li><a href="{NEWS}{"b" * 32}">药审中心召开工作会议</a><span>20210202</span></li>
</ul>"""
WALLED = Failure("blocked", "网站返回 202 验证页（瑞数）", CDE, 202)


def test_behind_a_wall_the_home_page_is_read_for_this_columns_titles() -> None:
    spider = make_cde()
    (home,) = failed(started(spider)[0], error=WallError(WALLED))
    assert home.url == "https://www.cde.org.cn/"
    found = run(home, HOME)
    assert notices(found) == ["关于公开征求某指导原则意见的通知"]
    assert lists(found) == []
    report = spider.reports["通知公告"]
    assert (report.degraded, report.failure) == ("列表接口被拦截，改读首页新闻", None)
    assert (report.rows, report.newest) == (1, "2021-02-03")


def test_with_the_home_page_walled_too_the_column_is_blocked() -> None:
    spider = make_cde()
    (home,) = failed(started(spider)[0], error=WallError(WALLED))
    failed(home, error=WallError(WALLED))
    assert spider.reports["通知公告"].failure == WALLED


def test_a_list_whose_fields_have_other_names_is_read_by_its_known_notices() -> None:
    spider = make_cde()
    ids = [f"{number:032x}" for number in range(1, 6)]
    titles = [f"关于公开征求第{number}项指导原则意见的通知" for number in range(1, 6)]
    news = "https://www.cde.org.cn/main/news/viewInfoCommon/"
    spider.known_rows["通知公告"] = [
        KnownRow(key, news + key, title, "2021-02-02")
        for key, title in zip(ids[1:], titles[1:], strict=True)
    ]
    records = [
        {"subject": title, "pubTime": "20210202", "newsId": key}
        for key, title in zip(ids, titles, strict=True)
    ]
    body = json.dumps({"code": 0, "result": {"list": records, "total": 5, "pages": 1}})
    found = run(started(spider)[0], body, TextResponse)
    assert [one.url for one in found] == [news + key for key in ids]
    assert [one.meta["notice"]["list_date"] for one in found] == ["20210202"] * 5
    report = spider.reports["通知公告"]
    assert report.failure is None
    assert "标题 subject，日期 pubTime，链接 newsId" in report.degraded


def test_a_question_is_a_notice_with_its_answer() -> None:
    record = {
        "idCODE": "c" * 32,
        "probleContent": "稳定性试验可否\n采用括号法？",
        "answerContent": "可以，应当说明理由。",
        "publishTime": "2021-02-02",
    }
    spider = make_cde(name="共性问题", extra={"variants": [{"probleType": "2"}]})
    request, second = started(spider)
    assert b"probleType=2" in second.body
    (item,) = run(request, cde_json(record), TextResponse)
    assert (item.key, item.title) == ("c" * 32, "稳定性试验可否 采用括号法？")
    assert item.published == "2021-02-02"
    assert "<th>解答</th><td>可以，应当说明理由。</td>" in item.body_html


def test_rows_that_all_lead_to_one_address_are_no_list_and_no_notices() -> None:
    spider = make_cde()
    records = [{"title": f"关于第{n}件事项的公告", "publishDate": "20210301"} for n in range(4)]
    assert run(started(spider)[0], cde_json(*records), TextResponse) == []
    failure = spider.reports["通知公告"].failure
    assert failure is not None
    assert failure.verdict == "broken"
    assert "4 条中有 4 条指向同一个地址" in failure.reason


def test_records_without_any_title_are_no_notices() -> None:
    spider = make_cde()
    records = [{"subject": f"关于第{n}件事项的公告", "publishDate": "20210301"} for n in range(2)]
    assert run(started(spider)[0], cde_json(*records), TextResponse) == []
    failure = spider.reports["通知公告"].failure
    assert failure is not None
    assert (failure.verdict, failure.reason) == ("broken", "列表接口已改版，认不出标题和地址")
