"""Streams of OLE2 compound files, which the binary Office formats are kept in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import olefile

from pipelines.downloads.pieces import DAMAGED, PASSWORD, UnreadableFileError

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")


class CompoundFile:
    """An open OLE2 file; its streams are asked for by name."""

    def __init__(self, ole: olefile.OleFileIO) -> None:
        self._ole = ole

    def has(self, name: str) -> bool:
        return bool(self._ole.exists(name))

    def stream(self, name: str) -> bytes:
        """All of a stream. Raises UnreadableFileError when there is none."""
        if not self._ole.exists(name):
            raise UnreadableFileError(DAMAGED)
        return bytes(self._ole.openstream(name).read())


@contextmanager
def open_compound(data: bytes) -> Iterator[CompoundFile]:
    """Raises UnreadableFileError for a damaged file, and for an OOXML file with a password."""
    try:
        ole = olefile.OleFileIO(io.BytesIO(data))
    except (OSError, IndexError, ValueError, TypeError) as error:
        raise UnreadableFileError(DAMAGED) from error
    try:
        file = CompoundFile(ole)
        if file.has("EncryptedPackage"):
            raise UnreadableFileError(PASSWORD)
        yield file
    finally:
        ole.close()


def compound_kind(data: bytes) -> str:
    """doc, xls, ppt, or ooxml-locked (an OOXML file with a password); empty for anything else."""
    try:
        ole = olefile.OleFileIO(io.BytesIO(data))
    except (OSError, IndexError, ValueError, TypeError):
        return ""
    try:
        for stream, kind in _STREAMS:
            if ole.exists(stream):
                return kind
        return ""
    finally:
        ole.close()


_STREAMS = (
    ("EncryptedPackage", "ooxml-locked"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)
