"""The browser download handler: pages that only answer to a browser that runs their script.

A request with `meta["browser"] = True` is loaded in the crawl's one browser:

- `browser_wait`: a CSS selector that shows the page is filled (waited for at most
  `browser_timeout` seconds, 15 unless given);
- `browser_fetch`: `{"url", "method", "body", "headers"}`: after the challenge is passed on the
  page, that request is made from inside the page and its text returned (CDE's JSON lists). The
  page is `meta["browser_page"]`, else the request's own URL or Referer.

A page may reload itself five times; after that it counts as a wall that was not passed (the
response carries the flag "browser-loop"). Through an upstream, pages are asked for with http://
in place of https:// and their addresses mapped back.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from urllib.parse import urldefrag, urlsplit
from weakref import WeakKeyDictionary

from playwright.async_api import Error as PlaywrightError
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response, TextResponse

from crawlers.browser_page import BrowserPage, Fetched
from crawlers.browser_process import BrowserChoice, RunningBrowser, start_browser
from crawlers.failures import BrowserError
from crawlers.guard import reach_of
from crawlers.reach import Reach, RefusedAddress

log = logging.getLogger(__name__)

DEFAULT_WAIT = 15.0
# In the meta of a list's request afterwards: how a Chromium shows the page (PNG), as evidence.
PICTURE = "browser_picture"
DRAWS = frozenset({"chromium", "cdp"})


class BrowserDownloadHandler(BaseDownloadHandler):
    """One browser a crawl, started with the first page that needs it, one page at a time."""

    lazy = True

    def __init__(self, crawler: Crawler, reach: Reach | None = None) -> None:
        super().__init__(crawler)
        self._choice = BrowserChoice.from_settings(crawler.settings)
        self._reach = reach or reach_of(crawler)
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT", 60.0)
        self._pictures = crawler.settings.getbool("ZX_PICTURES", True)
        self._lock = asyncio.Lock()
        self._running: RunningBrowser | None = None
        self._page: BrowserPage | None = None
        self._refusal = ""

    async def download_request(self, request: Request) -> Response:
        """Raises BrowserError when the browser cannot be started, dies, or takes too long,
        RefusedAddress when the page leads into this network."""
        seconds = float(request.meta.get("download_timeout") or self._timeout)
        async with self._lock:
            try:
                async with asyncio.timeout(seconds):
                    return await self._visit(request)
            except TimeoutError as error:
                await self._drop()
                raise BrowserError(
                    f"the browser did not bring {request.url} within {seconds:.0f} s"
                ) from error
            except PlaywrightError as error:
                if self._was_refused():
                    raise RefusedAddress(
                        f"the page leads into this network: {request.url}"
                    ) from error
                # An address that does not answer is no fault of the browser.
                if self._page is None or self._page.closed or "crash" in error.message.lower():
                    await self._drop()
                reason = error.message.splitlines()[0]
                raise BrowserError(f"the browser failed on {request.url}: {reason}") from error

    async def close(self) -> None:
        """End the browser; safe to call more than once."""
        async with self._lock:
            await self._drop()

    async def _visit(self, request: Request) -> Response:
        page = await self._ready_page()
        if self._running is not None:
            self._running.refused()  # what an earlier page asked for is not this one's
        fetch = request.meta.get("browser_fetch")
        target = _page_url(request) if fetch else urldefrag(request.url)[0]
        # A list page whose challenge is passed serves all further fetches of that list.
        if not (fetch and page.is_on(target)):
            referer = request.headers.get("Referer") if not fetch else None
            await page.load(
                target,
                referer=referer.decode() if referer else "",
                wait=str(request.meta.get("browser_wait") or ""),
                seconds=float(request.meta.get("browser_timeout") or DEFAULT_WAIT),
            )
        draws = self._running is not None and self._running.kind in DRAWS
        if draws and self._pictures and "column" in request.cb_kwargs:
            request.meta[PICTURE] = await page.picture()
        if fetch and not page.looped and page.passed:
            return _answer(request, str(fetch["url"]), await page.fetch(fetch), ["browser"])
        flags = ["browser", "browser-loop"] if page.looped else ["browser"]
        return _answer(request, page.real_url, await page.read(), flags)

    async def _ready_page(self) -> BrowserPage:
        if self._refusal:
            raise BrowserError(self._refusal)
        if self._running is None or not self._running.alive or self._page is None:
            await self._drop()
            try:
                self._running = await start_browser(self._choice, self._reach)
            except BrowserError as error:
                self._refusal = str(error)
                raise
            log.info("browser started: %s", self._running.kind)
            self._page = await BrowserPage.open(self._running.context, self._choice.upstream)
        return self._page

    def _was_refused(self) -> bool:
        """Whether the page failed because it led to a host of this network, as far as is known:
        the bundled browser does not say where a page led."""
        if self._running is None or self._page is None:
            return False
        refused = self._running.refused()
        led_to = urlsplit(self._page.led_to).hostname
        return led_to in refused if led_to else bool(refused)

    async def _drop(self) -> None:
        running, self._running, self._page = self._running, None, None
        if running is None:
            return
        try:
            async with asyncio.timeout(10):
                await running.close()
        except (PlaywrightError, TimeoutError, OSError) as error:
            log.warning("the browser did not close cleanly: %s", error)


_browsers: WeakKeyDictionary[Crawler, BrowserDownloadHandler] = WeakKeyDictionary()


def browser_of(crawler: Crawler) -> BrowserDownloadHandler:
    """The one browser of this crawl, shared by the http and https handlers; not yet started."""
    if crawler not in _browsers:
        _browsers[crawler] = BrowserDownloadHandler(crawler)
    return _browsers[crawler]


def _page_url(request: Request) -> str:
    fetch: dict[str, Any] = request.meta["browser_fetch"]
    referer = request.headers.get("Referer")
    page = request.meta.get("browser_page")
    if not page and request.url != fetch["url"]:
        page = request.url
    return str(page or (referer.decode() if referer else request.url))


def _answer(request: Request, url: str, got: Fetched, flags: list[str]) -> Response:
    kind = HtmlResponse if "html" in got.content_type else TextResponse
    media = got.content_type.split(";")[0] or "text/html"
    return kind(
        url=url,
        status=got.status,
        headers={"Content-Type": f"{media}; charset=utf-8"},
        body=got.text.encode(errors="replace"),
        encoding="utf-8",
        flags=flags,
        request=request,
    )
