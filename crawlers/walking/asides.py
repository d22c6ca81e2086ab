"""Rows that stand in a list and lead elsewhere: a topic, another column, an advertisement.

Among dated rows they stand out by themselves (`crawlers.reading.list_page`). On a page of few rows
they may be most of it, or all; there what the column listed before has to tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from crawlers.items import ListedRow
from crawlers.reading.list_page import leads_aside, parent_of
from crawlers.reading.printed_dates import day_of
from crawlers.reading.rows import Row

LEAST = 3
"""Fewer rows of the last reading do not tell what this column's rows look like."""
_DATED = 0.6  # of the rows of the last reading: then a row without a day stands out


class Asides:
    """What one column's rows look like, by those `listed` last, and what was left out of its
    pages. A row of before `taken_since` is no new notice by its day."""

    def __init__(self, listed: Sequence[ListedRow], taken_since: date) -> None:
        self._taken_since = taken_since
        dated = sum(bool(row.day) for row in listed)
        self._tells = len(listed) >= LEAST and dated >= _DATED * len(listed)
        self._parents = {parent_of(row.url) for row in listed}
        self._left: set[str] = set()

    def among(self, rows: Sequence[Row], known: Iterable[Row]) -> list[Row]:
        """The rows of a page that are no notices; `known` are those of its rows that are."""
        if not self._tells:
            return []
        self._parents |= {parent_of(row.url) for row in (*filter(self._is_recent, rows), *known)}
        bare = (row for row in rows if not self._is_recent(row))
        return [row for row in bare if leads_aside(row, self._parents)]

    def leave_out(self, rows: Iterable[Row]) -> None:
        """These rows were left out."""
        self._left |= {parent_of(row.url) for row in rows}

    @property
    def are_doubtful(self) -> bool:
        """Whether notices turned up later where rows had been left out: these may have been some
        too."""
        return not self._left.isdisjoint(self._parents)

    def _is_recent(self, row: Row) -> bool:
        day = day_of(row.date)
        return day >= self._taken_since if day else bool(row.date)
