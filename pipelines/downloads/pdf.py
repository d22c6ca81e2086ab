"""The printed text of PDF files, by pypdf."""

from __future__ import annotations

import io
from itertools import islice

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from pipelines.downloads.pieces import (
    DAMAGED,
    PASSWORD,
    Extent,
    Pieces,
    Remark,
    UnreadableFileError,
)
from storage.models import SCANNED

MAX_PAGES = 500


def _has_picture(page: PageObject) -> bool:
    """Whether a page shows a picture; one whose pictures cannot be listed shows none to us."""
    try:
        return bool(page.images.keys())
    except (PyPdfError, AttributeError, KeyError, TypeError, ValueError):
        return False


def pdf_pieces(data: bytes) -> Pieces:
    """Lines, page by page. Raises UnreadableFileError."""
    try:
        reader = PdfReader(io.BytesIO(data))
        # Many files carry an owner's password only, and open with an empty one.
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFileError(PASSWORD)
        count, scans = len(reader.pages), 0
        yield Extent(f"{count} 页")
        for page in islice(reader.pages, MAX_PAGES):
            text = page.extract_text()
            scans += not text.strip() and _has_picture(page)
            yield from text.splitlines()
        if count > MAX_PAGES:
            yield Remark(f"页数较多，只读取了前 {MAX_PAGES} 页")
        # Of a file that is nothing else, the lack of text is said already.
        if 0 < scans < min(count, MAX_PAGES):
            yield Remark(f"其中 {scans} 页没有可提取的文字（{SCANNED}页）")
    except (DependencyError, FileNotDecryptedError) as error:
        raise UnreadableFileError(PASSWORD) from error
    except PyPdfError as error:
        raise UnreadableFileError(DAMAGED) from error
