"""Pages behind a challenge, read through real browsers on a real server."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from crawlers import browser_process
from crawlers.browser import BrowserDownloadHandler
from crawlers.browser_process import CHROMIUM_NAMES, BrowserChoice, start_browser
from crawlers.failures import BrowserError
from crawlers.watching import watched
from tests.crawlers.mock_site import Answer, Asked, serving
from tests.crawlers.one_crawl import crawl

CHROMIUM = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), "")
KINDS = [
    "bundled",
    pytest.param("chromium", marks=pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")),
]
WHO = "Zhengxun/0.1 (+ops@example.com)"
LIST = "https://www.example.gov.cn/main/list"
CHALLENGE = """<html><head><script>
setTimeout(function () { document.cookie = "pass=1; path=/"; location.reload(); }, 30);
</script></head><body></body></html>"""
FILLED_LATE = """<html><body><h1>列表</h1><ul id="rows"></ul><script>
setTimeout(function () {
  document.getElementById("rows").innerHTML = "<li class='row'>关于征求意见的通知</li>";
}, 100);
</script></body></html>"""
LOOP = "<html><script>document.cookie = 'n=' + Math.random(); location.reload();</script></html>"


def guarded(asked: Asked) -> Answer:
    """412 and a script until the cookie is there; a list, and the JSON behind it."""
    if asked.path == "/loop":
        return Answer(412, LOOP)
    if asked.path == "/moved" and asked.headers.get("x-forwarded-proto") == "http":
        return Answer(301, headers=(("Location", "https://www.example.gov.cn/moved"),))
    if asked.path == "/missing":
        return Answer(404, "<h1>没有</h1>")
    if asked.path == "/api/data.json":
        return Answer(body='{"code": 200}', content_type="application/json")
    if "pass=1" not in asked.cookie:
        return Answer(412 if asked.method == "GET" else 202, CHALLENGE)
    if asked.method == "POST":
        said = {"code": 200, "form": asked.body, "type": asked.headers["content-type"]}
        return Answer(body=json.dumps(said), content_type="application/json")
    return Answer(body=FILLED_LATE)


@asynccontextmanager
async def browser(kind: str, upstream: str) -> AsyncIterator[BrowserDownloadHandler]:
    settings = {"ZX_BROWSER": kind, "ZX_UPSTREAM": upstream, "ZX_USER_AGENT": WHO}
    handler = BrowserDownloadHandler(get_crawler(settings_dict=settings))
    try:
        yield handler
    finally:
        await handler.close()


def page_request(url: str = LIST, **meta: object) -> Request:
    return Request(url, meta={"browser": True, **meta})


FETCH = {
    "url": "https://www.example.gov.cn/main/getList",
    "method": "POST",
    "body": "pageNum=1&name=药审",
    "headers": {"Content-Type": "application/x-www-form-urlencoded", "Referer": LIST},
}


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", KINDS)
async def test_a_challenge_is_passed_and_the_filled_page_read(kind: str) -> None:
    with serving(guarded) as site:
        async with browser(kind, site.url) as handler:
            response = await handler.download_request(page_request(browser_wait="li.row"))
            again = await handler.download_request(page_request(LIST + "?page=2"))
    assert isinstance(response, HtmlResponse)
    assert (response.status, response.url) == (200, LIST)
    assert response.css("li.row::text").get() == "关于征求意见的通知"
    assert again.status == 200
    # The cookie is kept: the second page meets no challenge.
    asked = [path for path in site.paths("www.example.gov.cn") if path != "/favicon.ico"]
    assert asked == ["/main/list", "/main/list", "/main/list?page=2"]
    ours = [one for one in site.asked if one.host == "www.example.gov.cn"]
    assert {one.headers["x-forwarded-proto"] for one in ours} == {"https"}


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", KINDS)
async def test_json_is_fetched_from_inside_the_page(kind: str) -> None:
    with serving(guarded) as site:
        async with browser(kind, site.url) as handler:
            ask = page_request(browser_fetch=FETCH)
            first = await handler.download_request(ask)
            await handler.download_request(ask)
    assert isinstance(first, TextResponse)
    assert first.url == "https://www.example.gov.cn/main/getList"
    assert first.json() == {
        "code": 200,
        "form": "pageNum=1&name=药审",
        "type": "application/x-www-form-urlencoded",
    }
    # The list page is opened once for all fetches of its list.
    assert site.paths("www.example.gov.cn") == [
        "/main/list",
        "/main/list",
        "/main/getList",
        "/main/getList",
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", KINDS)
async def test_a_page_that_reloads_for_ever_is_left_after_five(kind: str) -> None:
    with serving(guarded) as site:
        async with browser(kind, site.url) as handler:
            response = await handler.download_request(
                page_request("https://www.example.gov.cn/loop")
            )
            after = await handler.download_request(page_request())
    assert response.status == 412
    assert "browser-loop" in response.flags
    assert site.paths("www.example.gov.cn").count("/loop") == 5
    assert after.status == 200


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", KINDS)
async def test_a_page_that_moved_to_https_is_followed_through_the_upstream(kind: str) -> None:
    with serving(guarded) as site:
        async with browser(kind, site.url) as handler:
            response = await handler.download_request(
                page_request("http://www.example.gov.cn/moved", browser_wait="li.row")
            )
    assert (response.status, response.url) == (200, "https://www.example.gov.cn/moved")


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", KINDS)
async def test_an_error_page_keeps_its_status(kind: str) -> None:
    with serving(guarded) as site:
        async with browser(kind, site.url) as handler:
            response = await handler.download_request(
                page_request("https://www.example.gov.cn/missing", browser_wait="li.row")
            )
    assert response.status == 404


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", KINDS)
async def test_a_json_address_opened_as_a_page_gives_the_json(kind: str) -> None:
    with serving(guarded) as site:
        async with browser(kind, site.url) as handler:
            response = await handler.download_request(
                page_request("https://www.example.gov.cn/api/data.json")
            )
    assert isinstance(response, TextResponse)
    assert response.json() == {"code": 200}


@pytest.mark.asyncio
async def test_the_bundled_browser_says_who_we_are() -> None:
    with serving(guarded) as site:
        async with browser("bundled", site.url) as handler:
            await handler.download_request(page_request())
    names = {one.headers["user-agent"] for one in site.asked}
    assert all(name.startswith("Lightpanda/") and name.endswith(f" {WHO}") for name in names)


@pytest.mark.asyncio
async def test_a_page_that_takes_too_long_is_an_error_and_the_browser_goes_on() -> None:
    with serving(
        lambda asked: Answer(412, "<p>x</p>") if "slow" in asked.path else guarded(asked)
    ) as site:
        async with browser("bundled", site.url) as handler:
            slow = page_request("https://www.example.gov.cn/slow", download_timeout=0.5)
            with pytest.raises(BrowserError, match=r"did not bring .*/slow within"):
                await handler.download_request(slow)
            assert (await handler.download_request(page_request())).status == 200


@pytest.mark.asyncio
async def test_a_browser_that_cannot_start_says_what_to_do(tmp_path: Path) -> None:
    crawler = get_crawler(
        settings_dict={"ZX_BROWSER": "chromium", "ZX_BROWSER_PATH": str(tmp_path / "none")}
    )
    handler = BrowserDownloadHandler(crawler)
    with pytest.raises(BrowserError, match="the chromium browser did not start"):
        await handler.download_request(page_request())
    await handler.close()


@pytest.mark.asyncio
async def test_no_browser_is_told_as_such() -> None:
    handler = BrowserDownloadHandler(get_crawler(settings_dict={"ZX_BROWSER": "none"}))
    with pytest.raises(BrowserError, match=r'crawl\.browser = "none"'):
        await handler.download_request(page_request())


STEPS = {
    "walls": ["warmup", "browser"],
    "warmup_url": "https://www.example.gov.cn/",
}


def test_a_crawl_meets_walls_with_the_browser_and_spares_what_is_open(tmp_path: Path) -> None:
    asks: list[dict[str, Any]] = [
        {"url": LIST, "meta": {"browser_wait": "li.row"}},
        {
            "url": FETCH["url"],
            "method": "POST",
            "body": "pageNum=1",
            "headers": {"Content-Type": "application/x-www-form-urlencoded", "Referer": LIST},
            "meta": {"want": "json"},
        },
        {"url": "https://www.example.gov.cn/loop"},
    ]
    with serving(guarded) as upstream:
        seen = crawl(asks, tmp_path, upstream=upstream.url, site=STEPS)
    by_url = {one["url"]: one for one in seen}
    assert "关于征求意见的通知" in by_url[LIST]["text"]
    assert json.loads(by_url[str(FETCH["url"])]["text"])["form"] == "pageNum=1"
    loop = by_url["https://www.example.gov.cn/loop"]
    assert (loop["verdict"], loop["reason"]) == (
        "blocked",
        "网站返回 412 验证页（瑞数），浏览器也未能通过",
    )


def test_a_wall_in_front_of_a_broken_browser_is_still_reported_as_a_wall(tmp_path: Path) -> None:
    broken = {"ZX_BROWSER": "chromium", "ZX_BROWSER_PATH": str(tmp_path / "none")}
    with serving(guarded) as upstream:
        seen = crawl([{"url": LIST}], tmp_path, upstream=upstream.url, site=STEPS, settings=broken)
    assert [(one["verdict"], one["reason"]) for one in seen] == [
        ("blocked", "网站返回 412 验证页（瑞数），浏览器也未能打开")
    ]


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")
@pytest.mark.asyncio
async def test_a_chromium_of_this_machine_is_used_without_being_told() -> None:
    running = await start_browser(BrowserChoice("auto", upstream="http://127.0.0.1:9"))
    try:
        assert running.kind == "chromium"
    finally:
        await running.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["", "stub"])
async def test_without_a_chromium_that_starts_the_bundled_browser_is_used(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`stub`: a program of the name that only says where to get one."""
    monkeypatch.setattr(browser_process, "CHROMIUM_NAMES", ("no-such-chromium",))
    stub = tmp_path / "chromium"
    stub.write_text("#!/bin/sh\necho 'Command requires the chromium snap'\nexit 1\n")
    stub.chmod(0o755)
    choice = BrowserChoice("auto", str(stub) if path else "", upstream="http://127.0.0.1:9")
    running = await start_browser(choice)
    try:
        assert running.kind == "bundled"
    finally:
        await running.close()


SHELL = """<html><body><div id="app"></div><script>
var call = new XMLHttpRequest(); call.open("POST", "/" + ["front", "list"].join("/"));
call.setRequestHeader("Content-Type", "application/json"); call.send('{"pageNo":1}');
</script></body></html>"""


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_page_asks_for_is_seen(kind: str) -> None:
    def shop(asked: Asked) -> Answer:
        if asked.path == "/front/list":
            return Answer(body='{"rows": []}', content_type="application/json")
        return Answer(body=SHELL)

    with serving(shop) as site:
        settings = Settings({"ZX_BROWSER": kind, "ZX_UPSTREAM": site.url})
        (seen,) = await watched(LIST, settings)
    assert (seen.url, seen.method) == ("https://www.example.gov.cn/front/list", "POST")
    assert (seen.body, seen.answer) == ('{"pageNo":1}', '{"rows": []}')
    assert "json" in seen.kind


@pytest.mark.asyncio
async def test_what_is_no_web_page_is_not_watched() -> None:
    with pytest.raises(BrowserError, match="not a web address"):
        await watched("file:///etc/passwd", Settings())
