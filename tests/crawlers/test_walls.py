"""A wall is an error with a reason, met by the steps the catalogue gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
)
from scrapy.http import HtmlResponse, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure as TwistedFailure

from crawlers.failures import BrowserError
from crawlers.items import BARRED, Failure
from crawlers.wall_signs import find_wall
from crawlers.walls import WallError, failure_from
from tests.crawlers.mock_site import Answer, Asked, serving
from tests.crawlers.one_crawl import crawl

PAGE = "https://www.example.gov.cn/tzgg/index.html"
ARTICLE = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
RUISHU = (
    '<html><head><meta id="9DhefwqGPrzGxEp9hPaoag" content="x"><script>$_ts={};</script>'
    "</head><body></body></html>"
)


def page(body: str, *, status: int = 200, url: str = PAGE) -> HtmlResponse:
    return HtmlResponse(url, status=status, body=body.encode(), encoding="utf-8")


@pytest.mark.parametrize("status", [202, 400, 403, 412, 521])
def test_a_refusing_status_is_a_wall_whatever_the_page_says(status: int) -> None:
    assert str(status) in find_wall(page("<p>" + "通知公告" * 100 + "</p>", status=status))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (RUISHU, "瑞数"),
        ("<html></html>", "空页"),
        ("", "空白"),
        ("<h1>Access Denied</h1>", "Access Denied"),
        ("<p>为了您的账号安全，请完成安全验证</p>", "安全验证"),
        ("<p>访问过于频繁，请稍后再试</p>", "访问过于频繁"),
    ],
)
def test_a_wall_that_answers_200_is_recognised(body: str, words: str) -> None:
    assert words in find_wall(page(body))


def test_the_empty_page_of_the_tianjin_hosts_is_named() -> None:
    assert "空页" in find_wall(page("<html></html>", status=403))


def test_a_page_let_through_still_carries_the_challenge_script() -> None:
    assert find_wall(page(RUISHU.replace("<body>", "<body>" + "工作动态" * 100))) == ""


def test_a_short_page_let_through_is_no_wall_for_its_leftover_script() -> None:
    short = RUISHU.replace(
        "<body>", "<body><h1>图片新闻：药审中心召开工作会议</h1><p>供稿：办公室</p>"
    )
    assert find_wall(page(short)) == ""


BARRED_PAGE = "<html><body><h2>请不要使用非法的URL地址访问</h2></body></html>"


def test_a_firewalls_last_word_is_told_from_an_article_about_it() -> None:
    assert find_wall(page(BARRED_PAGE, status=403)).startswith(BARRED)
    assert find_wall(page(BARRED_PAGE), wants_json=True).startswith(BARRED)
    article = (
        "<p>" + "有用户反映页面显示“请不要使用非法的URL地址访问”，处理办法如下。" * 10 + "</p>"
    )
    assert find_wall(page(article)) == ""


def test_a_publisher_that_bars_us_is_asked_for_nothing_more(tmp_path: Path) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer(404)
        return Answer(403, BARRED_PAGE)

    asks = [{"url": f"https://www.example.gov.cn/{n}/index.html"} for n in range(4)]
    asks.append({"url": "https://elsewhere.example.org/a.html"})
    walls = {"walls": ["warmup", "browser"], "warmup_url": "https://www.example.gov.cn/"}
    with serving(respond) as site:
        one = {"CONCURRENT_REQUESTS": 1}
        seen = crawl(asks, tmp_path, upstream=site.url, site=walls, settings=one)
    assert site.paths("www.example.gov.cn") == ["/0/index.html"]
    assert [one["verdict"] for one in seen] == ["blocked"] * 5
    assert "请不要使用非法的URL地址访问" in seen[0]["reason"]
    assert all("今天不再请求" in one["reason"] for one in seen[1:4])


def test_an_article_about_verification_is_a_page() -> None:
    assert find_wall(page("<p>" + "关于加强网络安全验证工作的通知。" * 20 + "</p>")) == ""


@pytest.mark.parametrize("status", [301, 404, 500, 503])
def test_errors_that_are_not_walls_are_left_alone(status: int) -> None:
    assert find_wall(page("<p>x</p>", status=status)) == ""


def test_json_wanted_and_not_got_is_a_wall() -> None:
    assert find_wall(page("<p>" + "很长的网页" * 100 + "</p>"), wants_json=True)
    assert find_wall(page('{"code": 200, "data": {}}'), wants_json=True) == ""


def test_a_file_is_not_a_wall() -> None:
    assert find_wall(Response(PAGE, body=b"%PDF-1.7")) == ""


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x", "<html></html>"),
        ("https://mp.weixin.qq.com/mp/verify?x=1", "<p>x</p>"),
        (ARTICLE, '<script src="//res.wx.qq.com/mmbizwap/secitptpage/verify.js"></script>'),
        (ARTICLE, "<p>当前环境异常，完成验证后即可继续访问。</p><a>去验证</a>"),
        (ARTICLE, "<p>操作频繁，请稍后再试</p>"),
    ],
)
def test_the_verification_pages_of_wechat_are_walls(url: str, body: str) -> None:
    assert "微信" in find_wall(page(body, url=url))


def test_a_wechat_article_that_speaks_of_verification_is_an_article() -> None:
    body = '<div id="js_content"><p>操作频繁、环境异常时，请去验证。</p></div>'
    assert find_wall(page(body, url=ARTICLE)) == ""


@pytest.mark.parametrize(
    ("cause", "verdict", "reason"),
    [
        (CannotResolveHostError("x"), "unreachable", "域名无法解析"),
        (DownloadConnectionRefusedError("x"), "unreachable", "网站拒绝连接"),
        (DownloadTimeoutError("x"), "unreachable", "连接超时，网站没有回答"),
        (DownloadCancelledError("x"), "broken", "页面超过大小限制，未读取"),
        (BrowserError("x"), "unreachable", "浏览器未能打开页面"),
        (ConnectionResetError("x"), "unreachable", "连接中断"),
        (HttpError(page("", status=404)), "broken", "栏目地址已不存在（404）"),
        (page("<p>x</p>", status=502), "unreachable", "网站出错（502）"),
        (page("<p>x</p>", status=401), "blocked", "网站要求登录（401）"),
        (page("<p>x</p>", status=429), "blocked", "网站限制访问频率（429）"),
        (page("<p>x</p>", status=412), "blocked", "网站返回 412 验证页（瑞数）"),
        (page("<p>x</p>"), "broken", "页面内容无法识别"),
    ],
)
def test_each_cause_has_a_verdict_and_a_reason(
    cause: BaseException | Response, verdict: str, reason: str
) -> None:
    failure = failure_from(cause, PAGE)
    assert (failure.verdict, failure.reason, failure.url) == (verdict, reason, PAGE)


def test_an_errback_failure_is_unwrapped_and_a_wall_keeps_its_own_words() -> None:
    told = Failure("blocked", "网站返回 202 验证页（瑞数）", PAGE, 202)
    wrapped = TwistedFailure(WallError(told))  # type: ignore[no-untyped-call]
    assert failure_from(wrapped, PAGE) is told


def guarded(asked: Asked) -> Answer:
    """Like CDE: `/` is open and sets a cookie, the rest answers 202 without it."""
    if asked.path == "/":
        return Answer(body="<p>首页</p>", headers=(("Set-Cookie", "FSSBB=1; Path=/"),))
    if asked.path == "/robots.txt":
        return Answer(202, RUISHU)
    if "FSSBB=1" not in asked.cookie:
        return Answer(202, RUISHU)
    return Answer(body="<p>列表</p>")


WARMED = {"walls": ["warmup"], "warmup_url": "https://www.example.gov.cn/"}


def test_the_warm_up_is_made_once_and_serves_all_requests(tmp_path: Path) -> None:
    asks = [{"url": PAGE}, {"url": PAGE.replace("index", "index_1")}]
    with serving(guarded) as upstream:
        seen = crawl(asks, tmp_path, upstream=upstream.url, site=WARMED)
    assert [one["text"] for one in seen] == ["<p>列表</p>", "<p>列表</p>"]
    assert upstream.paths().count("/") == 1


def test_a_wall_without_steps_is_reported_as_blocked(tmp_path: Path) -> None:
    with serving(guarded) as upstream:
        seen = crawl([{"url": PAGE}], tmp_path, upstream=upstream.url)
    assert seen == [
        {
            "url": PAGE,
            "verdict": "blocked",
            "reason": "网站返回 202 验证页（瑞数）",
            "status": 202,
        }
    ]


def test_a_wall_the_cookies_do_not_open_is_asked_once_more_and_reported(tmp_path: Path) -> None:
    def respond(asked: Asked) -> Answer:
        return Answer(body="<p>首页</p>") if asked.path == "/" else Answer(412, RUISHU)

    steps = {**WARMED, "walls": ["warmup", "browser", "home"]}
    with serving(respond) as upstream:
        seen = crawl(
            [{"url": PAGE}],
            tmp_path,
            upstream=upstream.url,
            site=steps,
            settings={"ZX_BROWSER": "none"},
        )
    assert [(one["verdict"], one["reason"]) for one in seen] == [
        ("blocked", "网站返回 412 验证页（瑞数），取得 Cookie 后仍未通过（未启用浏览器）")
    ]
    assert upstream.paths() == ["/tzgg/index.html", "/", "/tzgg/index.html"]


def test_a_directory_that_keeps_refusing_is_left_in_peace(tmp_path: Path) -> None:
    pages = [{"url": f"https://www.example.gov.cn/tzgg/t{n}.html"} for n in range(5)]
    elsewhere = {"url": "https://www.example.gov.cn/open/t9.html"}

    def respond(asked: Asked) -> Answer:
        return Answer(403) if asked.path.startswith("/tzgg/") else Answer(body="<p>页</p>")

    one_by_one = {"CONCURRENT_REQUESTS": 1}
    with serving(respond) as upstream:
        seen = crawl([*pages, elsewhere], tmp_path, upstream=upstream.url, settings=one_by_one)
    assert [one.get("reason", "") for one in seen] == [
        *["网站拒绝访问（403）"] * 3,
        *["同一目录已连续 3 次被拦截，本次不再请求"] * 2,
        "",
    ]
    assert len(upstream.paths()) == 4


def test_html_in_place_of_json_is_blocked(tmp_path: Path) -> None:
    ask = {"url": PAGE, "method": "POST", "body": "pageNum=1", "meta": {"want": "json"}}
    with serving(lambda asked: Answer(body="<p>" + "网页" * 200 + "</p>")) as upstream:
        seen = crawl([ask], tmp_path, upstream=upstream.url)
    assert [(one["verdict"], one["reason"]) for one in seen] == [
        ("blocked", "应为 JSON 数据，网站却返回了网页")
    ]
