"""The printed text of PDF files, by pypdf."""

from __future__ import annotations

import io

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from pipelines.downloads.pieces import (
    DAMAGED,
    PASSWORD,
    Extent,
    Pieces,
    Remark,
    UnreadableFileError,
)

MAX_PAGES = 500


def pdf_pieces(data: bytes) -> Pieces:
    """Lines, page by page. Raises UnreadableFileError."""
    try:
        reader = PdfReader(io.BytesIO(data))
        # Many files carry an owner's password only, and open with an empty one.
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFileError(PASSWORD)
        yield Extent(f"{len(reader.pages)} 页")
        for number, page in enumerate(reader.pages):
            if number == MAX_PAGES:
                yield Remark(f"页数较多，只读取了前 {MAX_PAGES} 页")
                return
            yield from page.extract_text().splitlines()
    except (DependencyError, FileNotDecryptedError) as error:
        raise UnreadableFileError(PASSWORD) from error
    except PyPdfError as error:
        raise UnreadableFileError(DAMAGED) from error
