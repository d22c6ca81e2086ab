"""Which elements of a page are text, which only place it, and which are the site's furniture."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

_BLOCK_NAMES = (
    "p", "div", "section", "article", "main", "header", "footer", "aside", "center", "address",
    "pre", "dl", "dt", "dd", "figure", "figcaption", "form", "fieldset", "body", "html",
    "details", "summary", "caption", "tbody", "thead", "tfoot", "td", "th", "tr", "table",
)  # fmt: skip
BLOCKS = frozenset(_BLOCK_NAMES)
"""Elements that begin and end a paragraph."""

_DROPPED_NAMES = (
    "script", "style", "noscript", "iframe", "object", "embed", "applet", "head", "title",
    "meta", "link", "svg", "math", "canvas", "audio", "video", "select", "option", "input",
    "button", "textarea", "nav", "xml", "template", "map", "area",
)  # fmt: skip
_DROPPED = frozenset(_DROPPED_NAMES)
_SHARE_TOKENS = re.compile(
    r"(?:^|\s)(?:share|fenxiang|bdshare[\w-]*|bdsharebuttonbox|bshare[\w-]*|jiathis[\w-]*|"
    r"social-share|share-?(?:box|bar|btn|wrap)|noprint|no-print|ewm|ewmzs|erweima|qrcode)(?:\s|$)",
    re.IGNORECASE,
)
_NOT_SHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SHORT = 200
_CONTROL = re.compile(r"[\x00-\x20\x7f\u200b\ufeff]+")


def safe_url(base: str, printed: str) -> str:
    """The absolute http(s) or mailto address, or empty for anything else (javascript:, data:)."""
    cleaned = _CONTROL.sub("", printed.strip())
    if not cleaned or cleaned.startswith("#"):
        return ""
    try:
        absolute = urljoin(base, cleaned)
        parts = urlsplit(absolute)
    except ValueError:
        return ""
    if parts.scheme == "mailto":
        return absolute
    return absolute if parts.scheme in ("http", "https") and parts.netloc else ""


def is_dropped(node: etree._Element) -> bool:
    """Whether an element and all inside it is no part of the notice.

    `visibility: hidden` is no reason: WeChat's whole body is hidden until its script runs.
    """
    if node.tag in _DROPPED:
        return True
    names, ident, style = node.get("class"), node.get("id"), node.get("style")
    hidden = style and _NOT_SHOWN.search(style)
    if not hidden and (names or ident):
        hidden = _SHARE_TOKENS.search(f"{names or ''} {ident or ''}")
    return bool(hidden) and _is_short(node)


def _is_short(node: etree._Element) -> bool:
    """A hidden or sharing box is small; a body someone wrapped in such a class is not."""
    length = 0
    for piece in node.itertext():
        length += len(piece.strip())
        if length > _SHORT:
            return False
    return True


def is_layout(table: etree._Element) -> bool:
    """Tables that only place things: one inside another, one cell, or one column."""
    if next(table.iterdescendants("table"), None) is not None:
        return True
    cells = sum(1 for _ in islice(table.iter("td", "th"), 5000))
    rows = sum(1 for _ in islice(table.iter("tr"), 5000))
    return cells <= rows or cells <= 1
