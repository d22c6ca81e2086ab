"""Wherever a page sends the browser, nothing of this network is spoken to."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawlers.browser import BrowserDownloadHandler
from crawlers.browser_process import CHROMIUM_NAMES
from crawlers.failures import BrowserError
from crawlers.reach import Reach, RefusedAddress
from tests.crawlers.mock_site import Answer, Asked, MockSite, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHROMIUM = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), "")
KINDS = [
    "bundled",
    pytest.param("chromium", marks=pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")),
]
WATCHED = "www.example.gov.cn"
INSIDE = "intranet.example.com"
"""A name that anybody may own, and that says an address of this machine."""

SECRET = "<html><body><h1>内部文件</h1><p>只给员工看。</p></body></html>"
PAGE = "<html><body><h1>通知</h1><p id='said'></p>{}</body></html>"


@dataclass
class Stage:
    """The site that is watched, and a server that nobody outside may see."""

    site: MockSite
    inner: MockSite
    pages: dict[str, Answer]

    def inside(self, host: str) -> str:
        """The inner server by a name or address of it."""
        return f"http://{host}:{self.inner.url.rpartition(':')[2]}"

    @property
    def url(self) -> str:
        """The watched site, by its name."""
        return f"http://{WATCHED}:{self.site.url.rpartition(':')[2]}"


@pytest.fixture
def stage() -> Iterator[Stage]:
    pages: dict[str, Answer] = {}

    def respond(asked: Asked) -> Answer:
        return pages.get(asked.path, Answer(404, "没有"))

    with serving(respond) as site, serving(lambda asked: Answer(body=SECRET)) as inner:
        yield Stage(site, inner, pages)


async def resolve(host: str) -> list[str]:
    return ["127.0.0.1"]


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=KINDS)
async def handler(request: pytest.FixtureRequest) -> AsyncIterator[BrowserDownloadHandler]:
    """One browser for page after page, as in a crawl; every test has servers of its own."""
    reach = Reach(resolve, named=lambda: frozenset({WATCHED}))
    settings = {"ZX_BROWSER": request.param}
    running = BrowserDownloadHandler(get_crawler(settings_dict=settings), reach)
    try:
        yield running
    finally:
        await running.close()


async def visit(handler: BrowserDownloadHandler, url: str, **meta: object) -> Response:
    return await handler.download_request(Request(url, meta={"browser": True, **meta}))


def redirect(target: str) -> Answer:
    return Answer(302, headers=(("Location", target),))


def script(code: str) -> Callable[[str], Answer]:
    return lambda target: Answer(body=PAGE.format(f"<script>{code % target}</script>"))


def frame(target: str) -> Answer:
    return Answer(body=PAGE.format(f"<iframe src='{target}/frame'></iframe>"))


SPOKEN = script(
    "const s = new WebSocket('%s/socket'.replace('http', 'ws'));"
    "s.onerror = s.onopen = () => { document.getElementById('said').className = 'done'; };"
)
ASKED = script(
    "const x = new XMLHttpRequest(); x.open('POST', '%s/api');"
    "x.onloadend = () => { document.getElementById('said').className = 'done'; }; x.send('a=1');"
)


async def test_an_allowed_page_is_read_as_ever(
    handler: BrowserDownloadHandler, stage: Stage
) -> None:
    stage.pages["/list"] = redirect("/moved")
    stage.pages["/moved"] = Answer(body=PAGE.format("<script src='/late.js'></script>"))
    stage.pages["/late.js"] = Answer(body="document.title = 1", content_type="text/javascript")
    response = await visit(handler, f"{stage.url}/list", browser_wait="h1")
    again = await visit(handler, f"{stage.url}/moved")
    assert (response.status, response.url) == (200, f"{stage.url}/moved")
    assert response.css("h1::text").get() == "通知"
    assert again.status == 200
    assert {asked.host.partition(":")[0] for asked in stage.site.asked} == {WATCHED}
    assert all("proxy-connection" not in asked.headers for asked in stage.site.asked)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", INSIDE, "[::ffff:127.0.0.1]", "127.1"])
async def test_a_redirect_inside_is_refused(
    handler: BrowserDownloadHandler, host: str, stage: Stage
) -> None:
    stage.pages["/list"] = redirect(stage.inside(host) + "/secret")
    with pytest.raises(RefusedAddress):
        await visit(handler, f"{stage.url}/list")
    assert stage.inner.asked == []


@pytest.mark.parametrize("make", [frame, SPOKEN, ASKED], ids=["frame", "websocket", "request"])
@pytest.mark.parametrize("host", ["127.0.0.1", INSIDE])
async def test_what_a_page_loads_from_inside_is_refused_and_the_page_is_read(
    handler: BrowserDownloadHandler, make: Callable[[str], Answer], host: str, stage: Stage
) -> None:
    stage.pages["/list"] = make(stage.inside(host))
    response = await visit(
        handler, f"{stage.url}/list", browser_wait=".done, iframe", browser_timeout=5
    )
    assert stage.inner.asked == []
    assert (response.status, response.css("h1::text").get()) == (200, "通知")


@pytest.mark.parametrize("host", ["127.0.0.1", INSIDE])
async def test_a_script_that_leads_inside_leaves_no_page_of_the_browsers_own(
    handler: BrowserDownloadHandler, host: str, stage: Stage
) -> None:
    stage.pages["/list"] = script("location.href = '%s/secret'")(stage.inside(host))
    with pytest.raises((RefusedAddress, BrowserError)):
        await visit(handler, f"{stage.url}/list", browser_wait=".never", browser_timeout=3)
    stage.pages["/list"] = Answer(body=PAGE.format(""))
    assert (await visit(handler, f"{stage.url}/list")).status == 200
    assert stage.inner.asked == []


async def test_a_script_that_leads_to_nothing_is_a_failure(
    handler: BrowserDownloadHandler, stage: Stage
) -> None:
    stage.pages["/list"] = script("location.href = '%s'")(f"http://{WATCHED}:9/")
    with pytest.raises(BrowserError):
        await visit(handler, f"{stage.url}/list", browser_wait=".never", browser_timeout=3)


@pytest.fixture
def operators_browser(tmp_path: Path) -> Iterator[str]:
    """A Chromium that runs already, and the address it is steered by."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    options = ["--headless", "--remote-debugging-port=0", f"--user-data-dir={tmp_path}", *root]
    with subprocess.Popen([CHROMIUM, *options], stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        try:
            for line in running.stderr:
                if "DevTools listening on " in line:
                    yield "http://" + line.partition("ws://")[2].partition("/")[0]
                    break
        finally:
            running.terminate()


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")
async def test_the_operators_own_browser_is_kept_outside_too(
    operators_browser: str, stage: Stage
) -> None:
    stage.pages["/list"] = Answer(body=PAGE.format(""))
    stage.pages["/away"] = redirect(stage.inside(INSIDE) + "/secret")
    settings = {"ZX_BROWSER": "cdp", "ZX_BROWSER_CDP_URL": operators_browser}
    reach = Reach(resolve, named=lambda: frozenset({WATCHED}))
    handler = BrowserDownloadHandler(get_crawler(settings_dict=settings), reach)
    try:
        assert (await visit(handler, f"{stage.url}/list")).css("h1::text").get() == "通知"
        with pytest.raises(RefusedAddress):
            await visit(handler, f"{stage.url}/away")
    finally:
        await handler.close()
    assert stage.inner.asked == []
