"""Reads files in child processes that may not use more than a little time and memory.

One server a crawl (`python -m pipelines.downloads.text_reader`), started with the first file.
"""

from __future__ import annotations

import contextlib
import importlib
import locale
import sys
from collections.abc import Iterable
from pathlib import Path

from pipelines.downloads.child_server import ChildServer, answer, limits_of
from pipelines.downloads.file_text import (
    NOT_READ,
    FileText,
    assembled,
    is_readable,
    records,
    why_unread,
)
from pipelines.downloads.limits import FAILED, Limits, Record, limited

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 20
WALL_SECONDS = 40.0


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
        self._server = ChildServer("pipelines.downloads.text_reader", Limits(memory, cpu, seconds))

    async def read(self, path: Path, kind: str) -> FileText:
        """The text of a file. Never raises for what a file holds; the note says what happened."""
        if not is_readable(kind):
            return FileText(note=why_unread(kind))
        found = await self._server.ask([str(path), kind])
        return FileText(note=FAILED) if found is None else assembled(found)

    async def close(self) -> None:
        """End the server; safe to call more than once."""
        await self._server.close()


def serve() -> None:
    """The server: a line [path, type] in, a line of records out, both JSON, until stdin ends."""
    # Loaded before forking, so that every child has the libraries for nothing.
    importlib.import_module("pipelines.downloads.readers")
    with contextlib.suppress(locale.Error):
        # Names of packed files are Chinese, whatever the language of the machine.
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    limits = limits_of(sys.argv[1:])

    def reply(question: list[str]) -> Iterable[Record]:
        path, kind = question
        return limited(lambda: records(Path(path), kind), limits)

    answer(reply)


if __name__ == "__main__":
    serve()
