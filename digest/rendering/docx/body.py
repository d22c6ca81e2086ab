"""A notice's body as Word paragraphs: walks the sanitised markup, block by block."""

from __future__ import annotations

import re
from functools import partial

from docx.blkcntnr import BlockItemContainer
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from lxml.html import HtmlElement

from digest.models.entry import Entry
from digest.rendering.body_html import MANY_COLUMNS, body_lines, body_tree, picture_words
from digest.rendering.docx.ooxml import (
    PLAIN,
    Ink,
    end_section,
    new_numbering,
    new_paragraph,
    set_style,
    use_numbering,
    write,
)
from digest.rendering.docx.style import BODY, BODY_HEADING, BODY_PLAIN, CELL, CELL_SMALL
from digest.rendering.docx.table import TURNED_WIDTH, Slot, add_grid, read_grid
from digest.safe_text import safe_link

_BLOCKS = frozenset({
    "blockquote", "caption", "center", "dd", "div", "dl", "dt", "figcaption", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TRAITS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "s": "strike", "sup": "superscript", "sub": "subscript",
}  # fmt: skip
_SPACES = re.compile(r"[\s\u3000]+")
_DAY = re.compile(
    r"(19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
    r"|[〇○一二三四五六七八九十]{4}年\S{2,8}日"
)
_MAX_DEPTH = 40


class BodyWriter:
    """Writes one body into a document, or into a table cell of it.

    `style` is the paragraph style of running text.
    """

    def __init__(self, document: Document, container: BlockItemContainer, style: str) -> None:
        self.document = document
        self.container = container
        self.style = style
        self.current: Paragraph | None = None
        self.lists: list[str] = []
        self.running: list[Paragraph] = []
        self.depth = 0

    def blocks(self, element: HtmlElement, ink: Ink = PLAIN) -> None:
        """Everything in the element; stretches of inline content become paragraphs."""
        self.depth += 1
        self.text(element.text, ink)
        for child in element.iterchildren():
            self.child(child, ink)
            self.text(child.tail, ink)
        self.depth -= 1

    def child(self, child: HtmlElement, ink: Ink) -> None:
        """One child element, a block or inline."""
        if self.depth > _MAX_DEPTH:
            self.text("".join(child.itertext()), ink)
        elif child.tag == "br":
            self.current = None
        elif child.tag == "img":
            link = safe_link(child.get("src") or "")
            self.text(picture_words(child), ink.but(link=link))
        elif child.tag in _BLOCKS:
            self.block(child, ink)
        else:
            self.blocks(child, _inline_ink(child, ink))

    def block(self, child: HtmlElement, ink: Ink) -> None:
        """A block: starts afresh, and what follows it starts afresh too."""
        self.current = None
        if child.tag == "table":
            self.write_table(child)
        elif child.tag in {"ul", "ol"}:
            self.write_list(child, ink)
        else:
            outer = self.style
            if child.tag in _HEADINGS or child.tag == "dt":
                self.style = BODY_HEADING
            elif child.tag in {"figcaption", "caption"}:
                self.style = "Caption"
            self.blocks(child, ink)
            self.style = outer
        self.current = None

    def text(self, text: str | None, ink: Ink) -> None:
        """Inline text; opens a paragraph when none is open."""
        words = _SPACES.sub(" ", text or "")
        if self.current is None:
            # The first line's indent comes from the style, not from spaces of the page.
            words = words.lstrip()
        if not words:
            return
        if self.current is None:
            self.current = self.open_paragraph(self.style)
        write(self.current, words, ink)

    def open_paragraph(self, style: str) -> Paragraph:
        """A new paragraph at the end."""
        paragraph = new_paragraph(self.container, style)
        if style == BODY:
            self.running.append(paragraph)
        return paragraph

    def write_list(self, element: HtmlElement, ink: Ink) -> None:
        """A list, nested up to three levels; each numbered list counts on its own."""
        ordered = element.tag == "ol"
        level = min(len(self.lists) + 1, 3)
        style = ("List Number" if ordered else "List Bullet") + (f" {level}" if level > 1 else "")
        start = element.get("start") or "1"
        number = 0
        if ordered:
            first = int(start[:4]) if start.isascii() and start.isdigit() else 1
            number = new_numbering(self.document, style, first)
        self.lists.append(style)
        for item in element.iterchildren():
            self.current = None
            self.list_item(item, ink, number)
        self.lists.pop()

    def list_item(self, item: HtmlElement, ink: Ink, number: int) -> None:
        """One item; only its first paragraph is counted."""
        if item.tag in {"ul", "ol"}:
            self.write_list(item, ink)
            return
        self.current = self.open_paragraph(self.lists[-1])
        if number:
            use_numbering(self.current, number)
        outer, self.style = self.style, _continued_style(len(self.lists))
        self.blocks(_unwrapped(item), ink)
        self.style = outer

    def write_table(self, element: HtmlElement) -> None:
        """A table with its caption; one that only lays out a page is read as running text."""
        grid = read_grid(element)
        if grid.too_wide or (grid.width <= 1 and len(grid.places) <= 1):
            for cell in element.iter("td", "th", "caption"):
                # A table inside a cell is written with its cell.
                if next(cell.iterancestors("table")) is element:
                    self.current = None
                    self.blocks(cell)
            return
        for caption in element.iterchildren("caption"):
            self.block(caption, PLAIN)
        turned = grid.width > MANY_COLUMNS and not isinstance(self.container, _Cell)
        if turned:
            end_section(self.document)
            fill = partial(self.fill_cell, style=CELL_SMALL)
            add_grid(self.container, grid, fill, width=TURNED_WIDTH, padding=40)
        else:
            add_grid(self.container, grid, self.fill_cell)
        # Two tables without a paragraph between them would be joined by Word.
        new_paragraph(self.container, CELL)
        if turned:
            end_section(self.document, turned=True)

    def fill_cell(self, cell: _Cell, slot: Slot, style: str = CELL) -> None:
        """A cell of a table, which may hold lists and tables itself."""
        if slot.element is None or self.depth > _MAX_DEPTH:
            return
        inner = BodyWriter(self.document, cell, style)
        inner.depth = self.depth + 1
        inner.blocks(slot.element, Ink(bold=slot.heading))


def write_body(document: Document, entry: Entry) -> None:
    """The entry's whole body at the end of the document; its text when there is no markup."""
    writer = BodyWriter(document, document._body, BODY)
    tree = body_tree(entry)
    if tree is not None:
        writer.blocks(tree)
    else:
        for line in body_lines(entry):
            writer.current = None
            writer.text(line, PLAIN)
    _set_letter_form(writer.running)


def _set_letter_form(running: list[Paragraph]) -> None:
    """As official letters are set: the address flush left, issuer and date flush right."""
    for item in running[:3]:
        if item.text.rstrip().endswith(("：", ":")) and len(item.text) <= 60:
            set_style(item, BODY_PLAIN)
            break
    for index in range(max(len(running) - 3, 1), len(running)):
        if not _DAY.fullmatch(running[index].text.strip()):
            continue
        _flush_right(running[index])
        signer = running[index - 1].text.strip()
        if len(signer) <= 40 and not signer.endswith(("。", "；", "：", "！", "）")):
            _flush_right(running[index - 1])


def _flush_right(paragraph: Paragraph) -> None:
    set_style(paragraph, BODY_PLAIN)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _inline_ink(element: HtmlElement, ink: Ink) -> Ink:
    if element.tag == "a":
        link = element.get("href") or ""
        return ink.but(link=link if link.startswith("mailto:") else safe_link(link))
    trait = _TRAITS.get(str(element.tag))
    return ink.but(**{trait: True}) if trait else ink


def _continued_style(level: int) -> str:
    """What a second paragraph of a list item looks like: indented, not counted."""
    return "List Continue" if level == 1 else f"List Continue {min(level, 3)}"


def _unwrapped(item: HtmlElement) -> HtmlElement:
    """<li><p>x</p></li> -> <li>x</li>, so the text stands beside its number."""
    children = list(item.iterchildren())
    if children and children[0].tag in {"p", "div"} and not (item.text or "").strip():
        item.text = None
        children[0].drop_tag()
    item.text = (item.text or "").lstrip()
    return item
