"""The text of .rtf files, by striprtf."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from pipelines.downloads.pieces import Pieces, Row

# Some programs write Chinese as raw bytes, whose second byte may look like a sign of RTF itself.
_RAW = re.compile(rb"[\x81-\xfe][\x30-\x39\x40-\x7e\x80-\xfe]|[\x80-\xff]")


def rtf_pieces(data: bytes) -> Pieces:
    """Paragraphs and rows of tables; merged cells are not told apart. Raises ValueError."""
    escaped = _RAW.sub(lambda match: b"".join(b"\\'%02x" % byte for byte in match[0]), data)
    text = rtf_to_text(escaped.decode("ascii"), errors="replace")
    # Signs beyond the first plane come as two halves.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    tables = rows = 0
    for line in text.split("\n"):
        # striprtf ends each cell with this sign.
        if not line.endswith("|"):
            rows = 0
            yield line
            continue
        tables += not rows
        rows += 1
        yield Row(f"表{tables}", rows, tuple(cell.strip() for cell in line[:-1].split("|")))
