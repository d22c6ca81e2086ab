"""The fields of a JSON list, derived from where known notices stand in an answer.

Interfaces rename their fields and change what stands around the records. The titles of three or
more known notices say which array holds the records and which field the title is; their days and
addresses say which fields those are.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crawlers.items import KnownRow
from crawlers.reading.learned_titles import ENOUGH, SEED, letters
from crawlers.reading.meta import without_markup
from crawlers.reading.printed_dates import day_of, from_unix
from crawlers.reading.record_links import NO_LINK, link_by_form, link_by_known

Record = dict[str, Any]

EVERY = "*"
"""In the way to the records: every entry of an array."""

_MOST_RECORDS = 2000
_DEEPEST = 12
_ADDRESS = re.compile(r"(?:https?:)?//|\.{0,2}/")
_MOSTLY = 0.5
_TOTALS = ("total", "totalcount", "totalnum", "recordcount")
_PAGES = ("pages", "totalpage", "totalpages", "pagecount")


@dataclass(frozen=True, slots=True)
class LearnedRecords:
    """Where an answer's records are, and what their fields are called; a name is empty where none
    was found. `form` is an address with {} for the value of `link`; `found` known notices were
    given back."""

    way: tuple[str, ...]
    title: str
    day: str = ""
    link: str = ""
    form: str = "{}"
    found: int = 0

    @property
    def words(self) -> str:
        """For people: 标题 newsTitle，日期 pubDate，链接 idCode."""
        named = (("标题", self.title), ("日期", self.day), ("链接", self.link))
        return "，".join(f"{what} {name}" for what, name in named if name)

    def records(self, answer: object) -> list[Record]:
        """The records of an answer of this make."""
        return [record for way, record in every_record(answer) if way == self.way]

    def title_of(self, record: Record) -> str:
        """The title of a record, without markup."""
        return without_markup(str(record.get(self.title) or ""))

    def day_of(self, record: Record) -> str:
        """The day of a record as printed, seconds and milliseconds as wall-clock time; of an
        address only the day in it."""
        text = printed(record.get(self.day)) if self.day else ""
        if not _ADDRESS.match(text):
            return text
        day = day_of(text)
        return day.isoformat() if day else ""

    def address_of(self, record: Record) -> str:
        """The address of a record; empty when it says none."""
        value = str(record.get(self.link) or "").strip() if self.link else ""
        return self.form.replace("{}", value) if value else ""


def derive_records(answer: object, known: Sequence[KnownRow]) -> LearnedRecords | None:
    """What the fields are called in an answer that shows ENOUGH known notices; else None."""
    titles = {
        title: row
        for row in known
        for title in (letters(row.title), letters(row.listed_title))
        if len(title) >= SEED
    }
    places: defaultdict[tuple[tuple[str, ...], str], list[tuple[Record, KnownRow]]]
    places = defaultdict(list)
    for way, record in every_record(answer):
        for name, value in record.items():
            row = titles.get(letters(without_markup(value))) if _is_short(value) else None
            if row is not None:
                places[way, name].append((record, row))
    if not places:
        return None
    (way, title), pairs = max(places.items(), key=lambda place: len(place[1]))
    found = len({row.key for _, row in pairs})
    if found < ENOUGH:
        return None
    link, form = (
        link_by_known((record, row.url) for record, row in pairs)
        or link_by_form(LearnedRecords(way, title).records(answer), [row.url for _, row in pairs])
        or NO_LINK
    )
    return LearnedRecords(way, title, _day(pairs), link, form, found)


def printed(value: object) -> str:
    """A day as an interface gives it: text as it is, an instant in Asia/Shanghai."""
    text = str(value or "").strip()
    if text.isdigit() and len(text) in {10, 13}:
        return from_unix(int(text[:10]))[:10]
    return text


def count_of(answer: object) -> int | None:
    """The site's own number of records, where the answer names one anywhere."""
    return _number(answer, _TOTALS)


def pages_of(answer: object) -> int | None:
    """The number of pages that the answer names."""
    return _number(answer, _PAGES)


def every_record(answer: object) -> Iterator[tuple[tuple[str, ...], Record]]:
    """Every object of the answer with the way to it, in their order."""
    found = 0
    waiting: list[tuple[tuple[str, ...], object]] = [((), answer)]
    while waiting and found < _MOST_RECORDS:
        way, value = waiting.pop()
        if isinstance(value, dict):
            found += 1
            yield way, value
            inside = [((*way, str(name)), part) for name, part in value.items()]
        elif isinstance(value, list):
            inside = [((*way, EVERY), part) for part in value[:_MOST_RECORDS]]
        else:
            continue
        if len(way) < _DEEPEST:
            waiting.extend(reversed(inside))


def _is_short(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 1000


def _day(pairs: Sequence[tuple[Record, KnownRow]]) -> str:
    """The field of the day: addresses often have it too, and are asked where nothing else has."""
    votes: Counter[str] = Counter()
    addresses: Counter[str] = Counter()
    for record, row in pairs:
        days = {day_of(row.day), day_of(row.listed_day)} - {None}
        for name, value in record.items():
            text = printed(value)
            if text and day_of(text) in days:
                (addresses if _ADDRESS.match(text) else votes)[name] += 1
    return _winner(votes, len(pairs)) or _winner(addresses, len(pairs))


def _winner(votes: Counter[str], of: int) -> str:
    best = max(votes, key=lambda name: votes[name], default="")
    return best if votes[best] >= _MOSTLY * of else ""


def _number(answer: object, names: Sequence[str]) -> int | None:
    for way, record in every_record(answer):
        if EVERY in way:
            continue
        for name, value in record.items():
            if name.lower() in names and str(value).isdigit():
                return int(value)
    return None
