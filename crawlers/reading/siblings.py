"""The last pages read of each site and layout, for telling what they share from what is their own.

A spider keeps one of these. Pages in doubt are held against it: a line that other pages show too is
the site's template, and a text that another address answered is no notice's. Bounded: few pages of
a layout, few layouts, and only lines.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import urlsplit

from crawlers.reading.outline import Outline

_PAGES = 3
_LAYOUTS = 48
_LINES = 1500
_TEXTS = 3000
_SHORTEST_TEXT = 30  # characters; shorter ones (详见附件。) may well be the same


@dataclass(slots=True)
class Siblings:
    """Pages by site and layout, and what text which address answered."""

    _pages: OrderedDict[str, deque[tuple[str, frozenset[str]]]] = field(default_factory=OrderedDict)
    _texts: OrderedDict[bytes, tuple[str, str]] = field(default_factory=OrderedDict)

    def template(self, url: str, outline: Outline) -> frozenset[str]:
        """The lines that pages of the same layout at other addresses show."""
        pages = self._pages.get(_layout(url, outline), ())
        return frozenset().union(*(lines for address, lines in pages if address != url))

    def same_text(self, url: str, title: str, text: str) -> str:
        """The address that answered this very text under another title; "" when none did."""
        found = self._texts.get(_print(text)) if len(text) >= _SHORTEST_TEXT else None
        return found[0] if found and found[0] != url and found[1] != title else ""

    def remember(self, url: str, title: str, outline: Outline, text: str) -> None:
        """Keep a page that was read, the oldest of its layout going."""
        layout = _layout(url, outline)
        pages = self._pages.setdefault(layout, deque(maxlen=_PAGES))
        self._pages.move_to_end(layout)
        lines = frozenset(line.text for line in outline.lines[:_LINES] if line.text)
        pages.append((url, lines))
        while len(self._pages) > _LAYOUTS:
            self._pages.popitem(last=False)
        if len(text) >= _SHORTEST_TEXT:
            self._texts.setdefault(_print(text), (url, title))
            while len(self._texts) > _TEXTS:
                self._texts.popitem(last=False)


def _layout(url: str, outline: Outline) -> str:
    """The site and the frame of the page: its outermost boxes."""
    frame = [_name(box.node.tag, box.node.get("class")) for box in outline.boxes[:8]]
    return f"{urlsplit(url).hostname} {' '.join(frame)}"


def _name(tag: str, classes: str | None) -> str:
    return f"{tag}.{classes}" if classes else tag


def _print(text: str) -> bytes:
    return blake2b("".join(text.split()).encode("utf-8", "replace"), digest_size=16).digest()


def shared_lines(lines: Sequence[str], template: frozenset[str]) -> float:
    """The share of the characters of `lines` that stand in the template."""
    total = sum(map(len, lines))
    return sum(len(line) for line in lines if line in template) / total if total else 0.0
