"""robots.txt, obeyed site by site as the catalogue says."""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware

from crawlers.catalogue import Site


class SiteRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, except that a site with robots = "ignore" (and a reason) is not asked."""

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Raises IgnoreRequest when robots.txt forbids the page."""
        site = getattr(self.crawler.spider, "site", None)
        if isinstance(site, Site) and site.robots == "ignore":
            return
        await super().process_request(request)
