"""Small but genuine files, so that what a notice links to opens: PDF, DOC, DOCX, XLSX, images."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin, urlsplit

from docx import Document
from openpyxl import Workbook

from replica.entries import Entry
from replica.exchange import Answer

TYPES = {
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
    ".rar": "application/x-rar-compressed",
    ".wps": "application/vnd.ms-works",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
}
# What files of older kinds begin with; the rest of ours is text, enough to be told apart.
_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_RAR = b"Rar!\x1a\x07\x00"
# The paragraph of templates/notice.doc.
_DOC_CHARACTERS = 160
# Archives carry the same stamp every time, so that a file has one checksum for ever.
_STAMP = (2021, 2, 1, 8, 0, 0)
_GIF = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b")
_MOMENT = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_LINK = re.compile(r"""(?:src|href)=["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file at an address: the name decides the type, the text is written inside."""

    name: str
    text: str


def file_answer(file: NamedFile, entry: Entry) -> Answer:
    """The file, sent as the sites send theirs (a static file with validators)."""
    suffix = PurePosixPath(file.name).suffix.lower()
    return Answer(
        body=make_file(suffix, file.text),
        content_type=TYPES.get(suffix, "application/octet-stream"),
        modified=entry.appears,
    )


def files_named_by(entry: Entry) -> dict[str, NamedFile]:
    """Address -> file, for every file or picture that the body of a notice refers to, and for a
    notice whose row leads straight to a file."""
    found: dict[str, NamedFile] = {}
    for link in [entry.url, *_LINK.findall(entry.body)]:
        address = urljoin(entry.url, link)
        if is_file(address):
            path = urlsplit(address).path
            found[address] = NamedFile(PurePosixPath(path).name, f"{entry.title} {path}")
    return found


def is_file(address: str) -> bool:
    """Whether an address names a file rather than a page."""
    return PurePosixPath(urlsplit(address).path).suffix.lower() in TYPES


def make_file(suffix: str, text: str) -> bytes:
    """The bytes of a file of that type holding `text` (where the type can hold text)."""
    if suffix == ".pdf":
        return make_pdf(text)
    if suffix in {".doc", ".wps"}:
        return make_doc(text)
    if suffix == ".docx":
        return make_docx(text)
    if suffix == ".xlsx":
        return make_xlsx(text)
    if suffix == ".zip":
        return _pack({"README.txt": text.encode()})
    pictures = {".png": make_png, ".jpg": make_jpeg, ".jpeg": make_jpeg, ".gif": make_gif}
    if suffix in pictures:
        return pictures[suffix]()
    return (_RAR if suffix == ".rar" else _OLE2) + text.encode().ljust(504, b"\0")


def make_pdf(text: str) -> bytes:
    """A one-page PDF 1.4 whose text can be copied out; CJK by the predefined Adobe-GB1 font."""
    shown = text.encode("utf-16-be").hex().upper()
    stream = f"BT /F1 14 Tf 72 760 Td <{shown}> Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H"
        b"/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
        b"<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000>>",
        _to_unicode(),
    ]
    out = io.BytesIO(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    out.seek(0, io.SEEK_END)
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = out.tell()
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows))
    out.write(
        b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    )
    return out.getvalue()


def _to_unicode() -> bytes:
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"/CMapName /Same def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"1 beginbfrange <0000> <FFFF> <0000> endbfrange\n"
        b"endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    return b"<</Length %d>>\nstream\n%s\nendstream" % (len(cmap), cmap)


def make_doc(text: str) -> bytes:
    """A Word 97 file that LibreOffice made: a paragraph, here `text` up to 160 characters, and a
    list of three firms."""
    template = (Path(__file__).parent / "templates" / "notice.doc").read_bytes()
    place = ("文" * _DOC_CHARACTERS).encode("utf-16-le")
    shown = (text[:_DOC_CHARACTERS] + " " * _DOC_CHARACTERS).encode("utf-16-le")[: len(place)]
    return template.replace(place, shown)


def make_docx(text: str) -> bytes:
    """A Word file of one paragraph."""
    document = Document()
    document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return _settle(out.getvalue())


def make_xlsx(text: str) -> bytes:
    """A workbook whose first cell is `text`."""
    book = Workbook()
    book.worksheets[0]["A1"] = text
    out = io.BytesIO()
    book.save(out)
    return _settle(out.getvalue())


def _settle(archive: bytes) -> bytes:
    """The same archive without the moment of its making."""
    with zipfile.ZipFile(io.BytesIO(archive)) as made:
        members = {name: made.read(name) for name in made.namelist()}
    return _pack(
        {name: _MOMENT.sub(b"2021-02-01T00:00:00Z", data) for name, data in members.items()}
    )


def _pack(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), data)
    return out.getvalue()


def make_gif() -> bytes:
    """The smallest GIF there is, one pixel."""
    return _GIF


def make_jpeg() -> bytes:
    """A grey picture of one pixel: baseline, one code in each Huffman table."""
    table = bytes([1] + [0] * 15 + [0])
    return (
        b"\xff\xd8"
        + _jpeg_segment(0xDB, b"\0" + b"\x01" * 64)
        + _jpeg_segment(0xC0, bytes([8, 0, 1, 0, 1, 1, 1, 0x11, 0]))
        + _jpeg_segment(0xC4, b"\x00" + table)
        + _jpeg_segment(0xC4, b"\x10" + table)
        + _jpeg_segment(0xDA, bytes([1, 1, 0, 0, 63, 0]))
        + b"\x3f\xff\xd9"
    )


def _jpeg_segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def make_png() -> bytes:
    """A grey picture of 8 by 8 pixels."""
    rows = b"".join(b"\0" + b"\x80" * 8 for _ in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _png_chunk(b"IHDR", header)
        + _png_chunk(b"IDAT", zlib.compress(rows))
        + _png_chunk(b"IEND", b"")
    )


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
