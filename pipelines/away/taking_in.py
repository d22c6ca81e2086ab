"""Where the store is: a visit made elsewhere goes through the same stages as one from here.

The spider is told what the visit brought (its argument `bundle`); instead of asking the site it
hands on the items that were read there. Nothing is asked of anybody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from pipelines.brought import Brought, BundleError
from pipelines.known_rows import clock_of
from pipelines.spider_state import SpiderState
from storage.database import open_database, transaction
from storage.notices.notices import touch_notice
from storage.runs.witnesses import end_witness


class TakingIn:
    """Spider middleware and downloader middleware; does nothing in a crawl without a bundle."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TakingIn:
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """What was read, in place of the first requests. Raises BundleError for another's."""
        spider = self.crawler.spider
        brought = SpiderState(spider).brought
        if brought is None:
            async for one in start:
                yield one
            return
        if spider is None or brought.site != spider.name:
            raise BundleError(f"the bundle is of {brought.site}")
        self._tell(spider, brought)
        for item in brought.items:
            if item.site == spider.name:
                yield item

    def process_request(self, request: Request) -> Request | Response | None:
        """Raises IgnoreRequest for all that is asked while something is taken in."""
        if SpiderState(self.crawler.spider).brought is not None:
            raise IgnoreRequest("a visit is taken in: nothing is asked for")
        return None

    def _tell(self, spider: Spider, brought: Brought) -> None:
        """Put on the spider what it would know had it been there, and into the store what a crawl
        writes on its way."""
        state: Any = spider
        state.reports = {report.column: report for report in brought.reports}
        state.listed_keys.update(brought.listed)
        state.final_addresses.update(brought.final_addresses)
        learning: Any = getattr(spider, "learning", None)
        if learning is not None:
            learning.readers = {(one.column, one.kind): one for one in brought.readers}
            learning.obsolete = set(brought.obsolete)
        if self.crawler.stats is not None:
            self.crawler.stats.set_value("downloader/request_count", brought.requests)
        now = clock_of(self.crawler)
        path = Path(str(self.crawler.settings["ZX_DATABASE"]))
        with closing(open_database(path)) as db, transaction(db):
            for notice_id in brought.seen:
                touch_notice(db, notice_id, now=now)
            for witness_id, what in brought.witnesses:
                end_witness(db, witness_id, what, now)
