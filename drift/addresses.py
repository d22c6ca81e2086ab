"""Where a redesigned site keeps its notices, and what its old addresses answer."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from replica.entries import Entry
from replica.exchange import Ask

Old = Literal["works", "redirects", "gone"]
Form = Callable[[Entry], str]
# What changes with every visit and names nothing.
SESSION = re.compile(r";jsessionid=[0-9A-F]+", re.IGNORECASE)
VISIT = frozenset({"sid", "_t", "hop"})


def plain(url: str) -> str:
    """An address without scheme, fragment and what belongs to one visit: to compare by."""
    parts = urlsplit(SESSION.sub("", url))
    pairs = [(name, value) for name, value in parse_qsl(parts.query) if name not in VISIT]
    path = parts.path.removesuffix("/") or "/"
    return f"{parts.netloc.lower()}{path}" + (f"?{urlencode(sorted(pairs))}" if pairs else "")


@dataclass
class Addresses:
    """`form` makes the new address of a notice; `old` says what becomes of the old one.

    `seen` remembers every address that was printed or served for a notice, for the judge.
    """

    form: Form | None = None
    old: Old = "works"
    decorate: Callable[[str], str] | None = None
    seen: dict[str, Entry] = field(default_factory=dict)

    def of(self, entry: Entry) -> str:
        """The address that is printed for a notice now."""
        if entry.external_url:
            return entry.external_url
        url = self.form(entry) if self.form else entry.url
        self.seen[plain(url)] = entry
        return self.decorate(url) if self.decorate else url

    def find(self, ask: Ask, entries: list[Entry]) -> tuple[Entry, bool] | None:
        """The notice that is asked for, and whether by its new address."""
        wanted = plain(f"https://{ask.host}{ask.target}")
        folded = wanted.lower()
        for entry in entries:
            if entry.external_url:
                continue
            if self.form and plain(self.form(entry)).lower() == folded:
                return entry, True
            if plain(entry.url) == wanted:
                return entry, self.form is None
        return None


def number_of(entry: Entry) -> int:
    """A number of a notice's own, as a new publishing system would give it."""
    return 10_000 + zlib.crc32(entry.url.encode()) % 900_000
