"""The text of a downloaded file: PDF, DOCX, XLSX. To be called in a child process with limits
(pipelines.downloads.text_reader): files are made by strangers, and the libraries that open them can
be led to use any amount of time and memory.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lxml import etree

MAX_CHARACTERS = 200_000
"""Longer texts are cut here; enough for a law with its annexes."""

MAX_PAGES = 500
MAX_ROWS = 20_000
MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes that the parts of a DOCX or XLSX may claim to unpack to. Python's zipfile never unpacks
more than a part claims."""

PASSWORD = "文件设有密码，未提取文字"  # noqa: S105 - a sentence
NO_TEXT = "文件中没有可提取的文字（可能是扫描件）"
DAMAGED = "文件已损坏或格式不符，未提取文字"
TOO_LARGE = "解压后超过大小限制，未提取文字"
CUT = f"文字较长，只保留了前 {MAX_CHARACTERS} 字"
_OLD_KINDS = {
    kind: f"旧版 {kind.upper()} 格式，只保存文件，未提取文字"
    for kind in ("doc", "xls", "ppt", "wps", "et")
}
_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPECIAL = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


@dataclass(frozen=True, slots=True)
class FileText:
    """Text, one paragraph or table row a line, and in Chinese what is missing from it."""

    text: str | None = None
    note: str = ""


class UnreadableFileError(Exception):
    """The file holds no text for us; the message (Chinese) says why."""


def is_readable(kind: str) -> bool:
    """Whether text is taken out of files of this type at all."""
    return kind in _READERS


def why_unread(kind: str) -> str:
    """What is said of a type that text is not taken out of."""
    return _OLD_KINDS.get(kind, f"{kind.upper() or '未知'} 格式，只保存文件，未提取文字")


def read_text(path: Path, kind: str) -> FileText:
    """The text of a file of type `kind` (pdf, docx, xlsx, txt, csv).

    Lets MemoryError and RecursionError through, and whatever a library raises on a file made to
    break it: the caller is a child process whose end is a note.
    """
    if kind not in _READERS:
        return FileText(note=why_unread(kind))
    warnings.simplefilter("ignore")
    try:
        return _collect(_READERS[kind](path))
    except UnreadableFileError as error:
        return FileText(note=str(error))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, OSError):
        return FileText(note=PASSWORD if _is_locked_office(path, kind) else DAMAGED)


def _collect(lines: Iterator[str]) -> FileText:
    """Lines up to the limit; the generator is not asked for more than is kept."""
    kept: list[str] = []
    size = 0
    for line in lines:
        clean = line.replace("\x00", "").strip()
        if not clean:
            continue
        kept.append(clean[: MAX_CHARACTERS - size])
        size += len(kept[-1]) + 1
        if size >= MAX_CHARACTERS:
            return FileText("\n".join(kept), CUT)
    return FileText("\n".join(kept)) if kept else FileText(note=NO_TEXT)


def _pdf_lines(path: Path) -> Iterator[str]:
    # Heavy to import: only the child that reads a PDF pays for it.
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        reader = PdfReader(path)
        # Many files carry an owner's password only, and open with an empty one.
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFileError(PASSWORD)
        for number, page in enumerate(reader.pages):
            if number == MAX_PAGES:
                return
            yield from page.extract_text().splitlines()
    except (DependencyError, FileNotDecryptedError) as error:
        raise UnreadableFileError(PASSWORD) from error
    except PyPdfError as error:
        raise UnreadableFileError(DAMAGED) from error


def _docx_lines(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        _refuse_bomb(archive)
        with archive.open("word/document.xml") as document:
            yield from _paragraphs(document)


def _paragraphs(document: IO[bytes]) -> Iterator[str]:
    """Paragraphs and, for tables, one line a row. Read as a stream; what was read is forgotten."""
    events = etree.iterparse(
        document, events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True
    )
    rows: list[list[str]] = []
    for event, node in events:
        if event == "start":
            if node.tag == f"{_W}tr":
                rows.append([])
        elif node.tag == f"{_W}p":
            text = _words(node)
            _forget(node)
            if rows:
                rows[-1].append(text)
            else:
                yield from text.split("\n")
        elif node.tag == f"{_W}tr":
            line = " | ".join(" ".join(cell.split()) for cell in rows.pop() if cell.strip())
            _forget(node)
            if rows:
                rows[-1].append(line)
            else:
                yield line


def _words(paragraph: etree._Element) -> str:
    pieces = paragraph.iter(f"{_W}t", *_SPECIAL)
    return "".join(_SPECIAL.get(str(node.tag), "") or node.text or "" for node in pieces)


def _forget(node: etree._Element) -> None:
    """Free an element that was read, and the emptied ones before it."""
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]


def _xlsx_lines(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        _refuse_bomb(archive)
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        left = MAX_ROWS
        for sheet in book.worksheets:
            # A sheet may claim a million rows; what it holds decides.
            sheet.reset_dimensions()
            title = sheet.title
            for row in sheet.iter_rows(values_only=True):
                left -= 1
                if left < 0:
                    return
                line = " | ".join(str(cell).strip() for cell in row if cell not in (None, ""))
                if line and title:
                    yield title
                    title = ""
                yield line
    finally:
        book.close()


def _plain_lines(path: Path) -> Iterator[str]:
    data = path.read_bytes()[: 4 * MAX_CHARACTERS]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    yield from text.splitlines()


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFileError(PASSWORD)
    parts = [one for one in members if one.filename.endswith((".xml", ".rels"))]
    if sum(member.file_size for member in parts) > MAX_UNPACKED:
        raise UnreadableFileError(TOO_LARGE)


def _is_locked_office(path: Path, kind: str) -> bool:
    """Office keeps a file with a password in an OLE2 container with a stream of that name."""
    if kind not in {"docx", "xlsx"}:
        return False
    with path.open("rb") as file:
        if file.read(8) != _OLE2:
            return False
        return "EncryptedPackage".encode("utf-16-le") in file.read(4 * 1024 * 1024)


_READERS: dict[str, Callable[[Path], Iterator[str]]] = {
    "pdf": _pdf_lines,
    "docx": _docx_lines,
    "xlsx": _xlsx_lines,
    "txt": _plain_lines,
    "csv": _plain_lines,
}
