"""Scrapy extension: tells the spider which notices of its columns the store knows already.

A list is read well only when it joins up with them, and after a redesign they are found again.
Also while a page is only looked at (ZX_STORE = 0): then the store is read, never written.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from sqlite_utils import Database

from crawlers.items import KNOWN_CHARACTERS, KNOWN_ROWS, KnownRow
from storage.database import open_database
from storage.listings import recent_listings


class KnownRowsExtension:
    """Fills `spider.known_rows` (column -> KnownRow, the newest first). Setting: ZX_DATABASE."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KnownRowsExtension:
        """Without a store nothing is known."""
        path = Path(str(crawler.settings["ZX_DATABASE"]))
        stores = crawler.settings.getbool("ZX_STORE", True)
        if not stores and not path.exists():
            raise NotConfigured
        extension = cls(path, read_only=not stores)
        crawler.signals.connect(extension.open, signal=signals.spider_opened)
        return extension

    def open(self, spider: Spider) -> None:
        with closing(open_database(self.path, read_only=self.read_only)) as db:
            rows = known_rows(db, spider.name, list(getattr(spider, "columns", ())))
        getattr(spider, "known_rows", {}).update(rows)


def known_rows(db: Database, site: str, columns: list[str]) -> dict[str, list[KnownRow]]:
    """What the store knows of these columns of a site."""
    return {
        column: [
            KnownRow(**asdict(listing))
            for listing in recent_listings(
                db, site, column, most=KNOWN_ROWS, characters=KNOWN_CHARACTERS
            )
        ]
        for column in columns
    }
