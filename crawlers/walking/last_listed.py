"""What the last reading of a column listed, and which of it this reading met again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from crawlers.items import ListedRow
from crawlers.walking.continuity import is_another

SKIPPED = 2
"""So many rows of the last reading, one after the other, missing where pages meet, were on a page
nobody turned to. One may have been withdrawn, or moved over the edge between two answers."""


class LastListed:
    """The rows of the last reading in their order, newest first where the list is."""

    def __init__(self, rows: Sequence[ListedRow]) -> None:
        self.rows = rows
        self.met: set[str] = set()
        self._places = {row.key: place for place, row in enumerate(rows)}
        # A key may have been learned from the page since; the address is as it was.
        self._urls = {row.url: row.key for row in rows}
        self._titles = {(row.title, row.day): row.key for row in rows}

    def meet(self, row: ListedRow) -> None:
        """A row of this reading: the one of the last with its key, its address, or its title and
        day."""
        if row.key in self._places:
            self.met.add(row.key)
        others = self._urls.get(row.url), self._titles.get((row.title, row.day))
        self.met.update(key for key in others if key is not None)

    def day_of(self, key: str, url: str) -> date | None:
        """The day that the last reading gave a row: it still holds where a list lost its days."""
        place = self._places.get(key, self._places.get(self._urls.get(url, "")))
        day = self.rows[place].day if place is not None else ""
        return date.fromisoformat(day) if day else None

    def gone_since(self, reach: date, today: date, *, broke_off: bool = False) -> list[date]:
        """Days of the rows from `reach` on that were not met, if they are so many that this is
        another list than it was; without days, `today`. Of a walk that `broke_off` each of them
        tells: nobody knows what else the page holds that was not read."""
        expected = [row for row in self.rows if _is_from(row, reach)]
        gone = [row for row in expected if row.key not in self.met]
        return _days(gone, today) if broke_off or is_another(len(expected), len(gone)) else []

    def gone_after(self, newest: date, today: date, *, broke_off: bool) -> list[date]:
        """Days of the rows that are newer than the `newest` a list without order, or oldest first,
        has shown so far: they stand on what was not read of it. One may have been withdrawn,
        unless the walk `broke_off`."""
        gone = [
            row
            for row in self.rows
            if row.key not in self.met and _is_from(row, newest + timedelta(days=1))
        ]
        return _days(gone, today) if broke_off or len(gone) >= SKIPPED else []

    def misses_one_since(self, reach: date) -> bool:
        """Whether any row from `reach` on was not met."""
        return any(row.key not in self.met and _is_from(row, reach) for row in self.rows)

    def skipped(self, pages: Sequence[Sequence[ListedRow]], today: date) -> list[date]:
        """Days of the rows that stood between the last row of a page and the first of the next one,
        or above the first, and were not met: there is a page nobody turned to. `pages`: of each its
        rows without those kept on top."""
        found = self._above(pages)
        for above, below in pairwise(pages):
            start = next(self._known(reversed(above)), None)
            end = next(self._known(below), None)
            if start is None or end is None:
                continue
            between = [row for row in self.rows[start + 1 : end] if row.key not in self.met]
            found += between if len(between) >= SKIPPED else []
        return _days(found, today)

    def _above(self, pages: Sequence[Sequence[ListedRow]]) -> list[ListedRow]:
        """The rows that stood above the first that was met again, and were not. An older one was
        only kept on top."""
        first = next(self._known(row for page in pages for row in page), 0)
        gone = [
            row
            for row in self.rows[:first]
            if row.key not in self.met and row.day and row.day >= self.rows[first].day
        ]
        return gone if len(gone) >= SKIPPED else []

    def _known(self, rows: Iterable[ListedRow]) -> Iterator[int]:
        for row in rows:
            others = self._urls.get(row.url), self._titles.get((row.title, row.day))
            places = (self._places.get(key) for key in (row.key, *others) if key is not None)
            place = next((place for place in places if place is not None), None)
            if place is not None:
                yield place


def _is_from(row: ListedRow, reach: date) -> bool:
    return bool(row.day) and date.fromisoformat(row.day) >= reach


def _days(rows: Sequence[ListedRow], today: date) -> list[date]:
    days = [date.fromisoformat(row.day) for row in rows if row.day]
    return days or ([today] if rows else [])
