"""The years of a list's days that are printed without one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from crawlers.reading.printed_dates import day_of, url_date

_URL_YEAR = re.compile(r"/((?:19|20)\d\d)(?:/|-|(\d\d)(?:\d\d)?[/_.-])")
_LEAST_LED = 8  # rows of a list in which some may be kept on top
_MOST_LED = 5
_WORTH = timedelta(days=60)  # what a row kept on top must save of the time a list goes back
_FRESH = timedelta(days=45)


def with_years(dates: Sequence[str], urls: Sequence[str], today: date | None) -> list[str]:
    """The dates with `--MM-DD` completed: by the address, by dated neighbours, by `today`.

    A list runs from new to old, so a month later in the year than the one above it belongs to the
    year before. Where the days do not run so, they stay without one: empty.
    """
    if not any(text.startswith("--") for text in dates):
        return list(dates)
    led = _led(dates, urls, today)
    kept_on_top, _ = _completed(dates[:led], urls[:led], today)
    rest, turns = _completed(dates[led:], urls[led:], today)
    if turns > max(2, len(dates) // 4):
        return ["" if text.startswith("--") else text for text in dates]
    return kept_on_top + rest


def _led(dates: Sequence[str], urls: Sequence[str], today: date | None) -> int:
    """How many rows are kept on top: an old one there must not put the whole list into its year.
    Without them the rest goes on from about today, and back for a much shorter time."""
    if today is None or len(dates) < _LEAST_LED:
        return 0
    found: list[tuple[int, int]] = []
    for led in range(min(_MOST_LED, len(dates) // 4) + 1):
        rest, _ = _completed(dates[led:], urls[led:], today)
        days = [day for text in rest if (day := day_of(text)) is not None]
        if days and (led == 0 or today - max(days) <= _FRESH):
            found.append(((today - min(days)).days + led * _WORTH.days, led))
    return min(found, default=(0, 0))[1]


def _completed(
    dates: Sequence[str], urls: Sequence[str], today: date | None
) -> tuple[list[str], int]:
    """Rows that follow each other, and how often their years turned."""
    result: list[str] = []
    above: date | None = today + timedelta(days=1) if today else None
    turns = 0
    for text, url in zip(dates, urls, strict=True):
        if not text.startswith("--"):
            above = day_of(text) or above
            result.append(text)
            continue
        day = _by_address(text, url) or _not_after(text, above)
        turns += day is not None and above is not None and day.year < above.year
        above = day or above
        result.append(day.isoformat() if day else "")
    return result, turns


def _by_address(text: str, url: str) -> date | None:
    """The day in the year that the row's own address names, if its month fits too."""
    whole = day_of(url_date(url))
    match = _URL_YEAR.search(url)
    year = whole.year if whole else int(match[1]) if match else None
    month = f"{whole.month:02}" if whole else match[2] if match else None
    if year is None or (month and month != text[2:4]):
        return None
    return _real(year, text)


def _not_after(text: str, latest: date | None) -> date | None:
    if latest is None:
        return None
    day = _real(latest.year, text)
    if day is not None and day > latest + timedelta(days=3):
        day = _real(latest.year - 1, text)
    return day


def _real(year: int, text: str) -> date | None:
    try:
        return date(year, int(text[2:4]), int(text[5:7]))
    except ValueError:
        return None
