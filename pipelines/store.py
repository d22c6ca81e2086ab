"""The last stage: one transaction per notice saves it and links it with its duplicates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from sqlite_utils import Database

from pipelines import dedupe
from pipelines.sameness.resign import resign_recent
from pipelines.seen import clock_of
from storage.database import open_database, transaction
from storage.models import Notice
from storage.notices import get_notice, save_notice


class StorePipeline:
    """Keeps every notice; counts new and revised ones per column for the monitor."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.db: Database | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        """Without ZX_STORE (a page is only looked at) nothing is stored."""
        if not crawler.settings.getbool("ZX_STORE", True):
            raise NotConfigured
        return cls(crawler)

    def open_spider(self) -> None:
        self.db = open_database(Path(str(self.crawler.settings["ZX_DATABASE"])))
        resign_recent(self.db, clock_of(self.crawler))

    def close_spider(self) -> None:
        if self.db is not None:
            self.db.close()

    def process_item(self, item: Any) -> Any:
        """Save a Notice; anything else passes through. Raises StorageError when it cannot."""
        if not isinstance(item, Notice) or self.db is None:
            return item
        now = clock_of(self.crawler)
        run_id = getattr(self.crawler.spider, "run_id", "")
        with transaction(self.db):
            result = save_notice(self.db, item, now=now, run_id=int(run_id) if run_id else None)
            # Also when nothing a reader sees changed: a page may have become complete.
            dedupe.settle(self.db, get_notice(self.db, result.id), now)
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"notices/{item.column}/{result.outcome}")
        # For the crawl's events: whoever reads of a notice in the log finds it in the store.
        getattr(self.crawler.spider, "saved_ids", {})[item.key] = result.id
        return item
