"""Dates as Chinese offices print them. A date that is not certain is no date.

Dates are plain local dates (Asia/Shanghai). Years outside 1949-2099 are refused: on these
pages they are numbers of something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from china_time import SHANGHAI
from texts.width import fold_width

_HAN_DIGITS = {"O": 0, "0": 0, "〇": 0, "零": 0} | {
    sign: value for value, sign in enumerate("一二三四五六七八九", start=1)
}
_YEAR_MONTH_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]",
    re.ASCII,
)
# The guards keep out telephone numbers (010-2021-0205), paths (/2021/02/05/) and dd.mm.yyyy.
_SEPARATED = re.compile(
    r"(?<![0-9A-Za-z_/=.])(?<!\d\d\d-)"
    r"((?:19|20)\d{2})\s{0,3}([-/.])\s{0,3}(\d{1,2})\s{0,3}\2\s{0,3}(\d{1,2})"
    r"(?!\d)(?![-/.]\d{1,3}(?!\d))(?!/[A-Za-z])",
    re.ASCII,
)
_IN_CHARACTERS = re.compile(
    r"(?<![〇零O0一二三四五六七八九])([一二][〇零O0一二三四五六七八九]{3})\s*年\s*"
    r"([一二三四五六七八九十]{1,2})\s*月\s*([一二三四五六七八九十]{1,3})\s*[日号]"
)
_TIME = re.compile(
    r"(?:T|\s{0,8})([01]?\d|2[0-3])(?::|时)([0-5]\d)(?::[0-5]\d|分)?(?![\d:])", re.ASCII
)
_COMPACT = re.compile(
    r"((?:19|20)\d{2})(\d{2})(\d{2})(?:\s+(([01]\d|2[0-3]):[0-5]\d)(?::\d\d)?)?", re.ASCII
)
_LABEL = re.compile(
    r"(?:发布|发表|发文|成文|公布|更新|施行|实施|印发|生成)?(?:时间|日期|于|在)?\s*+[:]?\s*+"
)
_PUBLISHED_LABEL = re.compile(r"(?:发布|发表|公布)(?:时间|日期|于)?\s*+[:]?\s*+")
_ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
_MAIL_DATE = re.compile(r"[A-Z][a-z]{2},\s*\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}\s+\d\d:\d\d.*", re.ASCII)
_DAYS_AGO = {"刚刚": 0, "今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}
_AGO = re.compile(r"(\d{1,3})\s*(天|日|小时|分钟|周|星期)(?:之)?前", re.ASCII)
_EPOCH = re.compile(r"(1\d{9})(\d{3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text: where it stands (offsets) and the wall-clock time beside it (HH:MM)."""

    on: date
    start: int
    end: int
    time: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A publication stamp: the day, and HH:MM when it was printed."""

    on: date
    time: str = ""


def find_dates(text: str) -> list[FoundDate]:
    """Every valid complete date in running text, in order."""
    return [found for found in _scan(fold_width(text)) if isinstance(found, FoundDate)]


def parse_date(text: str, now: datetime | None = None) -> date | None:
    """The date a short field prints; None when it prints none or an impossible one."""
    stamp = parse_stamp(text, now)
    return stamp.on if stamp else None


def parse_stamp(text: str, now: datetime | None = None) -> Stamp | None:
    """Day and time of a field such as `发布时间：2021-02-02 14:38  来源：…`.

    Relative words (昨天, 3天前) are read only when `now` is given.
    """
    folded = fold_width(text).strip()
    if not folded:
        return None
    zoned = _parse_zoned(folded)
    if zoned is not None:
        return zoned
    found = _scan(folded)
    if found:
        chosen = _after_label(folded, found) or found[0]
        return Stamp(chosen.on, chosen.time) if isinstance(chosen, FoundDate) else None
    bare = folded[_label_end(folded) :].strip(" ()[]")
    return _parse_compact(bare) or _parse_relative(bare, now)


def parse_epoch(text: str) -> Stamp | None:
    """Unix seconds or milliseconds (WeChat's `ct`, MIIT's `deploytime`) as a Shanghai stamp."""
    match = _EPOCH.fullmatch(text.strip())
    if match is None:
        return None
    return _local(datetime.fromtimestamp(int(match[1]), UTC))


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None for 30 February and for years that cannot be meant."""
    if not 1949 <= year <= 2099:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_number(text: str) -> int | None:
    """A small whole number in digits or characters: 15, 十五, 三十, 两. None when it is neither."""
    if text.isascii() and text.isdigit():
        return int(text)
    if text == "两":
        return 2
    tens, has_ten, ones = text.rpartition("十")
    if not has_ten:
        return _HAN_DIGITS.get(text)
    high = _HAN_DIGITS.get(tens) if tens else 1
    low = _HAN_DIGITS.get(ones) if ones else 0
    return None if high is None or low is None else high * 10 + low


@dataclass(frozen=True, slots=True)
class _Impossible:
    """Something shaped like a date that is none (2021-02-30)."""

    start: int
    end: int


def _scan(folded: str) -> list[FoundDate | _Impossible]:
    shaped = [
        (match, int(match[1]), int(match[2]), int(match[3]))
        for match in _YEAR_MONTH_DAY.finditer(folded)
    ]
    shaped.extend(
        (match, int(match[1]), int(match[3]), int(match[4]))
        for match in _SEPARATED.finditer(folded)
    )
    if "年" in folded:
        shaped.extend(_in_characters(match) for match in _IN_CHARACTERS.finditer(folded))
    return sorted((_dated(folded, *one) for one in shaped), key=lambda one: one.start)


def _in_characters(match: re.Match[str]) -> tuple[re.Match[str], int, int, int]:
    year = int("".join(str(_HAN_DIGITS[sign]) for sign in match[1]))
    return match, year, read_number(match[2]) or 0, read_number(match[3]) or 0


def _dated(
    folded: str, match: re.Match[str], year: int, month: int, day: int
) -> FoundDate | _Impossible:
    on = make_date(year, month, day)
    if on is None:
        return _Impossible(match.start(), match.end())
    clock = _TIME.match(folded, match.end())
    if clock is None:
        return FoundDate(on, match.start(), match.end())
    return FoundDate(on, match.start(), clock.end(), f"{int(clock[1]):02d}:{clock[2]}")


def _after_label(
    folded: str, found: list[FoundDate | _Impossible]
) -> FoundDate | _Impossible | None:
    """Of several dates in one field, the one that 发布时间 introduces."""
    if len(found) < 2:
        return None
    ends = {match.end() for match in _PUBLISHED_LABEL.finditer(folded)}
    return next((one for one in found if one.start in ends), None)


def _label_end(folded: str) -> int:
    match = _LABEL.match(folded)
    return match.end() if match else 0


def _parse_zoned(folded: str) -> Stamp | None:
    try:
        if _ZONED.fullmatch(folded):
            return _local(datetime.fromisoformat(folded))
        if _MAIL_DATE.fullmatch(folded):
            return _local(parsedate_to_datetime(folded))
    except ValueError:
        return None
    return None


def _parse_compact(bare: str) -> Stamp | None:
    match = _COMPACT.fullmatch(bare)
    if match is None:
        return None
    on = make_date(int(match[1]), int(match[2]), int(match[3]))
    return Stamp(on, match[4] or "") if on else None


def _parse_relative(bare: str, now: datetime | None) -> Stamp | None:
    if now is None:
        return None
    local = now.astimezone(SHANGHAI)
    word, _, clock = bare.partition(" ")
    if word in _DAYS_AGO and (not clock or _TIME.fullmatch(clock)):
        return Stamp(local.date() - timedelta(days=_DAYS_AGO[word]), clock.strip())
    match = _AGO.fullmatch(bare)
    if match is None:
        return None
    count = int(match[1])
    unit = {"小时": "hours", "分钟": "minutes", "周": "weeks", "星期": "weeks"}.get(
        match[2], "days"
    )
    return Stamp((local - timedelta(**{unit: count})).date())


def _local(instant: datetime) -> Stamp | None:
    zoned = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    local = zoned.astimezone(SHANGHAI)
    if make_date(local.year, local.month, local.day) is None:
        return None
    return Stamp(local.date(), f"{local:%H:%M}")
