"""What a downloaded body really is: judged by its first bytes, never by its name alone."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib

from pipelines.downloads.compound_file import compound_kind

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
# Kinds kept in OLE2 containers, by what their streams say; OOXML when it has a password.
_IN_OLE2 = {
    "doc": frozenset({"doc", "dot", "wps", "wpt"}),
    "xls": frozenset({"xls", "et", "ett"}),
    "ppt": frozenset({"ppt", "pps", "dps"}),
    "ooxml-locked": frozenset({"docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "xlsb"}),
}
_ANY_OLE2: frozenset[str] = frozenset().union(*_IN_OLE2.values())
_OPENDOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
# Kinds that differ from these by their name only.
_IN_ZIP = {
    "docx": frozenset({"docm", "dotx"}),
    "xlsx": frozenset({"xlsm", "xlsb"}),
    "pptx": frozenset({"pptm", "ppsx"}),
    "zip": frozenset({"odt", "ods", "odp", "docm", "xlsm", "pptm", "dotx", "xlsb", "ppsx"}),
}
_FIRST = {"ooxml-locked": "docx"}
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
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
_SAVED_AS = frozenset({"doc", "xls", "wps", "et", "dps"})
_MIME = re.compile(rb"\s{0,99}(?:[A-Za-z-]{2,30}:[^\n]{0,500}\n[ \t]?){1,20}", re.ASCII)
_OFFICE_MARKUP = (b"schemas-microsoft-com:office", b"mso-application")
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,5})$")


class NotAFileError(Exception):
    """What came is not the file that was named; the message (Chinese) says what it is."""


def kind_of(body: bytes, named: str, header_name: str = "") -> str:
    """The type of a file: pdf, docx, ... `named` is the type its name or address says, or "",
    `header_name` the name its server or its archive gave it. Raises NotAFileError."""
    given = _ending(header_name)
    named = named or given
    seen = _seen(body)
    if seen == "program":
        raise NotAFileError("内容是可执行程序，不是文档")
    if seen == "html" or (not seen and _is_office_markup(body)):
        # A page that the server itself calls x.doc was saved by Word; another is an excuse.
        if named in _SAVED_AS and (_is_office_markup(body) or given in _SAVED_AS):
            return named
        raise NotAFileError("网站返回的是网页，不是文件")
    if seen == "ole2":
        return _ole2_kind(body, named)
    if named in _IN_ZIP.get(seen, ()):
        return named
    if seen:
        return "jpeg" if (seen, named) == ("jpg", "jpeg") else seen
    return _unsigned_kind(body, named)


def _unsigned_kind(body: bytes, named: str) -> str:
    head = body[:_HEAD]
    if named in _PLAIN and (b"\x00" not in head or head.startswith(_WIDE_MARKS)):
        return named
    if named in _UNSIGNED and b"\x00" in head:
        return named
    if named in ("xls", "et") and _is_tabbed(head):
        return "csv"
    raise NotAFileError(f"内容不是 {named.upper()} 文件" if named else "内容不是认识的文件类型")


def _is_tabbed(head: bytes) -> bool:
    """Whether it is a table as text, which many systems hand out as .xls: lines with equally many
    tabs."""
    lines = [line for line in head.split(b"\n")[:-1] if line.strip()]
    tabs = {line.count(b"\t") for line in lines}
    return b"\x00" not in head and len(lines) > 1 and len(tabs) == 1 and 0 not in tabs


def is_markup(body: bytes) -> bool:
    """Whether it is a web page, or what Office saves as one."""
    return _HTML.match(body[:_HEAD].removeprefix(codecs.BOM_UTF8)) is not None or (
        body.lstrip()[:1] == b"<" and _is_office_markup(body)
    )


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
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    # The standard lets a PDF begin anywhere in the first kilobyte.
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if b"multipart/related" in head.lower() and _MIME.match(head):
        return "mht"
    return "html" if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")) else ""


def _packed_kind(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()
            declared = archive.read("mimetype") if _is_declared(archive) else b""
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError):
        raise NotAFileError("文件已损坏") from None
    if declared in _OPENDOCUMENT:
        return _OPENDOCUMENT[declared]
    for prefix, kind in _PACKED:
        if any(name.startswith(prefix) for name in names):
            return kind
    return "zip"


def _is_declared(archive: zipfile.ZipFile) -> bool:
    """Whether it begins with a short part that names its type, as OpenDocument files do."""
    first = archive.infolist()[:1]
    return bool(first) and first[0].filename == "mimetype" and first[0].file_size < 100


def _ole2_kind(body: bytes, named: str) -> str:
    """By its streams; where they say nothing (a damaged file), by its name."""
    found = compound_kind(body)
    if found:
        return named if named in _IN_OLE2[found] else _FIRST.get(found, found)
    if named in _ANY_OLE2:
        return named
    return "xls" if "Workbook".encode("utf-16-le") in body else "doc"


def _is_office_markup(body: bytes) -> bool:
    return any(mark in body[:_HEAD] for mark in _OFFICE_MARKUP)


def _ending(name: str) -> str:
    match = _EXTENSION.search(name[-12:])
    return match[1].lower() if match else ""
