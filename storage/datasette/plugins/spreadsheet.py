"""The result of a query as a spreadsheet: Chinese shows right in Excel, no cell is a formula."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Response
from openpyxl import Workbook

from storage.datasette.store_database import ASKED_FILE
from storage.export.workbook import excel_text, filtered, new_sheet

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {"标题": 60, "另一标题": 60, "摘要": 60, "摘录": 60, "说明": 30}


@hookimpl  # type: ignore[untyped-decorator] # datasette ships no types
def register_output_renderer() -> dict[str, Any]:
    """Adds .xlsx to queries. A table is shown page by page, and a page is not what one wants."""
    return {"extension": "xlsx", "render": spreadsheet, "can_render": is_query}


def is_query(table: str | None) -> bool:
    """Whether rows are the whole result."""
    return table is None


async def spreadsheet(columns: Sequence[str], rows: Sequence[Any], query_name: str | None) -> Any:
    """The answer to download."""
    asked = ASKED_FILE.get()
    note = asked.words if asked and asked.is_cut else ""
    content = await asyncio.to_thread(_written, columns, rows, note)
    disposition = f'attachment; filename="{query_name or "query"}.xlsx"'
    return Response(content, headers={"Content-Disposition": disposition}, content_type=_TYPE)


def _written(columns: Sequence[str], rows: Sequence[Any], note: str) -> bytes:
    """The file; with a note, a last row and a first sheet say it."""
    book = Workbook(write_only=True)
    sheet = new_sheet(book, "查询结果", columns, widths=_WIDTHS)
    for row in rows:
        sheet.append([_cell(value) for value in tuple(row)])
    filtered(sheet, len(columns), len(rows) + 1)
    if note:
        sheet.append([note])
        book.create_sheet("说明", 0).append([note])
        book.active = 1
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(value: object) -> str | int | float | None:
    if value is None or isinstance(value, int | float):
        return value
    return excel_text(str(value))
