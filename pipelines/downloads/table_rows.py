"""Tables of files as data: the header found over merged cells, each row as value by header.

A header is known by how it stands to what is below it: a title above spans the whole table or
stands alone in its row; a header's cells are short, different from each other and no figures,
while the rows below have figures or begin to count; it goes on as long as its merged cells do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from pipelines.downloads.pieces import Cell, Covered, Row
from storage.models import TableRow

MOST_ROWS = 20_000
_LONGEST_LABEL = 40
_LONGEST_VALUE = 2_000
_MOST_TITLES = 6
_MOST_LEVELS = 4
_FIGURE = re.compile(r"[-+]?[0-9][0-9,.]{0,20}%?|[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?")


def table_rows(rows: Iterable[Row]) -> tuple[TableRow, ...]:
    """The rows of every table with more than one row and more than a heading in it."""
    found: list[TableRow] = []
    for name, lines in groupby(rows, key=lambda row: row.table):
        table = list(lines)
        grid = _filled(table)
        top, depth = header_of(table)
        labels = _labels(grid[top : top + depth], max(map(len, grid)))
        for row, cells in list(zip(table, grid, strict=True))[top + depth :]:
            values = _values(labels, cells)
            if values and cells != grid[top]:
                found.append(TableRow(name, row.number, values))
    return tuple(found[:MOST_ROWS])


def header_of(table: Sequence[Row]) -> tuple[int, int]:
    """(index of the header's first row, how many rows it has); no rows where there is no header."""
    top = 0
    while top < min(_MOST_TITLES, len(table) - 1) and _is_title(table[top], table[top + 1 :]):
        top += 1
    if len(table) - top < 2 or not _are_labels(table[top]):
        return top, 0
    depth = 1
    while (
        depth < _MOST_LEVELS
        and top + depth < len(table) - 1
        and _goes_on(table[top + depth - 1], table[top + depth])
    ):
        depth += 1
    return top, depth


def _is_title(row: Row, below: Sequence[Row]) -> bool:
    """One text in a row of its own above wider rows: a caption, a date, a unit (单位：万元)."""
    texts = _texts(row)
    if len(texts) != 1:
        return not texts
    return any(len(_texts(other)) > 1 for other in below[:_MOST_TITLES])


def _are_labels(row: Row) -> bool:
    texts = _texts(row)
    if any(len(text) > _LONGEST_LABEL for text in texts):
        return False
    figures = sum(bool(_FIGURE.fullmatch(text)) for text in texts)
    return figures * 3 <= len(texts) and len(set(texts)) * 2 >= len(texts)


def _goes_on(row: Row, below: Row) -> bool:
    """Whether a header has another level: a cell of it reaches down, or one that spans columns is
    divided below. Without marks of merged cells: the two rows fill each other's blanks."""
    if not _are_labels(below):
        return False
    reaches = any(cell is Covered.ABOVE for cell in below.cells)
    spans = [index for index, cell in enumerate(row.cells) if cell is Covered.LEFT]
    if reaches or spans:
        divided = [index for index in spans if _is_text(below, index)]
        return bool(divided) or (reaches and not spans)
    return _complete_each_other(row, below)


def _complete_each_other(row: Row, below: Row) -> bool:
    width = max(len(row.cells), len(below.cells))
    blanks = [index for index in range(width) if not _is_text(row, index)]
    left = [index for index in range(width) if not _is_text(below, index)]
    return bool(blanks and left) and all(_is_text(below, index) for index in blanks)


def _is_text(row: Row, index: int) -> bool:
    return index < len(row.cells) and isinstance(row.cells[index], str) and row.cells[index] != ""


def _texts(row: Row) -> list[str]:
    return [cell.strip() for cell in row.cells if isinstance(cell, str) and cell.strip()]


def _filled(table: Sequence[Row]) -> list[list[str]]:
    """Every place with the text of the merged cell that covers it."""
    grid: list[list[str]] = []
    for row in table:
        cells: list[str] = []
        for index, cell in enumerate(row.cells):
            cells.append(_filled_cell(cell, index, cells, grid[-1] if grid else []))
        grid.append(cells)
    return grid


def _filled_cell(cell: Cell, index: int, before: Sequence[str], above: Sequence[str]) -> str:
    if isinstance(cell, str):
        return " ".join(cell.split())[:_LONGEST_VALUE]
    if cell is Covered.LEFT:
        return before[index - 1] if index else ""
    return above[index] if index < len(above) else ""


def _labels(levels: Sequence[Sequence[str]], width: int) -> list[str]:
    """A name for every column: its labels from top to bottom, each once; else 列3."""
    labels: list[str] = []
    for column in range(width):
        parts = [level[column] for level in levels if column < len(level) and level[column]]
        label = "/".join(dict.fromkeys("".join(part.split()) for part in parts))
        label = label or f"列{column + 1}"
        again = labels.count(label)
        labels.append(f"{label}（{again + 1}）" if again and label in labels else label)
    return labels


def _values(labels: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {label: cell for label, cell in zip(labels, cells, strict=False) if cell}
