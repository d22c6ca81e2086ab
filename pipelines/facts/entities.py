"""Entities that a publisher escaped twice, so that readers see `&ldquo;` for a quotation mark."""

from __future__ import annotations

import re
from html import unescape

_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});")


def undo_entities(text: str) -> str:
    """The text with the characters that were meant; markup that comes to light stays words."""
    if "&" not in text or not _ENTITY.search(text):
        return text
    return _ENTITY.sub(lambda match: unescape(match[0]), text)
