"""Paragraphs and tables of XML documents, read as a stream: DOCX, PPTX, ODT.

These formats say the same things by different names: a paragraph, a table with rows and cells,
cells that span. Names are compared without their namespace: strict and transitional OOXML differ
in nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import IO

from lxml import etree

from pipelines.downloads.pieces import Cell, Covered, Pieces, Row

MAX_COLUMNS = 300


@dataclass(frozen=True, slots=True)
class Dialect:
    """The names of one format. `words` is the text of a paragraph; `place` appends a cell, with
    what it covers, to the cells of its row; `title` is the name of a sheet."""

    paragraphs: frozenset[str]
    table: str
    row: str
    cells: frozenset[str]
    skipped: frozenset[str]
    words: Callable[[etree._Element], str]
    place: Callable[[etree._Element, str, list[Cell]], None]
    title: Callable[[etree._Element], str] = lambda _: ""


@dataclass(slots=True)
class _OpenTable:
    name: str
    rows: int = 0
    cells: list[Cell] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


class BlockReader:
    """Reads the parts of one document; tables are numbered through all of them."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._numbers = count(1)
        self._open: list[_OpenTable] = []
        self._skipping = 0

    def read(self, part: IO[bytes]) -> Pieces:
        """Paragraphs and rows of a part. What was read is forgotten. Raises XMLSyntaxError."""
        events = etree.iterparse(
            part, events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True
        )
        self._open, self._skipping = [], 0
        for event, node in events:
            name = local(node)
            if name in self._dialect.skipped:
                self._skipping += 1 if event == "start" else -1
                if event == "end":
                    # Its words would be those of the paragraph around it.
                    node.clear(keep_tail=True)
            elif self._skipping:
                continue
            elif event == "end":
                yield from self._closed(name, node)
            elif name == self._dialect.table:
                title = self._dialect.title(node)
                if title and not self._open:
                    yield title
                self._open.append(_OpenTable(title or self._name()))

    def _name(self) -> str:
        # Only tables that are not within others are counted.
        return "" if self._open else f"表{next(self._numbers)}"

    def _closed(self, name: str, node: etree._Element) -> Iterator[str | Row]:
        table = self._open[-1] if self._open else None
        if name in self._dialect.paragraphs:
            text = self._dialect.words(node)
            if table is None:
                _forget(node)
                yield from text.split("\n")
            else:
                node.clear()
                table.words.append(text)
        elif table is None:
            return
        elif name in self._dialect.cells:
            if len(table.cells) < MAX_COLUMNS:
                self._dialect.place(node, " ".join(table.words).strip(), table.cells)
            table.words = []
        elif name == self._dialect.row:
            yield from self._row(table)
            _forget(node)
        elif name == self._dialect.table:
            self._open.pop()

    def _row(self, table: _OpenTable) -> Iterator[Row]:
        table.rows += 1
        while table.cells and table.cells[-1] == "":
            table.cells.pop()
        row = Row(table.name, table.rows, tuple(table.cells))
        table.cells, table.words = [], []
        if not any(isinstance(cell, str) and cell for cell in row.cells):
            return
        if len(self._open) > 1:
            # A table within a cell is words of that cell.
            self._open[-2].words.append(row.line())
        else:
            yield row


def local(node: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def attribute(node: etree._Element, name: str) -> str:
    """An attribute by its name without namespace; empty when there is none."""
    return next(
        (str(value) for key, value in node.attrib.items() if str(key).rpartition("}")[2] == name),
        "",
    )


def number(text: str) -> int:
    """A span as written, kept within what a table may have."""
    return max(1, min(int(text), MAX_COLUMNS)) if text.isascii() and text.isdigit() else 1


def placed(text: str, across: int, *, hangs: bool) -> list[Cell]:
    """A cell and what it covers to its right; `hangs`: it continues the cell above."""
    if hangs:
        return [Covered.ABOVE] * across
    return [text, *[Covered.LEFT] * (across - 1)]


def _forget(node: etree._Element) -> None:
    """Free an element that was read, and the emptied ones before it."""
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]
