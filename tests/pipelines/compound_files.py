"""Makes OLE2 compound files with any streams in them, for readers to be tried on."""

from __future__ import annotations

import struct

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_LEAST = 4096  # shorter streams would lie in the mini stream


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A file of version 3 with these streams beside each other, each filled up to 4,096 bytes."""
    contents = {name: data.ljust(_LEAST, b"\x00") for name, data in streams.items()}
    directory = -(-(len(contents) + 1) // 4)
    starts, sectors = {}, 1 + directory
    for name, data in contents.items():
        starts[name] = sectors
        sectors += -(-len(data) // _SECTOR)
    assert sectors <= _SECTOR // 4, "one sector of FAT is enough for a test"
    fat = [_FAT, *_chain(1, directory)]
    for name, data in contents.items():
        fat += _chain(starts[name], -(-len(data) // _SECTOR))
    fat += [_FREE] * (_SECTOR // 4 - len(fat))
    names = list(contents)
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    for index, name in enumerate(names):
        right = index + 2 if index + 1 < len(names) else _FREE
        entries.append(_entry(name, 2, starts[name], len(contents[name]), right=right))
    header = struct.pack(
        "<8s16x5H6x9I",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, 1, 0, _LEAST, _END, 0, _END, 0),
    )
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    body = struct.pack(f"<{len(fat)}I", *fat)
    body += b"".join(entries).ljust(directory * _SECTOR, b"\x00")
    for data in contents.values():
        body += data.ljust(-(-len(data) // _SECTOR) * _SECTOR, b"\x00")
    return header + body


def _chain(first: int, count: int) -> list[int]:
    return [*range(first + 1, first + count), _END]


def _entry(
    name: str, kind: int, start: int, size: int, *, right: int = _FREE, child: int = _FREE
) -> bytes:
    encoded = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII36xIQ",
        *(encoded, len(encoded) + 2, kind, 1, _FREE, right, child, start, size),
    )
