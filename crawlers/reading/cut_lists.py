"""A list that its site draws in parts of different boxes: the first rows in another element than
the rest, or a new element every few rows, of which a redesign renamed the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from lxml import etree

from crawlers.reading.printed_dates import day_of
from crawlers.reading.rows import Row

_BETWEEN = 4  # elements that may stand between two parts: a rule, a spacer


@dataclass(frozen=True, slots=True)
class ListPart:
    """Rows that stand together and the box of each. `aside`: in a menu or a head, by its name."""

    rows: list[Row]
    boxes: list[etree._Element] = field(default_factory=list)
    aside: bool = False


def whole_list(part: ListPart, others: Sequence[ListPart]) -> list[Row]:
    """The rows of a part with those of the parts that it goes on from and that go on from it."""
    rows, first, last = list(part.rows), part, part
    left = [one for one in others if one is not part and one.boxes]
    while (above := next((one for one in left if _goes_on(one, first)), None)) is not None:
        left.remove(above)
        rows, first = [*above.rows, *rows], above
    while (below := next((one for one in left if _goes_on(last, one)), None)) is not None:
        left.remove(below)
        rows, last = [*rows, *below.rows], below
    return rows


def _goes_on(above: ListPart, below: ListPart) -> bool:
    """Whether one part stands right above another, its rows are of the same element, no words come
    between them, and their days run on: tabs and hot lists begin anew."""
    if not above.boxes or not below.boxes or above.boxes[-1].tag != below.boxes[0].tag:
        return False
    last, first = _days(above)[-1:], _days(below)[:1]
    if not last or not first or last[0] < first[0]:
        return False
    end, begin = above.boxes[-1], below.boxes[0]
    one, other = end.getparent(), begin.getparent()
    if one is None or other is None or (other.text or "").strip():
        return False
    inside = [*end.itersiblings(), *begin.itersiblings(preceding=True)]
    is_bare = not (end.tail or "").strip() and not any(_says_something(box) for box in inside)
    return is_bare and any(one is box for box in _before(other))


def _days(part: ListPart) -> list[date]:
    return [day for day in (day_of(row.date) for row in part.rows) if day is not None]


def _before(box: etree._Element) -> Iterator[etree._Element]:
    """The boxes before this one, up to the first that holds words."""
    for other in islice(box.itersiblings(preceding=True), _BETWEEN):
        if (other.tail or "").strip():
            return
        yield other
        if _says_something(other):
            return


def _says_something(box: etree._Element) -> bool:
    words = islice(box.itertext(), 20)
    return bool((box.tail or "").strip()) or any(piece.strip() for piece in words)
