"""Text in pictures, as it was recognised: never the page's word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.models.notice_parts import Attachment, Deadline

PICTURE_TYPES = frozenset({"jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp"})
RECOGNISED = "图片识别："
"""Stands before whatever was recognised in a picture, wherever it is shown."""

SCANNED = "可能是扫描"
"""Stands in the note on a file with pages that have no printed text."""


def is_picture(file: Attachment) -> bool:
    """Whether a downloaded file is to be looked at: a picture, or a document with scanned pages."""
    if file.sha256 is None or file.path is None:
        return False
    return file.type in PICTURE_TYPES or (file.type == "pdf" and SCANNED in file.note)


@dataclass(frozen=True, slots=True)
class PicturePage:
    """The next page that is to be read: of which file, which one (from 0), how many the file has (0
    = not known yet), and how often this one was begun and never ended."""

    file: int
    path: str
    type: str
    number: int
    pages: int
    attempts: int


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What was made out of the pictures of a notice. To be shown as uncertain, and only where the
    page prints nothing else. `confidence`: of the whole text, 0 to 1."""

    doc_number: str = ""
    written_on: date | None = None
    deadlines: tuple[Deadline, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class PictureText:
    """What was recognised in one file of a notice. `name` is the file's, empty for a picture of
    the body; `sha256` its content's."""

    name: str
    sha256: str
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class PictureReading:
    """All that was recognised in the pictures and scans of a notice."""

    texts: tuple[PictureText, ...]
    facts: PictureFacts
