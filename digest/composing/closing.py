"""When a week closes and when its issue goes out; all times in Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol

from china_time import SHANGHAI
from digest.composing.weeks import Week, week_ending
from digest.composing.workdays import issue_day

# An issue composed so soon after its hour is on time.
ON_TIME = timedelta(minutes=5)


class Hours(Protocol):
    """What the configuration says about the day and hour of an issue."""

    @property
    def weekday(self) -> str: ...
    @property
    def time(self) -> str: ...
    @property
    def last_workday(self) -> bool: ...
    @property
    def wait(self) -> timedelta: ...


def closing_instant(settings: Hours, to_on: date) -> datetime:
    """When the week that ends on `to_on` closes: before a holiday earlier, if so configured."""
    hour, minute = (int(part) for part in settings.time.split(":"))
    return issue_instant(issue_day(to_on, last_workday=settings.last_workday), hour, minute)


def release_instant(settings: Hours, to_on: date) -> datetime | None:
    """When the issue of the week that ends on `to_on` goes out by itself; None: when it is made.

    The wait is as long before a holiday as in an ordinary week.
    """
    return closing_instant(settings, to_on) + settings.wait if settings.wait else None


def latest_due(settings: Hours, now: datetime) -> Week:
    """The last week that has closed at `now`."""
    week = current_week(settings, now)
    if closing_instant(settings, week.to_on) > now:
        week = week_ending(week.to_on - timedelta(days=1), settings.weekday)
    return week


def current_week(settings: Hours, now: datetime) -> Week:
    """The week that `now` lies in: the one whose issue comes next, or has just closed."""
    today = now.astimezone(SHANGHAI).date()
    week = week_ending(today, settings.weekday)
    return week if week.to_on == today else week_ending(today + timedelta(days=6), settings.weekday)


def selection_closes(settings: Hours, span: Week, now: datetime) -> datetime:
    """Until when a notice must have been seen to stand in the issue of `span`: its hour.

    The latest issue, when it is composed late because the machine slept, takes in what was made
    up for since; an older one stays as of its hour.
    """
    hour = closing_instant(settings, span.to_on)
    late = now - hour > ON_TIME and latest_due(settings, now) == span
    return now if late else min(now, hour)


def issue_instant(to_on: date, hour: int, minute: int) -> datetime:
    """The instant an issue closes: its last day at the given Shanghai time."""
    return datetime(to_on.year, to_on.month, to_on.day, hour, minute, tzinfo=SHANGHAI)
