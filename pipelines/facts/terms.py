"""Days and spans of days inside one sentence, with the year and month that are left out."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from pipelines.facts.dates import find_dates, make_date, read_number

_MONTH_DAY = re.compile(
    r"(?P<year>[今明本]年\s?)?(?<![0-9.])(?<![0-9]年)(?<![0-9] 年)(?P<month>[0-9]{1,2})\s{0,4}月"
    r"\s{0,4}(?P<day>[0-9]{1,2})\s{0,4}[日号]"
)
_DAY_ONLY = re.compile(r"\s{0,4}(?P<day>[0-9]{1,2})\s{0,4}日(?![内前后期])")
_SEPARATED_DAY = re.compile(r"\s{0,4}(?P<month>[0-9]{1,2})[.\-/](?P<day>[0-9]{1,2})(?![0-9.])")
_MONTH_END = re.compile(
    r"(?:(?P<year>20[0-9]{2})\s{0,3}年\s{0,3})?(?P<month>[0-9]{1,2})\s{0,3}月底"
)
_TWO_YEARS = re.compile(
    r"(?P<first>20[0-9]{2})\s*年\s*[、和,]\s*(?=(?P<rest>20[0-9]{2}\s*年\s*(?P<month>[0-9]{1,2})\s{0,4}月"
    r"\s{0,3}(?P<day>[0-9]{1,2})\s{0,3}日))"
)
_CONNECTOR = re.compile(
    r"\s*+(?:\([^()]{1,12}\))?\s*+(?:[上下]午)?\s*+"
    r"(?:[0-9]{1,2}\s{0,4}[:时点]\s{0,4}(?:[0-9]{2}\s{0,4}分?|整)?)?\s*+"
    r"(?:起)?\s*+(?:-|—|–|―|─|~|～|至|到){1,6}\s{0,4}"
)
_RECURRING = re.compile(r"(?:每年|每月|次年|当年|翌年|历年|每季度)\s{0,9}$")
_LOOK_BACK = timedelta(days=120)
# A validity that ends years ahead lends its year to no later day of the sentence.
_LOOK_AHEAD = timedelta(days=550)

_RELATIVE_COUNT = (
    r"(?P<count>[0-9]{1,3}|[一二两三四五六七八九十]{1,3})\s{0,3}"
    r"(?P<unit>个?\s{0,3}工作日|个?\s{0,3}自然日|日|天|个?月|周|个?星期|个?礼拜)"
)
RELATIVE = re.compile(
    r"(?P<base>[^,。;]{0,12}?)(?:发布|公布|公告|公示|印发|刊登|发文|下发|即|通知|发出)(?:之)?日起"
    rf"(?:的|,)?\s{{0,4}}{_RELATIVE_COUNT}(?P<after>[^,。;]{{0,12}})"
)
"""自发布之日起30日内. `base` are the words before: 收到… counts from a day nobody prints."""
COUNTED_FROM = re.compile(
    rf"\s{{0,4}}(?:起|开始)(?:,|的|共|至|,?公示|,?为期)?\s{{0,4}}{_RELATIVE_COUNT}(?P<after>[^,。;]{{0,6}})"
)
PERIOD = re.compile(
    r"(?:公示|征求意见|意见征集|征集|意见反馈|反馈|公开征集|异议)(?:的)?(?:期限|时限|时间|期)?(?:为|是|:|共){0,3}\s{0,4}"
    rf"{_RELATIVE_COUNT}(?P<after>[^,。;]{{0,6}})"
)
"""公示期为5个工作日: counted from the day the notice is published."""
WITHIN = re.compile(rf"[在于]\s{{0,2}}{_RELATIVE_COUNT}(?:之)?内(?P<after>[^,。;]{{0,12}})")
"""请在二十个工作日内反馈: without a base of its own, from the day the notice is published."""


@dataclass(frozen=True, slots=True)
class Term:
    """A day, or the last day of a span, with offsets of the whole expression."""

    on: date
    start: int
    end: int
    is_span: bool = False
    computed: bool = False


@dataclass(frozen=True, slots=True)
class _Day:
    on: date
    start: int
    end: int
    day_only: bool = False


def find_terms(sentence: str, reference: date | None) -> list[Term]:
    """Days and spans of a sentence (widths folded). `reference` supplies a left-out year."""
    days = _days(sentence, reference)
    terms: list[Term] = []
    index = 0
    while index < len(days):
        first = days[index]
        second = _span_end(sentence, first, days[index + 1 : index + 2])
        if second is None:
            terms.append(Term(first.on, first.start, first.end))
            index += 1
            continue
        terms.append(Term(second.on, first.start, second.end, is_span=True))
        index += 1 if second.day_only else 2
    terms.extend(_month_ends(sentence, reference))
    return sorted(terms, key=lambda term: term.start)


def relative_end(match: re.Match[str], base: date) -> date | None:
    """The last day of N days, weeks, months or working days counted from the day after `base`.

    Counting starts on the next day (民法典 第二百零一条). For working days, week-ends and
    public holidays are skipped and make-up working days counted, as the State Council's yearly
    notices set them; in a year not announced yet every Monday to Friday counts.
    """
    count = read_number(match["count"])
    if not count:
        return None
    unit = match["unit"].replace(" ", "").removeprefix("个")
    if unit == "工作日":
        return _add_working_days(base, count)
    if unit == "月":
        return _add_months(base, count)
    return base + timedelta(days=count * (7 if unit in ("周", "星期", "礼拜") else 1))


def _days(sentence: str, reference: date | None) -> list[_Day]:
    days = [_Day(found.on, found.start, found.end) for found in find_dates(sentence)]
    taken = [(day.start, day.end) for day in days]
    for match in _TWO_YEARS.finditer(sentence):
        on = make_date(int(match["first"]), int(match["month"]), int(match["day"]))
        if on is not None:
            days.append(_Day(on, match.start(), match.end("rest")))
    for match in _MONTH_DAY.finditer(sentence):
        if any(start <= match.start() < end for start, end in taken):
            continue
        if _RECURRING.search(sentence, 0, match.start()):
            continue
        earlier = max((day for day in days if day.end <= match.start()), default=None, key=_start)
        month, day = int(match["month"]), int(match["day"])
        if match["year"] and reference is not None:
            on = make_date(reference.year + (match["year"][0] == "明"), month, day)
        else:
            on = _complete(month, day, earlier, reference)
        if on is not None:
            days.append(_Day(on, match.start(), match.end()))
    return sorted(days, key=_start)


def _start(day: _Day) -> int:
    return day.start


def _complete(month: int, day: int, earlier: _Day | None, reference: date | None) -> date | None:
    """Supply the year: of the date before it in the sentence, else the one nearest ahead."""
    far = reference is not None and earlier is not None and earlier.on > reference + _LOOK_AHEAD
    if earlier is not None and not far:
        on = make_date(earlier.on.year, month, day)
        if on is None or on >= earlier.on or (reference is not None and on >= reference):
            return on
        return make_date(earlier.on.year + 1, month, day)
    if reference is None:
        return None
    on = make_date(reference.year, month, day)
    if on is not None and on < reference - _LOOK_BACK:
        return make_date(reference.year + 1, month, day)
    if on is not None and on > reference + timedelta(days=300):
        return make_date(reference.year - 1, month, day)
    return on


def _span_end(sentence: str, first: _Day, following: list[_Day]) -> _Day | None:
    connector = _CONNECTOR.match(sentence, first.end)
    if connector is None:
        return None
    if following and following[0].start == connector.end():
        return following[0] if following[0].on >= first.on else None
    separated = _SEPARATED_DAY.match(sentence, connector.end())
    match = separated or _DAY_ONLY.match(sentence, connector.end())
    if match is None:
        return None
    month = int(separated["month"]) if separated else first.on.month
    on = make_date(first.on.year, month, int(match["day"]))
    return _Day(on, first.start, match.end(), day_only=True) if on and on >= first.on else None


def _month_ends(sentence: str, reference: date | None) -> list[Term]:
    if "月底" not in sentence:
        return []
    terms = []
    for match in _MONTH_END.finditer(sentence):
        month, year = int(match["month"]), match["year"]
        if not 1 <= month <= 12 or (year is None and reference is None):
            continue
        first = make_date(int(year), month, 1) if year else _complete(month, 1, None, reference)
        if first is not None:
            last = first.replace(day=calendar.monthrange(first.year, month)[1])
            terms.append(Term(last, match.start(), match.end(), computed=True))
    return terms


def _add_working_days(base: date, count: int) -> date:
    on = base
    while count:
        on += timedelta(days=1)
        count -= _is_workday(on)
    return on


@lru_cache(maxsize=2_000)
def _is_workday(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year whose holidays the package does not know yet
        return day.weekday() < 5


def _add_months(base: date, count: int) -> date | None:
    month = base.month - 1 + count
    year, month = base.year + month // 12, month % 12 + 1
    return make_date(year, month, min(base.day, calendar.monthrange(year, month)[1]))
