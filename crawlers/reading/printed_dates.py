"""Find the date printed in a piece of text. For windows and comparisons only: the item keeps text.

Shown forms (all seen): 2021-02-04, 2024- 06- 07 (北京科委), 2021/02/05 (科服网), 2026.07.08,
2026年03月02日, 20260601 (CDE), (2021-02-04), and CDE's two spans "2026.06" "01".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991

_TIME = r"(?:\s{0,9}\d{1,2}\s{0,3}[:：时]\s{0,3}\d{2}(?:\s{0,3}[:：]\s{0,3}\d{2}|分(?:\d{2}秒)?)?)?"
_SPACED = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月\s]\s*(\d{1,2})(?!\d)\s*日?" + _TIME
)
_DAY_FIRST = re.compile(
    r"(?<![\d.:/-])(\d{1,2})(?:\s+|\s?[/|]\s?)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})月?(?!\d)"
)
_YEAR_BEHIND = re.compile(
    r"(?<![\d.:-])(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?\s+((?:19|20)\d\d)年?(?![\d./-])"
)
_YEAR_APART = re.compile(r"(?<!\d)((?:19|20)\d\d)年?\s+(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?")
_DAY_OVER_MONTH = re.compile(
    r"(?<![\d.:-])(\d{1,2})日?\s{1,9}(\d{1,2})\s?月\s{0,3}[,，]?\s{0,3}((?:19|20)\d\d)(?![\d./年-])"
)
_YEAR_LAST = re.compile(
    r"(?<![\d.:-])(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?(?:\s{1,3}\d{1,2}[:：]\d\d)?(?:\s{1,3}|\s{0,3}[(（])"
    r"((?:19|20)\d\d)(?![\d./-]|年?度)年?"
)
_SHORT = 60
_LINE = 200  # characters of a text whose dates are remembered
# A year in any of the ways below: most texts have none.
_YEAR = re.compile(r"(?:19|20)\d\d|[１２][９０]|[一二][〇零○O一二三四五六七八九]")
_MONTH_NAME = re.compile(r"[JFMASOND][a-zA-Z]{2}|[jfmasond][a-z]{2}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:[a-z]{2,6})?\.?"
_CHARACTERS_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})月\s{0,3}(\d{1,2})日?\s?[,，]\s?((?:19|20)\d\d)(?!\d)"
)
_MONTH_NAMED = re.compile(
    rf"(?<![a-z]){_NAMED}\s{{0,3}}(\d{{1,2}})(?:st|nd|rd|th)?\s{{0,3}},?\s{{0,3}}((?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_DAY_MONTH_NAMED = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s{{0,3}}{_NAMED}\s{{0,3}},?\s{{0,3}}((?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_DIGITS = "〇一二三四五六七八九"
_SMALL = r"(十[一二]?|[一二三四五六七八九])月"
_MONTH_IN_CHARACTERS = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s{{1,3}}{_SMALL}\s{{0,3}}[,，]?\s{{0,3}}((?:19|20)\d\d)(?!\d)"
)
_CHARACTERS_FIRST = re.compile(
    rf"(?<![\d十一二三四五六七八九]){_SMALL}\s{{1,3}}(\d{{1,2}})\s{{0,3}}[,，]\s{{0,3}}((?:19|20)\d\d)(?!\d)"
)
_IN_CHARACTERS = re.compile(
    r"(?<![〇零○O一二三四五六七八九])([一二][〇零○O一二三四五六七八九]{3})\s{0,3}年\s{0,3}"
    r"([一二三四五六七八九十]{1,2})\s{0,3}月\s{0,3}([一二三四五六七八九十]{1,3})\s{0,3}日"
)
_WIDE = str.maketrans("０１２３４５６７８９：－．／", "0123456789:-./")
_IS_WIDE = re.compile("[０-９]")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_URL_DAY = re.compile(
    r"/t((?:19|20)\d\d)(\d\d)(\d\d)_\d+\.s?html?"
    r"|/art/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/art_"
    r"|/cat/((?:19|20)\d\d)-(\d\d)-(\d\d)/"
    r"|/((?:19|20)\d\d)/(\d\d)(\d\d)/[^/]|/((?:19|20)\d\d)/(\d\d)/(\d\d)/[^/]|/((?:19|20)\d\d)-(\d\d)/(\d\d)/[^/]"
)


def find_date(text: str) -> str:
    """The first real date in `text`, with its time, as printed; empty when there is none."""
    return next((one.printed for one in _found(text)), "")


def find_dates(text: str) -> list[tuple[str, int]]:
    """Every real date beside a title in a list, with where it starts, in order: as printed, or as
    YYYY-MM-DD where the year stands apart from the day (02-04 | 2021, 5 | 3月 2021), as lists alone
    print it."""
    found = {one.start: one.printed for one in _found(text)}
    apart = ((_YEAR_BEHIND, (2, 0, 1)), (_YEAR_APART, (0, 1, 2)), (_DAY_OVER_MONTH, (2, 1, 0)))
    for pattern, order in apart:
        for match in pattern.finditer(text):
            parts = [int(part) for part in match.groups()]
            day = _real_day(*(parts[place] for place in order))
            if day is not None:
                found.setdefault(match.start(), day.isoformat())
    return [(found[start], start) for start in sorted(found)]


def dates_in(text: str) -> list[tuple[int, int, str]]:
    """Every real date in `text`: where it begins and ends, and as printed with its time. A short
    text that prints the year behind day and time (08-09 17:20 (2011年)) says YYYY-MM-DD."""
    return list(_dates_of_line(text)) if len(text) <= _LINE else _dates_in(text)


@lru_cache(maxsize=512)
def _dates_of_line(text: str) -> tuple[tuple[int, int, str], ...]:
    """Of a short text: the same line is asked from several sides."""
    return tuple(_dates_in(text))


def _dates_in(text: str) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    for one in _found(text):  # 2026.06.01 is also read as 06.01 of something
        if not kept or one.start >= kept[-1][1]:
            kept.append((one.start, one.end, one.printed))
    if not kept and len(text) <= _SHORT:
        for match in _YEAR_LAST.finditer(text):
            day = _real_day(int(match[3]), int(match[1]), int(match[2]))
            if day is not None:
                kept.append((match.start(), match.end(), day.isoformat()))
    return kept


def day_of(text: str) -> date | None:
    """The first real date in `text` as a calendar day of the publisher."""
    return _day_of_line(text) if len(text) <= _LINE else _day_of(text)


@lru_cache(maxsize=512)
def _day_of_line(text: str) -> date | None:
    return _day_of(text)


def _day_of(text: str) -> date | None:
    return next((one.day for one in _found(text)), None)


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


@dataclass(frozen=True, slots=True)
class _Found:
    """A real date in a text; `printed` as YYYY-MM-DD where it names its month in English."""

    start: int
    end: int
    printed: str
    day: date


def _found(text: str) -> list[_Found]:
    if not _YEAR.search(text):
        return []
    if _IS_WIDE.search(text):
        text = text.translate(_WIDE)
    found = [
        _Found(match.start(), match.end(), _as_printed(match, day), day)
        for pattern in (_SPACED, _DAY_FIRST, _COMPACT)
        for match in pattern.finditer(text)
        if (day := _as_date(match)) is not None
    ]
    if "年" in text:
        found += [
            _Found(match.start(), match.end(), "".join(match.group(0).split()), day)
            for match in _IN_CHARACTERS.finditer(text)
            if (day := _day_in_characters(match)) is not None
        ]
    elif not found and _MONTH_NAME.search(text):
        found += _named_in_english(text)
    if "月" in text:
        found += _month_in_characters(text)
    return sorted(found, key=lambda one: one.start)


def _as_printed(match: re.Match[str], day: date) -> str:
    return day.isoformat() if match.re is _DAY_FIRST else " ".join(match.group(0).split())


def _month_in_characters(text: str) -> list[_Found]:
    """Days of systems made for English that translate the month alone: 2 十一月, 2016."""
    found: list[_Found] = []
    for match in _CHARACTERS_MONTH.finditer(text):
        real = _real_day(int(match[3]), int(match[1]), int(match[2]))
        if real is not None:
            found.append(_Found(match.start(), match.end(), real.isoformat(), real))
    for pattern, month, day in ((_MONTH_IN_CHARACTERS, 2, 1), (_CHARACTERS_FIRST, 1, 2)):
        for match in pattern.finditer(text):
            real = _real_day(int(match[3]), _small_number(match[month]), int(match[day]))
            if real is not None:
                found.append(_Found(match.start(), match.end(), real.isoformat(), real))
    return found


def _named_in_english(text: str) -> list[_Found]:
    found: list[_Found] = []
    for pattern, order in ((_MONTH_NAMED, (3, 1, 2)), (_DAY_MONTH_NAMED, (3, 2, 1))):
        for match in pattern.finditer(text):
            year, month, day = (match[place] for place in order)
            real = _real_day(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day))
            if real is not None:
                found.append(_Found(match.start(), match.end(), real.isoformat(), real))
    return found


def _as_date(match: re.Match[str]) -> date | None:
    first, second, third = (int(part) for part in match.groups())
    if match.re is _DAY_FIRST:
        return _real_day(second, third, first)
    return _real_day(first, second, third)


def _day_in_characters(match: re.Match[str]) -> date | None:
    year = "".join(str(max(0, _DIGITS.find(sign))) for sign in match[1])
    return _real_day(int(year), _small_number(match[2]), _small_number(match[3]))


def _small_number(signs: str) -> int:
    """十二 and 二十; 0 for what is none."""
    tens, has_ten, ones = signs.rpartition("十")
    high = (_DIGITS.find(tens) if tens else 1) if has_ten else 0
    low = _DIGITS.find(ones) if ones else 0
    return high * 10 + low if high >= 0 and low >= 0 and len(ones) < 2 else 0


def _real_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def edge_date(title: str) -> str:
    """The date a title begins or ends with, where skins put both into the link."""
    bare = title.strip(" []()（）【】")
    found = find_dates(bare)
    if found and found[0][1] == 0:
        return found[0][0]
    return found[-1][0] if found and bare.endswith(found[-1][0]) else ""
