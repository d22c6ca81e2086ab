"""What changed between two texts, paragraph by paragraph and within them, for a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "added"]

# Comparing characters costs the product of the lengths: 4 million take about a second.
_MOST_COMPARISONS = 4_000_000
# Less alike than this, two paragraphs are shown one after the other.
_ALIKE = 0.5
# How many new paragraphs one old paragraph is looked for in.
_AHEAD = 20
_CLAUSE = re.compile(r"[^，。；：、！？,;]*[，。；：、！？,;]?")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and whether only the old (gone) or only the new text (added) has them."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the comparison; `skipped` unchanged ones stand here if it is not 0."""

    pieces: tuple[Piece, ...] = ()
    skipped: int = 0


def compare(old: str, new: str) -> list[Paragraph]:
    """The changed paragraphs, each with the unchanged one before and after it."""
    before, after = _lines(old), _lines(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    shown: list[Paragraph] = []
    codes = matcher.get_opcodes()
    for index, (tag, start, end, new_start, new_end) in enumerate(codes):
        if tag == "equal":
            shown += _context(before[start:end], index == 0, index == len(codes) - 1)
        else:
            shown += _changed(before[start:end], after[new_start:new_end])
    return shown


def within(old: str, new: str) -> tuple[Piece, ...]:
    """Two versions of one paragraph as words kept, gone and added."""
    is_short = len(old) * len(new) <= _MOST_COMPARISONS
    before: Sequence[str] = old if is_short else _clauses(old)
    after: Sequence[str] = new if is_short else _clauses(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    pieces: list[Piece] = []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(before[start:end])))
            continue
        pieces.append(Piece("gone", "".join(before[start:end])))
        pieces.append(Piece("added", "".join(after[new_start:new_end])))
    return tuple(_joined(pieces))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSE.findall(text) if clause]


def _context(lines: list[str], is_first: bool, is_last: bool) -> list[Paragraph]:
    """Unchanged lines: one beside each change, the rest counted."""
    top, bottom = int(not is_first), int(not is_last)
    shown = [Paragraph((Piece("same", line),)) for line in lines]
    skipped = len(lines) - top - bottom
    if skipped <= 0:
        return shown
    return [*shown[:top], Paragraph(skipped=skipped), *shown[len(shown) - bottom :]]


def _changed(before: list[str], after: list[str]) -> list[Paragraph]:
    """Old lines with the new line each became, as far as there is one."""
    shown: list[Paragraph] = []
    rest = after
    for old in before:
        place = next((i for i, new in enumerate(rest[:_AHEAD]) if _is_alike(old, new)), None)
        if place is None:
            shown.append(Paragraph((Piece("gone", old),)))
            continue
        shown += [Paragraph((Piece("added", new),)) for new in rest[:place]]
        shown.append(Paragraph(within(old, rest[place])))
        rest = rest[place + 1 :]
    return shown + [Paragraph((Piece("added", new),)) for new in rest]


def _is_alike(old: str, new: str) -> bool:
    return SequenceMatcher(None, old, new, autojunk=False).quick_ratio() > _ALIKE


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Runs of change as one gone and one added piece; a single kept character is no landmark."""
    gone = added = ""
    for index, piece in enumerate(pieces):
        is_inside = 0 < index < len(pieces) - 1
        if piece.kind == "same" and not (is_inside and len(piece.text) == 1):
            yield from _flushed(gone, added)
            gone = added = ""
            yield piece
            continue
        gone += "" if piece.kind == "added" else piece.text
        added += "" if piece.kind == "gone" else piece.text
    yield from _flushed(gone, added)


def _flushed(gone: str, added: str) -> Iterator[Piece]:
    if gone:
        yield Piece("gone", gone)
    if added:
        yield Piece("added", added)
