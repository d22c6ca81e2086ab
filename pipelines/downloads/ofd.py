"""The text of OFD documents (GB/T 33190-2016): the pages' text codes, in lines as they lie.

OFD is a ZIP of plain XML; the reader that PyPI has for it turns pages into pictures and PDF and
needs PyMuPDF (AGPL) for that, see docs/files.md.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from pipelines.downloads.pieces import DAMAGED, PASSWORD, Pieces, UnreadableFileError
from pipelines.downloads.xml_text import attribute, local
from pipelines.downloads.zipped import open_zip, part

MAX_PAGES = 500
_NUMBERS = re.compile(r"[-+]?[0-9]{0,9}\.?[0-9]{1,9}")
_SAME_LINE = 0.5  # of the size of a sign: how far apart baselines of one line may lie


def ofd_pieces(data: bytes) -> Pieces:
    """Lines of every page. Raises UnreadableFileError, KeyError, XMLSyntaxError, BadZipFile."""
    with open_zip(data) as archive:
        names = {name.lstrip("/"): name for name in archive.namelist()}
        if "Encryptions.xml" in names:
            raise UnreadableFileError(PASSWORD)
        root = _xml(archive, names, "OFD.xml")
        for body in _all(root, "DocRoot"):
            place = (body.text or "").strip().lstrip("/")
            for page in _pages(_xml(archive, names, place), posixpath.dirname(place)):
                yield from _lines(_xml(archive, names, page))


def _pages(document: etree._Element, folder: str) -> list[str]:
    pages = [attribute(page, "BaseLoc") for page in _all(document, "Page")]
    return [_within(folder, place) for place in pages if place][:MAX_PAGES]


def _within(folder: str, place: str) -> str:
    """A place in the container: absolute with a slash, else relative to its document."""
    if place.startswith("/"):
        return posixpath.normpath(place.lstrip("/"))
    return posixpath.normpath(posixpath.join(folder, place))


def _xml(archive: zipfile.ZipFile, names: dict[str, str], place: str) -> etree._Element:
    if place not in names:
        raise UnreadableFileError(DAMAGED)
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    return etree.fromstring(part(archive, names[place]), parser)


def _all(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return (node for node in root.iter(etree.Element) if local(node) == name)


def _lines(page: etree._Element) -> Iterator[str]:
    """Text objects lie anywhere on a page, often one a sign: those at one height are a line."""
    objects = sorted((_placed(node) for node in _all(page, "TextObject")), key=lambda one: one[:2])
    line: list[tuple[float, float, str]] = []
    height = size = 0.0
    for top, left, sign, text in objects:
        if line and top - height > max(size, sign) * _SAME_LINE:
            yield _joined(line)
            line = []
        if not line:
            height = top
        size = sign
        line.append((left, sign, text))
    yield _joined(line)


def _placed(node: etree._Element) -> tuple[float, float, float, str]:
    """(baseline, left end, size of a sign, text) of a text object, in millimetres."""
    box = _floats(attribute(node, "Boundary"))
    size = (_floats(attribute(node, "Size")) or [3.5])[0]
    codes = list(_all(node, "TextCode"))
    text = "".join(code.text or "" for code in codes)
    across, down = (
        ((_floats(attribute(codes[0], at)) or [0.0])[0] for at in "XY") if codes else (0, 0)
    )
    left, top = box[:2] if len(box) >= 2 else (0.0, 0.0)
    return top + down, left + across, size, text


def _floats(text: str) -> list[float]:
    return [float(number) for number in _NUMBERS.findall(text)[:8]]


def _joined(line: list[tuple[float, float, str]]) -> str:
    """The texts of a line from left to right, with a space where a gap is wider than a sign."""
    pieces: list[str] = []
    end = None
    for left, size, text in sorted(line):
        if end is not None and left - end > size:
            pieces.append(" ")
        pieces.append(text)
        end = left + size * sum(1.0 if ord(sign) > 0x2E7F else 0.5 for sign in text)
    return "".join(pieces)
