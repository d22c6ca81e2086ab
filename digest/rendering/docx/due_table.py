"""即将截止: what readers must do in the next two weeks, earliest first; 跟踪事项: who does what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from docx.document import Document
from docx.table import _Cell

from digest.models.entry import DueDate
from digest.models.follow_up import FollowUp
from digest.rendering.docx.ooxml import Ink, new_paragraph, write, write_jump
from digest.rendering.docx.style import CELL, RED
from digest.rendering.docx.table import add_rows
from digest.wording import days_left, due_line


def write_due_table(document: Document, due: Sequence[DueDate]) -> None:
    """A row a term: its day, the days that are left, and the entry, which is jumped to."""
    rows = [["日期", "时限", "事项"]]
    rows += [[item.on.isoformat(), days_left(item.days_left), ""] for item in due]

    def fill(cell: _Cell, row: int, column: int) -> None:
        line = new_paragraph(cell, CELL)
        if row and column == 2:
            entry = due[row - 1].entry
            if due[row - 1].week:
                write(line, entry.title, Ink(link=entry.url))
            else:
                write_jump(line, entry.title, f"_Toc_{entry.anchor}")
            write(line, f" {due_line(due[row - 1])}")
        else:
            urgent = row > 0 and column == 1 and due[row - 1].is_pressing
            write(line, rows[row][column], Ink(bold=not row, color=RED if urgent else None))

    add_rows(document._body, rows, [16, 12, 72], fill)


def write_follow_ups(document: Document, items: Sequence[FollowUp], today: date) -> None:
    """A row a task: its day, who does it, how it stands, and the notice, linked to its page."""
    rows = [["截止", "负责人", "状态", "事项"]]
    rows += [[item.day, item.owner, item.state(today), ""] for item in items]

    def fill(cell: _Cell, row: int, column: int) -> None:
        line = new_paragraph(cell, CELL)
        if row and column == 3:
            item = items[row - 1]
            write(line, item.title, Ink(link=item.url))
            write(line, f" {item.note}" if item.note else "")
        else:
            urgent = row > 0 and column == 2 and items[row - 1].is_pressing(today)
            write(line, rows[row][column], Ink(bold=not row, color=RED if urgent else None))

    add_rows(document._body, rows, [16, 14, 14, 56], fill)
