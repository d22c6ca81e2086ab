"""The Word file as a page to look at: read from the very file that readers would get.

What is shown is close to Word, not the same: pages are not broken, and of a long issue only the
beginning is shown.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice

import docx
from docx.document import Document
from docx.table import Table
from docx.text.paragraph import Paragraph
from markupsafe import Markup, escape

MOST_BLOCKS = 160
_TAGS = {"Title": "h1", "Subtitle": "h4", "Heading 1": "h2", "Heading 2": "h3", "Heading 3": "h4"}


def word_page(content: bytes) -> tuple[list[Markup], bool]:
    """The first blocks of a .docx of ours as HTML, and whether there are more of them."""
    document = docx.Document(io.BytesIO(content))
    blocks = list(islice(_blocks(document), MOST_BLOCKS + 1))
    return blocks[:MOST_BLOCKS], len(blocks) > MOST_BLOCKS


def _blocks(document: Document) -> Iterator[Markup]:
    for block in document.iter_inner_content():
        yield _table(block) if isinstance(block, Table) else _paragraph(block)


def _table(table: Table) -> Markup:
    rows = Markup()
    for row in table.rows:
        cells = Markup()
        for cell in row.cells:
            lines = Markup("<br>").join(_runs(line) for line in cell.paragraphs)
            cells += Markup("<td>{}</td>").format(lines)
        rows += Markup("<tr>{}</tr>").format(cells)
    return Markup("<table>{}</table>").format(rows)


def _paragraph(line: Paragraph) -> Markup:
    name = line.style.name if line.style is not None and line.style.name else ""
    words = _runs(line)
    if name in _TAGS:
        return Markup(f"<{_TAGS[name]}>{{}}</{_TAGS[name]}>").format(words)  # noqa: S704 # ours
    kind = Markup(' class="toc"') if name.lower().startswith("toc") else Markup()
    return Markup("<p{}>{}</p>").format(kind, words)


def _runs(line: Paragraph) -> Markup:
    found = Markup()
    for part in line.iter_inner_content():
        words = escape(part.text.replace("\t", "　"))
        if hasattr(part, "address"):
            found += Markup("<u>{}</u>").format(words)
        else:
            found += Markup("<b>{}</b>").format(words) if part.bold else words
    return found
