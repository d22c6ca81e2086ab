"""The look of the Word file: page, fonts and styles that Word, WPS and LibreOffice agree on."""

from __future__ import annotations

from typing import NamedTuple, cast

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle

from digest.rendering.docx.page_numbers import Measure

SERIF = ("Times New Roman", "宋体")
SANS = ("Arial", "黑体")

INK = RGBColor(0x1F, 0x2A, 0x37)
SOFT = RGBColor(0x5B, 0x67, 0x76)
HEAD = RGBColor(0x17, 0x36, 0x5D)
LINK = RGBColor(0x1D, 0x4F, 0x91)
RED = RGBColor(0xB4, 0x23, 0x18)
WARM = RGBColor(0x8A, 0x4B, 0x00)
GOOD = RGBColor(0x2F, 0x6F, 0x4F)
TINT = "F3F6F9"
RULE = "B9C3CF"

BODY = "Notice Body"
BODY_PLAIN = "Notice Line"
BODY_HEADING = "Notice Heading"
META = "Notice Facts"
CELL = "Table Text"
CELL_SMALL = "Table Text Small"
SIGNATURE = "Chapter Signature"


FIRST_INDENT = 21.0  # points: two characters of running text


class _Look(NamedTuple):
    """Sizes and spaces in points; `indent` in characters for the first line."""

    name: str
    fonts: tuple[str, str]
    size: float
    color: RGBColor = INK
    bold: bool = False
    before: float = 0
    after: float = 0
    line: float = 1.0
    left: float = 0
    hang: float = 0
    keep: bool = False
    align: WD_ALIGN_PARAGRAPH | None = None


_BARE = frozenset({"Title", "Header", "Footer", "Heading 1"})
_RIGHT, _CENTER = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
_LOOKS = (
    _Look("Normal", SERIF, 10.5, line=1.25),
    _Look("Title", SANS, 24, HEAD, bold=True, before=6, after=4),
    _Look("Subtitle", SANS, 11, SOFT, after=10),
    _Look("Heading 1", SANS, 16, HEAD, bold=True, before=18, after=8, keep=True),
    _Look("Heading 2", SANS, 13, SOFT, bold=True, before=14, after=4, keep=True),
    _Look("Heading 3", SANS, 12, HEAD, bold=True, before=16, after=3, line=1.2, keep=True),
    _Look("TOC Heading", SANS, 13, HEAD, bold=True, before=14, after=4, keep=True),
    _Look("toc 1", SANS, 11, HEAD, bold=True, before=8, after=2),
    _Look("toc 2", SANS, 10, SOFT, before=3, after=1, left=10),
    _Look("toc 3", SERIF, 10, line=1.1, after=1.5, left=37, hang=15),
    _Look(META, SANS, 9, SOFT, after=2, line=1.15),
    _Look(BODY, SERIF, 10.5, after=3, line=1.4),
    _Look(BODY_PLAIN, SERIF, 10.5, after=3, line=1.4),
    _Look(BODY_HEADING, SANS, 10.5, bold=True, before=6, after=3, line=1.3, keep=True),
    _Look("List Bullet", SERIF, 10.5, after=2, line=1.3),
    _Look("List Bullet 2", SERIF, 10.5, after=2, line=1.3),
    _Look("List Bullet 3", SERIF, 10.5, after=2, line=1.3),
    _Look("List Number", SERIF, 10.5, after=2, line=1.3),
    _Look("List Number 2", SERIF, 10.5, after=2, line=1.3),
    _Look("List Number 3", SERIF, 10.5, after=2, line=1.3),
    _Look("List Continue", SERIF, 10.5, after=2, line=1.3),
    _Look("List Continue 2", SERIF, 10.5, after=2, line=1.3),
    _Look("List Continue 3", SERIF, 10.5, after=2, line=1.3),
    _Look("Caption", SANS, 9, SOFT, before=4, after=4, align=_CENTER),
    _Look(CELL, SERIF, 9, line=1.15),
    _Look(CELL_SMALL, SERIF, 6.5, line=1.1),
    _Look(SIGNATURE, SERIF, 11, before=0, after=2, line=1.3, align=_RIGHT),
    _Look("Header", SANS, 8.5, SOFT),
    _Look("Footer", SANS, 8.5, SOFT, align=_CENTER),
)


def line_height(look: _Look) -> float:
    """Points from line to line: Chinese fonts want 1.3 times their size for "single"."""
    return round(look.size * look.line * 1.3 * 2) / 2


def measures() -> dict[str, Measure]:
    """Every style of ours by its id, for counting pages."""
    return {
        look.name.replace(" ", ""): Measure(
            look.size,
            line_height(look),
            look.before,
            look.after,
            look.left,
            FIRST_INDENT if look.name == BODY else -look.hang,
            look.keep,
        )
        for look in _LOOKS
    }


def new_document() -> Document:
    """An empty A4 document with every style of ours, and no font left to a theme."""
    document = docx.Document()
    for style in document.styles.element.iter(qn("w:rFonts")):
        _set_fonts(style, SERIF)
    for look in _LOOKS:
        _apply(_paragraph_style(document, look.name), look)
    _indent_first_line(_paragraph_style(document, BODY))
    _hyperlink_style(document)
    _underline(_paragraph_style(document, "Heading 1"))
    for level in ("toc 1", "toc 2", "toc 3"):
        _page_number_stop(_paragraph_style(document, level))
    _set_page(document)
    _set_language(document)
    return document


def _paragraph_style(document: Document, name: str) -> ParagraphStyle:
    if name not in document.styles:
        # Word knows "toc 1" by its name; a custom style of that name would be doubled.
        builtin = name.startswith("toc ")
        made = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=builtin)
        cast(ParagraphStyle, made).base_style = document.styles["Normal"]
    return cast(ParagraphStyle, document.styles[name])


def _apply(style: ParagraphStyle, look: _Look) -> None:
    style.font.name = look.fonts[0]
    _set_fonts(style.element.get_or_add_rPr().get_or_add_rFonts(), look.fonts)
    style.font.size = Pt(look.size)
    style.font.bold = look.bold
    style.font.italic = False
    style.font.color.rgb = look.color
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(look.before), Pt(look.after)
    # Fixed, so that pages break alike whatever font stands in for 宋体.
    layout.line_spacing = Pt(line_height(look))
    layout.keep_with_next = look.keep
    if look.left:
        layout.left_indent = Pt(look.left)
    if look.hang:
        layout.first_line_indent = Pt(-look.hang)
    if look.align is not None:
        layout.alignment = look.align
    # The template's rules and tab stops are for its own look and page width.
    properties = style.element.get_or_add_pPr()
    for name in ("w:pBdr", "w:tabs"):
        for old in properties.findall(qn(name)):
            if look.name in _BARE:
                properties.remove(old)
    style.hidden, style.unhide_when_used = False, False


def _set_fonts(fonts: BaseOxmlElement, names: tuple[str, str]) -> None:
    """Western and East Asian face by name; a theme font would win over both, so it goes."""
    for attribute in [key for key in fonts.attrib if str(key).lower().endswith("theme")]:
        del fonts.attrib[attribute]
    western, eastern = names
    for slot in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{slot}"), western)
    fonts.set(qn("w:eastAsia"), eastern)


def _indent_first_line(style: ParagraphStyle) -> None:
    """Two characters, whatever the size: how Chinese documents begin a paragraph."""
    style.paragraph_format.first_line_indent = Pt(FIRST_INDENT)
    indent = style.element.find(f"{qn('w:pPr')}/{qn('w:ind')}")
    indent.set(qn("w:firstLineChars"), "200")


def _hyperlink_style(document: Document) -> None:
    made = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True)
    style = cast(CharacterStyle, made)
    style.font.color.rgb = LINK


def _underline(style: ParagraphStyle) -> None:
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "17365D")):
        bottom.set(qn(f"w:{key}"), value)
    borders.append(bottom)
    # pBdr stands before spacing in the schema's order; Word refuses files that ignore it.
    properties = style.element.get_or_add_pPr()
    spacing = properties.find(qn("w:spacing"))
    spacing.addprevious(borders)


def _page_number_stop(style: ParagraphStyle) -> None:
    layout = style.paragraph_format
    layout.tab_stops.add_tab_stop(Cm(15.8), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.2)
    section.header_distance, section.footer_distance = Cm(1.3), Cm(1.1)


def _set_language(document: Document) -> None:
    """Simplified Chinese everywhere: it decides glyph variants and punctuation."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    settings = document.settings.element
    for language in settings.iter(qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    compat = settings.find(qn("w:compat"))
    if compat is None:
        return
    # 15 = Word 2013 and later; without it Word opens the file in compatibility mode.
    mode = OxmlElement("w:compatSetting")
    mode.set(qn("w:name"), "compatibilityMode")
    mode.set(qn("w:uri"), "http://schemas.microsoft.com/office/word")
    mode.set(qn("w:val"), "15")
    for old in compat.findall(qn("w:compatSetting")):
        if old.get(qn("w:name")) == "compatibilityMode":
            compat.remove(old)
    compat.append(mode)
