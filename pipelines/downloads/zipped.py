"""ZIP containers, looked at before anything in them is unpacked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.downloads.pieces import (
    DAMAGED,
    MAX_UNPACKED,
    PASSWORD,
    TOO_LARGE,
    UnreadableFileError,
)

MAX_PARTS = 20_000


@contextmanager
def open_zip(data: bytes) -> Iterator[zipfile.ZipFile]:
    """The parts of a document. Python's zipfile never unpacks more of a part than it claims.

    Raises UnreadableFileError for damage, passwords and bombs.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFileError(DAMAGED) from error
    with archive:
        members = archive.infolist()
        if any(member.flag_bits & 1 for member in members):
            raise UnreadableFileError(PASSWORD)
        parts = [one for one in members if one.filename.endswith((".xml", ".rels", ".bin"))]
        if len(members) > MAX_PARTS or sum(one.file_size for one in parts) > MAX_UNPACKED:
            raise UnreadableFileError(TOO_LARGE)
        yield archive


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part, unpacked. Raises KeyError when there is none, zipfile.BadZipFile, OSError."""
    with archive.open(name) as file:
        return file.read(MAX_UNPACKED)
