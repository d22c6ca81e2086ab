"""What is kept of a downloaded file: its text, the rows of its tables, its extent. To be read in
a child process with limits (pipelines.downloads.text_reader): files are made by strangers, and the
libraries that open them can be led to use any amount of time and memory.
"""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from pipelines.downloads.limits import Record
from pipelines.downloads.pieces import (
    DAMAGED,
    Covered,
    Extent,
    Piece,
    Remark,
    Row,
    UnreadableFileError,
)
from storage.models import SCANNED

MAX_CHARACTERS = 200_000
"""Longer texts are cut here; enough for a law with its annexes."""

MAX_ROWS = 20_000
MAX_ROW_CHARACTERS = 2_000_000
"""Rows of tables are kept beyond the text's limit: a list of companies must be whole."""

NO_TEXT = f"文件中没有可提取的文字（{SCANNED}件）"
NOT_READ = "只保存文件，未提取文字"
PARTLY = "文件有损坏，只提取了前面的文字"
CUT = f"文字较长，只保留了前 {MAX_CHARACTERS} 字"
ROWS_CUT = f"表格较长，只保留了前 {MAX_ROWS} 行"
READABLE = frozenset((
    "pdf", "ofd", "doc", "docx", "docm", "dot", "dotx", "wps", "wpt", "rtf", "odt", "odp", "mht",
    "xls", "xlsx", "xlsm", "xlsb", "et", "ett", "ods", "csv", "txt", "ppt", "pptx", "pptm",
    "pps", "ppsx", "dps", "zip", "rar", "7z", "gz",
))  # fmt: skip
"""The types that text is taken out of."""

_PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp"})
_MOST_REMARKS = 4
# What libraries raise on damaged files, beside their own errors.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    etree.XMLSyntaxError,
    struct.error,
    LookupError,
    ValueError,
    OSError,
    NotImplementedError,
)


@dataclass(frozen=True, slots=True)
class FileText:
    """Text, one paragraph or table row a line; in Chinese what is missing from it, and how long
    the file is; and the rows of its tables, merged cells not yet filled."""

    text: str | None = None
    note: str = ""
    extent: str = ""
    rows: tuple[Row, ...] = ()


def is_readable(kind: str) -> bool:
    """Whether text is taken out of files of this type at all."""
    return kind in READABLE


def why_unread(kind: str) -> str:
    """What is said of a type that text is not taken out of."""
    if kind in _PICTURES:
        return f"图片，{NOT_READ}"
    return f"{kind.upper() or '未知'} 格式，{NOT_READ}"


def read_text(path: Path, kind: str) -> FileText:
    """What is kept of a file of type `kind`.

    Lets MemoryError and RecursionError through, and whatever a library raises on a file made to
    break it: the caller is a child process whose end is a note.
    """
    return assembled(records(path, kind))


def records(path: Path, kind: str) -> Iterator[Record]:
    """The same piece by piece, so that what was read before an untimely end is not lost: ("line",
    str), ("row", [table, number, cells]), ("extent", str), ("remark", str), and when reading ended
    early ("note", str)."""
    if kind not in READABLE:
        yield "note", why_unread(kind)
        return
    # The readers bring heavy libraries: only the process that reads pays for them.
    from pipelines.downloads.readers import read_pieces

    warnings.simplefilter("ignore")
    try:
        yield from _kept(read_pieces(path.read_bytes(), kind))
    except UnreadableFileError as error:
        yield "note", str(error)
    except _DAMAGE:
        yield "note", DAMAGED


def assembled(found: Iterable[Record]) -> FileText:
    """One file's records put together; a note of an untimely end is softened by text before it."""
    lines: list[str] = []
    rows: list[Row] = []
    remarks: list[str] = []
    note = extent = ""
    for name, value in found:
        if name == "line":
            lines.append(str(value))
        elif name == "row" and isinstance(value, list):
            rows.append(_row(value))
        elif name == "extent":
            extent = str(value)
        elif name == "remark":
            remarks.append(str(value))
        else:
            note = str(value)
    if not lines:
        return FileText(None, note or _together(remarks) or NO_TEXT, extent)
    if note == DAMAGED:
        note = PARTLY
    note = note.replace("，未提取文字", "，只提取了前面的文字")
    return FileText("\n".join(lines), _together([note, *remarks]), extent, tuple(rows))


def _together(remarks: list[str]) -> str:
    """Remarks as one note: each once, further ones counted."""
    single = list(dict.fromkeys(remark for remark in remarks if remark))
    more = len(single) - _MOST_REMARKS
    return "；".join(single[:_MOST_REMARKS]) + (f"；另有 {more} 处类似情况" if more > 0 else "")


def _kept(pieces: Iterator[Piece]) -> Iterator[Record]:
    """Pieces up to the limits; when a text without tables is full, no more is asked for."""
    text, rows, row_text = 0, 0, 0
    for piece in pieces:
        if isinstance(piece, (Remark, Extent)):
            yield type(piece).__name__.lower(), piece.text
            continue
        if isinstance(piece, Row) and rows >= 0:
            row_text += sum(len(cell) for cell in piece.cells if isinstance(cell, str))
            rows += 1
            if rows > MAX_ROWS or row_text > MAX_ROW_CHARACTERS:
                yield "remark", ROWS_CUT
                rows = -1
            else:
                yield "row", [piece.table, piece.number, _plain(piece)]
        if text < MAX_CHARACTERS:
            line = (piece.line() if isinstance(piece, Row) else piece).replace("\x00", "").strip()
            if line:
                yield "line", line[: MAX_CHARACTERS - text]
                text += len(line) + 1
            if text >= MAX_CHARACTERS:
                yield "remark", CUT
        elif rows <= 0:
            return


def _plain(row: Row) -> list[str | int]:
    """Cells for the way through a pipe: covered ones as numbers."""
    return [_SIDES.index(cell) if isinstance(cell, Covered) else cell for cell in row.cells]


def _row(value: list[object]) -> Row:
    table, number, cells = value
    if not isinstance(cells, list):
        raise TypeError(cells)
    places = (_SIDES[cell] if isinstance(cell, int) else str(cell) for cell in cells)
    return Row(str(table), int(str(number)), tuple(places))


_SIDES = (Covered.LEFT, Covered.ABOVE)
