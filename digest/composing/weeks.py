"""The week of an issue: seven days ending on the issue's day, named by the ISO week of that day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from digest.models.issue import DigestError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(r"(\d{4})-?[Ww](\d{1,2})")


class Week(NamedTuple):
    """`from_on`..`to_on`, both included, and the name of the issue."""

    from_on: date
    to_on: date
    name: str


def week_name(to_on: date) -> str:
    """2021-02-05 -> '2021-W05'."""
    iso = to_on.isocalendar()
    return f"{iso.year}-W{iso.week:02d}"


def week_ending(day: date, weekday: str = "fri") -> Week:
    """The last week that is over on `day`: its last day is `day` or the latest `weekday` before.

    Raises DigestError for a weekday that is not one of mon..sun.
    """
    back = (day.weekday() - _weekday_index(weekday)) % 7
    return _seven_days(day - timedelta(days=back))


def week_of(name: str, weekday: str = "fri") -> Week:
    """'2021-W05' -> 2021-01-30..2021-02-05 for issues that appear on Fridays.

    Raises DigestError for any other form and for a week the year does not have.
    """
    match = _FORM.fullmatch(name.strip())
    if match is None:
        raise DigestError(f"week {name!r} is not a week; write e.g. 2021-W05")
    year, number = int(match[1]), int(match[2])
    try:
        last = date.fromisocalendar(year, number, _weekday_index(weekday) + 1)
        return _seven_days(last)
    except (ValueError, OverflowError):
        raise DigestError(f"{year} has no week {number}; write e.g. {year}-W05") from None


def parse_day(text: str, *, name: str) -> date:
    """'2021-02-05' -> date. Raises DigestError naming the argument."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise DigestError(f"{name} {text!r} is not a date; write e.g. 2021-02-05") from None


def _seven_days(last: date) -> Week:
    return Week(last - timedelta(days=6), last, week_name(last))


def _weekday_index(weekday: str) -> int:
    try:
        return WEEKDAYS.index(weekday.lower()[:3])
    except ValueError:
        raise DigestError(f"weekday {weekday!r} is not one of {', '.join(WEEKDAYS)}") from None
