"""What one text says that another does not, sentence by sentence.

For two readings of one page: the order of its parts, where lines break, white space, the width of
signs and the borders of tables are how a page is read, not what it says. A number, a day, a word
or a sentence that differs is left over on both sides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from texts.normal_forms import normal_text

# Shorter pieces (a cell, 附件) say nothing alone: they count with what stands beside them.
_SHORTEST = 8
# What is laid side by side, in characters and in pieces that do not stand there literally.
_LONGEST_TEXT = 200_000
_MOST_SEARCHED = 400
# The sign-off of a text: who, and on which day.
_CLOSING = 2
_END = re.compile(r"(?<=[。；！？;!?])|\n")
_SIGN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence or line: as printed, and what is looked at: letters, digits and characters only.

    Of a difference, `bare` is what is left of the `line` without what the other text has too;
    `is_edge`: nothing that both texts say stands before it, or nothing after it.
    """

    printed: str
    line: str
    bare: str
    is_edge: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What the older text says and the newer does not (`gone`), and the other way (`come`).

    `kept` is the share of the older text that the newer has, 0..1; `added` that of the newer that
    the older has not.
    """

    gone: tuple[Piece, ...]
    come: tuple[Piece, ...]
    kept: float
    added: float


def pieces_of(text: str) -> tuple[Piece, ...]:
    """The sentences and lines of a text that say anything."""
    found = []
    for printed in _END.split(text[:_LONGEST_TEXT]):
        bare = bare_of(printed)
        if bare:
            found.append(Piece(printed.strip(), bare, bare))
    return tuple(found)


def bare_of(text: str) -> str:
    """Letters, digits and characters only, without visit counters, in one width and case."""
    return _SIGN.sub("", normal_text(text)).casefold()


def change(old: str, new: str) -> Change:
    """Lay two readings side by side. Pure; bounded for texts of any length."""
    before, after = pieces_of(old), pieces_of(new)
    gone, come = _missing(before, after), _missing(after, before)
    rests = tuple(bare_of(text[_LONGEST_TEXT:]) for text in (old, new))
    if rests[0] != rests[1]:
        gone, come = (
            (*pieces, Piece(rest[:_SHORTEST], rest, rest)) if rest else pieces
            for pieces, rest in zip((gone, come), rests, strict=True)
        )
    return Change(
        gone=gone,
        come=come,
        kept=1 - _length(gone) / max(1, _length(before)),
        added=_length(come) / max(1, _length(after)),
    )


def _length(pieces: tuple[Piece, ...]) -> int:
    return sum(len(piece.bare) for piece in pieces)


def _missing(pieces: tuple[Piece, ...], others: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces, or what is left of them, that the other text does not have."""
    whole = "".join(other.bare for other in others)
    known = {other.bare for other in others}
    long = sorted({bare for bare in known if len(bare) >= _SHORTEST}, key=len, reverse=True)
    left: dict[int, str] = {}
    searched = 0
    for at, piece in enumerate(pieces):
        if piece.bare in known:
            continue
        searched += 1
        if searched > _MOST_SEARCHED:
            left[at] = piece.bare
        elif not _stands_in(pieces, at, whole):
            rest = _without(piece.bare, long)
            if rest:
                left[at] = rest
    closing = [other.bare for other in others[-_CLOSING:] if len(other.bare) >= _SHORTEST]
    held = [at for at, piece in enumerate(pieces) if _is_held(piece, left.get(at, ""), closing)]
    first, last = (held[0], held[-1]) if held else (len(pieces), -1)
    return tuple(
        replace(pieces[at], bare=rest, is_edge=at <= first or at >= last)
        for at, rest in left.items()
    )


def _is_held(piece: Piece, rest: str, closing: list[str]) -> bool:
    """Whether both texts have most of a line. One of which the other text has the sign-off alone
    (a heading that begins with who issued it) is not one that both have."""
    if 2 * len(rest) >= len(piece.bare):
        return False
    return not rest or rest != _without(piece.bare, closing)


def _stands_in(pieces: tuple[Piece, ...], at: int, whole: str) -> bool:
    bare = pieces[at].bare
    if len(bare) >= _SHORTEST:
        return bare in whole
    before = after = bare
    for piece in reversed(pieces[max(0, at - _SHORTEST) : at]):
        before = piece.bare[-_SHORTEST:] + before
        if len(before) >= _SHORTEST:
            break
    for piece in pieces[at + 1 : at + 1 + _SHORTEST]:
        after += piece.bare[:_SHORTEST]
        if len(after) >= _SHORTEST:
            break
    return any(len(joined) >= _SHORTEST and joined in whole for joined in (before, after))


def _without(bare: str, others: list[str]) -> str:
    """What is left of a line that runs on from furniture into a sentence of the other text."""
    for other in others[:_MOST_SEARCHED]:
        if len(other) < len(bare) and other in bare:
            bare = bare.replace(other, "", 1)
    return bare
