"""A correction as a Word file, to be kept with the issue's."""

from __future__ import annotations

from datetime import UTC

from docx.table import _Cell

from digest.models.correction import Correction
from digest.rendering.docx.ooxml import Ink, new_paragraph, write
from digest.rendering.docx.package import pack
from digest.rendering.docx.style import BODY, CELL, META, new_document
from digest.rendering.docx.table import add_rows

_HEADINGS = ["条目", "误", "正"]


def correction_docx(correction: Correction) -> bytes:
    """The file correction-1.docx. The same correction gives the same bytes."""
    document = new_document()
    new_paragraph(document._body, "Title", correction.heading)
    new_paragraph(document._body, "Subtitle", f"{correction.company} · {correction.when}")
    for line in correction.lines:
        new_paragraph(document._body, BODY, line)

    def fill(cell: _Cell, row: int, column: int) -> None:
        if not row:
            write(new_paragraph(cell, CELL), _HEADINGS[column], Ink(bold=True))
            return
        item = correction.items[row - 1]
        if not column:
            write(new_paragraph(cell, CELL), item.title, Ink(link=item.link))
            return
        for line in (item.wrong, item.right)[column - 1]:
            new_paragraph(cell, CELL, line)

    if correction.items:
        rows = [_HEADINGS, *([item.title, "", ""] for item in correction.items)]
        add_rows(document._body, rows, [40, 30, 30], fill)
    note = f"原第 {correction.week} 期不作改动，以本更正为准。"
    new_paragraph(document._body, META, note)
    properties = document.core_properties
    properties.title = correction.heading
    properties.author = properties.last_modified_by = correction.company
    made_at = correction.made_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    properties.created = properties.modified = made_at
    properties.language = "zh-CN"
    properties.comments = properties.keywords = ""
    return pack(document)
