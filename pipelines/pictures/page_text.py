"""What was recognised on one page of a file, and in which order people read it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_SAME_LINE = 0.55
_GUTTER = 1.2
_COLUMN_SHARE = 0.55
_COLUMN_CHARACTERS = 9
_COLUMN_LINES = 4
_GAP = 1.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Words found at a place: left, top, right, bottom in pixels, and how sure the engine is of
    them (0 to 1). `tilt`: the angle of their line against the page's edge, radians."""

    text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float
    tilt: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a file: `pages` is how many the file has (0 = it did not come to that), `lines`
    the recognised text in reading order with its confidence. `note`: in Chinese, why there is
    none."""

    pages: int
    lines: tuple[tuple[str, float], ...] = ()
    note: str = ""


def in_reading_order(pieces: Sequence[Piece]) -> tuple[tuple[str, float], ...]:
    """Lines from top to bottom, left column before right, cells of a row joined by a blank; of a
    page that lies askew as if it lay straight."""
    return tuple(_joined(line) for line in _lines(_straightened(pieces)))


def _straightened(pieces: Sequence[Piece]) -> list[Piece]:
    """The places as they would be on a page that lies straight."""
    long = [piece for piece in pieces if piece.right - piece.left > 3 * _height(piece)]
    tilt = median(piece.tilt for piece in long) if long else 0.0
    turned = []
    for piece in pieces:
        x, y = (piece.left + piece.right) / 2, (piece.top + piece.bottom) / 2
        across = x * math.cos(tilt) + y * math.sin(tilt)
        down = y * math.cos(tilt) - x * math.sin(tilt)
        width, height = (piece.right - piece.left) / 2, _height(piece) / 2
        turned.append(
            Piece(
                *(piece.text, piece.confidence, across - width, down - height),
                *(across + width, down + height),
            )
        )
    return turned


def _lines(pieces: list[Piece]) -> list[list[Piece]]:
    """Lines of a region, each from left to right."""
    lines = _rows(pieces)
    for first in range(len(lines)):
        for last in range(len(lines), first + _COLUMN_LINES - 1, -1):
            region = [piece for line in lines[first:last] for piece in line]
            columns = _columns(region)
            if columns is not None:
                left, right = columns
                return [*lines[:first], *_lines(left), *_lines(right), *lines[last:]]
    return lines


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: one.top + one.bottom):
        row = next((row for row in reversed(rows[-3:]) if _is_beside(row[-1], piece)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    return [sorted(row, key=lambda one: one.left) for row in rows]


def _is_beside(one: Piece, other: Piece) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > _SAME_LINE * min(_height(one), _height(other))


def _columns(region: Sequence[Piece]) -> tuple[list[Piece], list[Piece]] | None:
    """The region's two columns of prose; None for anything else. Cells of a table have white
    between them too, but few characters, and do not fill their column."""
    height = median(map(_height, region))
    reach = region_right = max(piece.right for piece in region)
    by_left = sorted(region, key=lambda piece: piece.left)
    reach = by_left[0].right
    for piece in by_left[1:]:
        if piece.left - reach > _GUTTER * height:
            left = [one for one in region if one.right <= reach]
            right = [one for one in region if one.left >= piece.left]
            if _is_prose(left) and _is_prose(right):
                return left, right
        reach = max(reach, piece.right)
        if reach == region_right:
            break
    return None


def _is_prose(pieces: Sequence[Piece]) -> bool:
    if len(pieces) < _COLUMN_LINES:
        return False
    width = max(piece.right for piece in pieces) - min(piece.left for piece in pieces)
    full = median(piece.right - piece.left for piece in pieces) >= _COLUMN_SHARE * width
    return full and median(len(piece.text) for piece in pieces) >= _COLUMN_CHARACTERS


def _joined(line: Sequence[Piece]) -> tuple[str, float]:
    text, before = "", None
    for piece in line:
        is_apart = before is not None and piece.left - before.right > _GAP * _height(piece)
        text += (" " if is_apart else "") + piece.text
        before = piece
    weights = [max(1, len(piece.text)) for piece in line]
    sure = sum(one.confidence * weight for one, weight in zip(line, weights, strict=True))
    return text, round(sure / sum(weights), 4)


def _height(piece: Piece) -> float:
    return piece.bottom - piece.top
