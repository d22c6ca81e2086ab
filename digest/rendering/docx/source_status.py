"""The last pages of the Word file: how the sources answered, and how much they publish."""

from __future__ import annotations

from docx.document import Document
from docx.shared import Pt
from docx.table import _Cell

from digest.models.issue import Digest
from digest.rendering.chart import HEIGHT, chart_png, chart_rows
from digest.rendering.coverage_table import HEADINGS, merged_rows
from digest.rendering.docx.ooxml import Ink, new_paragraph, write, write_picture
from digest.rendering.docx.style import BODY, BODY_HEADING, CELL, GOOD, META, RED, SOFT
from digest.rendering.docx.table import add_rows

_TONES = {"good": GOOD, "quiet": SOFT, "bad": RED}
_CSS_PIXEL = 0.75  # in points


def write_state(document: Document, digest: Digest) -> None:
    """信息来源状况: troubled sources first."""
    rows = merged_rows(digest)
    if not rows:
        new_paragraph(document._body, BODY, "尚无检查记录：没有任何来源被读取过。")
        return
    cells = [HEADINGS, *(row.cells() for row in rows)]

    def fill(cell: _Cell, row: int, column: int) -> None:
        line = new_paragraph(cell, CELL)
        ink = Ink(bold=not row)
        if row and column == 2:
            ink = Ink(bold=rows[row - 1].tone == "bad", color=_TONES[rows[row - 1].tone])
        write(line, cells[row][column], ink)

    add_rows(document._body, cells, [21, 27, 10, 17, 25], fill)
    note = "时间为北京时间。安静：读取正常，但久未更新；其余非“正常”状况意味着本期可能有遗漏。"
    new_paragraph(document._body, META, note).paragraph_format.space_before = Pt(4)


def write_trend(document: Document, digest: Digest) -> None:
    """各来源近八周: bars and numbers, as in the mail; nothing when no source published."""
    sources = chart_rows(digest)
    if not sources:
        return
    label = new_paragraph(document._body, BODY_HEADING, "各来源近八周发布条数")
    label.paragraph_format.space_before = Pt(14)
    rows = [["来源", "近八周", "本周", "周均"]]
    rows += [[row.name, "", row.now, row.usual] for row in sources]

    def fill(cell: _Cell, row: int, column: int) -> None:
        line = new_paragraph(cell, CELL)
        if row and column == 1:
            source = sources[row - 1]
            write_picture(line, chart_png(source), HEIGHT * _CSS_PIXEL, source.words)
        else:
            write(line, rows[row][column], Ink(bold=not row))

    add_rows(document._body, rows, [40, 34, 13, 13], fill)
    note = "按发布日期计；最右为本周，周均为此前各周的平均，灰色为开始收录以前。"
    new_paragraph(document._body, META, note).paragraph_format.space_before = Pt(4)
