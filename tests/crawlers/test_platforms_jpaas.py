"""Columns of a jpaas site, and of its search server."""

import json
from typing import Any

from scrapy.http import TextResponse

from crawlers.platforms import jpaas
from tests.crawlers.spider_at_hand import failed, lists, make, notices, run, started

MIIT = "https://www.miit.gov.cn/zwgk/wjgs/index.html"
SHELL = """<div><script id="4e" src="/unitbuild.js" webId="8d" parseType="buildstatic"
 url="/api-gateway/jpaas-publish-server/front/page/build/unit"
 queryData="{'parseType':'buildstatic','webId':'8d','tagId':'右侧内容','pageId':'ca'}"></script></div>"""
ART = "/zwgk/wjgs/art/2021/art_4b80c75fe4c446aaa76a536b74577c02.html"
UNIT = f"""<div id="当前栏目_list"><div class="page-content"><ul>
 <li class="cf"><a class="fl" href="http://www.miit.gov.cn{ART}"
  title="关于某事项的公示（第二批）"><i></i>关于某事项…</a>
 <span class="fr">2021-02-03</span></li></ul></div>
 <div class="pagination" count="3" rows="1" pageNo="1"></div></div>"""


def unit_json(html: str) -> str:
    return json.dumps({"success": True, "code": "200", "data": {"html": html}})


def test_a_shell_leads_to_its_unit_with_the_shell_as_referer() -> None:
    (unit,) = run(started(make(jpaas, MIIT))[0], SHELL)
    assert unit.url.startswith("https://www.miit.gov.cn/api-gateway/jpaas-publish-server/")
    assert "pageId=ca" in unit.url
    assert "tagId=%E5%8F%B3%E4%BE%A7" in unit.url
    assert unit.headers[b"Referer"] == MIIT.encode()
    assert unit.meta["want"] == "json"


def test_the_unit_lists_whole_titles_and_pages_by_param_json() -> None:
    spider = make(jpaas, MIIT)
    (unit,) = run(started(spider)[0], SHELL)
    found = run(unit, unit_json(UNIT), TextResponse)
    assert notices(found) == ["关于某事项的公示（第二批）"]
    assert found[0].meta["notice"]["key"] == "4b80c75fe4c446aaa76a536b74577c02"
    assert found[0].meta["notice"]["url"] == "https://www.miit.gov.cn" + ART
    following = lists(found)[0]
    assert "paramJson=%7B%22pageNo%22%3A2%2C%22pageSize%22%3A%221%22%7D" in following.url
    assert spider.reports["通知公告"].total == 3


def test_a_shell_without_units_is_broken_not_empty() -> None:
    spider = make(jpaas, MIIT)
    assert run(started(spider)[0], "<html><body><p>维护中</p></body></html>") == []
    failure = spider.reports["通知公告"].failure
    assert failure is not None
    assert failure.verdict == "broken"


def test_an_answer_that_is_no_unit_is_a_failure() -> None:
    spider = make(jpaas, MIIT)
    (unit,) = run(started(spider)[0], SHELL)
    assert run(unit, '{"success":false,"code":"500"}', TextResponse) == []
    assert spider.reports["通知公告"].failure is not None


SEARCH: dict[str, Any] = {
    "endpoint": "/search-front-server/api/search/info",
    "params": {"cateid": "196", "pg": "1"},
    "extra": {"api": "search"},
}


def search_json(*hits: dict[str, Any], total: int = 2) -> str:
    results = [{"groupData": [{"data": hit}]} for hit in hits]
    return json.dumps({"data": {"searchResult": {"totalCount": total, "dataResults": results}}})


def test_a_search_column_pages_to_its_total_and_brings_the_text_along() -> None:
    spider = make(jpaas, "https://www.miit.gov.cn/search/zcwjk.html", **SEARCH)
    (request,) = started(spider)
    assert request.headers[b"Referer"] == b"https://www.miit.gov.cn/search/zcwjk.html"
    inner = json.dumps([{"fieldValue": "<p>现将有关事项通知如下</p>"}])
    hit = {
        "title": "关于开展<em>第三批</em>建设的通知",
        "url": ART,
        "deploytime": "1612165500000",  # 2021-02-01 15:45 in Shanghai
        "filenumbername": "工信部联消费函〔2021〕23号",
        "infoextends": json.dumps({"infoContent": inner}),
    }
    found = run(request, search_json(hit), TextResponse)
    assert notices(found) == ["关于开展第三批建设的通知"]
    assert "p=2" in lists(found)[0].url
    (item,) = failed(found[0], 500)
    assert item.complete
    assert item.body_html == "<div><p>现将有关事项通知如下</p></div>"
    assert (item.doc_number, item.published) == ("工信部联消费函〔2021〕23号", "2021-02-01 15:45")


def test_a_search_without_result_is_zero_rows_and_no_failure() -> None:
    spider = make(jpaas, "https://www.miit.gov.cn/search/zcwjk.html", **SEARCH)
    assert run(started(spider)[0], '{"data":{}}', TextResponse) == []
    report = spider.reports["通知公告"]
    assert (report.rows, report.total, report.failure) == (0, 0, None)


def test_a_unit_in_another_envelope_is_found_by_its_markup() -> None:
    spider = make(jpaas, MIIT)
    (unit,) = run(started(spider)[0], SHELL)
    found = run(unit, json.dumps({"status": 1, "result": {"content": UNIT}}), TextResponse)
    assert notices(found) == ["关于某事项的公示（第二批）"]
    assert spider.reports["通知公告"].total == 3
