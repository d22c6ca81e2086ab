"""Find the date printed in a piece of text. For windows and comparisons only: the item keeps text.

Shown forms (all seen): 2021-02-04, 2024- 06- 07 (北京科委), 2021/02/05 (科服网), 2026.07.08,
2026年03月02日, 20260601 (CDE), (2021-02-04), and CDE's two spans "2026.06" "01".
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991

_TIME = r"(?:\s{0,9}\d{1,2}\s{0,3}[:：时]\s{0,3}\d{2}(?:\s{0,3}[:：]\s{0,3}\d{2}|分(?:\d{2}秒)?)?)?"
_SPACED = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月\s]\s*(\d{1,2})(?!\d)\s*日?" + _TIME
)
_DAY_FIRST = re.compile(r"(?<![\d.:-])(\d{1,2})\s+((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})月?(?!\d)")
_YEAR_BEHIND = re.compile(
    r"(?<![\d.:-])(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?\s+((?:19|20)\d\d)年?(?![\d./-])"
)
_YEAR_APART = re.compile(r"(?<!\d)((?:19|20)\d\d)年?\s+(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_URL_DAY = re.compile(
    r"/t((?:19|20)\d\d)(\d\d)(\d\d)_\d+\.s?html?"
    r"|/art/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/art_"
    r"|/cat/((?:19|20)\d\d)-(\d\d)-(\d\d)/"
)


def find_date(text: str) -> str:
    """The first real date in `text`, with its time, as printed; empty when there is none."""
    for match in _matches(text):
        if _as_date(match) is not None:
            return " ".join(match.group(0).split())
    return ""


def find_dates(text: str) -> list[tuple[str, int]]:
    """Every real date beside a title in a list, with where it starts, in order: as printed, or as
    YYYY-MM-DD where the year stands apart from the day (02-04 | 2021), as lists alone print it."""
    found = {
        match.start(): " ".join(match.group(0).split())
        for match in _matches(text)
        if _as_date(match) is not None
    }
    for pattern, order in ((_YEAR_BEHIND, (2, 0, 1)), (_YEAR_APART, (0, 1, 2))):
        for match in pattern.finditer(text):
            parts = [int(part) for part in match.groups()]
            day = _real_day(*(parts[place] for place in order))
            if day is not None:
                found.setdefault(match.start(), day.isoformat())
    return [(found[start], start) for start in sorted(found)]


def dates_in(text: str) -> list[tuple[int, int, str]]:
    """Every real date in `text`: where it begins and ends, and as printed with its time."""
    found = [
        (match.start(), match.end(), " ".join(match.group(0).split()))
        for match in _matches(text)
        if _as_date(match) is not None
    ]
    kept: list[tuple[int, int, str]] = []
    for one in found:  # 2026.06.01 is also read as 06.01 of something
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    return kept


def day_of(text: str) -> date | None:
    """The first real date in `text` as a calendar day of the publisher."""
    for match in _matches(text):
        day = _as_date(match)
        if day is not None:
            return day
    return None


def url_date(url: str) -> str:
    """The day in a TRS (t20210204_1.html), Hanweb or 中医药局 address as YYYY-MM-DD, or empty.

    Not always the shown date (TRS writes the day the file was made): use it only where a list
    prints none.
    """
    match = _URL_DAY.search(url)
    if match is None:
        return ""
    year, month, day = (int(part) for part in match.groups() if part is not None)
    found = _real_day(year, month, day)
    return found.isoformat() if found else ""


def from_unix(seconds: float) -> str:
    """An instant since 1970 as wall-clock text in Asia/Shanghai, `YYYY-MM-DD HH:MM`."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _matches(text: str) -> list[re.Match[str]]:
    found = [m for pattern in (_SPACED, _DAY_FIRST, _COMPACT) for m in pattern.finditer(text)]
    return sorted(found, key=lambda match: match.start())


def _as_date(match: re.Match[str]) -> date | None:
    first, second, third = (int(part) for part in match.groups())
    if match.re is _DAY_FIRST:
        return _real_day(second, third, first)
    return _real_day(first, second, third)


def _real_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
