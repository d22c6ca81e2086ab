"""What changed between two texts, paragraph by paragraph and within them, for a reader.

Comparing costs the product of what repeats, and a page decides what that is: an effort is spent,
and what is left when it is used up is shown as gone and added whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from typing import Any, Literal

Kind = Literal["same", "gone", "added"]

# Of one page: about two seconds.
_EFFORT = 20_000_000
# Of one text; what stands behind is not compared, and that is said.
MOST_CHARACTERS = 300_000
_NOT_COMPARED = f"（正文很长，只比较前 {MOST_CHARACTERS // 10_000} 万字）"
# Paragraphs whose product of lengths is more are compared by clauses.
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


class Effort:
    """The steps that may still be taken for one answer."""

    def __init__(self, steps: int = _EFFORT) -> None:
        self.left = steps

    def allows(self, steps: int) -> bool:
        """Take so many steps, if there are as many."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


class _Matcher(SequenceMatcher[Any]):
    """Finds no more matches when the effort is used up."""

    def __init__(self, old: Sequence[str], new: Sequence[str], effort: Effort) -> None:
        self._effort = effort
        self._old = old
        super().__init__(None, old, new, autojunk=False)

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """The steps are the pairs that will be looked at."""
        b2j: dict[Any, list[int]] = self.b2j  # type: ignore[attr-defined]
        steps = sum(len(b2j.get(one, ())) + 1 for one in self._old[alo:ahi])
        if not self._effort.allows(steps):
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def compare(old: str, new: str, effort: Effort | None = None) -> list[Paragraph]:
    """The changed paragraphs, each with the unchanged one before and after it."""
    effort = effort or Effort()
    is_long = max(len(old), len(new)) > MOST_CHARACTERS
    shown = _compared(_lines(old[:MOST_CHARACTERS]), _lines(new[:MOST_CHARACTERS]), effort)
    return [*shown, Paragraph((Piece("same", _NOT_COMPARED),))] if is_long else shown


def _compared(before: list[str], after: list[str], effort: Effort) -> list[Paragraph]:
    shown: list[Paragraph] = []
    codes = _opcodes(before, after, effort)
    for index, (tag, start, end, new_start, new_end) in enumerate(codes):
        if tag == "equal":
            shown += _context(before[start:end], index == 0, index == len(codes) - 1)
        else:
            shown += _changed(before[start:end], after[new_start:new_end], effort)
    return shown


def within(old: str, new: str, effort: Effort | None = None) -> tuple[Piece, ...]:
    """Two versions of one paragraph as words kept, gone and added."""
    effort = effort or Effort()
    is_short = len(old) * len(new) <= _MOST_COMPARISONS
    before: Sequence[str] = old if is_short else _clauses(old)
    after: Sequence[str] = new if is_short else _clauses(new)
    pieces: list[Piece] = []
    for tag, start, end, new_start, new_end in _opcodes(before, after, effort):
        if tag == "equal":
            pieces.append(Piece("same", "".join(before[start:end])))
            continue
        pieces.append(Piece("gone", "".join(before[start:end])))
        pieces.append(Piece("added", "".join(after[new_start:new_end])))
    return tuple(_joined(pieces))


def _opcodes(
    before: Sequence[str], after: Sequence[str], effort: Effort
) -> Sequence[tuple[str, int, int, int, int]]:
    """As SequenceMatcher tells them; what both begin and end with costs no effort."""
    shorter = min(len(before), len(after))
    top = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    end = next((i for i in range(shorter - top) if before[-1 - i] != after[-1 - i]), shorter - top)
    old, new = len(before) - end, len(after) - end
    middle = _Matcher(before[top:old], after[top:new], effort).get_opcodes()
    codes = [(tag, a + top, b + top, c + top, d + top) for tag, a, b, c, d in middle]
    if top:
        codes.insert(0, ("equal", 0, top, 0, top))
    if end:
        codes.append(("equal", old, len(before), new, len(after)))
    return codes


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


def _changed(before: list[str], after: list[str], effort: Effort) -> list[Paragraph]:
    """Old lines with the new line each became, as far as there is one."""
    shown: list[Paragraph] = []
    at = 0
    for old in before:
        ahead = range(at, min(at + _AHEAD, len(after)))
        place = next((i for i in ahead if _is_alike(old, after[i], effort)), None)
        if place is None:
            shown.append(Paragraph((Piece("gone", old),)))
            continue
        shown += [Paragraph((Piece("added", new),)) for new in after[at:place]]
        shown.append(Paragraph(within(old, after[place], effort)))
        at = place + 1
    return shown + [Paragraph((Piece("added", new),)) for new in after[at:]]


def _is_alike(old: str, new: str, effort: Effort) -> bool:
    shorter, longer = sorted((len(old), len(new)))
    # What the ratio can be at most costs nothing to know.
    if 2 * shorter <= _ALIKE * (shorter + longer) or not effort.allows(shorter + longer):
        return False
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
