"""robots.txt, obeyed site by site as the catalogue says."""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest

from crawlers.catalogue import Site


class ForbiddenByRobots(IgnoreRequest):
    """robots.txt does not want this page read."""


class SiteRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, except that a site with robots = "ignore" (and a reason) is not asked."""

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Raises ForbiddenByRobots."""
        site = getattr(self.crawler.spider, "site", None)
        if isinstance(site, Site) and site.robots == "ignore":
            return
        try:
            await super().process_request(request)
        except IgnoreRequest as error:
            raise ForbiddenByRobots(f"robots.txt forbids {request.url}") from error
