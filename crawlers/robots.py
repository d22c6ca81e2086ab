"""robots.txt, obeyed site by site as the catalogue says."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest

from crawlers.catalogue import Site


class ForbiddenByRobots(IgnoreRequest):
    """robots.txt does not want this page read."""


class SiteRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, except that a site with robots = "ignore" (and a reason) is not asked.

    One question a host at a time: when several requests wait for the same robots.txt, Scrapy 2.19
    hands the parsed file to the first of them and lets the others pass unasked (measured).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Raises ForbiddenByRobots."""
        site = getattr(self.crawler.spider, "site", None)
        if isinstance(site, Site) and site.robots == "ignore":
            return
        if request.meta.get("dont_obey_robotstxt"):
            return
        try:
            async with self._asking[urlsplit(request.url).netloc]:
                await super().process_request(request)
        except IgnoreRequest as error:
            raise ForbiddenByRobots(f"robots.txt forbids {request.url}") from error
