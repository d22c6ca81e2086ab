"""The text of Office's XML documents: .docx, .docm, .dotx and .pptx, .pptm, .ppsx."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence

from lxml import etree

from pipelines.downloads.pieces import DAMAGED, Cell, Pieces, UnreadableFileError
from pipelines.downloads.xml_text import BlockReader, Dialect, attribute, local, number, placed
from pipelines.downloads.zipped import open_zip

_SPECIAL = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_WORD_PARTS = re.compile(r"word/(?:document\d*|footnotes|endnotes)\.xml", re.IGNORECASE)
_SLIDES = re.compile(r"ppt/slides/slide(\d{1,6})\.xml", re.IGNORECASE)


def docx_pieces(data: bytes) -> Pieces:
    """The body, then footnotes. Raises UnreadableFileError, XMLSyntaxError, BadZipFile."""
    with open_zip(data) as archive:
        parts = sorted(name for name in archive.namelist() if _WORD_PARTS.fullmatch(name))
        yield from _read(archive, parts, _WORD)


def pptx_pieces(data: bytes) -> Pieces:
    """Slides in their order. Raises UnreadableFileError, XMLSyntaxError, BadZipFile."""
    with open_zip(data) as archive:
        numbered = ((_SLIDES.fullmatch(name), name) for name in archive.namelist())
        slides = sorted((int(match[1]), name) for match, name in numbered if match)
        yield from _read(archive, [name for _, name in slides], _POWERPOINT)


def _read(archive: zipfile.ZipFile, parts: Sequence[str], dialect: Dialect) -> Pieces:
    if not parts:
        raise UnreadableFileError(DAMAGED)
    reader = BlockReader(dialect)
    for name in parts:
        with archive.open(name) as part:
            yield from reader.read(part)


def _words(paragraph: etree._Element) -> str:
    pieces = []
    for node in paragraph.iter(etree.Element):
        name = local(node)
        pieces.append((node.text or "") if name == "t" else _SPECIAL.get(name, ""))
    return "".join(pieces)


def _place_in_word(cell: etree._Element, text: str, cells: list[Cell]) -> None:
    across, hangs = 1, False
    properties = next((child for child in cell if local(child) == "tcPr"), None)
    for node in () if properties is None else properties:
        if local(node) == "gridSpan":
            across = number(attribute(node, "val"))
        elif local(node) == "vMerge":
            hangs = attribute(node, "val") != "restart"
    cells.extend(placed(text, across, hangs=hangs))


def _place_in_powerpoint(cell: etree._Element, text: str, cells: list[Cell]) -> None:
    if attribute(cell, "hMerge") not in ("1", "true"):
        hangs = attribute(cell, "vMerge") in ("1", "true")
        cells.extend(placed(text, number(attribute(cell, "gridSpan")), hangs=hangs))


_WORD = Dialect(
    paragraphs=frozenset({"p"}),
    table="tbl",
    row="tr",
    cells=frozenset({"tc"}),
    # The same text box once more, for readers older than 2010; deleted text is delText.
    skipped=frozenset({"Fallback"}),
    words=_words,
    place=_place_in_word,
)
_POWERPOINT = Dialect(
    paragraphs=frozenset({"p"}),
    table="tbl",
    row="tr",
    cells=frozenset({"tc"}),
    skipped=frozenset({"Fallback"}),
    words=_words,
    place=_place_in_powerpoint,
)
