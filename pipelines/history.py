"""Scrapy extension: tells the spider what earlier crawls proved of its columns.

It is there before the first request, so that the walk knows how far back it has to go and where
it joins up. Also while a page is only looked at (ZX_STORE = 0): then the store is only read.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from sqlite_utils import Database

from crawlers.items import ColumnHistory, ListedRow
from pipelines.facts.dates import SHANGHAI
from storage.database import open_database
from storage.gaps import open_gaps
from storage.readings import last_joined, listed_rows, usual_page_rows


class HistoryExtension:
    """Fills `spider.histories` (column -> ColumnHistory). Setting: ZX_DATABASE."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HistoryExtension:
        """Without a store there is no history."""
        path = Path(str(crawler.settings["ZX_DATABASE"]))
        stores = crawler.settings.getbool("ZX_STORE", True)
        if not stores and not path.exists():
            raise NotConfigured
        extension = cls(path, read_only=not stores)
        crawler.signals.connect(extension.open, signal=signals.spider_opened)
        return extension

    def open(self, spider: Spider) -> None:
        with closing(open_database(self.path, read_only=self.read_only)) as db:
            histories = {
                name: history_of(db, spider.name, name) for name in getattr(spider, "columns", ())
            }
        spider.histories = histories  # type: ignore[attr-defined] # our spiders declare it


def history_of(db: Database, site: str, column: str) -> ColumnHistory:
    """What the store knows of earlier readings of a column."""
    reading = last_joined(db, site, column)
    if reading is None:
        return ColumnHistory()
    gaps = open_gaps(db, site=site, column=column)
    return ColumnHistory(
        covered_from=reading.covered_from.isoformat() if reading.covered_from else "",
        until=reading.checked_at.astimezone(SHANGHAI).date().isoformat(),
        gaps=tuple((gap.from_on.isoformat(), gap.to_on.isoformat()) for gap in gaps),
        listed=tuple(ListedRow(**asdict(row)) for row in listed_rows(db, site, column)),
        usual_rows=usual_page_rows(db, site, column),
        missing=reading.missing,
    )
