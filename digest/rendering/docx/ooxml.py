"""What python-docx has no call for: links, bookmarks, fields, numbering that starts again."""

from __future__ import annotations

import hashlib
import io
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, cast
from weakref import WeakKeyDictionary

from docx.blkcntnr import BlockItemContainer
from docx.document import Document
from docx.enum.text import WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.numbering import CT_Num
from docx.oxml.shape import CT_Inline
from docx.oxml.text.paragraph import CT_P
from docx.oxml.text.run import CT_R
from docx.parts.story import StoryPart
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml.etree import _Element


@dataclass(frozen=True, slots=True)
class Ink:
    """How a stretch of text looks; `link` is an absolute URL."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    superscript: bool = False
    subscript: bool = False
    color: RGBColor | None = None
    link: str = ""

    def but(self, **changes: bool | str) -> Ink:
        """The same with some traits changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


PLAIN = Ink()
_VAL, _SPACE, _SECTION = qn("w:val"), qn("xml:space"), qn("w:sectPr")
# What python-docx makes elements of.
_BREAKS = frozenset("\t\n\r")
# The number of the next picture in a part.
_PICTURES: WeakKeyDictionary[StoryPart, int] = WeakKeyDictionary()
# Above all numbers that the template gives to its lists.
_OWN_LISTS = 1000


def new_paragraph(container: BlockItemContainer, style: str, text: str = "") -> Paragraph:
    """Append a paragraph in a style of `docx_style`.

    The style's id is its name without spaces. python-docx would search all styles for it each
    time: measured, 26 s for an issue of 500 entries with tables, against 6 s.
    """
    element = OxmlElement("w:p")
    properties, named = OxmlElement("w:pPr"), OxmlElement("w:pStyle")
    named.set(_VAL, style.replace(" ", ""))
    properties.append(named)
    element.append(properties)
    append_block(container, element)
    paragraph = Paragraph(cast(CT_P, element), container)
    if text:
        _add_run(paragraph, text)
    return paragraph


def keep_before(paragraph: Paragraph, lines: int) -> None:
    """Let the paragraphs right before this one stand on its page: it is never alone there."""
    element = paragraph._p.getprevious()
    for _ in range(lines):
        if not isinstance(element, CT_P):
            return
        Paragraph(element, paragraph._parent).paragraph_format.keep_with_next = True
        element = element.getprevious()


def _add_run(paragraph: Paragraph, text: str) -> Run:
    """As python-docx adds one, without its look at every character where there is nothing to be
    seen, and at all that stands in the paragraph."""
    if not text or not _BREAKS.isdisjoint(text):
        return paragraph.add_run(text)
    element, words = OxmlElement("w:r"), OxmlElement("w:t")
    words.text = text
    if len(text.strip()) < len(text):
        words.set(_SPACE, "preserve")
    element.append(words)
    paragraph._p.append(element)
    return Run(cast(CT_R, element), paragraph)


def append_block(container: BlockItemContainer, element: _Element) -> None:
    """Put a paragraph or table at the end, without a look at all that stands there already."""
    inside = container._element
    # Not by its number: to count its elements is to walk over all of them.
    last = next(inside.iterchildren(reversed=True), None)
    if last is not None and last.tag == _SECTION:
        last.addprevious(element)
    else:
        inside.append(element)


def last_block(document: Document) -> _Element | None:
    """The last paragraph or table so far; the properties of the last section end the document."""
    last = next(document._body._element.iterchildren(reversed=True), None)
    return last.getprevious() if last is not None and last.tag == _SECTION else last


def remove_after(document: Document, block: _Element | None) -> None:
    """Take out what was written after this paragraph or table."""
    while (last := last_block(document)) is not None and last is not block:
        document._body._element.remove(last)


def set_style(paragraph: Paragraph, style: str) -> None:
    """Give a paragraph a style by name; see `new_paragraph`."""
    # python-docx makes this accessor while it runs, so its types do not list it.
    properties: Any = paragraph._p.get_or_add_pPr()
    properties.get_or_add_pStyle().val = style.replace(" ", "")


def write(paragraph: Paragraph, text: str, ink: Ink = PLAIN) -> Run:
    """Add text to a paragraph, as a link when the ink has one."""
    run = _add_run(paragraph, text)
    if ink == PLAIN:
        return run  # most of all text, and each trait costs a search in the run
    for trait in ("bold", "italic", "underline", "strike", "superscript", "subscript"):
        if getattr(ink, trait):
            setattr(run.font, trait, True)
    if ink.color is not None:
        run.font.color.rgb = ink.color
    if ink.link:
        _wrap(paragraph, run, external=ink.link)
    return run


def write_jump(paragraph: Paragraph, text: str, bookmark: str) -> Run:
    """Add a link to a bookmark of this document, without the colour of a web link."""
    run = _add_run(paragraph, text)
    _wrap(paragraph, run, anchor=bookmark)
    return run


def write_picture(paragraph: Paragraph, picture: bytes, height: float, words: str) -> None:
    """Add a PNG `height` points high; `words` is what is read out instead of it.

    The line grows with the picture: the fixed height of the styles would cut it off. python-docx
    would look for a free number in the whole document each time: measured, a third of the time of
    an issue of 200 sources.
    """
    layout = paragraph.paragraph_format
    layout.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    layout.line_spacing = Pt(height + 2)
    part = paragraph.part
    relation, image = part.get_or_add_image(io.BytesIO(picture))
    number = _PICTURES.get(part) or part.next_id
    _PICTURES[part] = number + 1
    across, down = image.scaled_dimensions(None, Pt(height))
    inline = CT_Inline.new_pic_inline(number, relation, image.filename, across, down)
    inline.docPr.set("descr", words)
    paragraph.add_run()._r.add_drawing(inline)


def _wrap(paragraph: Paragraph, run: Run, *, external: str = "", anchor: str = "") -> None:
    link = OxmlElement("w:hyperlink")
    if external:
        link.set(qn("r:id"), _relation(paragraph, external))
        style: Any = run._r.get_or_add_rPr()
        style.style = "Hyperlink"
    else:
        link.set(qn("w:anchor"), anchor)
    link.set(qn("w:history"), "1")
    run._r.addprevious(link)
    link.append(run._r)


def _relation(paragraph: Paragraph, url: str) -> str:
    """The id of a link's target, which names it: python-docx would compare all links each time."""
    key = f"link{hashlib.sha256(url.encode()).hexdigest()[:24]}"
    relations = paragraph.part.rels
    if key not in relations:
        relations.add_relationship(RELATIONSHIP_TYPE.HYPERLINK, url, key, is_external=True)
    return key


def bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """Put everything in the paragraph between the marks of a bookmark; `number` is unique."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    properties = paragraph._p.pPr
    if properties is None:
        paragraph._p.insert(0, start)
    else:
        properties.addnext(start)
    paragraph._p.append(end)


def end_section(document: Document, *, turned: bool = False) -> None:
    """Let a new page begin after the last paragraph; `turned`: what it ends lay on its side.

    Header and footer go on: a section without its own has those of the one before.
    """
    body: Any = document._body._element
    last: Any = body.sectPr.getprevious()
    if last is None or last.tag != qn("w:p") or last.xpath("w:pPr/w:sectPr"):
        last = document._body.add_paragraph()._p
    section: Any = deepcopy(body.sectPr)
    if turned:
        size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
        width, height = size.get(qn("w:w")), size.get(qn("w:h"))
        size.attrib.update({qn("w:w"): height, qn("w:h"): width, qn("w:orient"): "landscape"})
        margins.attrib.update({qn("w:left"): "850", qn("w:right"): "850"})
    last.get_or_add_pPr().append(section)


def field_mark(kind: str) -> _Element:
    """A run that begins, separates or ends a field."""
    run, mark = OxmlElement("w:r"), OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run.append(mark)
    return run


def field_code(code: str) -> _Element:
    """The run with a field's instruction."""
    run, text = OxmlElement("w:r"), OxmlElement("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {code} "
    run.append(text)
    return run


def write_field(paragraph: Paragraph, code: str, shown: str) -> Run:
    """A field; the run with what is shown until a program computes it."""
    for part in (field_mark("begin"), field_code(code), field_mark("separate")):
        paragraph._p.append(part)
    run = paragraph.add_run(shown)
    paragraph._p.append(field_mark("end"))
    return run


def new_numbering(document: Document, style: str, start: int) -> int:
    """A list that counts from `start`, formatted as `style` is; its id for `use_numbering`.

    Appended with the next number: python-docx would look through all lists for a free one.
    """
    numbering: Any = document.part.numbering_part.element
    style_num = document.styles[style].element.pPr.numPr.numId.val
    # The template's own come first.
    model = next(num for num in numbering.iterchildren(qn("w:num")) if num.numId == style_num)
    last: Any = numbering[-1]
    number = max(int(last.numId), _OWN_LISTS) + 1
    made: Any = CT_Num
    num = made.new(number, model.abstractNumId.val)
    last.addnext(num)
    num.add_lvlOverride(ilvl=0).add_startOverride(start)
    return number


def use_numbering(paragraph: Paragraph, number: int) -> None:
    """Count the paragraph in a list made by `new_numbering`."""
    # python-docx makes this accessor while it runs, so its types do not list it.
    properties: Any = paragraph._p.get_or_add_pPr()
    numbering = properties.get_or_add_numPr()
    numbering.get_or_add_ilvl().val = 0
    numbering.get_or_add_numId().val = number


def shade(properties: _Element, fill: str) -> None:
    """Background of a table cell (`tcPr`)."""
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shading.set(qn(f"w:{key}"), value)
    properties.append(shading)
