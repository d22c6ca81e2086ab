"""One list page as its pager is read: controls, scripts and counts, looked up once."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from parsel import Selector

from crawlers.reading.addresses import base_address
from crawlers.reading.pager_controls import Control, find_controls
from crawlers.reading.pager_counts import Counts, printed_counts
from crawlers.reading.pager_scripts import ScriptPager, read_scripts


@dataclass(slots=True)
class Sight:
    """One page as the steps of `crawlers.reading.pager` look at it.

    `base` is what relative addresses start from, `folders` the paths a page of the list lies
    under, `asked` its number in the walk from 1, `rows` how many notices it showed, if known.
    """

    page: Selector
    url: str
    base: str
    folders: tuple[str, ...]
    asked: int
    rows: int | None
    controls: list[Control]
    script: ScriptPager
    counts: Counts

    @property
    def last(self) -> int | None:
        """The number of pages, as printed or as a script says."""
        known = [n for n in (self.counts.last, self.script.counts.last) if n is not None]
        return max(known, default=None)

    def leads(self, address: str, *, clearly: bool) -> bool:
        """Whether an address may be followed: never to another host, and out of the column's
        folder only where the pager says 下一页 to it."""
        here, there = urlsplit(self.url), urlsplit(address)
        if _host(here.hostname) != _host(there.hostname):
            return False
        return clearly or there.path.startswith(self.folders)


def look_at(page: Selector, url: str, asked: int, column_url: str, rows: int | None) -> Sight:
    """Everything a page says of its pager."""
    base = base_address(page, url)
    folders = {urlsplit(u).path.rpartition("/")[0] + "/" for u in (url, column_url) if u}
    script = read_scripts(page)
    controls = find_controls(page, base)
    return Sight(
        page, url, base, tuple(folders), asked, rows, controls, script, printed_counts(page)
    )


def is_same(one: str, other: str) -> bool:
    """Whether two addresses are one page, whatever their fragments."""
    return one.partition("#")[0].rstrip("?") == other.partition("#")[0].rstrip("?")


def says_last(sight: Sight) -> bool:
    """Whether the printed counts say that this is the last page. A link to a higher number
    contradicts them; a 下一页 alone does not: many print it on every page."""
    last = sight.last
    if last is None or max(sight.asked, sight.counts.current or 0) < last:
        return False
    if sight.counts.current is not None and sight.counts.current < last:
        return False
    return not any(c.kind == "number" and c.works and c.number > last for c in sight.controls)


def _host(name: str | None) -> str:
    return (name or "").removeprefix("www.")
