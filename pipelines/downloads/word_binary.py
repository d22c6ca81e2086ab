"""The text of Word 97-2003 documents (.doc, .wps): [MS-DOC].

A library for this that keeps the rows of tables and reads Chinese rightly was not found; see
docs/files.md. The container is olefile's; here are the three tables of the format that text needs:
the pieces it lies in, the marks of paragraphs that end a table's row, and the row's cells.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipelines.downloads.compound_file import open_compound
from pipelines.downloads.pieces import (
    DAMAGED,
    PASSWORD,
    Cell,
    Covered,
    Pieces,
    Row,
    UnreadableFileError,
)

_WORD_97 = 0xC1
_ENCRYPTED = 0x0100
_SECOND_TABLE = 0x0200
_FC_CLX = 0x01A2
_FC_PAPX = 0x0102
_CELL = "\x07"
# Field codes (PAGE, HYPERLINK "...") stand between these two marks, their results follow.
_FIELD_BEGIN, _FIELD_RESULT, _FIELD_END = "\x13", "\x14", "\x15"
_IS_IN_TABLE = 0x2416  # sprmPFInTable
_ENDS_ROW = 0x2417  # sprmPFTtp
_DEFINES_ROW = 0xD608  # sprmTDefTable
_PAGE = 512
_MOST_COLUMNS = 63
_MARK = re.compile("[\r\x07]")
_SIGNS = str.maketrans(
    {chr(code): "" for code in (*range(9), *range(14, 32), 0xFEFF)}
    | {"\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\x1e": "-", "\xa0": " "}
)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Of a table's row: the edges of its cells in twips, and which cells hang from above."""

    edges: tuple[int, ...] = ()
    hangs: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Offsets in the main stream, and what the paragraph is in a table; `row` ends one."""

    start: int
    end: int
    in_table: bool
    row: _Columns | None


def word_pieces(data: bytes) -> Pieces:
    """Paragraphs and rows; headers, footnotes and text boxes come last, as the file keeps them.

    Raises UnreadableFileError.
    """
    with open_compound(data) as file:
        main = file.stream("WordDocument")
        if len(main) < _FC_CLX + 8 or _u16(main, 2) < _WORD_97:
            raise UnreadableFileError(DAMAGED)
        flags = _u16(main, 0x0A)
        if flags & _ENCRYPTED:
            raise UnreadableFileError(PASSWORD)
        table = file.stream("1Table" if flags & _SECOND_TABLE else "0Table")
    try:
        runs = _runs(main, table)
        marks = _marks(main, table)
    except struct.error as error:
        raise UnreadableFileError(DAMAGED) from error
    return _pieces(_paragraphs(runs, marks))


def _runs(main: bytes, table: bytes) -> list[tuple[int, int, str]]:
    """The text in reading order: (offset in the main stream, bytes a character, text)."""
    at, size = struct.unpack_from("<II", main, _FC_CLX)
    clx = table[at : at + size]
    position = 0
    # Property modifiers (Prc) come before the one table of pieces (Pcdt).
    while clx[position : position + 1] == b"\x01":
        position += 3 + _u16(clx, position + 1)
    if clx[position : position + 1] != b"\x02":
        raise UnreadableFileError(DAMAGED)
    count = (struct.unpack_from("<I", clx, position + 1)[0] - 4) // 12
    base = position + 5
    if count < 1 or base + 4 + 12 * count > len(clx):
        raise UnreadableFileError(DAMAGED)
    starts = struct.unpack_from(f"<{count + 1}I", clx, base)
    runs = []
    left = len(main)
    for index, (first, after) in enumerate(pairwise(starts)):
        place = struct.unpack_from("<I", clx, base + 4 * (count + 1) + 8 * index + 2)[0]
        width = 1 if place & 0x40000000 else 2
        offset = (place & 0x3FFFFFFF) // 2 if width == 1 else place
        length = min(max(0, after - first) * width, left)
        # Pieces may overlap; together they are never longer than the file.
        left -= length
        raw = main[offset : offset + length]
        # One character a unit, so that places in the text are places in the file.
        units = raw.decode("cp1252", "replace") if width == 1 else _units(raw)
        runs.append((offset, width, units))
    return runs


def _units(raw: bytes) -> str:
    return "".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])))


def _marks(main: bytes, table: bytes) -> list[_Paragraph]:
    """Where paragraphs end and what they are in a table, by their place in the file."""
    at, size = struct.unpack_from("<II", main, _FC_PAPX)
    count = min((size - 4) // 8 if size >= 12 else 0, len(main) // _PAGE)
    marks: list[_Paragraph] = []
    for index in range(count):
        number = _u32(table, at + 4 * (count + 1) + 4 * index) & 0x3FFFFF
        page = main[number * _PAGE : (number + 1) * _PAGE]
        if len(page) == _PAGE:
            marks.extend(_marks_of(page))
    return sorted(marks, key=lambda mark: mark.end)


def _marks_of(page: bytes) -> Iterator[_Paragraph]:
    count = page[-1]
    if 4 * (count + 1) + 13 * count >= _PAGE:
        return
    for index in range(count):
        place = page[4 * (count + 1) + 13 * index] * 2
        words = page[place] if place else 0
        start, size = place + 1, 2 * words - 1
        if place and not words:
            start, size = place + 2, 2 * page[place + 1]
        # The first two bytes name a style; the rest are properties.
        properties = page[start + 2 : start + size] if place else b""
        bounds = _u32(page, 4 * index), _u32(page, 4 * (index + 1))
        yield _Paragraph(*bounds, *_in_table(properties))


def _in_table(properties: bytes) -> tuple[bool, _Columns | None]:
    is_in, is_end, columns = False, False, _Columns()
    position = 0
    while position + 3 <= len(properties):
        name = _u16(properties, position)
        position += 2
        if name == _IS_IN_TABLE:
            is_in = bool(properties[position])
        elif name == _ENDS_ROW:
            is_end = bool(properties[position])
        size = _operand_size(name, properties, position)
        if name == _DEFINES_ROW:
            columns = _columns(properties[position + 2 : position + size])
        position += size
    return is_in, columns if is_end else None


def _operand_size(name: int, properties: bytes, position: int) -> int:
    if name == _DEFINES_ROW:
        return _u16(properties, position) + 1 if position + 2 <= len(properties) else 2
    fixed = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}.get(name >> 13)
    return fixed if fixed is not None else properties[position] + 1


def _columns(operand: bytes) -> _Columns:
    """The cells of a row: their edges, and for each whether it continues the one above."""
    count = operand[0] if operand else 0
    if not 1 <= count <= _MOST_COLUMNS or len(operand) < 1 + 2 * (count + 1):
        return _Columns()
    edges = struct.unpack_from(f"<{count + 1}h", operand, 1)
    hangs = []
    for index in range(count):
        flags = operand[3 + 2 * count + 20 * index :][:1]
        hangs.append(bool(flags and flags[0] & 0x20 and not flags[0] & 0x40))
    return _Columns(edges, tuple(hangs))


def _paragraphs(
    runs: list[tuple[int, int, str]], marks: list[_Paragraph]
) -> Iterator[tuple[str, bool, _Columns | None]]:
    """(text with its mark, whether it stands in a table, the row that it ends)."""
    ends = [mark.end for mark in marks]
    parts: list[str] = []
    for offset, width, run in runs:
        start = 0
        for match in _MARK.finditer(run):
            parts.append(run[start : match.end()])
            start = match.end()
            place = offset + start * width
            index = bisect_left(ends, place)
            mark = marks[index] if index < len(marks) and marks[index].start < place else None
            yield "".join(parts), bool(mark and mark.in_table), mark.row if mark else None
            parts = []
        parts.append(run[start:])
    yield "".join(parts), False, None


def _pieces(paragraphs: Iterator[tuple[str, bool, _Columns | None]]) -> Pieces:
    lines: list[str] = []
    cells: list[str] = []
    rows: list[tuple[list[str], _Columns]] = []
    tables = 0
    for raw, is_in_table, row in paragraphs:
        if row is not None:
            rows.append((cells, row))
            cells, lines = [], []
        elif raw.endswith(_CELL):
            cells.append(" ".join([*lines, _readable(raw)]))
            lines = []
        elif is_in_table:
            lines.append(_readable(raw))
        else:
            tables += bool(rows)
            yield from _table(rows, f"表{tables}")
            # Cells without the end of a row: a damaged table, whose words count all the same.
            yield from (*cells, *lines)
            rows, cells, lines = [], [], []
            yield from _readable(raw).split("\n")
    yield from _table(rows, f"表{tables + 1}")


def _table(rows: list[tuple[list[str], _Columns]], name: str) -> Pieces:
    """Rows on one grid, whose columns are the edges of all cells of the table."""
    edges = sorted({edge for _, columns in rows for edge in columns.edges})
    for number, (texts, columns) in enumerate(rows, 1):
        yield Row(name, number, tuple(_on_grid(texts, columns, edges)))


def _on_grid(texts: list[str], columns: _Columns, edges: list[int]) -> Iterator[Cell]:
    if len(columns.edges) != len(texts) + 1:
        yield from texts
        return
    for text, (left, right), hangs in zip(
        texts, pairwise(columns.edges), columns.hangs, strict=True
    ):
        spanned = bisect_left(edges, right) - bisect_left(edges, left)
        side = Covered.ABOVE if hangs else Covered.LEFT
        yield Covered.ABOVE if hangs else text
        yield from [side] * (spanned - 1)


def _readable(raw: str) -> str:
    """Without marks and field codes."""
    text = raw.rstrip("\r\x07")
    if _FIELD_BEGIN in text:
        text = _without_codes(text)
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.translate(_SIGNS)


def _without_codes(text: str) -> str:
    """Fields keep their result and lose their code, also within one another."""
    kept: list[str] = []
    hidden: list[bool] = []
    depth = 0
    for sign in text:
        if sign == _FIELD_BEGIN:
            hidden.append(True)
            depth += 1
        elif sign == _FIELD_RESULT and hidden:
            depth -= hidden[-1]
            hidden[-1] = False
        elif sign == _FIELD_END and hidden:
            depth -= hidden.pop()
        elif not depth:
            kept.append(sign)
    return "".join(kept)


def _u16(data: bytes, offset: int) -> int:
    return int(struct.unpack_from("<H", data, offset)[0])


def _u32(data: bytes, offset: int) -> int:
    return int(struct.unpack_from("<I", data, offset)[0])
