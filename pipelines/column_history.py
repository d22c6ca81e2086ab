"""Scrapy extension: tells the spider what earlier crawls proved of its columns.

It is there before the first request, so that the walk knows how far back it has to go and where
it joins up.
"""

from __future__ import annotations

from dataclasses import asdict

from scrapy import Spider
from sqlite_utils import Database

from china_time import SHANGHAI
from crawlers.items import BARRED, ColumnHistory, ListedRow
from pipelines.spider_start import SpiderStartExtension
from pipelines.spider_state import SpiderState
from storage.runs.gaps import dismissed_until, open_gaps
from storage.runs.readings import last_joined, listed_rows, usual_page_rows
from storage.runs.refusals import was_blocked_saying


class HistoryExtension(SpiderStartExtension):
    """Fills `spider.histories` (column -> ColumnHistory)."""

    def tell(self, db: Database, spider: Spider) -> None:
        """The history of every column, and whether the publisher wants to be left alone today."""
        names = SpiderState(spider).columns
        histories = {name: history_of(db, spider.name, name) for name in names}
        spider.histories = histories  # type: ignore[attr-defined] # our spiders declare it
        spider.is_barred = self._is_barred(db, spider)  # type: ignore[attr-defined]

    @staticmethod
    def _is_barred(db: Database, spider: Spider) -> bool:
        """Whether the publisher barred this address earlier on the day of the crawl, in Beijing."""
        now = SpiderState(spider).now
        if now is None:
            return False
        day = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        return was_blocked_saying(db, spider.name, BARRED, since=day, until=now)


def history_of(db: Database, site: str, column: str) -> ColumnHistory:
    """What the store knows of earlier readings of a column."""
    reading = last_joined(db, site, column)
    if reading is None:
        return ColumnHistory()
    gaps = open_gaps(db, site=site, column=column)
    until = reading.checked_at.astimezone(SHANGHAI).date()
    # What a person vouches for counts as read: else the next reading that does not join up would
    # open the same gap again.
    until = max(until, dismissed_until(db, site, column) or until)
    return ColumnHistory(
        covered_from=reading.covered_from.isoformat() if reading.covered_from else "",
        until=until.isoformat(),
        gaps=tuple((gap.from_on.isoformat(), gap.to_on.isoformat()) for gap in gaps),
        listed=tuple(ListedRow(**asdict(row)) for row in listed_rows(db, site, column)),
        usual_rows=usual_page_rows(db, site, column),
        missing=reading.missing,
    )
