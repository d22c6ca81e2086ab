"""Downloader middleware: a page that only sends on (meta refresh) is followed once, within reach.

In place of Scrapy's own, which follows to any host, several times, and also pages that have
something to read. What is not followed reaches the spider, whose reader says where it points.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response

from crawlers.reading.shells import LONGEST_SHELL, refresh_target

REFRESHED = "zx_refreshed"
"""In the meta of a request that follows a meta refresh."""


class RefreshMiddleware:
    """Follows to the same host, with or without www, or to a host of the catalogue."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The page itself, or a request for the one it sends on to, with all that travels along."""
        if request.meta.get(REFRESHED) or not isinstance(response, HtmlResponse):
            return response
        if len(response.body) > 4 * LONGEST_SHELL:  # not worth decoding
            return response
        target = refresh_target(response.text, response.url)
        if not target or not self._is_near(request.url, target):
            return response
        visited = [*request.meta.get("redirect_urls", []), request.url]
        meta = {**request.meta, REFRESHED: True, "redirect_urls": visited}
        return request.replace(url=target, method="GET", body=b"", meta=meta, dont_filter=True)

    def _is_near(self, url: str, target: str) -> bool:
        here, there = _host(url), _host(target)
        known: Mapping[str, str] = getattr(self._crawler.spider, "platforms_by_host", {})
        return here == there or (urlsplit(target).hostname or "") in known


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
