"""Which rows of a list are asked for, and whether the next page is needed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from crawlers.reading.dates import day_of
from crawlers.reading.rows import Row

PAGE_CAP = 50
# A notice may be listed weeks after its date. Pages are read back to the edge of the window only,
# but an unknown row on a page that is read anyway is taken up to this age.
LATE_DAYS = 60


def pinned_rows(rows: Sequence[Row]) -> list[bool]:
    """Per row, whether it is pinned: marked 置顶, or older than a row that follows it."""
    flags: list[bool] = []
    newest_after = date.min
    for row in reversed(rows):
        day = day_of(row.date)
        flags.append(row.pinned or (day is not None and day < newest_after))
        newest_after = max(newest_after, day or date.min)
    return flags[::-1]


def in_window(row: Row, since: date) -> bool:
    """Whether a row is asked for: dated within the window, or not dated at all."""
    day = day_of(row.date)
    return day is None or day >= since


def reaches_back(rows: Sequence[Row], since: date) -> bool:
    """Whether the page is wholly older than the window (pinned rows apart), or prints no dates.

    A list without dates cannot be walked to the edge of a window: its first page is all we take.
    """
    flow = [row for row, pinned in zip(rows, pinned_rows(rows), strict=True) if not pinned]
    days = [day for day in (day_of(row.date) for row in flow or rows) if day is not None]
    return not days or all(day < since for day in days)
