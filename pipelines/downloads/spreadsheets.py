"""Sheets of workbooks: .xls, .et, .xlsx, .xlsm, .xlsb, by calamine."""

from __future__ import annotations

import datetime
import io
import struct
from collections.abc import Iterable, Iterator, Sequence

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from pipelines.downloads.compound_file import SIGNATURE, open_compound
from pipelines.downloads.pieces import (
    DAMAGED,
    PASSWORD,
    Cell,
    Covered,
    Pieces,
    Remark,
    Row,
    UnreadableFileError,
)
from pipelines.downloads.zipped import open_zip

MAX_ROWS = 20_000
"""Rows of one workbook that are read."""

MAX_COLUMNS = 300
_TOO_LONG = f"表格较长，只读取了前 {MAX_ROWS} 行"
_MOST_COVERED = 200_000
_FILE_PASS = 0x002F
_FIRST_RECORDS = 10
_Range = tuple[tuple[int, int], tuple[int, int]]


def workbook_pieces(data: bytes) -> Pieces:
    """Every sheet: its name as a paragraph, then its rows. Raises UnreadableFileError."""
    if data.startswith(b"PK"):
        # Looked at first: calamine unpacks what it is given, however large.
        with open_zip(data):
            pass
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            yield from _sheets(book)
    except PasswordError as error:
        raise UnreadableFileError(PASSWORD) from error
    except CalamineError as error:
        # Of a locked BIFF file it only says that it knows no such format.
        raise UnreadableFileError(PASSWORD if _is_locked(data) else DAMAGED) from error


def _is_locked(data: bytes) -> bool:
    """Whether a BIFF workbook begins with the record that says how the rest is encrypted."""
    if not data.startswith(SIGNATURE):
        return False
    with open_compound(data) as file:
        stream = file.stream("Workbook" if file.has("Workbook") else "Book")
    place = 0
    for _ in range(_FIRST_RECORDS):
        kind, size = struct.unpack_from("<HH", stream, place)
        if kind == _FILE_PASS:
            return True
        place += 4 + size
    return False


def _sheets(book: CalamineWorkbook) -> Pieces:
    left = MAX_ROWS
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        covered = _covered(sheet.merged_cell_ranges or ())
        is_named = False
        for row in _rows(name, sheet.iter_rows(), covered):
            if not left:
                yield Remark(_TOO_LONG)
                return
            left -= 1
            if not is_named:
                yield name
                is_named = True
            yield row


def _rows(
    name: str, values: Iterable[Sequence[object]], covered: dict[tuple[int, int], Covered]
) -> Iterator[Row]:
    """Rows with anything in them, numbered as the sheet numbers them."""
    for index, row in enumerate(values):
        cells: list[Cell] = [
            covered.get((index, column)) or _text(value)
            for column, value in enumerate(row[:MAX_COLUMNS])
        ]
        while cells and cells[-1] == "":
            cells.pop()
        if any(isinstance(cell, str) and cell for cell in cells):
            yield Row(name, index + 1, tuple(cells))


def _covered(ranges: Iterable[_Range]) -> dict[tuple[int, int], Covered]:
    """Which places merged cells cover. A sheet may claim any range; what is read bounds it."""
    covered: dict[tuple[int, int], Covered] = {}
    for (top, left), (bottom, right) in ranges:
        last_column = min(right, MAX_COLUMNS)
        last_row = min(bottom, MAX_ROWS)
        if (last_row - top + 1) * (last_column - left + 1) > _MOST_COVERED - len(covered):
            continue
        for row in range(top, last_row + 1):
            for column in range(left, last_column + 1):
                if column > left:
                    covered[row, column] = Covered.LEFT
                elif row > top:
                    covered[row, column] = Covered.ABOVE
    return covered


def _text(value: object) -> str:
    """A value as a person would read it: 5 for 5.0, 2021-02-04 for a day without a time."""
    if isinstance(value, float):
        return f"{value:.15g}" if not value.is_integer() else f"{value:.0f}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    return str(value).strip()
