"""Which reader opens which type of file."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.downloads import archives, compound_file, markup
from pipelines.downloads.file_kinds import is_markup
from pipelines.downloads.ofd import ofd_pieces
from pipelines.downloads.office_xml import docx_pieces, pptx_pieces
from pipelines.downloads.opendocument import opendocument_pieces
from pipelines.downloads.pdf import pdf_pieces
from pipelines.downloads.pieces import PASSWORD, Pieces, UnreadableFileError
from pipelines.downloads.plain_text import csv_pieces, plain_pieces
from pipelines.downloads.powerpoint_binary import powerpoint_pieces
from pipelines.downloads.rich_text import rtf_pieces
from pipelines.downloads.spreadsheets import workbook_pieces
from pipelines.downloads.word_binary import word_pieces

_BY_KIND: dict[str, Callable[[bytes], Pieces]] = {
    "pdf": pdf_pieces,
    **dict.fromkeys(("doc", "dot", "wps", "wpt"), word_pieces),
    **dict.fromkeys(("docx", "docm", "dotx"), docx_pieces),
    **dict.fromkeys(("xls", "et", "ett", "xlsx", "xlsm", "xlsb"), workbook_pieces),
    **dict.fromkeys(("ppt", "pps", "dps"), powerpoint_pieces),
    **dict.fromkeys(("pptx", "pptm", "ppsx"), pptx_pieces),
    **dict.fromkeys(("odt", "ods", "odp"), opendocument_pieces),
    "ofd": ofd_pieces,
    "rtf": rtf_pieces,
    "txt": plain_pieces,
    "csv": csv_pieces,
    "mht": markup.mht_pieces,
}
READABLE = frozenset(_BY_KIND) | archives.KINDS
_SAVED_AS_PAGES = frozenset({"doc", "xls", "wps", "et", "dps"})
_BY_CONTAINER = {"doc": word_pieces, "xls": workbook_pieces, "ppt": powerpoint_pieces}


def read_pieces(data: bytes, kind: str, allowance: archives.Allowance | None = None) -> Pieces:
    """What a file of type `kind`, one of READABLE, holds. Its bytes outweigh its name: a .doc may
    hold RTF, a web page or a workbook.

    Raises UnreadableFileError, and what the libraries raise on damaged files.
    """
    if kind in archives.KINDS:
        allowance = allowance or archives.Allowance()
        return archives.archive_pieces(data, kind, read_pieces, allowance)
    if kind not in _BY_KIND:
        raise UnreadableFileError(f"{kind.upper()} 格式，未提取文字")
    return _reader(data, kind)(data)


def _reader(data: bytes, kind: str) -> Callable[[bytes], Pieces]:
    if data.startswith(compound_file.SIGNATURE):
        found = compound_file.compound_kind(data)
        if found == "ooxml-locked":
            raise UnreadableFileError(PASSWORD)
        return _BY_CONTAINER.get(found, _BY_KIND[kind])
    if data.startswith(b"{\\rtf"):
        return rtf_pieces
    if kind in _SAVED_AS_PAGES and is_markup(data):
        return markup.html_pieces
    return _BY_KIND[kind]
