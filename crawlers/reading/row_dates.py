"""The day of each row of a list: inside the row, before it or behind it, which the whole list
tells. A day without a year comes as it is printed; row_years.py completes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise
from typing import TypeVar

from lxml import etree

from crawlers.reading.printed_dates import day_of, find_date, find_dates
from crawlers.reading.row_places import (
    SAID_ISSUED,
    day_for_scripts,
    days_alone,
    days_by_column,
    days_for_machines,
    days_in_column,
    days_pointed_at,
)
from crawlers.reading.short_days import day_alone, days_with_year_last, two_digit_days

_LONGEST_GAP = 600  # characters between two rows that are read
_MOST_SIBLINGS = 30
_NOT_ISSUED = re.compile(
    r"(?<![已未])(?:截止|截至|截稿|报名|开标|开始|起始|有效|实施|施行|生效|废止|失效|成文|签发|结束|至|~|—)"
    r"(?:日\s{0,4}期|时\s{0,4}间)?\s{0,9}[:：]?\s{0,9}$"
)
_NO_YEAR = re.compile(r"(?<![\d.\-/年])(\d{1,2})\s*([-/.月])\s*(\d{1,2})\s*日?(?![\d.\-/%％年月])")
_DAY_OVER_MONTH = re.compile(r"^\D{0,4}(\d{1,2})日?\s+(\d{1,2})\s*月\D{0,4}$")
_HEADING = re.compile(r"\D{0,2}((?:19|20)\d\d)\s*(?:年度?)?\s*(?:[-./]?\s*(\d{1,2})\s*月?)?\D{0,3}")
_LONGEST_BARE = 16  # characters of a place that prints a day without a year and little else
_HEADING_LENGTH = 30  # characters of a heading that holds a day
_BESIDE = 6  # … besides the day: 星期二
_SOME = 3  # one row in so many with several days, and it is asked which stand alone
_NEARLY_ALL = 0.8
_SHORT = 40  # characters beside a title in which a day without a year is looked for

Told = TypeVar("Told")


@dataclass(slots=True)
class Place:
    """Where a row stands: its box, and what it says besides its title."""

    box: etree._Element
    rest: str
    url: str


@dataclass(slots=True)
class _Gap:
    """What stands between two rows, up to a break of the line and behind it."""

    near: str = ""
    far: str = ""

    @property
    def words(self) -> str:
        return f"{self.near} {self.far}"


def row_dates(places: Sequence[Place]) -> list[str]:
    """The printed date of each row, empty where it has none. Days without a year come as
    `--MM-DD`, with the year of a heading above them as `YYYY-MM-DD`."""
    headed = days_by_column([place.box for place in places])
    if sum(map(bool, headed)) > _NEARLY_ALL * len(places):
        return headed
    inside = _of_their_own(places, [_inside(place) for place in places])
    dates = _chosen(_with_pointed(places, inside))
    if sum(map(bool, dates)) * 2 < len(places):
        around = _around(places)
        if sum(map(bool, around)) > sum(map(bool, dates)):
            dates = [one or other for one, other in zip(dates, around, strict=True)]
    for more in (_without_year, _two_digits_of_year, _under_headings, _elsewhere):
        if sum(map(bool, dates)) * 2 < len(places):
            dates = [one or other for one, other in zip(dates, more(places), strict=True)]
    return dates


def _of_their_own(
    places: Sequence[Place], found: list[list[tuple[str, str]]]
) -> list[list[tuple[str, str]]]:
    """Without the days of summaries, where nearly every row has a day in an element of its own."""
    if sum(len(row) > 1 for row in found) * _SOME < len(found):
        return found
    alone = [days_alone(place.box) for place in places]
    if sum(map(bool, alone)) < _NEARLY_ALL * len(places):
        return found
    return [
        [one for one in row if one[0] in own] if own else row
        for row, own in zip(found, alone, strict=True)
    ]


def _with_pointed(
    places: Sequence[Place], found: list[list[tuple[str, str]]]
) -> list[list[tuple[str, str]]]:
    """With the day that rows of the last days show only to whoever points at 3 小时前, where the
    others print one day more."""
    usual = Counter(map(len, found)).most_common(1)[0][0] if found else 0
    return [
        [*((day, "") for day in days_pointed_at(place.box)), *row] if 0 < len(row) < usual else row
        for place, row in zip(places, found, strict=True)
    ]


def _elsewhere(places: Sequence[Place]) -> list[str]:
    """Days with the year last, in a column beside the list, or told to scripts alone."""
    days = days_with_year_last([place.rest for place in places])
    if not any(days):
        days = days_in_column([place.box for place in places])
    return days if any(days) else [day_for_scripts(place.box) for place in places]


def bare_date(text: str) -> str:
    """`--MM-DD` where a place prints a day without a year, and nothing else that counts."""
    words = " ".join(text.split())
    return _bare_day(words, "", "") if len(words) <= _LONGEST_BARE else ""


def is_day_of(printed: str, day: date) -> bool:
    """Whether a printed date is this day, as far as it goes: one without a year has only two
    parts."""
    if printed.startswith("--"):
        return printed[2:] == f"{day:%m-%d}"
    return day_of(printed) == day


def _inside(place: Place) -> list[tuple[str, str]]:
    """The dates in a row, each with the words before it."""
    return _dates_of(place.rest) or [(printed, "") for printed in days_for_machines(place.box)]


def _dates_of(words: str) -> list[tuple[str, str]]:
    return [(printed, words[max(0, at - 10) : at]) for printed, at in find_dates(words)]


def _chosen(found: Sequence[list[tuple[str, str]]]) -> list[str]:
    """One date a row: the one labelled as its issue, else the one in the place that runs from new
    to old down the list, ends and deadlines left out."""
    kept = [[one for one in row if not _NOT_ISSUED.search(one[1])] or row[:0] for row in found]
    labelled = [next((d for d, label in row if SAID_ISSUED.search(label)), "") for row in kept]
    if sum(map(bool, labelled)) * 2 > len(found):
        return labelled
    filled = [row for row in kept if row]
    several = min(map(len, filled), default=0)
    best = max(
        range(several), key=lambda at: (_falling([r[at][0] for r in filled]), -at), default=0
    )
    return [row[best][0] if row else "" for row in kept]


def _falling(dates: Sequence[str]) -> float:
    days = [day for day in map(day_of, dates) if day is not None]
    pairs = list(pairwise(days))
    if len(pairs) > 1 and len(set(days)) == 1:
        return 0.0  # the same in every row: a day they all speak of
    return round(sum(a >= b for a, b in pairs) / len(pairs), 1) if pairs else 0.0


def _around(places: Sequence[Place]) -> list[str]:
    """Dates between the rows. Before their rows when one stands above the first row and none
    below the last; behind them the other way round; else on the side of the line's break."""
    boxes = {place.box for place in places}
    before = [_gap_before(place.box, boxes) for place in places]
    behind = [_gap_behind(place.box, boxes) for place in places]
    above = [_last_date(gap.words) for gap in before]
    below = _chosen([_dates_of(gap.words) for gap in behind])
    first, last = bool(above[0]), bool(below[-1])
    if first != last:
        return above if first else below
    if sum(map(bool, above)) != sum(map(bool, below)):
        return above if sum(map(bool, above)) > sum(map(bool, below)) else below
    broken = sum(bool(find_date(gap.far)) and not find_date(gap.near) for gap in behind[:-1])
    return above if broken * 2 > max(1, len(places) - 1) else below


def _last_date(words: str) -> str:
    found = find_dates(words)
    return found[-1][0] if found else ""


def _gap_behind(box: etree._Element, boxes: set[etree._Element]) -> _Gap:
    gap = _Gap(near=(box.tail or "")[:_LONGEST_GAP])
    broken = False
    for node in islice(box.itersiblings(), _MOST_SIBLINGS):
        if node in boxes or len(gap.words) > _LONGEST_GAP:
            break
        broken = broken or node.tag in {"br", "hr"}
        words = (
            f" {_spread(node)} {node.tail or ''}" if isinstance(node.tag, str) else node.tail or ""
        )
        if broken:
            gap.far += words
        else:
            gap.near += words
    return gap


def _gap_before(box: etree._Element, boxes: set[etree._Element]) -> _Gap:
    parts: list[str] = []
    for node in islice(box.itersiblings(preceding=True), _MOST_SIBLINGS):
        parts.append(node.tail or "")
        if node in boxes or sum(map(len, parts)) > _LONGEST_GAP:
            break
        parts.append(_spread(node) if isinstance(node.tag, str) else "")
    else:
        parent = box.getparent()
        parts.append((parent.text or "") if parent is not None else "")
    return _Gap(near=" ".join(reversed(parts))[-_LONGEST_GAP:])


def _spread(node: etree._Element, *, scripts: bool = False) -> str:
    """The words of a box, every element's set apart. With `scripts` a date that one writes counts
    as a word: a browser shows it."""
    if node.tag in {"script", "style"} or not isinstance(node.tag, str):
        return ""
    parts: list[str] = []
    size = 0
    for part in node.itertext():
        parts.append(str(part))
        size += len(parts[-1])
        if size > _LONGEST_GAP:
            break
    return " ".join(" ".join(parts).split())


def _without_year(places: Sequence[Place]) -> list[str]:
    """Days such as 02-04 or 2月4日 beside a title, as `--MM-DD`; with a heading's year above."""
    found: list[str] = []
    boxes = {place.box for place in places}
    year = month = ""
    for place in places:
        heading = _heading_above(place.box, boxes)
        if heading:
            year, month = heading
        found.append(_bare_day(place.rest, year, month))
    return found


def _bare_day(rest: str, year: str, month: str) -> str:
    if len(rest) > _SHORT:
        rest = f"{rest[: _SHORT // 2]} {rest[-_SHORT // 2 :]}"
    match = _NO_YEAR.search(rest)
    pair = (match[1], match[3]) if match else None
    if pair is None and (over := _DAY_OVER_MONTH.search(rest)):
        pair = (over[2], over[1])
    if pair is None and month and (only := re.fullmatch(r"\D{0,3}(\d{1,2})\s*日?\D{0,3}", rest)):
        pair = (month, only[1])
    if pair is None and month and (number := day_alone(rest)):
        pair = (month, number)
    if pair is None or not (1 <= int(pair[0]) <= 12 and 1 <= int(pair[1]) <= 31):
        return ""
    day = f"-{int(pair[0]):02}-{int(pair[1]):02}"
    return f"{year}{day}" if year else f"-{day}"


def _two_digits_of_year(places: Sequence[Place]) -> list[str]:
    return two_digit_days([place.rest for place in places])


def _under_headings(places: Sequence[Place]) -> list[str]:
    """The days that stand alone above groups of rows. One day above them all is no row's: pages
    print the day of today there."""
    boxes = {place.box for place in places}
    found: list[str] = []
    for place in places:
        above = _above(place.box, boxes, _day_alone)
        found.append(above or (found[-1] if found else ""))
    return found if len(set(found)) > 1 and found[0] else [""] * len(places)


def _day_alone(words: str) -> str:
    day = find_date(words) if len(words) <= _HEADING_LENGTH else ""
    return day if day and len("".join(words.split())) - len("".join(day.split())) <= _BESIDE else ""


def _heading_above(box: etree._Element, boxes: set[etree._Element]) -> tuple[str, str] | None:
    """A year, or year and month, that stands alone above a row; see `_above`."""
    return _above(box, boxes, _year_alone)


def _year_alone(words: str) -> tuple[str, str] | None:
    match = _HEADING.fullmatch(words)
    return (match[1], match[2] or "") if match else None


def _above(
    box: etree._Element, boxes: set[etree._Element], told: Callable[[str], Told | None]
) -> Told | None:
    """What stands alone between this row and the one above, or above the block whose first row
    this is."""
    place = box
    for _ in range(3):
        for node in islice(place.itersiblings(preceding=True), 4):
            if node in boxes:
                return None
            found = told(_spread(node)) if isinstance(node.tag, str) else None
            if found:
                return found
            if next(node.iter("a"), None) is not None:
                return None
        up = place.getparent()
        if up is None or up.tag == "body":
            return None
        place = up
    return None


def words_beside(box: etree._Element, link: etree._Element, title: str) -> str:
    """What a row says besides its title, every element's words set apart (05 | 2021-02)."""
    words = _spread(box, scripts=True)
    if title and title in words:
        return words.replace(title, " ", 1)
    clicked = _spread(link)
    return words.replace(clicked, " ", 1) if clicked != words else words
