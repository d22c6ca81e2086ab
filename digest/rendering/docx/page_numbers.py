"""On which page each bookmark of our Word file comes to stand, without laying it out.

Word shows a contents list as it was stored until somebody updates it. Every style has a fixed
line height and a Chinese character is as wide as it is high in every font, so counting lines
comes close: on the demo issue (54 pages) 95 of 100 numbers agree with LibreOffice, the others are
one page off (tests/digest/test_docx_in_office.py). Programs that lay the file out themselves
replace these numbers (the fields are PAGEREF). They are not marked dirty and the file does not ask
for an update: Word would greet every reader with a question before it shows anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from docx.document import Document
from docx.oxml.ns import qn
from lxml.etree import _Element

PAGE_HEIGHT = 708.6  # A4 less the margins of docx_style, in points
_TEXT_WIDTH = 447.9
_CELL_PADDING = 9.0
_ROW_EXTRA = 4.5  # a cell has 2 points above and below, and a rule
# Asked for of every paragraph; python-docx would work each name out anew.
_PROPERTIES, _STYLE, _VALUE, _TEXT = (qn(f"w:{name}") for name in ("pPr", "pStyle", "val", "t"))
_SPACING, _NEW_PAGE, _KEEP, _SECTION, _BOOKMARK, _NAME = (
    qn(f"w:{name}")
    for name in ("spacing", "pageBreakBefore", "keepNext", "sectPr", "bookmarkStart", "name")
)
_TOKEN = re.compile(r"[!-~]+|.", re.DOTALL)
# Widths of Times New Roman and Arial lie close together; in ems.
_NARROW = {" ": 0.27, **dict.fromkeys(".,:;'!|()[]/-fijlt", 0.33)}
# What Word puts between Chinese and Latin text (autoSpaceDE, autoSpaceDN).
_BETWEEN_SCRIPTS = 0.15


@dataclass(frozen=True, slots=True)
class Measure:
    """A style in points."""

    size: float
    line: float
    before: float
    after: float
    left: float
    first: float
    keep: bool


@dataclass(slots=True)
class _Piece:
    """Something with lines: a paragraph or a table row (one unbreakable line)."""

    before: float
    lines: int
    line: float
    after: float
    keep: bool = False
    new_page: bool = False
    marks: tuple[str, ...] = ()
    ends: _Element | None = None  # the section that ends with it
    room: float = PAGE_HEIGHT


def page_numbers(document: Document, measures: Mapping[str, Measure]) -> dict[str, int]:
    """Bookmark name to page; `measures` is by style id."""
    pages: dict[str, int] = {}
    page, used = 1, 0.0
    pieces = list(_pieces(document.element.body, measures))
    _set_rooms(pieces)
    for place, piece in enumerate(pieces):
        if piece.new_page and used:
            page, used = page + 1, 0.0
        if used and used + _needed(pieces, place) > piece.room:
            page, used = page + 1, 0.0
        pages.update(dict.fromkeys(piece.marks, page))
        used += piece.before
        for left in range(piece.lines, 0, -1):
            if used + piece.line > piece.room:
                # No line of a paragraph stands alone on top of a page.
                page, used = page + 1, piece.line if left == 1 and piece.lines > 1 else 0.0
            used += piece.line
        used += piece.after
        if piece.ends is not None:
            page, used = page + 1, 0.0
    return pages


def _set_rooms(pieces: list[_Piece]) -> None:
    """How high the pages of each section are between their margins."""
    room = PAGE_HEIGHT
    for piece in reversed(pieces):
        if piece.ends is not None:
            size, margins = piece.ends.find(qn("w:pgSz")), piece.ends.find(qn("w:pgMar"))
            if size is not None and margins is not None:
                taken = int(margins.get(qn("w:top")) or 0) + int(margins.get(qn("w:bottom")) or 0)
                room = (int(size.get(qn("w:h")) or 0) - taken) / 20
        piece.room = room


def _needed(pieces: list[_Piece], place: int) -> float:
    """What must fit on a page with the piece: its first lines, and what it is kept with.

    Looks no further than a page: a body may be all headings.
    """
    height = 0.0
    for index in range(place, len(pieces)):
        piece = pieces[index]
        if not piece.keep:
            return height + piece.before + (piece.lines if piece.lines < 4 else 2) * piece.line
        height += piece.before + piece.lines * piece.line + piece.after
        if height > piece.room:
            break
    return height


def _pieces(body: _Element, measures: Mapping[str, Measure]) -> Iterator[_Piece]:
    for child in body:
        if child.tag == qn("w:p"):
            yield _paragraph(child, measures, _TEXT_WIDTH)
        elif child.tag == qn("w:tbl"):
            yield from (_row(row, measures) for row in child.findall(qn("w:tr")))


def _row(row: _Element, measures: Mapping[str, Measure]) -> _Piece:
    height = 0.0
    for cell in row.findall(qn("w:tc")):
        width = cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
        points = int(width.get(qn("w:w")) or 0) / 20 if width is not None else _TEXT_WIDTH
        parts = [
            _paragraph(line, measures, points - _CELL_PADDING) for line in cell.iter(qn("w:p"))
        ]
        height = max(
            height, sum(part.before + part.lines * part.line + part.after for part in parts)
        )
    return _Piece(0.0, 1, height + _ROW_EXTRA, 0.0)


def _paragraph(line: _Element, measures: Mapping[str, Measure], width: float) -> _Piece:
    properties = line.find(_PROPERTIES)
    name = properties.find(_STYLE) if properties is not None else None
    key = name.get(_VALUE) if name is not None else None
    style = measures.get(key or "Normal", measures["Normal"])
    before = style.before
    height = style.line
    new_page = keep = False
    if properties is not None:
        spacing = properties.find(_SPACING)
        if spacing is not None and spacing.get(qn("w:before")):
            before = int(spacing.get(qn("w:before")) or 0) / 20
        if spacing is not None and spacing.get(qn("w:lineRule")) == "atLeast":
            height = max(height, int(spacing.get(qn("w:line")) or 0) / 20)
        new_page = properties.find(_NEW_PAGE) is not None
        keep = properties.find(_KEEP) is not None
    text = "".join(part.text or "" for part in line.iter(_TEXT))
    lines = count_lines(text, (width - style.left) / style.size, style.first / style.size)
    marks = tuple(mark.get(_NAME) or "" for mark in line.iter(_BOOKMARK))
    ends = properties.find(_SECTION) if properties is not None else None
    return _Piece(before, lines, height, style.after, style.keep or keep, new_page, marks, ends)


def count_lines(text: str, width: float, first: float = 0.0) -> int:
    """Lines of a text in a column `width` ems wide; Latin words stay whole where they fit."""
    if first + (1 + _BETWEEN_SCRIPTS) * len(text) <= width:
        return 1  # as most of what stands in tables: nothing is wider than a Chinese character
    lines, used, last = 1, first, " "
    for token in _TOKEN.findall(text):
        ems = sum(map(_ems, token))
        if last.isalnum() and token[0].isalnum() and last.isascii() != token[0].isascii():
            ems += _BETWEEN_SCRIPTS
        last = token[-1]
        if used and used + ems > width:
            lines, used = lines + 1, 0.0
        if ems > width:
            lines += int(ems // width)
            ems %= width
        used += ems
    return lines


@lru_cache(maxsize=8192)
def _ems(mark: str) -> float:
    if unicodedata.east_asian_width(mark) in "WFA":
        return 1.0
    if mark in _NARROW:
        return _NARROW[mark]
    return 0.7 if mark.isupper() else 0.5
