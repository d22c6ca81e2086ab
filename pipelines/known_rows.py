"""Spider middleware: a listed page that is already in the store is not fetched again.

Three exceptions, each within politeness: a notice that could not be read fully is retried with
a growing pause; a recent notice is re-read 1, 3, 7 and 14 days after it was first seen, because
publishers correct their pages; a page asked for by name (`-a url=…`) is always fetched. What is
due and not listed any more is asked for by `pipelines.revisit`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from sqlite_utils import Database

from pipelines.spider_state import SpiderState
from storage.database import open_database
from storage.models import Known
from storage.notices.notices import find_known, touch_notice

# An hour short of full days: a crawl comes at the same time of the day give or take minutes, and
# a page that is due only seconds after it would wait for the next one, which may be days away.
REREAD_AFTER = tuple(timedelta(days=days, hours=-1) for days in (1, 3, 7, 14))
LONGEST_RETRY_PAUSE = timedelta(days=7)
MAX_ATTEMPTS = 12


def due_since(known: Known, now: datetime) -> datetime | None:
    """The instant since which a known page is to be fetched again; None: at `now` it is not due."""
    if not known.complete:
        if known.attempts >= MAX_ATTEMPTS:
            return None
        pause = min(timedelta(hours=2**known.attempts), LONGEST_RETRY_PAUSE)
        moments = [known.last_read_at + pause]
    else:
        milestones = (known.first_seen_at + after for after in REREAD_AFTER)
        moments = [moment for moment in milestones if known.last_read_at < moment]
    return next((moment for moment in moments if moment <= now), None)


class KnownRowsMiddleware:
    """Drops requests for notices that need no reading; marks them as still listed."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(str(crawler.settings["ZX_DATABASE"]))
        self.db: Database | None = None
        self.listed: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KnownRowsMiddleware:
        """Open the store with the spider and close it with the spider."""
        if not crawler.settings.getbool("ZX_STORE", True):
            raise NotConfigured
        middleware = cls(crawler)
        crawler.signals.connect(middleware.open, signal=signals.spider_opened)
        crawler.signals.connect(middleware.close, signal=signals.spider_closed)
        return middleware

    def open(self, spider: Spider) -> None:
        self.db = open_database(self.path)
        spider.in_store = self.column_before  # type: ignore[attr-defined] # our spiders declare it
        # Keys of the notices a list showed: an address that no list shows any more has moved.
        spider.listed_keys = self.listed  # type: ignore[attr-defined] # read by pipelines.store

    def close(self, spider: Spider) -> None:
        if self.db is not None:
            self.db.close()

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        async for output in result:
            if not (isinstance(output, Request) and self.is_known(output)):
                yield output

    def column_before(self, key: str, url: str) -> str | None:
        """The column a page was stored under before this crawl; None when it was not."""
        spider = self.crawler.spider
        if self.db is None or spider is None:
            return None
        known = find_known(self.db, spider.name, key, url)
        if known is None:
            return None
        began = getattr(spider, "now", clock_of(self.crawler))
        is_saved_now = key in SpiderState(spider).saved_ids
        return None if is_saved_now and known.first_seen_at >= began else known.column

    def is_known(self, request: Request) -> bool:
        """Whether this request is for a page that the store has and that is not due."""
        row, spider = request.meta.get("notice"), self.crawler.spider
        if row is None or self.db is None or spider is None:
            return False
        if SpiderState(spider).only_url:
            return False
        self.listed.add(row["key"])
        known = find_known(self.db, spider.name, row["key"], row["url"])
        now = clock_of(self.crawler)
        if known is None or due_since(known, now) is not None:
            return False
        touch_notice(self.db, known.id, now=now)
        SpiderState(spider).seen_ids.add(known.id)
        report = SpiderState(spider).reports.get(row["column"])
        if report is not None and row["key"] in report.waiting:
            report.waiting.discard(row["key"])
            report.taken, report.known = report.taken - 1, report.known + 1
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value("notices/known")
        return True


def clock_of(crawler: Crawler) -> datetime:
    """The instant a crawl runs as of: ZX_NOW when fixed, else now (UTC)."""
    fixed = crawler.settings.get("ZX_NOW")
    return datetime.fromisoformat(str(fixed)) if fixed else datetime.now(UTC)
