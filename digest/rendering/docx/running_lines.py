"""What stands above and below each page of the Word file."""

from __future__ import annotations

from docx.blkcntnr import BlockItemContainer
from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.text.paragraph import Paragraph

from digest.models.issue import Digest
from digest.rendering.docx.ooxml import write, write_field


def write_running_lines(document: Document, digest: Digest) -> None:
    """Issue and company above each page, the page number below."""
    page = document.sections[0]
    head = _first_line(page.header)
    stops = head.paragraph_format.tab_stops
    stops.add_tab_stop(
        (page.page_width or 0) - (page.left_margin or 0) - (page.right_margin or 0),
        WD_TAB_ALIGNMENT.RIGHT,
    )
    write(head, f"{digest.title} {digest.week}\t{digest.company}")
    foot = _first_line(page.footer)
    write(foot, "第 ")
    write_field(foot, "PAGE", "1")
    write(foot, " 页 / 共 ")
    write_field(foot, "NUMPAGES", "1")
    write(foot, " 页")


def _first_line(container: BlockItemContainer) -> Paragraph:
    lines: list[Paragraph] = container.paragraphs
    return lines[0]
