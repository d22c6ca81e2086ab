"""What a file is made of, as its readers give it: paragraphs, rows of tables, and remarks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes that one file, or all of an archive, may unpack to."""

PASSWORD = "文件设有密码，未提取文字"  # noqa: S105 - a sentence
DAMAGED = "文件已损坏或格式不符，未提取文字"
TOO_LARGE = "解压后超过大小限制，未提取文字"


class Covered(Enum):
    """A place in a table that a merged cell covers, and from which side."""

    LEFT = "left"
    ABOVE = "above"


Cell = str | Covered


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, from its first column on; `number` counts from 1 in its table.

    Rows of one table come one after the other and carry the same `table`: the name of a sheet,
    or 表1, 表2, ... in the order of the document.
    """

    table: str
    number: int
    cells: tuple[Cell, ...]

    def line(self) -> str:
        """The row as text: what is printed in it, each merged cell once."""
        texts = (" ".join(cell.split()) for cell in self.cells if isinstance(cell, str))
        return " | ".join(text for text in texts if text)


@dataclass(frozen=True, slots=True)
class Remark:
    """In Chinese, what is missing from what was read; not part of the file's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Extent:
    """How long the file is, in Chinese: 12 页, 3 个工作表."""

    text: str


Piece = str | Row | Remark | Extent
"""A str is one paragraph."""

Pieces = Iterator[Piece]


class UnreadableFileError(Exception):
    """The file holds no text for us; the message (Chinese) says why."""
