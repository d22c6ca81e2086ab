"""Rules for keys that several publishing systems share. What they give is kept for ever."""

from __future__ import annotations

import re
from urllib.parse import SplitResult

_HEX = re.compile(r"(?<![0-9a-f])([0-9a-f]{32})(?![0-9a-f])")
_ARTICLE = re.compile(r"art_(\d+_\d+)\.html")


def last_hex(address: SplitResult) -> str:
    """The last id of 32 hexadecimal digits in path or query."""
    found = _HEX.findall(f"{address.path}?{address.query}")
    return str(found[-1]) if found else ""


def article_number(address: SplitResult) -> str:
    """`art_74_156657`: column and number of an article's file."""
    match = _ARTICLE.search(address.path)
    return f"art_{match[1]}" if match else ""
