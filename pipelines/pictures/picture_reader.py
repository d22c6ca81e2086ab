"""Recognises pages in child processes that may not use more than their share of time and memory.

The server (`python -m pipelines.pictures.picture_reader`) loads an engine once and forks a child
for each page. An engine is a module with `read_page(data, kind, number) -> Page`.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipelines.downloads.child_server import ChildServer, answer, limits_of
from pipelines.downloads.limits import FAILED, Limits, Record, limited
from pipelines.pictures.page_text import Page

ENGINE = "pipelines.pictures.rapid_engine"
NEEDED = ("rapidocr", "onnxruntime", "pypdfium2")
LIMITS = Limits(memory=2048 * 1024 * 1024, cpu=120, seconds=120.0)
"""Of one page. The models and what they compute with take up to 1.2 GB of address space, of which
0.6 GB are used; a page takes two to six seconds of one core."""


def is_installed() -> bool:
    """Whether the extra `zhengxun[ocr]` is there; nothing is loaded for that."""
    return all(find_spec(name) is not None for name in NEEDED)


class PictureReader:
    """Asks the server for one page after the other."""

    def __init__(self, engine: str = ENGINE, limits: Limits = LIMITS) -> None:
        # Threads that a library starts before the fork would be lost in every child.
        one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
        self._server = ChildServer(
            "pipelines.pictures.picture_reader", limits, [engine], dict(os.environ) | one_thread
        )

    async def read(self, path: Path, kind: str, number: int) -> Page:
        """Page `number` (from 0). Never raises for what a file holds; the note says what
        happened."""
        found = await self._server.ask([str(path), kind, number])
        return Page(0, note=FAILED) if found is None else _page(found)

    async def close(self) -> None:
        """End the server; safe to call more than once."""
        await self._server.close()


def _page(found: Iterable[Record]) -> Page:
    pages, lines, note = 0, [], ""
    for name, *values in found:
        if name == "line":
            text, confidence = values
            lines.append((str(text), float(str(confidence))))
        elif name == "pages":
            pages = int(str(values[0]))
        else:
            note = str(values[0])
    return Page(pages, tuple(lines), note)


def _records(engine: Any, path: Path, kind: str, number: int) -> Iterator[Record]:
    page: Page = engine.read_page(path.read_bytes(), kind, number)
    yield "pages", page.pages
    for text, confidence in page.lines:
        yield "line", text, confidence
    if page.note:
        yield "note", page.note


def serve() -> None:
    """The server: a line [path, type, page] in, a line of records out, until stdin ends."""
    # Crawls and people come first.
    os.nice(10)
    limits, engine = limits_of(sys.argv[1:]), importlib.import_module(sys.argv[4])

    def reply(question: tuple[str, str, int]) -> Iterable[Record]:
        path, kind, number = question
        return limited(lambda: _records(engine, Path(path), kind, number), limits)

    answer(reply)


if __name__ == "__main__":
    serve()
