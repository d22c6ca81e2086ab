"""Scrapy extension: after each crawl, which numbers of the gapless series are missing now."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from sqlite_utils import Database

from pipelines.known_rows import clock_of
from pipelines.learning.gapless_series import missing_numbers
from storage.database import open_database
from storage.runs.number_series import keep_missing, numbered_since


class MissingNumbersExtension:
    """Keeps the table `missing_numbers`. Setting: ZX_DATABASE."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(str(crawler.settings["ZX_DATABASE"]))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> MissingNumbersExtension:
        """Without ZX_STORE (a page is only looked at) nothing is kept, nor where the store is
        another machine's (ZX_AWAY)."""
        settings = crawler.settings
        if not settings.getbool("ZX_STORE", True) or settings.get("ZX_AWAY"):
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.close, signal=signals.spider_closed)
        return extension

    def close(self, spider: Spider) -> None:
        with closing(open_database(self.path)) as db:
            note_missing(db, clock_of(self.crawler))


def note_missing(db: Database, now: datetime) -> None:
    """Bring the missing numbers up to date with what is stored."""
    found = missing_numbers(numbered_since(db, now.year - 1), now)
    keep_missing(db, [(one.site, one.column, one.name, one.after.id) for one in found], now)
