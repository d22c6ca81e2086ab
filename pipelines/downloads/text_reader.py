"""Reads files in child processes that may not use more than a little time and memory.

One server a crawl (`python -m pipelines.downloads.text_reader`), started with the first file: it
has loaded the libraries once and forks a child for each file. The child's limits are the kernel's,
so a zip bomb or a malicious PDF ends in a note and harms nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import locale
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pipelines.downloads.file_text import (
    NOT_READ,
    FileText,
    Record,
    assembled,
    is_readable,
    records,
    why_unread,
)

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 20
WALL_SECONDS = 40.0
ANSWER_LIMIT = 32 * 1024 * 1024
OUT_OF_TIME = "读取超过时限，未提取文字"
OUT_OF_MEMORY = "读取超过内存限制，未提取文字"
FAILED = "读取时出错，未提取文字"
_PIECE = 65536


def is_worth_another_reading(kind: str, note: str) -> bool:
    """Whether a file without text may give one now: reading failed for no fault of the file, or
    there was no reader for its type when it was downloaded."""
    return note == FAILED or (is_readable(kind) and note.endswith(NOT_READ))


class TextReader:
    """The crawl's end: asks the server for one file after the other.

    Limits of each file: `memory` bytes, `cpu` processor seconds, `seconds` by the clock.
    """

    def __init__(
        self,
        *,
        memory: int = MEMORY_BYTES,
        cpu: int = CPU_SECONDS,
        seconds: float = WALL_SECONDS,
    ) -> None:
        self._limits = (memory, cpu, seconds)
        self._server: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    async def read(self, path: Path, kind: str) -> FileText:
        """The text of a file. Never raises for what a file holds; the note says what happened."""
        if not is_readable(kind):
            return FileText(note=why_unread(kind))
        async with self._lock:
            try:
                async with asyncio.timeout(self._limits[2] + 20):
                    return await self._ask(path, kind)
            except (TimeoutError, OSError, ValueError):
                await self._end()
                return FileText(note=FAILED)

    async def close(self) -> None:
        """End the server; safe to call more than once."""
        async with self._lock:
            await self._end()

    async def _ask(self, path: Path, kind: str) -> FileText:
        if self._server is None or self._server.returncode is not None:
            self._server = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "pipelines.downloads.text_reader",
                *map(str, self._limits),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                cwd=Path(__file__).parents[2],
                limit=ANSWER_LIMIT,
            )
        assert self._server.stdin is not None  # noqa: S101 # both were asked for as pipes
        assert self._server.stdout is not None  # noqa: S101 # same
        self._server.stdin.write(json.dumps([str(path), kind]).encode() + b"\n")
        await self._server.stdin.drain()
        return assembled(map(tuple, json.loads(await self._server.stdout.readline())))

    async def _end(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        if server.returncode is None:
            server.kill()
        # Reads what is left and closes the pipes.
        await server.communicate()


def read_limited(path: Path, kind: str, *, memory: int, cpu: int, seconds: float) -> list[Record]:
    """`records` in a fork of this process with limits: address space in bytes, processor
    seconds, seconds by the clock. Call it where there is one thread only."""
    receiving, sending = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_child(path, kind, sending, memory=memory, cpu=cpu)
    os.close(sending)
    answer, is_late = _receive(receiving, time.monotonic() + seconds)
    if is_late:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    # Only whole lines count: a child that was stopped wrote half of one.
    found = [tuple(json.loads(line)) for line in answer.split(b"\n")[:-1]]
    code = os.waitstatus_to_exitcode(status)
    if is_late or code in {-signal.SIGXCPU, -signal.SIGKILL}:
        found.append(("note", OUT_OF_TIME))
    elif code:
        # Libraries in other languages abort where Python would raise MemoryError.
        found.append(("note", OUT_OF_MEMORY if code == -signal.SIGABRT else FAILED))
    return found


def _be_child(path: Path, kind: str, sending: int, *, memory: int, cpu: int) -> None:
    """Never returns. Exits without cleaning up: everything inherited belongs to the parent."""
    try:
        _limit(memory=memory, cpu=cpu)
        # A library that aborts says so on its way; nobody reads that.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        with os.fdopen(sending, "wb") as pipe:
            for record in _records_guarded(path, kind):
                pipe.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
                pipe.write(b"\n")
                pipe.flush()
        os._exit(0)
    finally:
        os._exit(1)


def _records_guarded(path: Path, kind: str) -> Iterator[Record]:
    try:
        yield from records(path, kind)
    except MemoryError:
        yield "note", OUT_OF_MEMORY
    except Exception:  # noqa: BLE001 - whatever a hostile file makes a library raise is a note
        yield "note", FAILED


def _limit(*, memory: int, cpu: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Reading a file is no reason to write one.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # macOS does not keep to this limit; the clock still does.
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _receive(pipe: int, until: float) -> tuple[bytes, bool]:
    """All that is written to a pipe, and whether `until` (monotonic) came first."""
    pieces: list[bytes] = []
    try:
        while True:
            ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return b"", True
            piece = os.read(pipe, _PIECE)
            if not piece:
                return b"".join(pieces), False
            pieces.append(piece)
    finally:
        os.close(pipe)


def serve() -> None:
    """The server: a line [path, type] in, a line of records out, both JSON, until stdin ends.

    Arguments: the limits of `read_limited` (bytes, processor seconds, seconds by the clock).
    """
    # Loaded before forking, so that every child has the libraries for nothing.
    importlib.import_module("pipelines.downloads.readers")
    with contextlib.suppress(locale.Error):
        # Names of packed files are Chinese, whatever the language of the machine.
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    memory, cpu, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    for line in sys.stdin:
        path, kind = json.loads(line)
        found = read_limited(Path(path), kind, memory=memory, cpu=cpu, seconds=seconds)
        sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
