"""Where in a row its day stands: alone in an element of its own, told to scripts, or in a column
beside the list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from lxml import etree

from crawlers.reading.printed_dates import find_date, from_unix

_MOST_PARTS = 60
_MOST_TEXTS = 20
_BESIDE = 8  # characters beside a day in its own element: brackets, a label, a time
_LONGEST = 60
_LONGEST_HINTED = 16  # characters of words that show a day to who points at them: 3 小时前
_BESIDE_HINT = 6
_UNIX = re.compile(r"(1[0-9]{9})(?:[0-9]{3})?")
_ISSUED = re.compile(r"(?:发布|公开|发表|公布|公告)(?:日期|时间)")
SAID_ISSUED = re.compile(
    r"(?:发布|发表|发文|公布|公开|印发|公告)(?:日\s{0,4}期|时\s{0,4}间)?\s{0,9}[:：]?\s{0,9}$"
)
"""The words before a day that say it is that of publication."""

_A_DAY = re.compile(r"日期|时间")
_SEVERAL = 2  # columns with days, and the head must tell which
_UP = 3
_MOST_SIBLINGS = 6
_MOST_COLUMNS = 40


def days_alone(box: etree._Element) -> list[str]:
    """The days that are all an element of a row says: no words of a summary."""
    found: list[str] = []
    for node in islice(box.iter("*"), _MOST_PARTS):
        if node is box or len(node) or node.tag in {"script", "style"}:
            continue
        words = " ".join((node.text or "")[:_LONGEST].split())
        day = find_date(words)
        if day and len(words) - len(day) <= _BESIDE:
            found.append(day)
    return found


def day_for_scripts(box: etree._Element) -> str:
    """The day of an instant (seconds since 1970) that an attribute holds for a script to show."""
    for node in islice(box.iter("*"), _MOST_PARTS):
        for name, value in node.attrib.items():
            instant = _UNIX.fullmatch(str(value)) if str(name).startswith("data-") else None
            if instant is not None:
                return from_unix(int(instant[1]))[:10]
    return ""


def days_for_machines(box: etree._Element) -> list[str]:
    """The day that a row tells machines where it prints none, or 3天前: <time datetime>; or that
    it shows whoever points at such words."""
    times = [node.get("datetime", "") for node in islice(box.iter("time"), 3)]
    told = [printed for printed in (find_date(time[:10]) for time in times) if printed][:1]
    return told or days_pointed_at(box)


def days_pointed_at(box: etree._Element) -> list[str]:
    """The day that is all the title attribute of short words says, links apart: the title of a
    link is a notice's."""
    for node in islice(box.iter("*"), _MOST_PARTS):
        told = " ".join(node.get("title", "")[:_LONGEST].split())
        said = "".join(islice(map(str, node.itertext()), 20)) if told else ""
        if told and node.tag != "a":
            day = find_date(told)
            is_all = len(said) <= _LONGEST_HINTED and len(told) - len(day) <= _BESIDE_HINT
            if day and (is_all or SAID_ISSUED.search(told.partition(day)[0])):
                return [day]
    return []


def days_in_column(boxes: Sequence[etree._Element]) -> list[str]:
    """The days of a column beside the list that has as many entries as it has rows, each a day;
    empty where none is there."""
    parents = {box.getparent() for box in boxes}
    place = parents.pop() if len(parents) == 1 else None
    for _ in range(_UP):
        if place is None or place.tag in {"body", "html"}:
            break
        for beside in (
            *islice(place.itersiblings(), _MOST_SIBLINGS),
            *islice(place.itersiblings(preceding=True), _MOST_SIBLINGS),
        ):
            days = _column_in(beside, len(boxes))
            if days:
                return days
        place = place.getparent()
    return [""] * len(boxes)


def days_by_column(boxes: Sequence[etree._Element]) -> list[str]:
    """The days in the column of a table whose head says that it is the day of publication; empty
    where the rows are none of a table, or its head says no such thing."""
    none = [""] * len(boxes)
    table = next(boxes[0].iterancestors("table"), None) if boxes and boxes[0].tag == "tr" else None
    head = next(table.iter("tr"), None) if table is not None else None
    if head is None or head in boxes:
        return none
    names = ["".join("".join(islice(map(str, cell.itertext()), 5)).split()) for cell in head]
    places = [at for at, name in enumerate(names) if _ISSUED.fullmatch(name)]
    if len(places) != 1 or sum(_A_DAY.search(name) is not None for name in names) < _SEVERAL:
        return none
    return [_day_in_cell(box, places[0], len(names)) for box in boxes]


def _day_in_cell(row: etree._Element, place: int, count: int) -> str:
    if len(row) != count:
        return ""
    return find_date(" ".join(islice(map(str, row[place].itertext()), 5)))


def _column_in(node: etree._Element, count: int) -> list[str]:
    for inner in islice(node.iter("*"), _MOST_COLUMNS):
        if len(inner) != count:
            continue
        texts = [" ".join("".join(islice(map(str, one.itertext()), 5)).split()) for one in inner]
        days = [find_date(text) for text in texts]
        if all(
            day and len(text) - len(day) <= _BESIDE for day, text in zip(days, texts, strict=True)
        ):
            return days
    return []
