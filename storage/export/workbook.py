"""Sheets as a person expects them: a bold heading that stays, a filter, columns one can read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from texts.folding import clean

# A cell that starts with one of these is read as a formula; in full width and in small forms too
# where Excel is Chinese or Japanese, and behind spaces an import strips (OWASP, CSV Injection).
_FORMULA = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[=+@\-\u2212＝＋－＠﹢﹣﹦﹫]|[\t\r\n]")
# Limit of Excel for a cell, in UTF-16 units.
_LONGEST_CELL = 32767
_CUT = "……（太长，此处截断；全文见 CSV 或 JSON）"
_USUAL_WIDTH = 16  # in characters of the normal font, of which a Chinese one takes two
_BOLD = Font(bold=True)


def harmless(text: str) -> str:
    """The text as a spreadsheet cell that is never a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def excel_text(text: str) -> str:
    """The text as Excel can hold it: no formula, no character XML forbids, cut where too long."""
    cell = harmless(clean(text))
    units = cell.encode("utf-16-le")
    if len(units) <= 2 * _LONGEST_CELL:
        return cell
    return units[: 2 * (_LONGEST_CELL - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def new_sheet(
    book: Workbook, title: str, columns: Sequence[str], *, widths: dict[str, int], frozen: int = 0
) -> Any:  # openpyxl hides the attributes of such a sheet
    """A sheet of a write-only book with its heading row; the first `frozen` columns stay in view.

    `widths` maps a heading to its width in characters. Call `filtered` when all rows are in.
    """
    sheet = book.create_sheet(title)
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}2"
    for number, column in enumerate(columns, start=1):
        width = widths.get(column, _USUAL_WIDTH)
        sheet.column_dimensions[get_column_letter(number)].width = width
    heading = [WriteOnlyCell(sheet, value=excel_text(column)) for column in columns]
    for cell in heading:
        cell.font = _BOLD
    sheet.append(heading)
    return sheet


def filtered(sheet: Any, columns: int, rows: int) -> None:
    """Offer a filter over `columns` and `rows` (the heading among them)."""
    if columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(columns)}{max(rows, 1)}"


def new_cell(sheet: WriteOnlyWorksheet, value: object) -> Cell:
    """A cell with the value as Excel may have it: dates and numbers as such, text made harmless."""
    if isinstance(value, str):
        value = excel_text(value)
    # openpyxl takes dates; its type information knows only instants.
    return WriteOnlyCell(sheet, value=cast(Any, value))
