"""WARC archives of answers: one file a site and month, a gzip member a record (ISO 28500).

Crawls are several processes, and any of them may be killed at any moment: a record is appended
under a lock, in one write, after whatever an interrupted write left at the end is cut off. What
stands before is never touched. Bodies are kept decompressed, headers without cookies; requests
are not kept, so nothing of ours is in a file.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import io
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

FOLDER = "warc"
# Cookies are a visitor's own; the others describe the transfer, which is undone.
DROPPED = frozenset(
    {"set-cookie", "set-cookie2", "content-encoding", "transfer-encoding", "content-length"}
    | {"connection", "keep-alive"}
)
_PIECE = 1024 * 1024


class WarcError(Exception):
    """A record cannot be read; the message says where."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for an address. `status` 0 and no headers: told by nobody.

    `via_browser`: the page as a browser made it of the answer, which is no HTTP message.
    """

    url: str
    at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    via_browser: bool = False

    @property
    def sha256(self) -> str:
        """Of the body, in hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()


def file_name(site: str, at: datetime) -> str:
    """The archive of a site's month (UTC), relative to the data folder."""
    return f"{FOLDER}/{at.astimezone(UTC):%Y-%m}-{site}.warc.gz"


def month_of(path: Path) -> str:
    """'2021-02' of an archive's name."""
    return path.name[:7]


def record_of(answer: Answer, same: Answer | None = None) -> bytes:
    """The answer as one gzip member; as a revisit when `same` was kept with the same body."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    date = _warc_date(answer.at)
    kept = [(name, value) for name, value in answer.headers if name.lower() not in DROPPED]
    http = StatusAndHeaders(f"{answer.status} ", kept, protocol="HTTP/1.1")
    if same is not None:
        record = writer.create_revisit_record(
            answer.url,
            digest=_sha1(answer.body),
            refers_to_uri=same.url,
            refers_to_date=_warc_date(same.at),
            http_headers=None if answer.via_browser else http,
            warc_headers_dict={"WARC-Date": date},
        )
    elif answer.via_browser:
        kind = {name.lower(): value for name, value in answer.headers}.get("content-type", "")
        record = writer.create_warc_record(
            answer.url,
            "resource",
            payload=io.BytesIO(answer.body),
            length=len(answer.body),
            warc_content_type=kind or "text/html",
            warc_headers_dict={"WARC-Date": date},
        )
    else:
        http.add_header("Content-Length", str(len(answer.body)))
        record = writer.create_warc_record(
            answer.url,
            "response",
            payload=io.BytesIO(answer.body),
            length=len(answer.body),
            http_headers=http,
            warc_headers_dict={"WARC-Date": date},
        )
    writer.write_record(record)
    return out.getvalue()


def opening(name: str, at: datetime) -> bytes:
    """The record an archive begins with: who made it, and what is left out."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    about = {
        "software": "zhengxun (warcio)",
        "format": "WARC File Format 1.1",
        "description": "bodies decompressed; no requests, no cookies; pages of a browser as it "
        "made them, as resource records",
    }
    record = writer.create_warcinfo_record(Path(name).name, about)
    record.rec_headers.replace_header("WARC-Date", _warc_date(at))
    writer.write_record(record)
    return out.getvalue()


def append(
    path: Path, first: bytes, make: Callable[[], bytes], *, known_end: Callable[[int], int]
) -> tuple[int, int]:
    """Append what `make` returns; (offset, length). A new file begins with `first`.

    `known_end`, called with the file's size once the lock is held, is where the last record
    ends that the index knows; what stands behind it is kept as far as it is whole. Raises
    OSError; the file is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = os.fstat(file.fileno()).st_size
        end = sound_end(file, min(known_end(size), size))
        if end < size:
            file.truncate(end)
        if end == 0:
            end = _write(file, first, 0)
        data = make()
        _write(file, data, end)
        return end, len(data)


def read_record(path: Path, offset: int, length: int) -> Answer:
    """The answer at this place; a revisit has no body. Raises WarcError."""
    where = f"{path.name} at {offset}"
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read(length)
        record = next(iter(ArchiveIterator(io.BytesIO(data))))
        headers, http = record.rec_headers, record.http_headers
        body = record.content_stream().read()
        if record.rec_type not in {"response", "resource", "revisit"}:
            raise WarcError(f"{where}: a {record.rec_type} record, no answer")
        return Answer(
            url=headers.get_header("WARC-Target-URI"),
            at=datetime.fromisoformat(headers.get_header("WARC-Date")),
            status=int(http.get_statuscode()) if http is not None else 200,
            headers=tuple(http.headers) if http is not None else _of_resource(headers),
            body=body,
            via_browser=record.rec_type == "resource",
        )
    except OSError as error:
        raise WarcError(f"{path.name}: {error.strerror}") from error
    except StopIteration:
        raise WarcError(f"{where}: nothing stands there") from None
    except (ArchiveLoadFailed, zlib.error, ValueError, TypeError, EOFError) as error:
        raise WarcError(f"{where}: not readable ({type(error).__name__})") from error


def sound_end(file: BinaryIO, start: int) -> int:
    """Where the last whole gzip member from `start` on ends; the rest was cut off in writing."""
    file.seek(start)
    position = end = start
    member = zlib.decompressobj(wbits=31)
    while piece := file.read(_PIECE):
        position += len(piece)
        while piece:
            try:
                # What comes out is not needed; a bound keeps a bomb from filling the memory.
                member.decompress(piece, _PIECE)
                while member.unconsumed_tail:
                    member.decompress(member.unconsumed_tail, _PIECE)
            except zlib.error:
                return end
            if not member.eof:
                break
            piece = member.unused_data
            end = position - len(piece)
            member = zlib.decompressobj(wbits=31)
    return end


def archives(data: Path) -> list[Path]:
    """Every archive, the oldest month first."""
    return sorted((data / FOLDER).glob("????-??-*.warc.gz"))


def _write(file: BinaryIO, data: bytes, end: int) -> int:
    try:
        written = 0
        while written < len(data):
            written += file.write(data[written:])
    except OSError:
        file.truncate(end)
        raise
    return end + len(data)


def _of_resource(headers: StatusAndHeaders) -> tuple[tuple[str, str], ...]:
    kind = headers.get_header("Content-Type")
    return (("Content-Type", kind),) if kind else ()


def _warc_date(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _sha1(body: bytes) -> str:
    digest = hashlib.sha1(body, usedforsecurity=False).digest()
    return "sha1:" + base64.b32encode(digest).decode()
