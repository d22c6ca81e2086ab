"""The day an issue appears on: its weekday, or the last working day before a holiday in China.

Holidays and make-up working days come from the package chinesecalendar, which follows the
yearly notices of the State Council. For a year it does not know yet, every day from Monday to
Friday counts as a working day.
"""

from __future__ import annotations

from datetime import date, timedelta


def is_workday(day: date) -> bool:
    """Whether offices in mainland China work on this day."""
    # Imported here: its tables cost memory that a daemon without this option need not have.
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def issue_day(to_on: date, *, last_workday: bool) -> date:
    """When the issue of the week that ends on `to_on` appears.

    With `last_workday`, the last working day of its seven days; `to_on` itself when the whole
    week is a holiday, or when the weekday chosen is no working day in ordinary weeks either.
    """
    if not last_workday or to_on.weekday() >= 5:
        return to_on
    week = (to_on - timedelta(days=back) for back in range(7))
    return next((day for day in week if is_workday(day)), to_on)
