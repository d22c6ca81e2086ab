"""How far one chain of list pages has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from scrapy.http import Request

from crawlers.items import ListedRow
from crawlers.walking.continuity import PageSeen, Strand

_CONDITIONS = frozenset({b"If-None-Match", b"If-Modified-Since"})


@dataclass(slots=True)
class Turned:
    """A list that is read from its last page back: `at` asks for a page by its number, `resume` for
    the second one, should it have to be walked forward after all; `front` is its first page."""

    at: Callable[[int], Request | None]
    resume: Request
    front: PageSeen
    is_back: bool = True


@dataclass(slots=True)
class StrandWalk:
    """One chain of list pages: its first request, the keys met in it, and the site's own count.

    `flows`: the rows of each page without those kept on top; `sizes`: how many rows each listed.
    `is_shifted`: its pages count from zero, although nothing said so; `skipped`: days of rows whose
    page the first round missed (see `LastListed.skipped`). `begins`: the first day of the year
    whose directory it is."""

    strand: Strand = field(default_factory=Strand)
    first: Request | None = None
    keys: set[str] = field(default_factory=set)
    ever: set[str] = field(default_factory=set)
    total: int | None = None
    rounds: int = 1
    turned: Turned | None = None
    flows: list[list[ListedRow]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    is_shifted: bool = False
    skipped: list[date] = field(default_factory=list)
    begins: date | None = None

    def again(self) -> Request | None:
        """The first request once more, for a second round; None when there was one already."""
        if self.rounds > 1 or self.first is None:
            return None
        self.rounds, self.strand, self.keys, self.turned = 2, Strand(), set(), None
        self.flows, self.sizes = [], []
        meta = {**self.first.meta, "dont_cache": True}
        # The cache wrote its conditions into the first request; a 304 would be no answer now.
        kept = {name: of for name, of in self.first.headers.items() if name not in _CONDITIONS}
        return self.first.replace(meta=meta, headers=kept, dont_filter=True)

    @property
    def missing(self) -> int:
        """Rows that the site claims beyond those met."""
        return (self.total or 0) - len(self.ever) if self.total is not None else 0
