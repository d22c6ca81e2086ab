"""Two copies of one text on a page: for phones and for desks, hidden for the printer."""

from __future__ import annotations

from collections.abc import Sequence

from crawlers.reading.outline import Line

SAME_LINE = 12
"""Characters from which a line that stands twice is a copy and no chance."""

_ENOUGH = 40  # characters shared before a part is called a copy
_FEW_PARTS = 3  # among which a part of one line may be a copy
_MOST_PARTS = 60  # copies stand in few boxes; lists of hundreds of parts are no copies


def without_copies(lines: Sequence[Line], spans: Sequence[tuple[int, int]]) -> list[int]:
    """Which of these spans of lines to keep: of those that say the same, the one that says most."""
    if not 2 <= len(spans) <= _MOST_PARTS:
        return list(range(len(spans)))
    said = [_said(lines[first:last]) for first, last in spans]
    if len(spans) > _FEW_PARTS:  # a sentence may well stand twice in a long text
        said = [one if len(one) > 1 else frozenset() for one in said]
    kept: list[int] = []
    for number in range(len(spans)):
        shorter = [other for other in kept if _is_within(said[other], said[number])]
        if not shorter and _is_copy(said[number], [said[other] for other in kept]):
            continue
        kept = [other for other in kept if other not in shorter]
        kept.append(number)
    return kept


def _said(lines: Sequence[Line]) -> frozenset[str]:
    """The longer lines; of a table, whose cells are short, all of them as one."""
    said = frozenset(line.text for line in lines if len(line.text) >= SAME_LINE)
    if 2 * _size(said) < sum(len(line.text) for line in lines):
        return said | {"".join(line.text for line in lines)}
    return said


def _is_copy(said: frozenset[str], others: Sequence[frozenset[str]]) -> bool:
    together = frozenset[str]().union(*others)
    return bool(said) and _size(said & together) >= max(_ENOUGH, 0.8 * _size(said))


def _is_within(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether a part is a shorter copy of a later one."""
    is_shorter = _size(one) < 0.9 * _size(other)
    return is_shorter and _size(one & other) >= max(_ENOUGH, 0.8 * _size(one))


def _size(said: frozenset[str]) -> int:
    return sum(map(len, said))
