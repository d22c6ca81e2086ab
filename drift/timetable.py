"""When the sites publish, are crawled and are issued: two healthy weeks and the redesigned one.

All instants are Asia/Shanghai. An issue's week is the seven days that end on its Friday.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from china_time import SHANGHAI

# The Saturday on which the first healthy week begins.
START = datetime(2021, 2, 27, tzinfo=SHANGHAI)
WEEKS = 3
REDESIGNED = 2
CRAWL_DAYS = (3, 6)  # Tuesday and Friday, counted from Saturday
CRAWL_HOURS = timedelta(hours=13, minutes=15)
ISSUE_HOURS = timedelta(days=6, hours=17)
# A redesign goes live at one of these offsets from the Saturday of its week: before the first
# crawl, or between the two.
GO_LIVE = (timedelta(hours=10), timedelta(days=2, hours=1), timedelta(days=4, hours=2))


def week_start(week: int) -> datetime:
    """The Saturday 00:00 of week 0, 1 (healthy) or 2 (redesigned)."""
    return START + timedelta(weeks=week)


def crawls_of(week: int) -> list[datetime]:
    """When the sites are crawled in a week."""
    return [week_start(week) + timedelta(days=day) + CRAWL_HOURS for day in CRAWL_DAYS]


def issue_of(week: int) -> datetime:
    """When the issue of a week closes."""
    return week_start(week) + ISSUE_HOURS


def days_of(week: int) -> tuple[date, date]:
    """First and last day of a week."""
    first = week_start(week).date()
    return first, first + timedelta(days=6)


def name_of(week: int) -> str:
    """Like 2021-W11: the ISO week of its last day."""
    return f"{days_of(week)[1]:%G-W%V}"
