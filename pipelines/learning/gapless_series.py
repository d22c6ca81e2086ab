"""缺号: which numbers a series of a year lacks, where it has proved to be gapless. Pure.

A number is missing when a lower and a higher one were seen, and the higher one long enough ago for
whatever comes late. A series that is not published wholly proves nothing and alarms nobody.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from storage.runs.number_series import NumberedNotice

ENOUGH = 5
"""Numbers that must be known before a series proves anything."""
DENSE = 0.9
"""Share of all numbers from the lowest to the highest that a gapless series has shown."""
LAG = timedelta(days=7)
"""How long after a higher number a lower one may still come."""

_STILL_DENSE = 0.7  # of a year whose series proved gapless the year before
_MOST_MISSING = 20
_BRACKETED = re.compile(r"(?P<body>.+)〔(?P<year>\d{4})〕(?P<number>\d{1,5})号")
_YEARLY = re.compile(r"(?P<year>\d{4})年第(?P<number>\d{1,5})号")
_KINDS = re.compile(r"通告|公告|令|通知|决定")


@dataclass(frozen=True, slots=True)
class Missing:
    """A number nobody has seen: `name` as it would be printed, `after` the next higher notice."""

    site: str
    column: str
    name: str
    after: NumberedNotice


@dataclass(frozen=True, slots=True)
class _Series:
    """A body's numbers, or a site's of one kind; `form` prints one, with {year} and {number}."""

    site: str
    form: str


def missing_numbers(notices: Iterable[NumberedNotice], now: datetime) -> list[Missing]:
    """What is missing at `now`, of the present year and the one before it."""
    years: defaultdict[_Series, defaultdict[int, dict[int, NumberedNotice]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for notice in sorted(notices, key=lambda one: one.first_seen_at):
        found = _series_of(notice)
        if found is not None:
            series, year, number = found
            years[series][year].setdefault(number, notice)
    found_missing: list[Missing] = []
    for series, by_year in years.items():
        for year in (now.year - 1, now.year):
            numbers, before = by_year.get(year, {}), by_year.get(year - 1, {})
            if _is_gapless(numbers, DENSE) or (
                _is_gapless(before, DENSE) and _is_gapless(numbers, _STILL_DENSE, least=3)
            ):
                found_missing += _lacking(series, year, numbers, now)
    return found_missing


def _series_of(notice: NumberedNotice) -> tuple[_Series, int, int] | None:
    whole = _BRACKETED.fullmatch(notice.doc_number)
    if whole is not None:
        # The body's own: whichever site shows the number, it was seen.
        form = f"{whole['body']}〔{{year}}〕{{number}}号"
        return _Series("", form), int(whole["year"]), int(whole["number"])
    yearly = _YEARLY.fullmatch(notice.doc_number)
    kinds = _KINDS.findall(notice.title)
    if yearly is None or not kinds:
        return None
    series = _Series(notice.site, f"{kinds[-1]}{{year}}年第{{number}}号")
    return series, int(yearly["year"]), int(yearly["number"])


def _is_gapless(numbers: dict[int, NumberedNotice], dense: float, least: int = ENOUGH) -> bool:
    """Whether nearly all numbers from the lowest to the highest are known."""
    if len(numbers) < least:
        return False
    return len(numbers) >= dense * (max(numbers) - min(numbers) + 1)


def _lacking(
    series: _Series, year: int, numbers: dict[int, NumberedNotice], now: datetime
) -> Iterator[Missing]:
    places = Counter((one.site, one.column) for one in numbers.values())
    (site, column), _ = places.most_common(1)[0]
    known: Sequence[int] = sorted(numbers)
    left = _MOST_MISSING
    for low, high in pairwise(known):
        for number in range(low + 1, high):
            if left and numbers[high].first_seen_at + LAG <= now:
                left -= 1
                name = series.form.format(year=year, number=number)
                yield Missing(site, column, name, numbers[high])
