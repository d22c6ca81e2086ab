"""Notices as CSV, XLSX and JSON lines, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from sqlite_utils import Database

from storage.database import StorageError
from storage.models import StoredNotice
from storage.rows import load
from storage.values import from_date, select

Value = str | int | date | datetime | None

# China has had no summer time since 1991.
_CHINA = timezone(timedelta(hours=8))
_BATCH = 200
# A cell that starts with one of these is read as a formula; in full width and in small forms too
# where Excel is Chinese or Japanese, and behind spaces an import strips (OWASP, CSV Injection).
_FORMULA = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[=+@\-\u2212＝＋－＠﹢﹣﹦﹫]|[\t\r\n]")
# Limits of Excel: a cell in UTF-16 units, rows (with the headings) and links of a sheet.
_LONGEST_CELL = 32767
_MOST_ROWS = 1_048_576
_MOST_LINKS = 65530
_CUT = "……（太长，此处截断；全文见 CSV 或 JSON）"
_LINK_COLUMN = 2
_LINK_STYLE = Font(color="0563C1", underline="single")

_IDS = """
SELECT id FROM notices
WHERE (:site IS NULL OR site = :site) AND (:section IS NULL OR section = :section)
  AND (:since IS NULL OR published_on >= :since) AND (:until IS NULL OR published_on <= :until)
ORDER BY published_on, id
"""


@dataclass(frozen=True, slots=True)
class _Field:
    """A column of the tables: its heading and what stands in it."""

    heading: str
    read: Callable[[StoredNotice], Value]


_FIELDS = (
    _Field("编号", lambda item: item.id),
    _Field("标题", lambda item: item.notice.title),
    _Field("链接", lambda item: item.notice.url),
    _Field("文号", lambda item: item.notice.doc_number),
    _Field("发文机关", lambda item: "、".join(item.notice.issuers)),
    _Field("来源", lambda item: item.notice.source),
    _Field("发布日期", lambda item: item.notice.published_on),
    _Field("成文日期", lambda item: item.notice.written_on),
    _Field("施行日期", lambda item: item.notice.effective_on),
    _Field("截止日期", lambda item: item.notice.deadline_on),
    _Field("篇章", lambda item: item.notice.section),
    _Field("分组", lambda item: item.notice.grp),
    _Field("网站", lambda item: item.notice.site),
    _Field("栏目", lambda item: item.notice.column),
    _Field("摘要", lambda item: item.notice.summary),
    _Field("正文", lambda item: item.notice.body_text),
    _Field("附件", lambda item: "\n".join(file.url for file in item.notice.attachments)),
    _Field("首次发现", lambda item: _local(item.first_seen_at)),
    _Field("最近修订", lambda item: _local(item.revised_at) if item.revised_at else None),
    _Field("同一文件", lambda item: item.duplicate_of),
    _Field("读取完整", lambda item: "是" if item.notice.complete else "否"),
)


def export_notices(
    db: Database,
    path: Path,
    form: str,
    *,
    site: str | None = None,
    section: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> int:
    """Write the notices, the oldest publication first; returns how many.

    csv: UTF-8 with BOM, as Excel wants it; xlsx: dates are dates, links are links; jsonl: one
    object a line, values untouched. In the tables no cell can be a formula: a leading sign that
    would make one is preceded by '. The file appears only when it is whole. Raises StorageError
    for an unknown form, OSError when the file cannot be written.
    """
    if form not in _WRITERS:
        raise StorageError(f"{form!r} is no form of export; use one of {', '.join(_WRITERS)}")
    limits = {
        "site": site,
        "section": section,
        "since": from_date(since),
        "until": from_date(until),
    }
    ids = [row["id"] for row in select(db, _IDS, limits)]
    partial = path.with_name(f".{path.name}.partial")
    try:
        _WRITERS[form](partial, _notices(db, ids))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return len(ids)


def harmless(text: str) -> str:
    """The text as a spreadsheet cell that is never a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def excel_text(text: str) -> str:
    """The text as Excel can hold it: no formula, no control characters, and cut where too long."""
    cell = harmless(ILLEGAL_CHARACTERS_RE.sub("", text))
    units = cell.encode("utf-16-le")
    if len(units) <= 2 * _LONGEST_CELL:
        return cell
    return units[: 2 * (_LONGEST_CELL - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def _notices(db: Database, ids: list[int]) -> Iterator[StoredNotice]:
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        found = load(db, batch)
        yield from (found[notice_id] for notice_id in batch)


def _local(instant: datetime) -> datetime:
    """Wall-clock time in China, without zone: spreadsheets know none."""
    return instant.astimezone(_CHINA).replace(tzinfo=None, microsecond=0)


def _write_csv(path: Path, notices: Iterator[StoredNotice]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.heading for field in _FIELDS])
        for item in notices:
            writer.writerow([_csv_cell(field.read(item)) for field in _FIELDS])


def _csv_cell(value: Value) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else str(value)


def _write_xlsx(path: Path, notices: Iterator[StoredNotice]) -> None:
    """One sheet, and a further one each time a sheet is full."""
    book = Workbook(write_only=True)
    sheet, row = _new_sheet(book), 1
    for item in notices:
        if row == _MOST_ROWS:
            sheet, row = _new_sheet(book), 1
        row += 1
        cells = [_xlsx_cell(sheet, field.read(item)) for field in _FIELDS]
        url = item.notice.url
        if row <= _MOST_LINKS and url.startswith(("http://", "https://")):
            _link(cells[_LINK_COLUMN - 1], row=row, url=url)
        sheet.append(cells)
    book.save(path)


def _new_sheet(book: Workbook) -> Any:  # openpyxl hides the attributes of such a sheet
    sheet = book.create_sheet(f"通知{len(book.sheetnames) + 1}" if book.sheetnames else "通知")
    sheet.freeze_panes = "C2"
    sheet.column_dimensions["B"].width = 60
    sheet.append([field.heading for field in _FIELDS])
    return sheet


def _link(cell: Cell, *, row: int, url: str) -> None:
    # A write-only cell learns its place too late for its link, unless told.
    cell.row, cell.column = row, _LINK_COLUMN
    cell.hyperlink = url
    cell.font = _LINK_STYLE


def _xlsx_cell(sheet: WriteOnlyWorksheet, value: Value) -> Cell:
    if isinstance(value, str):
        value = excel_text(value)
    # openpyxl takes dates; its type information knows only instants.
    return WriteOnlyCell(sheet, value=cast(Any, value))


def _write_jsonl(path: Path, notices: Iterator[StoredNotice]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for item in notices:
            values = asdict(item)
            flat = {"id": values.pop("id")} | values.pop("notice") | values
            file.write(json.dumps(flat, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no form in JSON")


_WRITERS: dict[str, Callable[[Path, Iterator[StoredNotice]], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "jsonl": _write_jsonl,
}
