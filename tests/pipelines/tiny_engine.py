"""A recogniser of one script: each line of text is a row of pixels, a bit of its UTF-8 a pixel.

It reads real PNG files as an engine does, without an engine's libraries. A page ends with a grey
row; the fainter the ink, the less sure it is. Some words make it fail as engines do.
"""

from __future__ import annotations

import io
import itertools
import os
import signal

import png

from pipelines.pictures.page_text import Page

WHITE, GREY = 255, 128
_WIDTH = 2048


def draw(*pages: str, ink: int = 0) -> bytes:
    """A picture of these texts, each on a page of its own."""
    rows = []
    for index, text in enumerate(pages):
        rows += [[GREY] * _WIDTH] if index else []
        rows += [_row(line, ink) for line in text.split("\n")]
    out = io.BytesIO()
    png.Writer(_WIDTH, len(rows), greyscale=True).write(out, rows)
    return out.getvalue()


def read_page(data: bytes, kind: str, number: int) -> Page:
    """As `pipelines.pictures.rapid_engine.read_page`."""
    _, _, rows, _ = png.Reader(bytes=data).read()
    groups = itertools.groupby((bytes(row) for row in rows), key=lambda row: row[0] == GREY)
    pages = [list(group) for is_end, group in groups if not is_end]
    lines = [_line(row) for row in pages[number]]
    for text, _ in lines:
        _fail(text)
    return Page(len(pages), tuple(lines))


def _row(line: str, ink: int) -> list[int]:
    bits = "".join(f"{byte:08b}" for byte in line.encode())
    return [ink if bit == "1" else WHITE for bit in bits.ljust(_WIDTH, "0")]


def _line(row: bytes) -> tuple[str, float]:
    bits = "".join("1" if pixel < GREY else "0" for pixel in row)
    data = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    return data.rstrip(b"\0").decode(), round(1 - min(row) / WHITE, 4)


def _fail(text: str) -> None:
    if text == "占满内存":
        bytearray(8 * 1024**3)
    if text == "中途死去":
        os.kill(os.getpid(), signal.SIGSEGV)
    if text == "没完没了":
        while True:
            pass
