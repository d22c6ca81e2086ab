"""What a downloaded body really is: judged by its first bytes, never by its name alone."""

from __future__ import annotations

import io
import re
import zipfile

_HEAD = 4096
_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_MAGIC = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
    (b"\x1f\x8b\x08", "gz"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"#!", "program"),
)
_PACKED = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"), ("OFD.xml", "ofd"))
# Kinds kept in OLE2 containers, also DOCX and XLSX when they have a password.
_IN_OLE2 = frozenset(
    {"doc", "dot", "xls", "ppt", "pps", "wps", "wpt", "et", "ett", "dps", "docx", "xlsx", "pptx"}
)
# Kinds that ODF and the macro forms of OOXML keep in ZIP containers.
_IN_ZIP = frozenset({"odt", "ods", "odp", "docm", "xlsm", "pptm", "dotx", "xlsb", "ppsx"})
_PLAIN = frozenset({"txt", "csv"})
# Kinds without a published signature: believed by name when they are no text.
_UNSIGNED = frozenset({"ceb"})
# Comments and the XML declaration may come first; each is passed once and never taken back.
_HTML = re.compile(
    rb"(?:<!--(?:(?!-->).)*-->|<\?xml[^>]*+>|\s++)*"
    rb"<(?:!doctype\s+html|html|head|body|script|meta|div)\b",
    re.IGNORECASE | re.DOTALL,
)
# Word and Excel also save web pages under .doc and .xls; those are documents.
_OFFICE_MARKUP = (b"schemas-microsoft-com:office", b"mso-application")
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,5})$")


class NotAFileError(Exception):
    """What came is not the file that was named; the message (Chinese) says what it is."""


def kind_of(body: bytes, named: str, header_name: str = "") -> str:
    """The type of a file: pdf, docx, ... `named` is the type its name or address says, or "",
    `header_name` the name its server gave it. Raises NotAFileError."""
    named = named or _ending(header_name)
    seen = _seen(body)
    if seen == "program":
        raise NotAFileError("内容是可执行程序，不是文档")
    if seen == "html" or (not seen and _is_office_markup(body)):
        if named in {"doc", "xls", "wps", "et", "dps"} and _is_office_markup(body):
            return named
        raise NotAFileError("网站返回的是网页，不是文件")
    if seen == "ole2":
        return named if named in _IN_OLE2 else _ole2_kind(body)
    if seen in ("zip", "docx", "xlsx", "pptx") and named in _IN_ZIP:
        return named
    if seen:
        return "jpeg" if (seen, named) == ("jpg", "jpeg") else seen
    if named in _PLAIN and b"\x00" not in body[:_HEAD]:
        return named
    if named in _UNSIGNED and b"\x00" in body[:_HEAD]:
        return named
    raise NotAFileError(f"内容不是 {named.upper()} 文件" if named else "内容不是认识的文件类型")


def _seen(body: bytes) -> str:
    head = body[:_HEAD]
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(_OLE2):
        return "ole2"
    if head.startswith(b"PK\x03\x04"):
        return _packed_kind(body)
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return "bmp"
    # The standard lets a PDF begin anywhere in the first kilobyte.
    if b"%PDF-" in head[:1024]:
        return "pdf"
    return "html" if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")) else ""


def _packed_kind(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise NotAFileError("文件已损坏") from None
    for prefix, kind in _PACKED:
        if any(name.startswith(prefix) for name in names):
            return kind
    return "zip"


def _ole2_kind(body: bytes) -> str:
    return "xls" if "Workbook".encode("utf-16-le") in body else "doc"


def _is_office_markup(body: bytes) -> bool:
    return any(mark in body[:_HEAD] for mark in _OFFICE_MARKUP)


def _ending(name: str) -> str:
    match = _EXTENSION.search(name[-12:])
    return match[1].lower() if match else ""
