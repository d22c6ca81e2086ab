"""Which rows of a list were known before this crawl, and what that says of a new one among them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from crawlers.items import ColumnHistory, KnownRow, Place
from crawlers.reading.printed_dates import SHANGHAI, day_of
from crawlers.walking.continuity import HALF
from crawlers.walking.list_order import FAR

InStore = Callable[[str, str], str | None]
"""(key, address) -> the column a page was stored under before this crawl, or None."""

SHORTEST = 8
"""Letters from which a title says enough to know a notice by."""
_NEXT = 4
_ENOUGH = 3  # known rows whose days tell of those of the page


def beijing_day(instant: str) -> date:
    """The publisher's day of an instant (ISO 8601 with its zone)."""
    return datetime.fromisoformat(instant).astimezone(SHANGHAI).date()


def bare(title: str) -> str:
    """A title's letters and digits only, widths folded: cut titles are the beginning of whole
    ones."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


class KnownRows:
    """What is known of one column: by key or address, else by title and day together."""

    def __init__(
        self, column: str, history: ColumnHistory, rows: Iterable[KnownRow], in_store: InStore
    ) -> None:
        self.column = column
        self._in_store = in_store
        self._keys = {row.key for row in history.listed}
        self._by_day: dict[str, list[str]] = defaultdict(list)
        self._days: dict[str, set[date]] = defaultdict(set)
        self._seen_on: dict[str, date] = {}
        for listed in history.listed:
            self._note(listed.title, listed.day)
        for known in rows:
            self._keys.add(known.key)
            days = {day_of(known.day), day_of(known.listed_day)}
            self._days[known.key] |= {day for day in days if day is not None}
            if known.first_seen_at:
                self._seen_on[known.key] = beijing_day(known.first_seen_at)
            self._note(known.title, known.day)
            listed_day = day_of(known.listed_day)
            self._note(known.listed_title, listed_day.isoformat() if listed_day else known.day)

    def column_of(self, key: str, url: str) -> str | None:
        """The column under which the very page is known; None when it is not."""
        if key in self._keys:
            return self.column
        return self._in_store(key, url)

    def seen_on(self, key: str) -> date | None:
        """The day (Beijing) on which a notice was first seen; None: not known."""
        return self._seen_on.get(key)

    def contradict(self, days: Iterable[tuple[str, date | None]]) -> bool:
        """Whether a page, given as (key, day) of its rows, dates most of what is known years off:
        then none of its days can be believed."""
        told = [
            min(abs(day - known) for known in self._days[key]) > FAR
            for key, day in days
            if day is not None and self._days.get(key)
        ]
        return len(told) >= _ENOUGH and 2 * sum(told) > len(told)

    def is_titled(self, title: str, day: str) -> bool:
        """Whether a notice of this title and this day (YYYY-MM-DD, or "") is known."""
        words = bare(title)
        if len(words) < SHORTEST:
            return False
        known = self._by_day[day] if day else [one for day in self._by_day.values() for one in day]
        return any(_is_same(words, other, is_dated=bool(day)) for other in known)

    def _note(self, title: str, day: str) -> None:
        words = bare(title)
        if len(words) >= SHORTEST:
            self._by_day[day].append(words)


def _is_same(one: str, other: str, *, is_dated: bool) -> bool:
    """Equal, or one cut short: only beside an equal day, which a series does not share."""
    return one == other or (is_dated and (one.startswith(other) or other.startswith(one)))


def places(known: Sequence[bool], *, below_known: bool = False) -> list[Place]:
    """Where each row of a flow, newest first, stands among those known before; "" for known ones.

    Above needs a known row below it, below one above it and none below, between both: with mostly
    known rows close behind it. Anything else cannot be told. `below_known`: a page before this one
    held known rows.
    """
    found: list[Place] = []
    for index, is_known in enumerate(known):
        above, below = below_known or any(known[:index]), any(known[index + 1 :])
        behind = known[index + 1 : index + 1 + _NEXT]
        if is_known:
            found.append("")
        elif not above and below:
            found.append("above")
        elif above and not below:
            found.append("below")
        elif above and sum(behind) >= max(2, HALF * len(behind)):
            found.append("between")
        else:
            found.append("")
    return found


def folder_of(url: str) -> str:
    """The folder a page lies in, without the parts that name years, months and numbers."""
    parts = urlsplit(url)
    names = [name for name in parts.path.split("/")[:-1] if not any(c.isdigit() for c in name)]
    return f"{parts.hostname or ''}{'/'.join(names)}"


def is_list_of_another(
    urls: Sequence[str], ours: Iterable[str], others: Iterable[str], mostly: float = 0.8
) -> bool:
    """Whether the rows lie in the folders of other columns, and none in ours."""
    own = {folder_of(url) for url in ours}
    foreign = {folder_of(url) for url in others} - own
    folders = [folder_of(url) for url in urls]
    if not own or not folders or any(folder in own for folder in folders):
        return False
    return sum(folder in foreign for folder in folders) >= mostly * len(folders)
