"""Plain text and CSV, in whatever Chinese encoding they were saved."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator

from pipelines.downloads.pieces import Pieces, Row

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65_536
_LONGEST = 2_000_000
_DELIMITERS = (",", "\t", ";", "，")
_SNIFFED = 20
MAX_ROWS = 20_000


def plain_pieces(data: bytes) -> Pieces:
    """One paragraph a line."""
    yield from decoded(data).splitlines()


def csv_pieces(data: bytes) -> Pieces:
    """Rows; the sign between cells is the one that gives most lines the same number of cells."""
    lines = decoded(data).splitlines()
    rows = csv.reader(lines, delimiter=_delimiter(lines[:_SNIFFED]))
    try:
        for number, row in enumerate(rows, 1):
            if number > MAX_ROWS:
                return
            if any(cell.strip() for cell in row):
                yield Row("", number, tuple(cell.strip() for cell in row))
    except csv.Error:
        # A cell longer than a table has: no table, but text all the same.
        yield from lines


def decoded(data: bytes) -> str:
    """The text of bytes without a declared encoding: UTF-8, UTF-16, GB18030 or Big5."""
    data = data[:_LONGEST]
    encoding = encoding_of(data)
    text = data.decode(encoding, errors="replace")
    return text.removeprefix("\ufeff")


def encoding_of(data: bytes) -> str:
    """A mark decides; then zero bytes (UTF-16), then whether it is UTF-8, then which of the two
    double-byte encodings gives common characters."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 8 > len(sample):
        return "utf-16-be" if even > odd else "utf-16-le"
    try:
        # The sample may end within a character.
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return max(("gb18030", "big5"), key=lambda name: _commonness(sample, name))
    return "utf-8"


def _commonness(sample: bytes, encoding: str) -> float:
    """The share of the text that is in the part of its encoding made of everyday characters.

    Both standards put those first: GB 2312 in its level 1 (rows 16 to 55), Big5 in A440-C67E.
    """
    everyday = total = 0
    for first, second in _pairs(sample):
        total += 1
        if encoding == "gb18030":
            everyday += (0xB0 <= first <= 0xD7 and second >= 0xA1) or first in (0xA1, 0xA3)
        else:
            everyday += 0xA4 <= first <= 0xC6 or first in (0xA1, 0xA2)
            everyday -= 0x7F <= second <= 0xA0
    return everyday / total if total else 0.0


def _pairs(sample: bytes) -> Iterator[tuple[int, int]]:
    index = 0
    while index + 1 < len(sample):
        if sample[index] < 0x81:
            index += 1
            continue
        yield sample[index], sample[index + 1]
        index += 2


def _delimiter(lines: list[str]) -> str:
    counts = {sign: [line.count(sign) for line in lines if line.strip()] for sign in _DELIMITERS}
    return max(
        _DELIMITERS, key=lambda sign: sum(n > 0 and n == counts[sign][0] for n in counts[sign])
    )
