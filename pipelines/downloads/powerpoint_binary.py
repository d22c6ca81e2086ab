"""The text of PowerPoint 97-2003 presentations (.ppt, .pps, .dps): [MS-PPT]."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pipelines.downloads.compound_file import open_compound
from pipelines.downloads.pieces import PASSWORD, Pieces, UnreadableFileError

_WIDE_TEXT, _NARROW_TEXT = 0x0FA0, 0x0FA8
_ENCRYPTED_SUMMARY = "EncryptedSummary"
# Masters hold placeholders (单击此处编辑标题), the outline repeats what slides say by reference.
_MASTER = 0x03F8
_CURRENT_USER_ENCRYPTED = 0xF3D1C4DF
_CONTAINER = 0xF
# Stands where a page number or a date is put in.
_FIELD = "*"
_DEEPEST = 16


def powerpoint_pieces(data: bytes) -> Pieces:
    """The texts of slides and notes, in the order of the file. Raises UnreadableFileError."""
    with open_compound(data) as file:
        if file.has(_ENCRYPTED_SUMMARY) or _is_encrypted(file.stream("Current User")):
            raise UnreadableFileError(PASSWORD)
        stream = file.stream("PowerPoint Document")
    for text in _texts(stream, 0, len(stream), 0):
        lines = text.replace("\x0b", "\n").replace("\r", "\n").split("\n")
        yield from (line for line in lines if line.strip() != _FIELD)


def _is_encrypted(user: bytes) -> bool:
    return len(user) >= 16 and struct.unpack_from("<I", user, 12)[0] == _CURRENT_USER_ENCRYPTED


def _texts(stream: bytes, start: int, end: int, depth: int) -> Iterator[str]:
    """Records are nested by their lengths; each byte is passed once on every level."""
    while start + 8 <= end:
        version, kind, size = struct.unpack_from("<HHI", stream, start)
        start += 8
        after = min(start + size, end)
        if version & 0xF == _CONTAINER:
            if kind != _MASTER and depth < _DEEPEST:
                yield from _texts(stream, start, after, depth + 1)
        elif kind == _WIDE_TEXT:
            yield stream[start:after].decode("utf-16-le", "replace")
        elif kind == _NARROW_TEXT:
            yield stream[start:after].decode("latin-1")
        start = after
