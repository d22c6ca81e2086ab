"""Downloader middleware: a wall is an error, not a page.

Each answer is judged before a spider sees it. On a wall the site's steps (catalogue: `walls`) are
taken in order, each once a request: `warmup` visits `warmup_url` and asks again, `browser` asks
again through the crawl's browser. `home` is the platform's own last resort, taken in its errback.
When the steps are used up the request fails with `WallError`, which reaches the errback.

A publisher that bars this address altogether (CDE since 2026-09: 403 for everything, robots.txt
too) is asked for nothing more: in this crawl, and in the later ones of the day (`spider.is_barred`,
which the store tells).
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.catalogue import Site
from crawlers.failures import BrowserError, WallError, excerpt_of, failure_from
from crawlers.items import BARRED, Failure
from crawlers.wall_signs import barred_words, find_wall
from crawlers.warmup import WARMUP_META, Warmup

__all__ = ["WallError", "WallMiddleware", "failure_from"]

log = logging.getLogger(__name__)

# A site that keeps refusing is left in peace until the next crawl.
GIVE_UP_AFTER = 3
TAKEN = "wall_steps"
WORDS = "wall_words"
SENT_WARM = "wall_sent_warm"
# Set by whoever asks for a file named by a notice (pipelines.downloads).
FILE_META = "zx_file"


class WallMiddleware:
    """Settings: ZX_BROWSER ("none" leaves the browser step out)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._has_browser = crawler.settings.get("ZX_BROWSER") != "none"
        self._warmup = Warmup(crawler)
        self._browser_places: dict[str, str] = {}
        self._blocked_places: Counter[str] = Counter()
        self._barred = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Where only the browser got through before, it is asked at once; where nothing did,
        nothing more is asked. Raises WallError."""
        spider = self._crawler.spider
        if self._barred or getattr(spider, "is_barred", False):
            self._count("walls/given_up")
            reason = f"{self._barred or BARRED}，今天不再请求"
            raise WallError(Failure("blocked", reason, request.url))
        if _is_exempt(request):
            return
        if self._blocked_places[_place(request)] >= GIVE_UP_AFTER:
            self._count("walls/given_up")
            reason = f"同一目录已连续 {GIVE_UP_AFTER} 次被拦截，本次不再请求"
            raise WallError(Failure("blocked", reason, request.url))
        request.meta[SENT_WARM] = self._warmup.done
        words = self._browser_places.get(_place(request))
        if words is not None and not request.meta.get("browser"):
            request.meta.update(_browser_meta(request))
            request.meta[TAKEN] = (*request.meta.get(TAKEN, ()), "warmup", "browser")
            request.meta[WORDS] = words

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Raises WallError."""
        self._barred = self._barred or self._bars(request, response)
        if self._barred:
            raise self._blocked(request, self._barred, response)
        if _is_exempt(request):
            return response
        words = find_wall(response, wants_json=request.meta.get("want") == "json")
        if not words:
            self._blocked_places.pop(_place(request), None)
            if request.meta.get("browser") and WORDS in request.meta:
                self._browser_places[_place(request)] = str(request.meta[WORDS])
            return response
        self._count("walls/met")
        again = await self._next_step(request, words)
        if again is not None:
            return again
        raise self._blocked(request, words, response)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """A browser that fails in front of a wall: the wall is what is reported."""
        if isinstance(exception, BrowserError) and WORDS in request.meta:
            log.warning("%s", exception)
            self._note_blocked(request)
            reason = f"{request.meta[WORDS]}，浏览器也未能打开"
            excerpt = str(exception)[:200]
            raise WallError(Failure("blocked", reason, request.url, excerpt=excerpt)) from exception

    def _bars(self, request: Request, response: Response) -> str:
        """The words of a publisher's own host that bars this address; a host that a page only
        links to bars itself alone."""
        site = self._site()
        host = urlsplit(request.url).hostname or ""
        is_ours = site is None or host in site.named_hosts
        return barred_words(response) if is_ours else ""

    async def _next_step(self, request: Request, words: str) -> Request | None:
        taken: tuple[str, ...] = tuple(request.meta.get(TAKEN, ()))
        for step in self._steps():
            if step in taken:
                continue
            taken = (*taken, step)
            if step == "warmup":
                warmed = await self._warm(request)
                if warmed:
                    return _again(request, taken, words, {})
            elif step == "browser" and self._has_browser and not _is_file(request):
                return _again(request, taken, words, _browser_meta(request))
        return None

    async def _warm(self, request: Request) -> bool:
        """Whether asking again makes sense: the cookies were not there when it was sent."""
        site = self._site()
        if site is None or request.meta.get(SENT_WARM) or request.meta.get("browser"):
            return False
        return await self._warmup.warm(site.warmup_url)

    def _blocked(self, request: Request, words: str, response: Response) -> WallError:
        taken = request.meta.get(TAKEN, ())
        reason = request.meta.get(WORDS, words)
        if "browser" in taken:
            reason += "，浏览器也未能通过"
        elif "warmup" in taken:
            reason += "，取得 Cookie 后仍未通过"
        if "browser" in self._steps() and not self._has_browser:
            reason += "（未启用浏览器）"
        if words not in reason:
            reason += f"（最后一次：{words}）"
        self._note_blocked(request)
        failure = Failure(
            "blocked", reason, request.url, status=response.status, excerpt=excerpt_of(response)
        )
        log.warning("%s: %s", reason, request.url)
        return WallError(failure)

    def _note_blocked(self, request: Request) -> None:
        self._blocked_places[_place(request)] += 1
        self._count("walls/blocked")

    def _steps(self) -> tuple[str, ...]:
        site = self._site()
        return site.walls if site is not None else ()

    def _site(self) -> Site | None:
        site = getattr(self._crawler.spider, "site", None)
        return site if isinstance(site, Site) else None

    def _count(self, key: str) -> None:
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(key)


def _is_exempt(request: Request) -> bool:
    return bool(request.meta.get(WARMUP_META)) or urlsplit(request.url).path == "/robots.txt"


def _is_file(request: Request) -> bool:
    """A file is asked for as bytes, which the browser does not hand over."""
    return bool(request.meta.get(FILE_META))


def _place(request: Request) -> str:
    """The directory of a request: walls differ from one part of a site to the next, and files
    refused say nothing of the pages beside them."""
    asked = request.meta.get("redirect_urls", [request.url])[0]
    parts = urlsplit(asked)
    kind = " files" if _is_file(request) else ""
    return f"{parts.netloc}{parts.path.rpartition('/')[0]}{kind}"


def _again(request: Request, taken: tuple[str, ...], words: str, more: dict[str, Any]) -> Request:
    first_words = request.meta.get(WORDS, words)
    meta = {**request.meta, TAKEN: taken, WORDS: first_words, **more}
    return request.replace(meta=meta, dont_filter=True)


def _browser_meta(request: Request) -> dict[str, Any]:
    """A page is loaded in the browser; anything else is fetched from inside a page of the site:
    the one the request names (`browser_page`), its Referer, or the site's front page."""
    meta: dict[str, Any] = {"browser": True, "dont_cache": True}
    if "browser_fetch" in request.meta:
        return meta
    if request.method == "GET" and request.meta.get("want") != "json":
        return meta
    parts = urlsplit(request.url)
    referer = request.headers.get("Referer")
    front = f"{parts.scheme}://{parts.netloc}/"
    page = request.meta.get("browser_page") or (referer.decode() if referer else front)
    headers = {
        name.decode(): b", ".join(values).decode()
        for name, values in request.headers.items()
        if name.lower() in {b"accept", b"content-type", b"x-requested-with"}
    }
    fetch = {
        "url": request.url,
        "method": request.method,
        "body": request.body.decode(),
        "headers": headers,
    }
    return {**meta, "browser_page": page, "browser_fetch": fetch}
