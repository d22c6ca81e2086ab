"""A real headless browser meets CDE's challenge: it must run the script, and then sees rows."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from replica.obstacles import Obstacles
from replica.server import Replica, start_replica
from tests.replica.conftest import CONTENT, FRIDAY

lightpanda = pytest.importorskip("lightpanda")
# http:// because the replica is a plain proxy; the site still believes it is asked over https.
CDE = "http://www.cde.org.cn"
WORK_PAGE = CDE + "/main/news/listpage/3cc45b396497b598341ce3af000490e5"
OPINION_PAGE = CDE + "/zdyz/listpage/3c49fad55caad7a034c263cfc2b6eb9c"


@pytest.fixture
def strict() -> Iterator[Replica]:
    with start_replica(CONTENT, walls=Obstacles(cde="browser"), as_of=FRIDAY) as replica:
        yield replica


@pytest.fixture
def browser(strict: Replica) -> Iterator[Browser]:
    quiet = {**os.environ, "LIGHTPANDA_DISABLE_TELEMETRY": "true"}
    proxy = ["--http-proxy", strict.origin]
    with lightpanda.CDPServer(args=proxy, env=quiet) as served, sync_playwright() as playwright:
        connected = playwright.chromium.connect_over_cdp(served.ws_endpoint)
        yield connected
        connected.close()


def test_the_browser_passes_and_the_page_shows_its_rows(strict: Replica, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.goto(WORK_PAGE)
    row = page.wait_for_selector("div.news_item", timeout=20_000)
    assert row is not None
    title = page.locator(".news_content_title").first.text_content()
    assert title == "关于发布《化学药品试验技术指导原则》的通告（2021年第7号）"
    date = page.locator(".news_item .news_date span").all_text_contents()
    assert date == ["2021.02", "01"]
    asked = [(one.method, one.status) for one in strict.requests if "/main/" in one.path]
    assert asked == [("GET", 202), ("GET", 200), ("POST", 200)]


def test_the_second_table_of_the_opinion_page_fills_with_links(browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.goto(OPINION_PAGE)
    page.wait_for_selector(".layui-table .a-link", timeout=20_000)
    link = page.locator(".layui-table").nth(1).locator(".a-link").first.get_attribute("href")
    assert link == (
        "https://www.cde.org.cn/main/news/viewInfoCommon/33333333333333333333333333333333"
    )
