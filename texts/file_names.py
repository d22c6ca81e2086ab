"""Names of files as file systems take them."""

from __future__ import annotations

MAX_BYTES = 255
_LONGEST_EXTENSION = 12


def cut_file_name(name: str, most: int = MAX_BYTES) -> str:
    """The name within so many bytes of UTF-8, which is what file systems count: the end of its stem
    goes, its extension stays, and no character is cut in two."""
    if len(name.encode("utf-8", "replace")) <= most:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode("utf-8", "replace")) > _LONGEST_EXTENSION:
        stem, dot, extension = name, "", ""
    room = most - len(f"{dot}{extension}".encode())
    kept = stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
    return f"{kept.rstrip()}{dot}{extension}"
