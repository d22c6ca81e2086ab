"""Which lines of a page are its title and its stamp: day, source, counters, in lines or tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from crawlers.reading.day_evidence import has_day, is_published_day
from crawlers.reading.labels import record_lines
from crawlers.reading.line_kinds import Kind, is_dateline
from crawlers.reading.outline import Outline

_STAMP_BELOW = 4  # lines below a repeated title among which its stamp is looked for
_LABEL = 6  # characters of a label with its colon; 各有关单位： is longer
_FAR_BELOW = 8  # lines below the last sentence of a text
_BY_SYSTEM = re.compile(r"(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}(?:\s?\d{1,2}:\d\d)?")
_BARE_LABEL = re.compile(r"\S{2,6}\s?[:：]?")
_DAY_NAMES = re.compile(
    r"date|time|riqi|shijian|(?:^|[\s_-])(?:dt|sj|rq)(?:$|[\s_-])", re.IGNORECASE
)
_STAMP_TABLE = 16  # lines of a table that may be a stamp


def below_stamp(outline: Outline, kinds: Sequence[Kind], title: int) -> int:
    """The line with the day where it stands right below the title's, else the title's own: what
    is between is head. `title` is -1 where none is known."""
    lines = outline.lines
    for number in range(title + 1, min(title + _STAMP_BELOW, len(lines)) if title >= 0 else 0):
        line = lines[number]
        if kinds[number] == "text":
            break
        if len(line.text) < 80 and has_day(line.text) and line.linked * 2 < len(line.text):
            return number
    return title


def mark_stamps(
    outline: Outline, kinds: list[Kind], anchor: int, titles: Collection[int]
) -> frozenset[int]:
    """Mark in `kinds` the lines that repeat the title, days that stand alone before the first
    sentence, and records; the lines of records."""
    for number, line in enumerate(outline.lines):
        if number in titles:
            kinds[number] = "title"
        elif number > anchor and kinds[number] == "text":
            break
        elif kinds[number] == "short" and is_dateline(line):
            kinds[number] = "stamp"
    for number in titles:
        kinds[number] = "title"
        _mark_days_below(outline, kinds, number)
    apart = _stamps_below(outline, kinds) | _told_below_labels(outline, kinds, anchor)
    for number in apart:
        kinds[number] = "stamp"
    records = apart | record_lines(outline) | _stamp_tables(outline, kinds, titles)
    records |= _head_box(outline, kinds, anchor)
    for number in records:
        kinds[number] = "stamp"
    return records


def _mark_days_below(outline: Outline, kinds: list[Kind], title: int) -> None:
    """Mark the days that stand alone right below a title's line, up to the first sentence."""
    for below in range(title + 1, min(title + _STAMP_BELOW, len(kinds))):
        if kinds[below] == "text":
            break
        if kinds[below] == "short" and is_dateline(outline.lines[below]):
            kinds[below] = "stamp"


def _is_by_system(outline: Outline, number: int, text: int) -> bool:
    """Whether a line prints a day in figures, in a box with a name and unlike that of a text's
    line."""
    line = outline.lines[number]
    own, other = (outline.boxes[outline.lines[one].owner].node for one in (number, text))
    names = str(own.get("class") or own.get("id") or "")
    if not names or (own.tag, own.get("class")) == (other.tag, other.get("class")):
        return False
    is_told = not line.in_cell or bool(_DAY_NAMES.search(names))
    return is_told and bool(_BY_SYSTEM.search(line.text))


def _told_below_labels(outline: Outline, kinds: Sequence[Kind], anchor: int) -> frozenset[int]:
    """The values of labels that stand in a line of their own above the text (发布单位 / 注册处)."""
    found: set[int] = set()
    for number in range(anchor + 1, len(kinds) - 1 if anchor >= 0 else 0):
        if kinds[number] == "text" or number > anchor + _STAMP_TABLE:
            break
        label, value = outline.lines[number], outline.lines[number + 1]
        if kinds[number] != "stamp" or not _BARE_LABEL.fullmatch(label.text):
            continue
        pair = outline.boxes[outline.boxes[value.owner].parent]
        holds_both = pair.first == number and pair.last == number + 2
        if holds_both and kinds[number + 1] == "short" and not value.pictures and not value.files:
            found.add(number + 1)
    return frozenset(found)


def _stamps_below(outline: Outline, kinds: Sequence[Kind]) -> frozenset[int]:
    """The lines below a text that print its day as systems do, with a time or in figures alone, in
    a box unlike those of its sentences: no signature."""
    found: set[int] = set()
    above = -_FAR_BELOW
    for number, line in enumerate(outline.lines):
        if kinds[number] == "text":
            above = number
        is_near = 0 < number - above < _FAR_BELOW and kinds[number] == "short"
        if not is_near or line.linked or not is_dateline(line):
            continue
        if is_published_day(outline.lines, number) or _is_by_system(outline, number, above):
            found.add(number)
    return frozenset(found)


def _head_box(outline: Outline, kinds: Sequence[Kind], title: int) -> frozenset[int]:
    """The lines of the box above the text that prints the labelled day of publication among other
    facts (office, number, validity), whatever these are called."""
    first = next((n for n in range(title + 1, len(kinds)) if kinds[n] == "text"), 0)
    if title < 0 or not first:
        return frozenset()
    above = range(title + 1, first)
    day = next((number for number in above if is_published_day(outline.lines, number)), -1)
    box = outline.lines[day].owner if day >= 0 else 0
    found: frozenset[int] = frozenset()
    while box > 0 and _is_head(outline, box, above):
        found = frozenset(range(outline.boxes[box].first, outline.boxes[box].last))
        box = outline.boxes[box].parent
    return found


def _is_head(outline: Outline, number: int, above: range) -> bool:
    """Whether a box stands between title and text, and shows nothing that a text begins with."""
    box = outline.boxes[number]
    if box.first < above.start or box.last > above.stop or box.last - box.first > _STAMP_TABLE:
        return False
    return not any(
        line.pictures or line.files or (line.text[-1:] in "：:" and len(line.text) > _LABEL)
        for line in outline.lines[box.first : box.last]
    )


def _stamp_tables(
    outline: Outline, kinds: Sequence[Kind], titles: Collection[int]
) -> frozenset[int]:
    """The lines of small tables that hold nothing but the stamp: source, day, counter."""
    found: set[int] = set()
    for box in outline.boxes:
        if box.node.tag != "table" or not 2 <= box.last - box.first <= _STAMP_TABLE:
            continue
        span = range(box.first, box.last)
        inside = kinds[box.first : box.last]
        days = any(has_day(outline.lines[number].text) for number in span)
        holds_more = "picture" in inside or any(
            number in titles or outline.lines[number].files for number in span
        )
        if days and inside.count("stamp") >= 2 and "text" not in inside and not holds_more:
            found.update(span)
    return frozenset(found)
