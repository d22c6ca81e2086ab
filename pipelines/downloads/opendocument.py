"""The text of OpenDocument files: .odt, .ods, .odp."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from pipelines.downloads.pieces import PASSWORD, Cell, Covered, Pieces, UnreadableFileError
from pipelines.downloads.xml_text import (
    MAX_COLUMNS,
    BlockReader,
    Dialect,
    attribute,
    local,
    number,
)
from pipelines.downloads.zipped import open_zip, part

_MANIFEST = "META-INF/manifest.xml"
_SPECIAL = {"tab": "\t", "line-break": "\n"}
_MOST_SPACES = 100


def opendocument_pieces(data: bytes) -> Pieces:
    """Raises UnreadableFileError, KeyError, etree.XMLSyntaxError, zipfile.BadZipFile."""
    with open_zip(data) as archive:
        refuse_password(archive.namelist(), part(archive, _MANIFEST))
        with archive.open("content.xml") as content:
            sheets = b"opendocument.spreadsheet" in part(archive, "mimetype")
            yield from BlockReader(_SPREADSHEET if sheets else _OPENDOCUMENT).read(content)


def refuse_password(names: list[str], manifest: bytes) -> None:
    """Raises UnreadableFileError for an OpenDocument file whose manifest lists encrypted parts."""
    if _MANIFEST in names and b"encryption-data" in manifest:
        raise UnreadableFileError(PASSWORD)


def _words(paragraph: etree._Element) -> str:
    pieces = [paragraph.text or ""]
    for node in paragraph.iterdescendants():
        if isinstance(node.tag, str):
            name = local(node)
            count = number(attribute(node, "c")) if name == "s" else 0
            pieces.append(" " * min(count, _MOST_SPACES) or _SPECIAL.get(name, node.text or ""))
        pieces.append(node.tail or "")
    return "".join(pieces)


def _place(cell: etree._Element, text: str, cells: list[Cell]) -> None:
    """A cell may stand for many equal ones; the covered ones are written out."""
    times = min(number(attribute(cell, "number-columns-repeated")), MAX_COLUMNS - len(cells))
    if local(cell) == "table-cell":
        across = number(attribute(cell, "number-columns-spanned"))
        cells.extend([text, *[Covered.LEFT] * (across - 1)] * (1 if across > 1 else times))
        return
    # Those to the right of a spanning cell were placed with it.
    follows = _covered_before(cell)
    cells.extend([Covered.ABOVE] * max(0, times - follows))


def _covered_before(cell: etree._Element) -> int:
    """How many of the places this covered cell stands for its neighbour on the left spans."""
    passed = 0
    node = cell.getprevious()
    while node is not None and local(node) == "covered-table-cell":
        passed += number(attribute(node, "number-columns-repeated"))
        node = node.getprevious()
    if node is None:
        return 0
    return max(0, number(attribute(node, "number-columns-spanned")) - 1 - passed)


_OPENDOCUMENT = Dialect(
    paragraphs=frozenset({"p", "h"}),
    table="table",
    row="table-row",
    cells=frozenset({"table-cell", "covered-table-cell"}),
    # Deleted text, and remarks in the margin.
    skipped=frozenset({"tracked-changes", "annotation"}),
    words=_words,
    place=_place,
)
_SPREADSHEET = replace(_OPENDOCUMENT, title=lambda table: attribute(table, "name"))
