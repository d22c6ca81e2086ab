"""Web pages that were saved under an Office name (.doc, .xls), and MHT archives of pages."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage

from lxml import etree, html

from pipelines.downloads.pieces import DAMAGED, Cell, Covered, Pieces, Row, UnreadableFileError
from pipelines.downloads.plain_text import MAX_ROWS, decoded
from pipelines.downloads.xml_text import MAX_COLUMNS, number

_SKIPPED = frozenset({"script", "style", "head", "title", "noscript", "template", "xml"})
_BLOCKS = frozenset((
    "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "ul", "ol", "dl", "dt", "dd",
    "section", "article", "center", "blockquote", "pre", "hr", "body", "caption",
))  # fmt: skip
_XML_DECLARATION = re.compile(r"\s{0,99}<\?xml[^>]{0,999}\?>")


def html_pieces(data: bytes) -> Pieces:
    """Paragraphs and tables. Raises UnreadableFileError."""
    return _pieces(_tree(decoded(data)))


def mht_pieces(data: bytes) -> Pieces:
    """The page within an MHT file (MIME), its pictures left out. Raises UnreadableFileError."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content:
                return html_pieces(content)
    raise UnreadableFileError(DAMAGED)


def _tree(text: str) -> etree._Element:
    """The charset that the page declares is not asked: the bytes decided already."""
    try:
        parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
        return html.document_fromstring(_XML_DECLARATION.sub("", text, count=1), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFileError(DAMAGED) from error


def _pieces(root: etree._Element) -> Pieces:
    walk = etree.iterwalk(root, events=("start", "end"))
    words: list[str] = []
    tables = 0
    for event, node in walk:
        is_block = node.tag in _BLOCKS
        if event == "end":
            words.append(("\n" if is_block else "") + _spaced(node.tail))
        elif node.tag in _SKIPPED:
            walk.skip_subtree()
        elif node.tag == "table":
            walk.skip_subtree()
            yield from "".join(words).split("\n")
            words = []
            tables += 1
            yield from _rows(node, f"表{tables}")
        else:
            words.append(("\n" if is_block else "") + _spaced(node.text))
    yield from "".join(words).split("\n")


def _spaced(text: str | None) -> str:
    """Line ends of the source are spaces."""
    return re.sub(r"\s+", " ", text or "")


def _rows(table: etree._Element, name: str) -> Iterator[Row]:
    hanging: dict[int, int] = {}
    rows = (row for row in table.iterdescendants("tr") if next(row.iterancestors("table")) is table)
    for index, row in enumerate(rows, 1):
        if index > MAX_ROWS:
            return
        yield Row(name, index, tuple(_cells(row, hanging)))


def _cells(row: etree._Element, hanging: dict[int, int]) -> list[Cell]:
    """The cells of a row; `hanging` holds, for each column, how many rows more a cell above
    covers, and is brought up to date."""
    cells: list[Cell] = []
    begun: dict[int, int] = {}
    for cell in row.iterchildren("td", "th"):
        _cover(cells, hanging)
        across = min(number(cell.get("colspan", "")), MAX_COLUMNS - len(cells))
        if across < 1:
            break
        down = number(cell.get("rowspan", "")) - 1
        begun.update(dict.fromkeys(range(len(cells), len(cells) + across), down))
        cells.append(" ".join("".join(map(str, cell.itertext())).split()))
        cells.extend([Covered.LEFT] * (across - 1))
    _cover(cells, hanging)
    for column in [column for column, left in hanging.items() if left <= 1]:
        del hanging[column]
    hanging.update({column: hanging[column] - 1 for column in hanging})
    hanging.update({column: down for column, down in begun.items() if down})
    return cells


def _cover(cells: list[Cell], hanging: dict[int, int]) -> None:
    while len(cells) in hanging:
        cells.append(Covered.ABOVE)
