"""Days of list rows that only the whole list explains: 05.07.12, and 19日 below 2023年12月."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

_TWO_DIGITS = re.compile(r"(?<![\d.\-/])(\d\d)([-./])(\d{1,2})\2(\d{1,2})(?![\d.\-/])")
_YEAR_LAST = re.compile(r"(?<![\d./-])(\d{1,2})([-./])(\d{1,2})\2((?:19|20)\d\d)(?![\d./-])")
_DAY_ALONE = re.compile(r"(?<!\S)(\d{1,2})\s?日(?!\S)")
_LEAST = 3  # rows, and different days among them
_IN_ORDER = 0.8
_THIS_CENTURY = 70
_LONGEST = 200  # characters beside a title in which such a day is looked for


def two_digit_days(texts: Sequence[str]) -> list[str]:
    """Days printed with two digits of the year, `YYYY-MM-DD` or empty for each row.

    One such day may as well be a version, or begin with the day of the month. Only where half of
    the rows print one, and they run from new to old in less time than the other way round they
    would, is it the rows' day.
    """
    printed = [_TWO_DIGITS.search(text[:_LONGEST]) for text in texts]
    found = [_day(match, 1, 4) for match in printed]
    days = [day for day in found if day is not None]
    others = [day for match in printed if (day := _day(match, 4, 1)) is not None]
    is_other = _runs(others) and len(others) >= len(days) and _span(others) <= _span(days)
    if len(set(days)) < _LEAST or len(days) * 2 < len(texts) or not _runs(days) or is_other:
        return [""] * len(texts)
    return [day.isoformat() if day else "" for day in found]


def days_with_year_last(texts: Sequence[str]) -> list[str]:
    """Days such as 29/11/2026, `YYYY-MM-DD` or empty for each row: whether day or month comes
    first is told by the rows together, which run from new to old in the shorter time."""
    printed = [_YEAR_LAST.search(text[:_LONGEST]) for text in texts]
    if sum(map(bool, printed)) * 2 < len(texts):
        return [""] * len(texts)
    readings = [[_with_year_last(match, at) for match in printed] for at in ((1, 3), (3, 1))]
    whole = [one for one in readings if _is_whole(one, printed)]
    best = min(whole, key=_order_and_span, default=[])
    return [day.isoformat() if day else "" for day in best] or [""] * len(texts)


def _with_year_last(match: re.Match[str] | None, at: tuple[int, int]) -> date | None:
    if match is None:
        return None
    try:
        return date(int(match[4]), int(match[at[0]]), int(match[at[1]]))
    except ValueError:
        return None


def _is_whole(days: Sequence[date | None], printed: Sequence[re.Match[str] | None]) -> bool:
    """Whether every printed day is a day of the calendar, read so."""
    return all(day is not None or match is None for day, match in zip(days, printed, strict=True))


def _order_and_span(days: Sequence[date | None]) -> tuple[bool, timedelta]:
    real = [day for day in days if day is not None]
    return (not _runs(real), _span(real))


def day_alone(rest: str) -> str:
    """The number of a day that a row prints by itself (19日), empty where it prints none."""
    match = _DAY_ALONE.search(rest[:_LONGEST])
    return match[1] if match else ""


def _day(match: re.Match[str] | None, year_at: int, day_at: int) -> date | None:
    if match is None:
        return None
    year = int(match[year_at])
    try:
        return date(
            (2000 if year < _THIS_CENTURY else 1900) + year, int(match[3]), int(match[day_at])
        )
    except ValueError:
        return None


def _runs(days: Sequence[date]) -> bool:
    falling = [a >= b for a, b in pairwise(days)]
    return sum(falling) >= _IN_ORDER * len(falling)


def _span(days: Sequence[date]) -> timedelta:
    return max(days) - min(days) if days else timedelta.max
