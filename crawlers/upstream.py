"""The one way out: every request of a crawl, robots.txt included, leaves through this handler.

With ZX_UPSTREAM set (ZHENGXUN_UPSTREAM: the replica, or a gateway) each request goes to that
server, path and query unchanged, with the real host in `Host` and the real scheme in
`X-Forwarded-Proto`; the spider, its cookies and its redirects still see the real address.

A host's pause is counted from when a request leaves here. ZX_PERMISSION, on a machine that visits
for another, is the file that says until when any may (crawlers.permission).
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from urllib.parse import urldefrag, urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.permission import end_when_over


class UpstreamDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler, sent to the upstream when one is set; pages asked for with
    `meta["browser"]` go to the crawl's browser (crawlers.browser)."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._owner = crawler
        self._browser: BaseDownloadHandler | None = None
        self._upstream = str(crawler.settings.get("ZX_UPSTREAM") or "")
        permission = str(crawler.settings.get("ZX_PERMISSION") or "")
        self._permission = Path(permission) if permission else None

    async def download_request(self, request: Request) -> Response:
        if self._permission is not None:
            end_when_over(self._permission)
        self._count_pause_from_now(request)
        if request.meta.get("browser"):
            self._browser = self._browser or _browser_of(self._owner)
            return await self._browser.download_request(request)
        if not self._upstream:
            return await super().download_request(request)
        sent = rewrite(request, self._upstream)
        response = await super().download_request(sent)
        # AutoThrottle reads the latency of the request the spider made.
        request.meta["download_latency"] = sent.meta.get("download_latency", 0.0)
        return response.replace(url=urldefrag(request.url)[0])

    def _count_pause_from_now(self, request: Request) -> None:
        # Scrapy counts from when it took the request out of the host's queue; where a page that is
        # being read comes between, the next one would follow too soon.
        engine = self._owner.engine
        key = request.meta.get("download_slot")
        slot = engine.downloader.slots.get(key) if engine is not None and key else None
        if slot is not None:
            slot.lastseen = monotonic()

    async def close(self) -> None:
        if self._browser is not None:
            await self._browser.close()
        await super().close()


def _browser_of(crawler: Crawler) -> BaseDownloadHandler:
    # Few crawls meet a wall; the others are spared the time Playwright takes to load.
    from crawlers.browser import browser_of

    return browser_of(crawler)


def rewrite(request: Request, upstream: str) -> Request:
    """The same request, addressed to `upstream` (scheme and host, no path)."""
    real = urlsplit(request.url)
    path = f"{real.path or '/'}?{real.query}" if real.query else real.path or "/"
    sent = request.replace(url=upstream + path)
    sent.headers["Host"] = real.netloc.rpartition("@")[2]
    sent.headers["X-Forwarded-Proto"] = real.scheme
    sent.meta.pop("proxy", None)
    return sent
