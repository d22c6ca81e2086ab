"""Notices as CSV, XLSX and JSON lines, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font
from sqlite_utils import Database

from storage.database import StorageError
from storage.export.workbook import filtered, harmless, new_cell, new_sheet
from storage.models import NOTICE_FIELDS, Attachment, StoredNotice
from storage.notices.row_mapping import load
from storage.values import from_date, select

Value = str | int | date | datetime | None

# China has had no summer time since 1991.
_CHINA = timezone(timedelta(hours=8))
_BATCH = 200
# Limits of Excel: rows (with the headings) and links of a sheet.
_MOST_ROWS = 1_048_576
_MOST_LINKS = 65530
_LINK_COLUMN = 2
_LINK_STYLE = Font(color="0563C1", underline="single")

_IDS = """
SELECT id FROM notices
WHERE (:site IS NULL OR site = :site) AND (:section IS NULL OR section = :section)
  AND (:since IS NULL OR published_on >= :since) AND (:until IS NULL OR published_on <= :until)
ORDER BY published_on DESC, id DESC
"""


@dataclass(frozen=True, slots=True)
class _Field:
    """A column of the tables: its heading and what stands in it; `names`: which ids it holds."""

    heading: str
    read: Callable[[StoredNotice], Value]
    names: str = ""


def _of_notice(name: str) -> Callable[[StoredNotice], Value]:
    return lambda item: _cell(getattr(item.notice, name))


def _cell(value: object) -> Value:
    """A field as one cell of a table."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        files = [part.url for part in value if isinstance(part, Attachment)]
        return "\n".join(files) if files else "、".join(str(part) for part in value)
    return value if value is None or isinstance(value, int | date) else str(value)


# By their place; what a page says has its place in the description of its field.
_OURS = {
    0: _Field("编号", lambda item: item.id),
    50: _Field("首次发现", lambda item: _local(item.first_seen_at)),
    51: _Field("最近修订", lambda item: _local(item.revised_at) if item.revised_at else None),
    52: _Field("同一文件", lambda item: item.duplicate_of),
}
_SAID = {
    about.export: _Field(about.heading or about.label, _of_notice(name), name)
    for name, about in NOTICE_FIELDS.items()
    if about.export
}
_FIELDS = tuple(field for _place, field in sorted((_OURS | _SAID).items()))

_WIDTHS = {"标题": 60, "链接": 40, "文号": 24, "发文机关": 30, "来源": 24, "网站": 24}
_WIDTHS |= {"摘要": 60, "正文": 40, "附件": 40, "首次发现": 20, "最近修订": 20, "编号": 8}


@dataclass(frozen=True, slots=True)
class _Line:
    """A notice on its way into a table; `names`: what the ids of sites and chapters are called."""

    item: StoredNotice
    names: Mapping[str, Mapping[str, str]]

    def values(self) -> list[Value]:
        """One value a column."""
        return [self._value(field) for field in _FIELDS]

    def _value(self, field: _Field) -> Value:
        value = field.read(self.item)
        return self.names.get(field.names, {}).get(str(value), value) if field.names else value


def export_notices(
    db: Database,
    path: Path,
    form: str,
    *,
    site: str | None = None,
    section: str | None = None,
    since: date | None = None,
    until: date | None = None,
    section_titles: Mapping[str, str] | None = None,
) -> int:
    """Write the notices, the newest publication first; returns how many.

    In the tables sites bear their names, and chapters those of `section_titles` (id -> title).
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
    sites = {row["id"]: row["name"] for row in select(db, "SELECT id, name FROM sites")}
    names = {"site": sites, "section": section_titles or {}}
    partial = path.with_name(f".{path.name}.partial")
    try:
        _WRITERS[form](partial, (_Line(item, names) for item in _notices(db, ids)))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return len(ids)


def _notices(db: Database, ids: list[int]) -> Iterator[StoredNotice]:
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        found = load(db, batch)
        yield from (found[notice_id] for notice_id in batch)


def _local(instant: datetime) -> datetime:
    """Wall-clock time in China, without zone: spreadsheets know none."""
    return instant.astimezone(_CHINA).replace(tzinfo=None, microsecond=0)


def _write_csv(path: Path, rows: Iterator[_Line]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.heading for field in _FIELDS])
        for line in rows:
            writer.writerow([_csv_cell(value) for value in line.values()])


def _csv_cell(value: Value) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else str(value)


def _write_xlsx(path: Path, rows: Iterator[_Line]) -> None:
    """One sheet, and a further one each time a sheet is full."""
    book = Workbook(write_only=True)
    sheet, row = _next_sheet(book), 1
    for line in rows:
        if row == _MOST_ROWS:
            filtered(sheet, len(_FIELDS), row)
            sheet, row = _next_sheet(book), 1
        row += 1
        cells = [new_cell(sheet, value) for value in line.values()]
        url = line.item.notice.url
        if row <= _MOST_LINKS and url.startswith(("http://", "https://")):
            _link(cells[_LINK_COLUMN - 1], row=row, url=url)
        sheet.append(cells)
    filtered(sheet, len(_FIELDS), row)
    book.save(path)


def _next_sheet(book: Workbook) -> Any:
    title = f"通知{len(book.sheetnames) + 1}" if book.sheetnames else "通知"
    headings = [field.heading for field in _FIELDS]
    return new_sheet(book, title, headings, widths=_WIDTHS, frozen=2)


def _link(cell: Cell, *, row: int, url: str) -> None:
    # A write-only cell learns its place too late for its link, unless told.
    cell.row, cell.column = row, _LINK_COLUMN
    cell.hyperlink = url
    cell.font = _LINK_STYLE


def _write_jsonl(path: Path, rows: Iterator[_Line]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in rows:
            values = asdict(line.item)
            flat = {"id": values.pop("id")} | values.pop("notice") | values
            file.write(json.dumps(flat, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no form in JSON")


_WRITERS: dict[str, Callable[[Path, Iterator[_Line]], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "jsonl": _write_jsonl,
}
