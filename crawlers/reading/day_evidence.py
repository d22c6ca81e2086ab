"""The day of a page: which of the days it prints is the one of its publication.

A label counts when it means publication (发布, 发表, 印发…) or is a bare 时间 or 日期; every other
…时间/…日期 (当前, 失效, 截止, 开始, 报名, 更新…) is another day, whichever word stands before it. A
day without a label counts by where it stands: beside the title.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Literal

from crawlers.reading.outline import Line
from crawlers.reading.printed_dates import dates_in, day_of, find_date

Strength = Literal["labelled", "beside", "bare", "updated", "far", "clock", "none"]

_COLON_LABEL = re.compile(r"([\u4e00-\u9fffA-Za-z\s]{1,20})[:：】\]]\s{0,9}[(（\[【]?\s?$")
_PLAIN_LABEL = re.compile(
    r"([\u4e00-\u9fff][\u4e00-\u9fff\s]{0,10}?(?:时\s?间|日\s?期|截\s?止|截\s?至|于|在))\s{0,9}$"
)
_WHOLE_LABEL = re.compile(
    r"[\s【\[]{0,3}([\u4e00-\u9fff][\u4e00-\u9fff\s　]{1,12})[\s】\]:：]{0,4}"
)
_PUBLISHED = re.compile(
    r"发布|发表|印发|发文|公布|刊发|刊登|发稿|上传|上网|公开(?:日期|时间)|登载|Publi|Posted|Release",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(r"公告(?:日期|时间)$")  # a day, or the period in which a notice hangs out
_BARE = re.compile(  # with the verb of a system: that is when a page was put there
    r"(?:加入|添加|录入|入库|创建|提交|公示|信息|文章)?(?:时间|日期)|Date|Time", re.IGNORECASE
)
_UPDATED = re.compile(r"更新|修改|Updated|Modified", re.IGNORECASE)
_OF_A_DAY = re.compile(r"(?:时间|日期|日|期|时|限|起|止|至|于|间|Date|Time)$", re.IGNORECASE)
_AFTERWARDS = re.compile(r"\s{0,3}(?:发布|发表|印发|刊发)(?=\W|$)")
_PERIOD = re.compile(
    r"\s{0,3}(?:日|时|分)?\s{0,3}(?:至|到|—|–|~|～|起至?|-{1,2}\s{0,3}(?:19|20)\d\d)"
)
_UP_TO = re.compile(r"(?:至|到|—|–|~|～|-)\s{0,3}$")
_IS_ISSUED = re.compile(r"\W{0,3}(?:19|20)\d\d\D\d{1,2}\D\d{1,2}日?(?:发布|印发|发表)\W{0,3}")
_TWO_DIGITS = re.compile(r"(?<![\d.:/-])([0-4]\d)[-./](\d{1,2})[-./](\d{1,2})(?![\d./-])")
_CLOCK = re.compile(r"\d{1,2}[:：]\d\d")
_NUMBER = re.compile(r"\d{1,2}日?")
_MONTH = re.compile(r"((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})月?")
_SHORT_STAMP = 40  # characters of a line with such a day
_WEEKDAY = re.compile(r"\s{0,3}(?:星期|周)[一二三四五六日天]")
_SOMETHING = re.compile(r"(?:19|20)\d\d|[１２][９０]|[一二][〇零○O九一二]")
_ABOVE = 3  # … and above it
_NEAR = 7  # lines around a title among which its stamp is looked for
_LONGEST = 200
_ALONE = 24  # characters of a line that holds nothing but a day
_ROW_BOXES = 3  # … and boxes around it that may hold its day
_ROW = 8  # characters of a link that may be a notice's title
_LABELLED: frozenset[Strength] = frozenset(("labelled", "updated"))
LAST_RESORTS: frozenset[Strength] = frozenset(("far", "clock", "updated"))
"""What a page's day is taken from only where nothing better is printed."""
_RANK: dict[Strength, int] = {
    "labelled": 0,
    "beside": 1,
    "bare": 2,
    "far": 3,
    "clock": 4,
    "updated": 5,
    "none": 9,
}


@dataclass(frozen=True, slots=True)
class PrintedDay:
    """A day as printed, and what makes it the page's: `labelled` (发布时间：), `beside` the title
    without a label, `bare` (时间：), `far` from the title, a `clock` (with its weekday), `updated`
    (更新时间：, last resort)."""

    printed: str = ""
    strength: Strength = "none"
    line: int = -1

    @property
    def day(self) -> date | None:
        """The calendar day, or None."""
        return day_of(self.printed)


def has_day(text: str) -> bool:
    """Whether a text prints a day; quick where there is none."""
    if len(text) > _LONGEST:
        return bool(_SOMETHING.search(text)) and bool(find_date(text))
    return _line_has_day(text)


@lru_cache(maxsize=1024)
def _line_has_day(text: str) -> bool:
    """Of a short text: the same line is asked from several sides."""
    return bool(_SOMETHING.search(text)) and bool(dates_in(text))


def published_in(text: str) -> str:
    """The day of publication in a field's text: the one labelled so, else the first that is not
    labelled as another day."""
    found = sorted(_days_of(text[:_LONGEST], ""), key=lambda one: _RANK[one[1]])
    return found[0][0] if found else ""


def is_published_day(lines: Sequence[Line], number: int) -> bool:
    """Whether a line prints a day labelled as that of publication, by itself or by the cell before
    it."""
    text = lines[number].text
    if len(text) > _LONGEST or not has_day(text):
        return False
    return any(one[1] == "labelled" for one in _days_of(text, _label_before(lines, number)))


def printed_days(
    lines: Sequence[Line], title: int, body: range, inside: frozenset[int] = frozenset()
) -> list[PrintedDay]:
    """Every day that may be the page's, likeliest first. `title`: the title's line or -1; `body`:
    the lines of the text, which are not asked, except those that are not `inside` it."""
    found: list[PrintedDay] = []
    for number, line in enumerate(lines):
        if len(line.text) > _LONGEST or not (line.told or _SOMETHING.search(line.text)):
            continue
        text = words_apart(line)
        before = _label_before(lines, number)
        is_own = bool(_IS_ISSUED.fullmatch(text) or (line.in_cell and _PUBLISHED.search(before)))
        if number in inside and not is_own:
            continue
        for printed, strength in _days_of(text, before):
            placed = _placed(strength, number, line, title, body)
            if placed not in _LABELLED and _is_of_a_row(lines, number):
                continue
            if placed != "none":
                found.append(PrintedDay(printed, placed, number))
    if all(one.strength in LAST_RESORTS for one in found):
        found += _day_boxes(lines, title, body) or _short_days(lines, title, body, inside)
    return sorted(found, key=lambda one: (_RANK[one.strength], _distance(one.line, title, body)))


def words_apart(line: Line) -> str:
    """The words of a line, those of each element apart: 科室2024-07-23 and 2019-07-1343951 are set
    apart by style. A day that an element tells machines where it prints none goes with them."""
    text = line.text
    if len(line.pieces) > 1:
        texts = ((node.tail if is_tail else node.text) or "" for node, is_tail in line.pieces)
        text = " ".join(" ".join(texts).split())
    return f"{line.told} {text}" if line.told and not has_day(text) else text


def _day_boxes(lines: Sequence[Line], title: int, body: range) -> list[PrintedDay]:
    """A day in two boxes beside the title: its number large, the month with the year small."""
    for number in range(max(0, title - _ABOVE), min(title + _ABOVE, body.start, len(lines) - 1)):
        one, other = (lines[at].text for at in (number, number + 1))
        for day, month in ((one, other), (other, one)):
            match = _MONTH.fullmatch(month) if _NUMBER.fullmatch(day) else None
            printed = f"{match[1]}-{int(match[2]):02}-{int(day.strip('日')):02}" if match else ""
            if day_of(printed) is not None:
                return [PrintedDay(printed, "beside", number)]
    return []


def _short_days(
    lines: Sequence[Line], title: int, body: range, inside: Collection[int]
) -> list[PrintedDay]:
    """Days with two digits of the year right below the title, where no other day is printed."""
    found: list[PrintedDay] = []
    for number in range(title + 1, min(title + _NEAR, body.start + 1, len(lines))):
        line = lines[number]
        match = _TWO_DIGITS.search(line.text) if len(line.text) <= _SHORT_STAMP else None
        if match is not None and number not in inside and not line.linked:
            printed = f"20{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
            if day_of(printed) is not None:
                found.append(PrintedDay(printed, "beside", number))
    return found


def _distance(line: int, title: int, body: range) -> int:
    if title < 0:
        return abs(line - body.start)
    return line - title if line >= title else 2 * (title - line) + 1


def _is_of_a_row(lines: Sequence[Line], number: int) -> bool:
    """Whether a day stands alone beside a link to a page, as in the lists of other notices."""
    line = lines[number]
    if len(line.text) > _ALONE or _CLOCK.search(line.text) or _is_link_itself(line):
        return False
    beside = lines[max(0, number - 1) : number + 2]
    return any(
        other.linked >= _ROW and other.linked * 2 >= len(other.text) and _share_a_row(line, other)
        for other in beside
    )


def _share_a_row(one: Line, other: Line) -> bool:
    """Whether two lines stand in one box not far above both."""
    if one is other or not one.pieces or not other.pieces:
        return True
    first, second = (
        set(islice(line.pieces[0][0].iterancestors(), _ROW_BOXES)) for line in (one, other)
    )
    return any(box.tag not in {"body", "html", "form"} for box in first & second)


def _placed(strength: Strength, number: int, line: Line, title: int, body: range) -> Strength:
    """A day without a label is the page's only beside the title, and in no row of a list."""
    if strength == "labelled" or strength == "updated":
        is_told = line.linked * 2 < len(line.text) or _is_link_itself(line)
        return strength if is_told else "none"
    is_below = 0 <= title < number <= title + 2 and line.linked * 2 < len(line.text)
    is_row = line.linked * 2 > len(line.text) - 24 and line.linked >= 6
    if is_row and not is_below and not _is_link_itself(line):
        return "none"
    start = title - _ABOVE if title >= 0 else body.start - _NEAR
    is_near = start <= number <= min(max(title, 0) + _NEAR, max(body.start, title + 1))
    if title < 0:
        is_near = start <= number <= body.start
    if is_near:
        return strength
    if line.linked:
        return "none"
    return strength if strength == "clock" else "far"


def _is_link_itself(line: Line) -> bool:
    """Whether all that is linked in a line is its day, as blogs print it: such a line is no row."""
    texts = [
        ((node.tail if is_tail else node.text) or "").strip()
        for node, is_tail in line.pieces
        if next(node.iterancestors("a"), None) is not None or (node.tag == "a" and not is_tail)
    ]
    days = sum(len(text) for text in texts if len(text) <= _ALONE and has_day(text))
    return 0 < days >= line.linked - 12


def _label_before(lines: Sequence[Line], number: int) -> str:
    """The label in the cell, term or span before, where the line itself has none."""
    if not number or len(lines[number - 1].text) > 16:
        return ""
    above = lines[number - 1].text
    match = _WHOLE_LABEL.fullmatch(above)
    is_label = match is not None and (above.rstrip()[-1:] in ":：】]" or _OF_A_DAY.search(match[1]))
    return match[1] if match is not None and is_label else ""


def _days_of(text: str, before: str) -> Iterator[tuple[str, Strength]]:
    """The days of one line with what their label makes of them; days labelled otherwise are out."""
    place = 0
    for number, (start, end, printed) in enumerate(dates_in(text)):
        label = _label_of(text[place:start]) or (
            before if not text[:start].strip(" [【(（") else ""
        )
        ends_period = number > 0 and _UP_TO.search(text[place:start])
        place = end
        if ends_period:
            continue
        strength = _strength(label, text[end : end + 16], is_first=number == 0)
        if strength != "none":
            yield printed, strength


def _label_of(words: str) -> str:
    match = _COLON_LABEL.search(words[-40:]) or _PLAIN_LABEL.search(words[-40:])
    return _last_word(match[1]) if match else ""


def _last_word(words: str) -> str:
    """The label itself: 来源 某处 时 间 ends in 时间."""
    parts = words.split()
    if len(parts) > 1 and len(parts[-1]) == 1 and len(parts[-2]) == 1:
        return parts[-2] + parts[-1]
    return parts[-1] if parts else ""


def _strength(label: str, after: str, *, is_first: bool) -> Strength:
    if _PUBLISHED.search(label) or _AFTERWARDS.match(after):
        return "labelled"
    if _PERIOD.match(after):
        return "none"
    if _ANNOUNCED.search(label):
        return "labelled"
    if _UPDATED.search(label):
        return "updated"
    if _BARE.fullmatch(label):
        return "bare"
    if label and _OF_A_DAY.search(label):
        return "none"
    if _WEEKDAY.match(after):
        return "clock"
    return "beside" if is_first else "far"
