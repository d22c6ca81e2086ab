"""What the tables of a text hold, in a sentence each: their columns and how many rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.facts.sentences import CELL

_MOST_TABLES = 3
_MOST_LABELS = 6
_LONGEST_LABEL = 14
_LONGEST_VALUE = 60
_LONGEST_CONTENT = 120
_CONTACTS = re.compile(r"联系|电话|传真|地址|邮")
# What a record says of its text comes first, of its form not at all.
_CONTENT = ("内容简介", "摘要")
_FORM = ("附件", "关键词")
_VALUE = re.compile(r"[0-9]{3,}|[A-Z]{2}[0-9]")


def describe_tables(title: str, text: str) -> tuple[str, ...]:
    """A sentence for each table of the text (rows are lines with cells), at most three.

    A record (label and value on each row) tells its values, without those that the title holds.
    """
    said = []
    for rows in _tables(text):
        sentence = _record(title, rows) if _is_record(rows) else _list(rows)
        if sentence:
            said.append(sentence)
        if len(said) == _MOST_TABLES:
            break
    return tuple(said)


def _tables(text: str) -> Iterator[list[list[str]]]:
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        if CELL in line:
            rows.append([cell.strip() for cell in line.split(CELL)])
        elif rows:
            yield rows
            rows = []


def _is_record(rows: list[list[str]]) -> bool:
    """Whether every row is a label and its value: no header whose second cell is a label too."""
    if any(len(row) != 2 or len(row[0]) > _LONGEST_LABEL for row in rows):
        return False
    labels = [label for label, _ in rows]
    distinct = len(set(labels)) == len(labels) and not any(_VALUE.search(one) for one in labels)
    return distinct and not labels[0].startswith(("序号", "编号"))


def _record(title: str, rows: list[list[str]]) -> str:
    first = [value.partition("。")[0] for label, value in rows if label in _CONTENT and value]
    if first and len(first[0]) <= _LONGEST_CONTENT:
        return f"{first[0]}。"
    told = [
        f"{label}：{value.rstrip('。；')}"
        for label, value in rows
        if value and len(value) <= _LONGEST_VALUE and value not in title and label not in _FORM
    ]
    return f"{'；'.join(told[:_MOST_LABELS])}。" if told else ""


def _list(rows: list[list[str]]) -> str:
    """附表（序号、企业名称、所属区）共 40 行; a table without a header says its rows only."""
    header, body = rows[0], rows[1:]
    named = all(cell and len(cell) <= _LONGEST_LABEL and not _VALUE.search(cell) for cell in header)
    if not body or _CONTACTS.match(header[0]):
        return ""
    if not named or header[0].isdigit():
        return f"表格共 {len(rows)} 行。"
    return f"表格（{'、'.join(header[:_MOST_LABELS])}）共 {len(body)} 行。"
