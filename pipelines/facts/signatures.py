"""落款: who signed a notice and when, read from the lines that stand for the signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.facts.dates import find_dates
from pipelines.facts.issuers import split_issuers
from texts.width import fold_width

_TAIL_LINES = 10
_SIGNERS = 12
_LONGEST = 60
_NOT_SIGNED = re.compile(r"发布|时间|日期|更新|期|截止|前|至|起|:|止")
_DATE_END = re.compile(r"[日号0-9０-９⽇]\s*$")
_SEAL = re.compile(r"\((?:章|盖章|公章|代章|印)\)")


@dataclass(frozen=True, slots=True)
class Signature:
    """Offices in full and the day written; either may be missing."""

    issuers: tuple[str, ...] = ()
    written_on: date | None = None


def find_signature(lines: Sequence[str], place: str = "") -> Signature:
    """The first block of offices followed by a date; else what the last lines offer.

    The first, because what a notice encloses comes after its own signature and may bear another.
    """
    for index, line in enumerate(lines):
        written = _lone_date(line)
        if written is None:
            continue
        issuers = _signers_above(lines, index, place) or _signers_beside(line, place)
        if issuers:
            return Signature(issuers, written)
    return _tail_signature(lines, place)


def _tail_signature(lines: Sequence[str], place: str) -> Signature:
    first = max(1, len(lines) - _TAIL_LINES)
    for index in range(len(lines) - 1, first - 1, -1):
        written = _lone_date(lines[index])
        if written is not None and "月" in lines[index]:
            return Signature((), written)
    for index in range(len(lines) - 1, first - 1, -1):
        issuers = _signers_above(lines, index + 1, place)
        if issuers:
            return Signature(issuers, None)
    return Signature()


def _lone_date(line: str) -> date | None:
    """The date of a line that ends in a date and says nothing about publishing or terms."""
    if not 6 <= len(line) <= _LONGEST or not _DATE_END.search(line):
        return None
    folded = fold_width(line).strip()
    found = find_dates(folded)
    if len(found) != 1 or found[0].end != len(folded) or found[0].time:
        return None
    rest = folded[: found[0].start]
    return None if _NOT_SIGNED.search(rest) or "。" in rest else found[0].on


def _signers_above(lines: Sequence[str], index: int, place: str) -> tuple[str, ...]:
    """Offices on the unbroken run of lines just above `index`, top to bottom."""
    run: list[tuple[str, ...]] = []
    for line in reversed(lines[max(0, index - _SIGNERS) : index]):
        offices = _offices(line, place)
        if not offices:
            break
        run.append(offices)
    return tuple(dict.fromkeys(name for offices in reversed(run) for name in offices))


def _signers_beside(line: str, place: str) -> tuple[str, ...]:
    folded = fold_width(line)
    return _offices(folded[: find_dates(folded)[0].start], place)


def _offices(line: str, place: str) -> tuple[str, ...]:
    if not 2 < len(line) <= _LONGEST or "。" in line:
        return ()
    return split_issuers(_SEAL.sub("", fold_width(line)), place)
