"""MIIT: shells, units, the search API, article pages and walls."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from replica.server import Replica, start_replica
from tests.replica.numbered import write_notices
from tests.replica.visitor import Visitor

MIIT = "https://www.miit.gov.cn"
NEWS = MIIT + "/xwfb/gxdt/sjdt/index.html"
ARTICLE = MIIT + "/xwdt/gxdt/sjdt/art/2021/art_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.html"
PICTURES = MIIT + "/zwgk/zcjd/art/2021/art_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.html"
UNIT = MIIT + "/api-gateway/jpaas-publish-server/front/page/build/unit"
SEARCH = MIIT + "/search-front-server/api/search/info"
SEARCH_PAGE = {"Referer": MIIT + "/search/zcwjk.html"}


def unit_url(shell: str, **more: str) -> str:
    printed = re.search(r'parseType="buildstatic".*?queryData="([^"]+)"', shell, re.DOTALL)
    assert printed is not None
    query = json.loads(printed[1].replace("'", '"'))
    return f"{UNIT}?{urlencode({**query, **more})}"


def rows_of(visitor: Visitor, page: str, **more: str) -> str:
    url = unit_url(visitor.get(page).text, **more)
    answer = visitor.get(url, headers={"Referer": page}).json
    assert (answer["success"], answer["code"]) == (True, "200")
    html: str = answer["data"]["html"]
    return html


def test_http_is_sent_to_https(visitor: Visitor) -> None:
    reply = visitor.get("http://www.miit.gov.cn/zwgk/zcjd/index.html?a=1")
    assert reply.status == 301
    assert reply.headers["Location"] == "https://www.miit.gov.cn/zwgk/zcjd/index.html?a=1"


@pytest.mark.parametrize("agent", ["", "curl/8.5.0", "Scrapy/2.19 (+https://scrapy.org)"])
def test_only_browsers_are_served(visitor: Visitor, agent: str) -> None:
    assert visitor.get(NEWS, agent=agent).status == 403
    assert visitor.get(NEWS).status == 200


def test_a_column_page_is_a_shell_with_single_quoted_parameters(visitor: Visitor) -> None:
    text = visitor.get(NEWS).text
    assert 'webId="8d828e408d90447786ddbe128d495e9e"' in text
    assert "queryData=\"{'parseType':'buildstatic','webId':" in text
    assert "'tagId':'右侧内容'" in text
    assert "座谈会" not in text


def test_the_unit_gives_the_rows_whole_titles_in_the_attribute(visitor: Visitor) -> None:
    html = rows_of(visitor, NEWS)
    title = "消费品工业司召开医药工业发展座谈会并就下一阶段稳定生产和保障供应的重点工作作出全面部署"
    assert '<div id="右侧内容"><div class="page-content"><ul>' in html
    assert f'title="{title}"' in html
    assert f"<i></i>{title[:36]}...</a>" in html
    assert '<span class="fr">2021-02-03</span>' in html
    assert 'count="1" rows="24" pageNo="1"' in html


def test_the_unit_wants_a_referer(visitor: Visitor) -> None:
    url = unit_url(visitor.get(NEWS).text)
    assert visitor.get(url).status == 403
    assert visitor.get(url, headers={"Referer": "https://www.example.com/"}).status == 403


def test_a_unit_nobody_printed_is_a_failure_in_json(visitor: Visitor) -> None:
    url = unit_url(visitor.get(NEWS).text, pageId="0" * 32)
    answer = visitor.get(url, headers={"Referer": NEWS}).json
    assert (answer["success"], answer["data"]) == (False, None)


def test_only_param_json_turns_the_page_and_links_come_in_three_forms(tmp_path: Path) -> None:
    write_notices(tmp_path, "miit", "司局动态", MIIT + "/x/art/2021/art_{number:032x}.html", 50)
    with start_replica(tmp_path) as replica:
        visitor = Visitor(replica.port)
        first = rows_of(visitor, NEWS)
        ignored = rows_of(visitor, NEWS, pageNo="2")
        third = rows_of(visitor, NEWS, paramJson='{"pageNo":3,"pageSize":"24"}')
    assert first == ignored
    assert first.count("<li") == 24
    assert re.findall(r"第(\d+)号公告</a>", third) == ["2", "1"]
    assert 'count="50" rows="24" pageNo="3"' in third
    forms = set(re.findall(r'href="(https?:|/)', first))
    assert forms == {"/", "http:", "https:"}


def test_an_article_prints_its_facts_and_disagrees_with_its_meta_date(visitor: Visitor) -> None:
    text = visitor.get(ARTICLE + "?xxgkhide=1").text
    assert '<meta name="PubDate" content="2021-02-04 09:11">' in text
    assert '<span id="con_time">发布时间：2021-02-03 16:20</span>  <span>来源：消费品工业司' in text
    assert '<span class="xxgk-fwzh">工信厅消费函〔2021〕25号</span>' in text
    assert 'id="con_con"' in text
    assert "　　座谈会召开。" in text


def test_the_unit_at_the_foot_of_an_article_counts_readers(visitor: Visitor) -> None:
    text = visitor.get(ARTICLE).text
    assert 'parseType="buildstatic"' not in text
    printed = re.search(r'parseType="build" .*?queryData="([^"]+)"', text)
    assert printed is not None
    assert "&quot;" in printed[1]
    url = f"{UNIT}?{urlencode(json.loads(unescape(printed[1])))}"
    html = visitor.get(url, headers={"Referer": ARTICLE}).json["data"]["html"]
    assert "阅读次数" in html
    assert "<li" not in html


def test_a_body_may_be_only_pictures_and_the_picture_exists(visitor: Visitor) -> None:
    text = visitor.get(PICTURES).text
    source = re.search(r'<img src="([^"]+)"', text)
    assert source is not None
    picture = visitor.get(MIIT + source[1])
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.body.startswith(b"\x89PNG")


def test_attachments_are_served_from_an_attach_folder(visitor: Visitor) -> None:
    link = re.search(r'href="([^"]*attach[^"]*\.docx)"', visitor.get(ARTICLE).text)
    assert link is not None
    assert visitor.get(MIIT + link[1]).body.startswith(b"PK")


def test_the_search_api_answers_grouped_and_doubly_encoded(visitor: Visitor) -> None:
    query = {"cateid": "196", "p": "1", "pg": "10", "group": "distinct", "q": ""}
    reply = visitor.get(f"{SEARCH}?{urlencode(query)}", headers=SEARCH_PAGE)
    result = reply.json["data"]["searchResult"]
    assert result["totalCount"] == 2
    newest = result["dataResults"][0]["groupData"][0]["data"]
    assert newest["title"] == "一图读懂医药工业规划"
    assert newest["filenumbername"] == "工信部联规〔2021〕5号"
    assert newest["deploytime"] == "1612231200000"
    assert newest["url"] == "/zwgk/zcjd/art/2021/art_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.html"
    content = json.loads(json.loads(newest["infoextends"])["infoContent"])
    assert content[0]["fieldValue"].startswith('<p style="text-align:center"><img')


def test_without_grouping_the_data_is_one_step_nearer(visitor: Visitor) -> None:
    reply = visitor.get(f"{SEARCH}?cateid=196&p=1&pg=1", headers=SEARCH_PAGE)
    results = reply.json["data"]["searchResult"]["dataResults"]
    assert [one["data"]["title"] for one in results] == ["一图读懂医药工业规划"]


@pytest.mark.parametrize("query", ["cateid=196&p=9&pg=10", "cateid=18&p=1", "cateid=196&q=无此词"])
def test_search_result_is_missing_when_nothing_matches(visitor: Visitor, query: str) -> None:
    reply = visitor.get(f"{SEARCH}?{query}", headers=SEARCH_PAGE)
    assert (reply.status, reply.json["data"]) == (200, {})


def test_the_search_api_wants_the_search_page_as_referer(visitor: Visitor) -> None:
    assert visitor.get(f"{SEARCH}?cateid=196").status == 403
    assert visitor.get(f"{SEARCH}?cateid=196", headers={"Referer": NEWS}).status == 403


def test_the_old_documents_column_leads_to_the_search_page(visitor: Visitor) -> None:
    reply = visitor.get(MIIT + "/zwgk/zcwj/wjfb/tz/index.html")
    assert reply.status == 302
    assert reply.headers["Location"] == MIIT + "/search/zcwjk.html"


def test_521_spells_a_cookie_and_the_cookie_opens(replica: Replica, visitor: Visitor) -> None:
    replica.set_wall("miit", "jsl521")
    page = visitor.get(NEWS)
    assert page.status == 521
    spelt = "".join(re.findall(r"\('([^']*)'\)", page.text.partition("location")[0]))
    name, _, value = spelt.partition(";")[0].partition("=")
    assert name == "__jsl_clearance_s"
    cookies = {**page.cookies, name: value}
    assert visitor.get(NEWS, cookies=cookies).status == 200
    assert visitor.get(NEWS, cookies={**cookies, name: "guess"}).status == 521


def test_the_other_walls(replica: Replica, visitor: Visitor) -> None:
    replica.set_wall("miit", "forbidden")
    assert visitor.get(NEWS).status == 403
    replica.set_wall("miit", "verify")
    reply = visitor.get(NEWS)
    assert reply.status == 200
    assert "安全验证" in reply.text
