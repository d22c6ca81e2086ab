"""What is packed in .zip, .rar, .7z and .gz files: every member named, and read as a file of its
own, archives within archives to a second level.

Members stay in memory and are bounded in size and number; nothing is ever written to disk, so
the paths that members claim lead nowhere.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pipelines.downloads.file_kinds import NotAFileError, kind_of
from pipelines.downloads.pieces import (
    DAMAGED,
    MAX_UNPACKED,
    PASSWORD,
    Extent,
    Piece,
    Pieces,
    Remark,
    Row,
    UnreadableFileError,
)
from pipelines.downloads.plain_text import decoded

MAX_READ = 300
"""Members of one archive, those of archives within it included, that are read."""

MAX_NAMED = 2_000
MOST_LEVELS = 2
NO_LIBRARY = "本机没有 libarchive 程序库，未解开压缩包"
KINDS = frozenset({"zip", "rar", "7z", "gz"})
_LIBARCHIVE_FORMATS = {"7z": ("7zip",), "rar": ("rar", "rar5")}
_RAR_5 = b"Rar!\x1a\x07\x01"
_UTF_8_NAME = 0x0800
_UNICODE_PATH = 0x7075
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TOO_LARGE = "解压后过大，未提取文字"
_LONGEST_NAME = 300


@dataclass(slots=True)
class Allowance:
    """What is left for one downloaded file, through all levels of archives in it."""

    bytes: int = MAX_UNPACKED
    read: int = MAX_READ
    named: int = MAX_NAMED
    level: int = 0


Reader = Callable[[bytes, str, Allowance], Pieces]
"""Reads a member: its bytes, its kind, what is left for the whole file."""


@dataclass(frozen=True, slots=True)
class _Member:
    """`take` unpacks at most so many bytes; it is called before the next member is asked for."""

    name: str
    size: int
    take: Callable[[int], bytes]
    is_locked: bool = False


def archive_pieces(data: bytes, kind: str, read: Reader, allowance: Allowance) -> Pieces:
    """The names of members, each with what it holds. Raises UnreadableFileError."""
    if allowance.level >= MOST_LEVELS:
        raise UnreadableFileError(f"压缩包嵌套超过 {MOST_LEVELS} 层，未解开")
    allowance.level += 1
    count = 0
    try:
        for member in _members(data, kind):
            if allowance.named <= 0:
                yield Remark(f"压缩包内文件过多，只列出了前 {MAX_NAMED} 个")
                return
            allowance.named -= 1
            count += 1
            yield f"【{member.name}】"
            yield from _member_pieces(member, read, allowance)
        yield Extent(f"{count} 个文件")
    finally:
        allowance.level -= 1


def _members(data: bytes, kind: str) -> Iterator[_Member]:
    if kind == "zip":
        return _zip_members(data)
    return _gzip_member(data) if kind == "gz" else _libarchive_members(data, kind)


def _member_pieces(member: _Member, read: Reader, allowance: Allowance) -> Pieces:
    if member.is_locked:
        yield Remark(f"“{member.name}”{PASSWORD}")
        return
    if allowance.read <= 0:
        yield Remark(f"压缩包内文件过多，只读取了前 {MAX_READ} 个的内容")
        return
    if member.size > allowance.bytes:
        yield Remark(f"“{member.name}”{_TOO_LARGE}")
        return
    allowance.read -= 1
    try:
        content = _unpacked(member, allowance)
        kind = kind_of(content, "", member.name)
        for piece in read(content, kind, allowance):
            yield from _of_member(piece, member.name)
    except (NotAFileError, UnreadableFileError) as error:
        yield Remark(f"“{member.name}”{error}")


def _unpacked(member: _Member, allowance: Allowance) -> bytes:
    content = member.take(allowance.bytes + 1)
    if len(content) > allowance.bytes:
        raise UnreadableFileError(_TOO_LARGE)
    allowance.bytes -= len(content)
    return content


def _of_member(piece: Piece, name: str) -> Pieces:
    if isinstance(piece, Row):
        yield replace(piece, table=f"{name} / {piece.table}".removesuffix(" / "))
    elif isinstance(piece, Remark):
        yield Remark(f"“{name}”{piece.text}")
    elif not isinstance(piece, Extent):
        yield piece


def _zip_members(data: bytes) -> Iterator[_Member]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFileError(DAMAGED) from error
    with archive:
        for info in archive.infolist():
            name = _clean(_zip_name(info))
            if info.is_dir() or not name or _is_litter(name):
                continue
            yield _Member(
                name, info.file_size, _Unpacking(archive, info).take, bool(info.flag_bits & 1)
            )


@dataclass(frozen=True, slots=True)
class _Unpacking:
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    def take(self, most: int) -> bytes:
        try:
            with self.archive.open(self.info) as file:
                return file.read(most)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as error:
            raise UnreadableFileError(DAMAGED) from error
        except (NotImplementedError, RuntimeError) as error:
            raise UnreadableFileError("压缩方法不认识，未提取文字") from error


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: packers on Chinese Windows write GBK and do not say so."""
    unicode_path = _extra(info.extra, _UNICODE_PATH)
    if len(unicode_path) > 5:
        return unicode_path[5:].decode("utf-8", errors="replace")
    if info.flag_bits & _UTF_8_NAME:
        return info.orig_filename
    return decoded(info.orig_filename.encode("cp437", errors="replace"))


def _extra(extra: bytes, wanted: int) -> bytes:
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        if kind == wanted:
            return extra[4 : 4 + size]
        extra = extra[4 + size :]
    return b""


def _gzip_member(data: bytes) -> Iterator[_Member]:
    def take(most: int) -> bytes:
        try:
            return zlib.decompressobj(wbits=31).decompress(data, most)
        except zlib.error as error:
            raise UnreadableFileError(DAMAGED) from error

    # The name stands in the header, when its flag says so, up to a zero byte.
    name = data[10:266].partition(b"\x00")[0] if len(data) > 10 and data[3] == 0x08 else b""
    yield _Member(_clean(decoded(name)) or "压缩内容", 0, take)


def _libarchive_members(data: bytes, kind: str) -> Iterator[_Member]:
    """Of RAR and 7-Zip. Only the parser of that format is let near the data."""
    try:
        # Loads a library of the system, which not every machine has.
        import libarchive
    except (ImportError, OSError, AttributeError, TypeError) as error:
        raise UnreadableFileError(NO_LIBRARY) from error
    formats = _LIBARCHIVE_FORMATS[kind]
    chosen = formats[-1] if kind == "7z" or data.startswith(_RAR_5) else formats[0]
    count = 0
    failures: list[str] = []
    try:
        with libarchive.memory_reader(data, format_name=chosen, filter_name="none") as archive:
            for entry in archive:
                count += 1
                path = entry.pathname
                name = _clean(decoded(path) if isinstance(path, bytes) else path or f"文件{count}")
                if not (entry.isdir or entry.issym) and name and not _is_litter(name):
                    yield _Member(name, entry.size or 0, _blocks_of(entry, failures))
    except libarchive.ArchiveError as error:
        raise UnreadableFileError(_reason(error)) from error


def _blocks_of(entry: object, failures: list[str]) -> Callable[[int], bytes]:
    """Unpacks one member. After a locked one, libarchive calls the rest of a solid archive
    damaged."""

    def take(most: int) -> bytes:
        import libarchive

        kept = bytearray()
        try:
            for block in entry.get_blocks():  # type: ignore[attr-defined]
                kept += block
                if len(kept) >= most:
                    break
        except libarchive.ArchiveError as error:
            failures.append(_reason(error))
            raise UnreadableFileError(failures[0]) from error
        return bytes(kept[:most])

    return take


def _reason(error: Exception) -> str:
    return PASSWORD if "encrypt" in str(error).lower() else DAMAGED


def _clean(path: str) -> str:
    """The path of a member to be printed: no way up, no root, no drive, no hidden signs."""
    parts = re.split(r"[/\\]", _UNSAFE.sub("", path[: 4 * _LONGEST_NAME]))
    kept = [part.strip() for part in parts if part.strip() not in ("", ".", "..")]
    if kept and re.fullmatch("[A-Za-z]:", kept[0]):
        del kept[0]
    return "/".join(kept)[-_LONGEST_NAME:]


def _is_litter(name: str) -> bool:
    """What macOS and Windows leave in archives."""
    last = name.rpartition("/")[2]
    return name.startswith("__MACOSX/") or last in (".DS_Store", "Thumbs.db", "desktop.ini")
