"""CDE: the challenge in front, the forms of the lists, the pages behind."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pypdf
import pytest

from replica.server import Replica, start_replica
from replica.sites.ruishu import SESSION, TOKEN, solve
from tests.replica.numbered import write_notices
from tests.replica.visitor import Reply, Visitor

CDE = "https://www.cde.org.cn"
NOTICE = CDE + "/main/news/viewInfoCommon/11111111111111111111111111111111"
WORK_PAGE = CDE + "/main/news/listpage/3cc45b396497b598341ce3af000490e5"
WORK_FORM = {"pageNum": 1, "pageSize": 10, "classId": "8dc6aac86eb083759b1e01615617a347"}
OPINION_PAGE = CDE + "/zdyz/listpage/3c49fad55caad7a034c263cfc2b6eb9c"
OPINION_FORM = {
    "pageNum": 1,
    "pageSize": 10,
    "searchTitle": "",
    "issueDate1": "",
    "issueDate2": "",
    "fclass": "征求意见",
}
GUIDE_PAGE = CDE + "/zdyz/listpage/9cd8db3b7530c6fa0c86485e563f93c7"
GUIDE_FORM = {
    "pageNum": 1,
    "pageSize": 10,
    "searchTitle": "",
    "zyfl1": "",
    "zyfl2": "",
    "issueDate1": "",
    "issueDate2": "",
}
PRIORITY_PAGE = CDE + "/main/xxgk/listpage/2f78f372d351c6851af7431c7710a731"


def ajax(referer: str) -> dict[str, str]:
    return {"Referer": referer, "X-Requested-With": "XMLHttpRequest"}


@pytest.fixture
def cookies(visitor: Visitor) -> dict[str, str]:
    return visitor.get(CDE + "/").cookies


def answer_of(page: Reply) -> str:
    """What the script would compute from the challenge page."""
    nonce = re.search(r'id="9DhefwqGPrzGxEp9hPaoag" content="(\w+)"', page.text)
    material = re.search(r'\$_ts\.cd="([^"]+)"', page.text)
    assert nonce is not None
    assert material is not None
    return f"{solve(nonce[1], material[1])}.{nonce[1]}"


def test_the_home_page_is_open_sets_both_cookies_and_lists_the_news(visitor: Visitor) -> None:
    home = visitor.get(CDE + "/")
    assert home.status == 200
    assert 83_000 < len(home.body) < 84_000
    assert set(home.cookies) == {SESSION, TOKEN}
    (session,) = [c for c in home.headers.get_all("Set-Cookie", []) if c.startswith(SESSION)]
    assert "HttpOnly" in session
    assert 'href="/main/news/viewInfoCommon/11111111111111111111111111111111"' in home.text
    assert '<span class="date">20210201</span>' in home.text


@pytest.mark.parametrize("path", ["/zdyz/index", "/main/news/", "/rss", "/robots.txt"])
def test_without_cookies_every_other_path_is_a_202_script(visitor: Visitor, path: str) -> None:
    reply = visitor.get(CDE + path)
    assert reply.status == 202
    assert 20_000 < len(reply.body) < 30_000
    assert 'id="9DhefwqGPrzGxEp9hPaoag"' in reply.text
    assert "$_ts" in reply.text
    assert set(reply.cookies) == {SESSION, TOKEN}


def test_the_cookies_of_the_202_page_open_nothing(visitor: Visitor) -> None:
    given = visitor.get(NOTICE).cookies
    assert visitor.get(NOTICE, cookies=given).status == 202


def test_invented_cookies_open_nothing(visitor: Visitor) -> None:
    invented = {SESSION: "5abc", TOKEN: "5def"}
    assert visitor.get(NOTICE, cookies=invented).status == 202


def test_the_warm_up_is_enough_by_default(visitor: Visitor, cookies: dict[str, str]) -> None:
    assert visitor.get(NOTICE, cookies=cookies).status == 200


def test_in_browser_mode_the_warm_up_is_not_enough_but_the_right_answer_is(
    replica: Replica, visitor: Visitor, cookies: dict[str, str]
) -> None:
    replica.set_wall("cde", "browser")
    page = visitor.get(NOTICE, cookies=cookies)
    assert page.status == 202
    solved = {**cookies, TOKEN: answer_of(page)}
    assert visitor.get(NOTICE, cookies=solved).status == 200


def test_a_wrong_answer_is_400(replica: Replica, visitor: Visitor) -> None:
    page = visitor.get(NOTICE)
    right = {**page.cookies, TOKEN: answer_of(page)}
    assert visitor.get(NOTICE, cookies={**right, TOKEN: "x" + right[TOKEN]}).status == 400
    assert visitor.get(NOTICE, cookies={**right, SESSION: "somebody-elses"}).status == 400


def test_blocked_means_202_for_ever_but_the_home_page_stays(
    replica: Replica, visitor: Visitor
) -> None:
    replica.set_wall("cde", "block")
    page = visitor.get(NOTICE)
    solved = {**page.cookies, TOKEN: answer_of(page)}
    assert visitor.get(NOTICE, cookies=solved).status == 202
    listed = visitor.post(
        CDE + "/main/news/getWorkList", WORK_FORM, headers=ajax(WORK_PAGE), cookies=solved
    )
    assert listed.status == 202
    assert visitor.get(CDE + "/").status == 200


def test_block_all_takes_the_home_page_too(replica: Replica, visitor: Visitor) -> None:
    replica.set_wall("cde", "block_all")
    assert visitor.get(CDE + "/").status == 202


@pytest.mark.parametrize(("mode", "status"), [("json400", 400), ("json202", 202)])
def test_one_endpoint_can_fail_even_with_cookies(
    replica: Replica, visitor: Visitor, cookies: dict[str, str], mode: str, status: int
) -> None:
    replica.set_wall("cde", mode)
    opinions = CDE + "/zdyz/getOpinionList"
    bad = visitor.post(opinions, OPINION_FORM, headers=ajax(OPINION_PAGE), cookies=cookies)
    work = CDE + "/main/news/getWorkList"
    good = visitor.post(work, WORK_FORM, headers=ajax(WORK_PAGE), cookies=cookies)
    assert (bad.status, good.status) == (status, 200)
    replica.set_wall("cde", f"{mode}:/main/news/getWorkList")
    moved = visitor.post(work, WORK_FORM, headers=ajax(WORK_PAGE), cookies=cookies)
    assert moved.status == status


def test_an_empty_list_is_code_200_without_records(
    replica: Replica, visitor: Visitor, cookies: dict[str, str]
) -> None:
    replica.set_wall("cde", "empty")
    reply = visitor.post(
        CDE + "/main/news/getWorkList", WORK_FORM, headers=ajax(WORK_PAGE), cookies=cookies
    )
    assert reply.json["code"] == 200
    assert reply.json["data"]["records"] == []
    assert reply.json["data"]["total"] == 0


def test_news_records_carry_the_fields_of_the_real_answer(
    visitor: Visitor, cookies: dict[str, str]
) -> None:
    url = CDE + "/main/news/getWorkList?MmEwMD=3l6w4ot.YGu30zU9H3Y1Pdyq"
    reply = visitor.post(url, WORK_FORM, headers=ajax(WORK_PAGE), cookies=cookies)
    assert reply.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert (reply.json["msg"], reply.json["code"]) == ("操作成功", 200)
    (record,) = reply.json["data"]["records"]
    assert record["title"] == "关于发布《化学药品试验技术指导原则》的通告（2021年第7号）"
    assert record["newsIdCode"] == "11111111111111111111111111111111"
    assert (record["isPic"], record["publishDate"]) == (0, "20210201")


def test_opinions_point_to_their_news_page(visitor: Visitor, cookies: dict[str, str]) -> None:
    reply = visitor.post(
        CDE + "/zdyz/getOpinionList", OPINION_FORM, headers=ajax(OPINION_PAGE), cookies=cookies
    )
    (record,) = reply.json["data"]["records"]
    assert record["issueDate"] == "20210203"
    assert record["externalLinks"] == (
        CDE + "/main/news/viewInfoCommon/33333333333333333333333333333333"
    )


def test_guides_come_newest_first_with_their_own_fields(
    visitor: Visitor, cookies: dict[str, str]
) -> None:
    reply = visitor.post(
        CDE + "/zdyz/getDomesticGuideList", GUIDE_FORM, headers=ajax(GUIDE_PAGE), cookies=cookies
    )
    assert reply.json["data"]["records"][0] == {
        "issueDate": "20210201",
        "nowstate": "颁布",
        "fclass": "化学药,生物制品",
        "title": "化学药品试验技术指导原则",
        "isnew": 0,
        "zdyzIdCODE": "55555555555555555555555555555555",
    }
    assert reply.json["data"]["records"][1]["issueDate"] == "20210115"


@pytest.mark.parametrize(("kind", "drug"), [("1", "甲片"), ("2", "乙片")])
def test_the_two_tabs_of_a_public_list_differ_by_notice_type(
    visitor: Visitor, cookies: dict[str, str], kind: str, drug: str
) -> None:
    form = {"pageSize": 10, "pageNum": 1, "noticeType": kind}
    form.update({"acceptid": "", "drugname": "", "company": ""})
    url = CDE + "/main/priority/getPriorityApprovalList"
    reply = visitor.post(url, form, headers=ajax(PRIORITY_PAGE), cookies=cookies)
    (record,) = reply.json["data"]["records"]
    assert record["drgnamecn"] == drug
    info = visitor.post(
        CDE + "/main/priority/getPriorityApprovalInfo",
        {"pridCODE": record["pridCODE"]},
        headers=ajax(PRIORITY_PAGE),
        cookies=cookies,
    )
    assert info.json["data"]["drgnamecn"] == drug


def test_paging_says_how_many_there_are(tmp_path: Path) -> None:
    pattern = CDE + "/main/news/viewInfoCommon/{number:032x}"
    write_notices(tmp_path, "cde", "工作动态", pattern, 23)
    with start_replica(tmp_path) as replica:
        visitor = Visitor(replica.port)
        cookies = visitor.get(CDE + "/").cookies
        url, headers = CDE + "/main/news/getWorkList", ajax(WORK_PAGE)
        pages = [
            visitor.post(url, {**WORK_FORM, "pageNum": n}, headers=headers, cookies=cookies).json
            for n in (1, 3, 4)
        ]
    first, last, beyond = (page["data"] for page in pages)
    assert (first["total"], first["pages"], first["size"], first["current"]) == (23, 3, 10, 1)
    assert first["records"][0]["title"] == "第23号公告"
    assert [record["title"] for record in last["records"]][-1] == "第1号公告"
    assert (len(last["records"]), beyond["records"]) == (3, [])


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({**WORK_FORM, "classId": "wrong"}, ajax(WORK_PAGE), 400),
        ({"pageNum": 1, "pageSize": 10}, ajax(WORK_PAGE), 400),
        ({**WORK_FORM, "extra": "1"}, ajax(WORK_PAGE), 400),
        ({**WORK_FORM, "pageNum": "0"}, ajax(WORK_PAGE), 400),
        (WORK_FORM, {"X-Requested-With": "XMLHttpRequest"}, 403),
        (WORK_FORM, ajax(OPINION_PAGE), 403),
        (WORK_FORM, ajax("https://www.example.com/"), 403),
        (WORK_FORM, {"Referer": WORK_PAGE}, 403),
        (WORK_FORM, {**ajax(WORK_PAGE), "Content-Type": "text/plain"}, 400),
    ],
)
def test_a_request_unlike_the_pages_own_is_refused(
    visitor: Visitor,
    cookies: dict[str, str],
    form: dict[str, object],
    headers: dict[str, str],
    status: int,
) -> None:
    url = CDE + "/main/news/getWorkList"
    assert visitor.post(url, form, headers=headers, cookies=cookies).status == status


def test_a_notice_page_has_the_real_classes(visitor: Visitor, cookies: dict[str, str]) -> None:
    text = visitor.get(NOTICE, cookies=cookies).text
    title = "关于发布《化学药品试验技术指导原则》的通告（2021年第7号）"
    assert f'<div class="news_detail_title">{title}</div>' in text
    assert '<div class="news_detail_date">20210201</div>' in text
    assert '<div class="new_detail_content">' in text
    related = text.partition('<div class="relatedNews">')[2]
    assert 'href="/zdyz/downloadAtt?idCODE=22222222222222222222222222222222"' in related
    assert '<span class="fileLink_1">1.化学药品试验技术指导原则.pdf</span>' in related


def test_a_guide_page_is_a_table_of_labels(visitor: Visitor, cookies: dict[str, str]) -> None:
    url = CDE + "/zdyz/domesticinfopage?zdyzIdCODE="
    text = visitor.get(url + "5" * 32, cookies=cookies).text
    assert "<tr><td>名称</td><td>化学药品试验技术指导原则</td></tr>" in text
    assert "<tr><td>文号</td><td>2021年第7号</td></tr>" in text
    assert "<tr><td>发布时间</td><td>20210201</td></tr>" in text
    assert visitor.get(url + "0" * 32, cookies=cookies).status == 404


def test_a_file_needs_the_cookie_and_a_referer(visitor: Visitor, cookies: dict[str, str]) -> None:
    url = CDE + "/zdyz/downloadAtt?idCODE=22222222222222222222222222222222"
    referer = {"Referer": NOTICE}
    assert visitor.get(url, headers=referer).status == 202
    assert visitor.get(url, cookies=cookies).status == 403
    reply = visitor.get(url, headers=referer, cookies=cookies)
    assert reply.headers["Content-Type"] == "application/pdf"
    assert "化学药品试验" in pypdf.PdfReader(io.BytesIO(reply.body)).pages[0].extract_text()


def test_addresses_of_the_old_site_are_gone(visitor: Visitor, cookies: dict[str, str]) -> None:
    url = CDE + "/news.do?method=viewInfoCommon&id=0123456789abcdef"
    assert visitor.get(url, cookies=cookies).status == 404


def test_the_list_pages_of_all_columns_are_shells(
    visitor: Visitor, cookies: dict[str, str]
) -> None:
    text = visitor.get(WORK_PAGE, cookies=cookies).text
    assert '"/main/news/getWorkList"' in text
    assert "药审中心召开" not in text
