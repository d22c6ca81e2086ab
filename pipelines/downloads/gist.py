"""One line on what a file is: the title of its list and how long that is, or the line it begins
with. Not a summary: nothing is judged, and all of it stands in the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from storage.models import TableRow
from texts.width import fold_width

MAX_CHARACTERS = 60
_BOOKS = frozenset({"xls", "xlsx", "xlsm", "xlsb", "et", "ett", "ods", "csv"})
_PACKED = frozenset({"zip", "rar", "7z"})
_LIST = 5
_SEARCHED = 12
_LABELS = 3
_SHORTEST = 3
# 附件1, 附件1-2：, 第 3 页, a date or a number alone: lines before a title.
_BEFORE = re.compile(
    r"附\s{0,3}[件表录]\s{0,3}[0-9一二三四五六七八九十]{0,3}(?:[-—.][0-9]{1,2})?\s{0,3}[:：.、]?"
    r"|[-—－\s第]{0,6}[0-9]{1,4}[-—－\s页]{0,6}|[0-9年月日./ -]{4,20}"
)
_PLAIN_SHEET = re.compile(r"(?i)(?:sheet|工作表|表)\s{0,2}[0-9]{0,3}")
_UNIT = re.compile(r"\s{0,3}(?:单位|日期|时间|填报|序号)")
_MEMBER = re.compile(r"【(?:[^】\n]*/)?([^】/\n]+)】")


def gist_of(text: str | None, rows: Sequence[TableRow], kind: str) -> str:
    """表：拟立项项目名单，共 128 行; 含：名单.xls、说明.docx; or the title of a document. Empty
    when the text begins with nothing that could be one."""
    lines = [line.strip() for line in (text or "")[:20_000].split("\n")]
    if kind in _PACKED:
        return _of_archive(lines)
    sheets = Counter(row.sheet for row in rows)
    title = _title(lines, set(sheets) if kind in _BOOKS else set())
    if kind in _BOOKS and sheets:
        columns = "、".join(list(rows[0].cells)[:_LABELS])
        return _of_book(title, sheets, columns)
    largest = max(sheets.values(), default=0)
    tail = f"，附表共 {largest} 行" if largest >= _LIST else ""
    return _cut(title, MAX_CHARACTERS - len(tail)) + tail if title else tail.strip("，")


def _of_book(title: str, sheets: Counter[str], columns: str) -> str:
    """By its title, else the name of its first sheet, else its columns; the rows of all."""
    first = next(iter(sheets))
    name = title or (columns if _PLAIN_SHEET.fullmatch(first) else first)
    tail = f"共 {sheets.total()} 行" + (f"（{len(sheets)} 个表）" if len(sheets) > 1 else "")
    return f"表：{_cut(name, MAX_CHARACTERS)}，{tail}"


def _of_archive(lines: Sequence[str]) -> str:
    found = [match[1] for line in lines if (match := _MEMBER.fullmatch(line))]
    names, length = [], 0
    for name in found:
        length += len(name) + 1
        if length > MAX_CHARACTERS:
            break
        names.append(name)
    more = " 等" if len(names) < len(found) else ""
    return f"含：{'、'.join(names)}{more}" if names else ""


def _title(lines: Sequence[str], sheets: set[str]) -> str:
    """The first line that says something and is no row of a table."""
    for line in [line for line in lines if line][:_SEARCHED]:
        if line in sheets or _BEFORE.fullmatch(fold_width(line)):
            continue
        # A header or a row: what is above it was all there is.
        if " | " in line:
            return ""
        if len(line) >= _SHORTEST and not _UNIT.match(line):
            return _cut(" ".join(line.split()), MAX_CHARACTERS)
    return ""


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
