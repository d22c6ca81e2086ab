"""Scrapy extension: tells the spider which notices of its columns the store knows already.

A list is read well only when it joins up with them, and after a redesign they are found again.
"""

from __future__ import annotations

from dataclasses import asdict

from scrapy import Spider
from sqlite_utils import Database

from crawlers.items import KNOWN_CHARACTERS, KNOWN_ROWS, KnownRow
from pipelines.spider_start import SpiderStartExtension
from pipelines.spider_state import SpiderState
from storage.notices.listings import recent_listings


class KnownNoticesExtension(SpiderStartExtension):
    """Fills `spider.known_rows` (column -> KnownRow, the newest first)."""

    def tell(self, db: Database, spider: Spider) -> None:
        """The known rows of every column."""
        rows = known_rows(db, spider.name, list(SpiderState(spider).columns))
        SpiderState(spider).known_rows.update(rows)


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
