"""Tables in the Word file: merged cells and borders, from rows of cells or from HTML."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from docx.blkcntnr import BlockItemContainer
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tbl, CT_Tc
from docx.table import Table, _Cell
from lxml.etree import _Element
from lxml.html import HtmlElement

from digest.rendering.body_limits import MAX_COLUMNS
from digest.rendering.docx.ooxml import append_block, shade
from digest.rendering.docx.style import RULE, TINT

TEXT_WIDTH = 8958  # twips between the margins: 21 cm - 2 x 2.6 cm
TURNED_WIDTH = 15138  # twips on a page turned on its side: 29.7 cm - 2 x 1.5 cm


@dataclass(slots=True)
class Slot:
    """One cell of the grid; `rows` and `columns` are how far it reaches."""

    element: HtmlElement | None
    columns: int = 1
    rows: int = 1
    heading: bool = False


@dataclass(slots=True)
class Grid:
    """A table with every place filled: `places[row]` maps a column to what begins there.

    A place covered from above holds the same Slot as the row above it. `too_wide`: cells were
    left out, because Word has no room for so many columns.
    """

    places: list[dict[int, Slot]] = field(default_factory=list)
    width: int = 0
    header_rows: int = 0
    too_wide: bool = False


def read_grid(table: HtmlElement) -> Grid:
    """Lay out an HTML table as browsers do (HTML standard, forming a table).

    Absurd spans are cut to the rows and columns that the other cells ask for.
    """
    rows = list(_rows(table))
    grid = Grid(places=[{} for _ in rows])
    taken: set[tuple[int, int]] = set()
    asked = max((_asked_columns(row) for row in rows), default=1)
    for index, row in enumerate(rows):
        column = 0
        for cell in row.iterchildren("td", "th"):
            while (index, column) in taken:
                column += 1
            span = _span(cell, "colspan")
            if column >= MAX_COLUMNS:
                grid.too_wide = True
                break
            slot = Slot(
                cell,
                columns=min(span if span <= MAX_COLUMNS else asked, MAX_COLUMNS - column),
                rows=min(_span(cell, "rowspan"), len(rows) - index),
                heading=cell.tag == "th",
            )
            column = _place(grid, taken, slot, index, column)
    grid.width = max((column + 1 for _, column in taken), default=0)
    grid.header_rows = _header_rows(rows)
    _fill_gaps(grid, taken)
    return grid


def _asked_columns(row: HtmlElement) -> int:
    spans = (_span(cell, "colspan") for cell in row.iterchildren("td", "th"))
    return max(sum(span if span <= MAX_COLUMNS else 1 for span in spans), 1)


def _place(grid: Grid, taken: set[tuple[int, int]], slot: Slot, index: int, column: int) -> int:
    # A wide cell gives way where a cell from above already stands.
    free = 1
    while free < slot.columns and (index, column + free) not in taken:
        free += 1
    slot.columns = free
    for down in range(slot.rows):
        grid.places[index + down][column] = slot
        taken.update((index + down, column + right) for right in range(slot.columns))
    return column + slot.columns


def _fill_gaps(grid: Grid, taken: set[tuple[int, int]]) -> None:
    for index, row in enumerate(grid.places):
        for column in range(grid.width):
            if (index, column) not in taken:
                row[column] = Slot(None)


def add_grid(
    container: BlockItemContainer,
    grid: Grid,
    fill: Callable[[_Cell, Slot], None],
    *,
    width: int = TEXT_WIDTH,
    padding: int = 90,
) -> None:
    """Append the table to the document or cell; `fill` writes each cell's content.

    `width` of the table and `padding` left and right in a cell are in twips.
    """
    widths = _column_widths(grid, width)
    table = _new_table(container, widths, padding)
    for index, row in enumerate(grid.places):
        line = OxmlElement("w:tr")
        line.append(_row_properties(index < grid.header_rows))
        table._tbl.append(line)
        for column in sorted(row):
            slot = row[column]
            above = index > 0 and grid.places[index - 1].get(column) is slot
            across = sum(widths[column : column + slot.columns])
            cell = _new_cell(line, slot, across, covered=above)
            if not above:
                fill(_Cell(cast(CT_Tc, cell), table), slot)
            _end_with_paragraph(cell)


def add_rows(
    container: BlockItemContainer,
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    fill: Callable[[_Cell, int, int], None],
) -> None:
    """A plain table; `widths` are shares of the text width, the first row is its heading."""
    total = sum(widths)
    table = _new_table(container, [TEXT_WIDTH * share // total for share in widths])
    for index, row in enumerate(rows):
        line = OxmlElement("w:tr")
        line.append(_row_properties(index == 0))
        table._tbl.append(line)
        for column in range(len(row)):
            slot = Slot(None, heading=index == 0)
            cell = _new_cell(line, slot, TEXT_WIDTH * widths[column] // total, covered=False)
            fill(_Cell(cast(CT_Tc, cell), table), index, column)
            _end_with_paragraph(cell)


def _rows(table: HtmlElement) -> Iterator[HtmlElement]:
    for child in table.iterchildren():
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from child.iterchildren("tr")


def _header_rows(rows: Sequence[HtmlElement]) -> int:
    """Leading rows of <thead>, or of nothing but <th>."""
    count = 0
    for row in rows:
        parent = row.getparent()
        cells = [cell.tag for cell in row.iterchildren("td", "th")]
        in_head = parent is not None and parent.tag == "thead"
        if not in_head and not (cells and set(cells) == {"th"}):
            break
        count += 1
    return count if count < len(rows) else 0


def _span(cell: HtmlElement, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    # rowspan=0 means "to the end" in HTML; no notice was seen to use it, one row is safe.
    return max(int(text[:4]), 1) if text.isascii() and text.isdigit() else 1


def _column_widths(grid: Grid, width: int) -> list[int]:
    """Twips per column by its longest text, so that numbers stay narrow and words get room."""
    longest = [2] * grid.width
    for row in grid.places:
        for column, slot in row.items():
            if slot.columns == 1 and slot.element is not None:
                longest[column] = max(longest[column], _text_width(slot.element))
    capped = [min(size, 36) + 2 for size in longest]
    return [max(width * size // sum(capped), 300) for size in capped]


def _text_width(element: HtmlElement) -> int:
    text = " ".join("".join(element.itertext()).split())
    wide = sum(unicodedata.east_asian_width(mark) in "WF" for mark in text[:60])
    return len(text[:60]) + wide


def _new_table(container: BlockItemContainer, widths: Sequence[int], padding: int = 90) -> Table:
    element = OxmlElement("w:tbl")
    properties, columns = OxmlElement("w:tblPr"), OxmlElement("w:tblGrid")
    for name, attributes in (
        ("w:tblW", {"w": str(sum(widths)), "type": "dxa"}),
        ("w:tblLayout", {"type": "fixed"}),
    ):
        properties.append(_made(name, attributes))
        if name == "w:tblW":
            properties.append(_borders())
    properties.append(_margins(padding))
    for width in widths:
        columns.append(_made("w:gridCol", {"w": str(width)}))
    element.append(properties)
    element.append(columns)
    append_block(container, element)
    return Table(cast(CT_Tbl, element), container)


def _borders() -> _Element:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        traits = {"val": "single", "sz": "4", "space": "0", "color": RULE}
        borders.append(_made(f"w:{side}", traits))
    return borders


def _margins(padding: int) -> _Element:
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 40), ("left", padding), ("bottom", 40), ("right", padding)):
        margins.append(_made(f"w:{side}", {"w": str(width), "type": "dxa"}))
    return margins


def _row_properties(heading: bool) -> _Element:
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    if heading:
        properties.append(OxmlElement("w:tblHeader"))
    return properties


def _new_cell(line: _Element, slot: Slot, width: int, *, covered: bool) -> _Element:
    cell, properties = OxmlElement("w:tc"), OxmlElement("w:tcPr")
    properties.append(_made("w:tcW", {"w": str(width), "type": "dxa"}))
    if slot.columns > 1:
        properties.append(_made("w:gridSpan", {"val": str(slot.columns)}))
    if slot.rows > 1:
        properties.append(_made("w:vMerge", {"val": "continue" if covered else "restart"}))
    if slot.heading:
        shade(properties, TINT)
    properties.append(_made("w:vAlign", {"val": "center"}))
    cell.append(properties)
    line.append(cell)
    return cell


def _end_with_paragraph(cell: _Element) -> None:
    """Word calls a file damaged when a cell does not end in a paragraph."""
    if cell[-1].tag != qn("w:p"):
        cell.append(OxmlElement("w:p"))


def _made(name: str, attributes: dict[str, str]) -> _Element:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
