"""Pages that only send on to another one (meta refresh), and pages made of frames."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.http import HtmlResponse, Request

from crawlers.items import NoticeItem
from crawlers.platforms import trs
from crawlers.reading.shells import refresh_target
from crawlers.refresh import REFRESHED, RefreshMiddleware
from tests.crawlers.mock_site import Answer, Asked, serving
from tests.crawlers.one_crawl import crawl
from tests.crawlers.spider_at_hand import make, run, started

LIST = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/"
ROW = (
    '<ul class="news_list news_list2"><li><a href="./202102/t20210203_1.html">关于组织申报项目'
    '的通知</a><span class="time">2021-02-03</span></li></ul>'
)
LISTED = LIST + "202102/t20210203_1.html"
TEXT = "<p>各有关单位：现将有关事项通知如下，请认真组织申报，并于2021年3月1日前报送材料。</p>" * 4


def sends_to(address: str, text: str = "正在跳转，请稍候") -> str:
    refresh = f'<META HTTP-EQUIV="Refresh" CONTENT="0; URL={address}">'
    return f"<html><head>{refresh}<title>跳转</title></head><body>{text}</body></html>"


def asked_for(body: str, **meta: object) -> Request | HtmlResponse:
    """What the middleware makes of this body."""
    spider = make(trs, LIST)
    spider.crawler.spider = spider
    request = Request(LISTED, meta={"notice": {"key": "k"}, **meta}, headers={"Referer": LIST})
    response = HtmlResponse(LISTED, body=body.encode(), encoding="utf-8", request=request)
    answer = RefreshMiddleware(spider.crawler).process_response(request, response)
    assert isinstance(answer, Request | HtmlResponse)
    return answer


@pytest.mark.parametrize(
    "address",
    [
        "../../new/t1.html",
        "http://www.kxjs.tj.gov.cn/new/t1.html",
        "https://www.cnipa.gov.cn/art/1.html",
    ],
)
def test_a_page_of_the_same_host_or_of_the_catalogue_is_followed(address: str) -> None:
    followed = asked_for(sends_to(address))
    assert isinstance(followed, Request)
    assert followed.url.endswith(("/ZWGK4143/new/t1.html", "gov.cn/new/t1.html", "/art/1.html"))
    assert followed.meta["notice"] == {"key": "k"}
    assert followed.headers["Referer"] == LIST.encode()


def test_a_second_hop_is_not_taken() -> None:
    assert isinstance(asked_for(sends_to("b.html"), **{REFRESHED: True}), HtmlResponse)


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "javascript:alert(1)"])
def test_no_other_address_is_followed(address: str) -> None:
    assert isinstance(asked_for(sends_to(address)), HtmlResponse)


def test_a_page_with_something_to_read_is_read_whatever_it_reloads() -> None:
    assert refresh_target(sends_to("b.html", TEXT), LISTED) == ""
    assert isinstance(asked_for(sends_to("b.html", TEXT)), HtmlResponse)


def read(body: str) -> NoticeItem:
    request = run(started(make(trs, LIST))[0], ROW)[0]
    [item] = run(request, body)
    assert isinstance(item, NoticeItem)
    return item


def test_a_page_that_sends_elsewhere_is_kept_and_says_where() -> None:
    item = read(sends_to("https://elsewhere.example/a.html"))
    assert (item.complete, item.title) == (False, "关于组织申报项目的通知")
    assert item.problem == "网页只是跳转到 https://elsewhere.example/a.html，没有跟随"


def test_a_page_that_only_loads_itself_anew_is_read() -> None:
    heading = "<h1>关于组织申报项目的通知</h1>"
    picture = f'{heading}<div class="TRS_Editor"><p><img src="./notice.jpg" width="800"></p></div>'
    item = read(sends_to("t20210203_1.html", picture))
    assert (item.complete, item.problem) == (True, "")


def test_a_page_of_frames_is_kept_and_says_so() -> None:
    frames = "<frameset cols='20%,*'><frame src=menu.html><frame src=main.html></frameset>"
    item = read(f"<html><head><title>通知</title></head>{frames}</html>")
    assert (item.complete, item.title) == (False, "关于组织申报项目的通知")
    assert "frameset" in item.problem
    assert LIST + "202102/main.html" in item.problem


def test_links_of_the_page_it_leads_to_are_joined_to_that_page() -> None:
    request = run(started(make(trs, LIST))[0], ROW)[0]
    followed = request.replace(url=LIST + "new/t1.html", meta={**request.meta, REFRESHED: True})
    heading = "<h1>关于组织申报项目的通知</h1>"
    page = f'{heading}<div class="TRS_Editor">{TEXT}<a href="./P1.doc">附件.doc</a></div>'
    [item] = run(followed, f"<html><body>{page}</body></html>")
    assert item.url == LISTED
    assert [one.url for one in item.attachments] == [LIST + "new/P1.doc"]


def test_a_crawl_asks_for_the_page_behind_once(tmp_path: Path) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer(404)
        following = {"/a": "/b", "/b": "/c"}.get(asked.path)
        return Answer(body=sends_to(following) if following else "<p>到了</p>")

    with serving(respond) as site:
        [seen] = crawl([{"url": "https://www.example.gov.cn/a"}], tmp_path, upstream=site.url)
    assert seen["url"] == "https://www.example.gov.cn/b"
    assert site.paths() == ["/a", "/b"]
