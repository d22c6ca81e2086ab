"""Requests leave through the upstream, and the spider sees the real site."""

from __future__ import annotations

from pathlib import Path

from scrapy import Request

from crawlers.upstream import rewrite
from tests.crawlers.mock_site import Answer, Asked, serving
from tests.crawlers.one_crawl import crawl

PAGE = "https://www.example.gov.cn/tzgg/index.html?a=1&b=%E4%B8%AD"


def test_path_and_query_stay_as_they_are() -> None:
    sent = rewrite(Request("https://www.example.gov.cn/a/b?x=1&y=%2F"), "http://127.0.0.1:8080")
    assert sent.url == "http://127.0.0.1:8080/a/b?x=1&y=%2F"
    assert sent.headers["Host"] == b"www.example.gov.cn"
    assert sent.headers["X-Forwarded-Proto"] == b"https"


def test_a_port_of_the_real_site_stands_in_the_host_header() -> None:
    sent = rewrite(Request("http://www.example.gov.cn:8080"), "http://127.0.0.1:9")
    assert sent.headers["Host"] == b"www.example.gov.cn:8080"
    assert sent.url == "http://127.0.0.1:9/"


def test_an_environment_proxy_does_not_get_between_us_and_the_upstream() -> None:
    asked = Request("http://www.example.gov.cn/", meta={"proxy": "http://10.0.0.1:3128"})
    assert "proxy" not in rewrite(asked, "http://127.0.0.1:9").meta


def test_every_request_goes_to_the_upstream_with_the_real_host(tmp_path: Path) -> None:
    with serving(lambda asked: Answer(body="<p>页</p>")) as upstream:
        seen = crawl([{"url": PAGE}], tmp_path, upstream=upstream.url)
    assert [one["url"] for one in seen] == [PAGE]
    assert [one.target for one in upstream.asked] == [
        "/robots.txt",
        "/tzgg/index.html?a=1&b=%E4%B8%AD",
    ]
    assert {one.host for one in upstream.asked} == {"www.example.gov.cn"}
    assert {one.headers["x-forwarded-proto"] for one in upstream.asked} == {"https"}


def test_redirects_and_cookies_belong_to_the_real_site(tmp_path: Path) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.path == "/old":
            cookie = ("Set-Cookie", "seen=1; Domain=example.gov.cn; Path=/")
            return Answer(302, headers=(("Location", "https://new.example.gov.cn/page"), cookie))
        return Answer(body=f"<p>{asked.host} {asked.cookie}</p>")

    with serving(respond) as upstream:
        url = "http://old.example.gov.cn/old"
        seen = crawl([{"url": url}], tmp_path, upstream=upstream.url)
    assert [(one["url"], one["text"]) for one in seen] == [
        ("https://new.example.gov.cn/page", "<p>new.example.gov.cn seen=1</p>")
    ]


def test_a_redirect_to_itself_that_sets_a_cookie_is_followed_with_the_cookie(
    tmp_path: Path,
) -> None:
    def respond(asked: Asked) -> Answer:
        if "pass=1" in asked.cookie:
            return Answer(body="<p>页</p>")
        return Answer(302, headers=(("Location", asked.path), ("Set-Cookie", "pass=1; Path=/")))

    with serving(respond) as upstream:
        seen = crawl([{"url": PAGE}], tmp_path, upstream=upstream.url)
    assert [one["status"] for one in seen] == [200]


def test_without_an_upstream_the_site_itself_is_asked(tmp_path: Path) -> None:
    with serving(lambda asked: Answer(body="<p>页</p>")) as server:
        column = {"name": "内网栏目", "url": f"{server.url}/list"}
        seen = crawl([{"url": f"{server.url}/list"}], tmp_path, site={"columns": [column]})
    assert [one["status"] for one in seen] == [200]
    assert server.asked[-1].host == server.url.removeprefix("http://")


def test_an_unchanged_page_is_revalidated_and_read_again(tmp_path: Path) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == '"v1"':
            return Answer(304, headers=(("ETag", '"v1"'),))
        return Answer(body="<p>页</p>", headers=(("ETag", '"v1"'),))

    with serving(respond) as upstream:
        first = crawl([{"url": PAGE}], tmp_path, upstream=upstream.url)
        second = crawl([{"url": PAGE}], tmp_path, upstream=upstream.url)
    assert first[0]["text"] == second[0]["text"] == "<p>页</p>"
    assert "cached" not in first[0]["flags"]
    assert "cached" in second[0]["flags"]
    assert len(upstream.paths()) == 2


def test_a_failing_site_is_not_answered_from_the_cache(tmp_path: Path) -> None:
    states = iter([200, 503, 503, 503])

    def respond(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer(404)
        return Answer(next(states), "<p>页</p>", headers=(("ETag", '"v1"'),))

    with serving(respond) as upstream:
        crawl([{"url": PAGE}], tmp_path, upstream=upstream.url)
        seen = crawl([{"url": PAGE}], tmp_path, upstream=upstream.url)
    assert [(one["verdict"], one["reason"]) for one in seen] == [("unreachable", "网站出错（503）")]
    assert len(upstream.paths()) == 4  # one good answer, then three tries


def test_an_unreachable_site_is_not_answered_from_the_cache(tmp_path: Path) -> None:
    with serving(lambda asked: Answer(body="x", headers=(("ETag", '"v1"'),))) as upstream:
        crawl([{"url": PAGE}], tmp_path, upstream=upstream.url)
    seen = crawl([{"url": PAGE}], tmp_path, upstream=upstream.url)
    assert [(one["verdict"], one["reason"]) for one in seen] == [("unreachable", "网站拒绝连接")]


def test_robots_txt_is_obeyed_unless_the_catalogue_gives_a_reason(tmp_path: Path) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer(body="User-agent: *\nDisallow: /tzgg/", content_type="text/plain")
        return Answer(body="<p>页</p>")

    with serving(respond) as upstream:
        obeyed = crawl([{"url": PAGE}], tmp_path, upstream=upstream.url)
        assert upstream.paths() == []
        agreed = {"robots": "ignore", "robots_reason": "2026-11-02 电话征得站方同意"}
        ignored = crawl([{"url": PAGE}], tmp_path, upstream=upstream.url, site=agreed)
    assert [(one["verdict"], one["reason"]) for one in obeyed] == [
        ("blocked", "网站的 robots.txt 不允许抓取这个地址")
    ]
    assert [one["status"] for one in ignored] == [200]
