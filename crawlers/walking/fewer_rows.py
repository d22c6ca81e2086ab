"""Readings that list fewer rows than they should: what they prove is a gap. Pure.

A first page of four rows before a second one of fifteen: the second begins at the sixteenth row, as
the pages were cut before the site was changed, and eleven rows stand on no page. A feed that shows
three entries where it showed thirty: one that was put up late is not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from crawlers.walking.continuity import (
    PageSeen,
    Past,
    Proof,
    Strand,
    gap_of,
    outer_order,
    position_of,
    reach_of,
)
from crawlers.walking.last_listed import LastListed

FEWER = 2
"""So many rows fewer than the next one has, and a page is cut otherwise. One may be a row that
could not be read, or that has moved over the edge between two answers."""

BROKEN_OFF = frozenset({"stuck", "failed", "repeated", "empty", "cap"})
"""Ways in which a walk ends that wanted to go on."""

SURE = 5
"""So many rows known before tell by their first sights in which order a list without days is."""


def torn(
    pages: Sequence[PageSeen], sizes: Sequence[int], past: Past, since: date, today: date
) -> Iterator[Proof]:
    """The gap between two pages of a list, newest first, of which the second holds more rows.
    `sizes`: how many rows each page listed, with those met before.

    A row on both shows that they join. Where rows known before were met by then, the reading has
    joined the earlier ones already, and what those listed tells what was skipped.
    """
    if past.is_first or outer_order(pages) in {"up", "mixed"}:
        return
    for place, (above, below) in enumerate(pairwise(pages)):
        if any(row.known for row in above.flow):
            return
        here, there = sizes[place], sizes[place + 1]
        is_lapped = len(below.rows) < there
        if above.flow and not is_lapped and here + FEWER <= there:
            why = f"第 {place + 1} 页只有 {here} 条，第 {place + 2} 页有 {there} 条"
            start = min(past.until or since, max([since, *below.days[:1]]))
            yield gap_of(start, today, f"{why}，中间可能有没有列出的通知")


def shrunk(strand: Strand, last: LastListed, since: date, today: date) -> Iterator[Proof]:
    """The gap of a feed that shows less than half of the rows of the `last` reading: an entry that
    was put up late, with an earlier day, would not be among the few it still shows. Where they do
    not tell how far they reach, that may be any entry."""
    shown, before = _shown(strand), len(last.rows)
    if shown * 2 >= before:
        return
    why = f"订阅源只列出最近 {shown} 条，上次有 {before} 条"
    known = sum(row.known for page in strand.pages for row in page.flow)
    reach = reach_of(strand, since) or (position_of(strand) if known >= SURE else None)
    if reach is None or (reach > since and last.misses_one_since(reach)):
        yield gap_of(since, today, why)
    elif reach > since:
        yield gap_of(since, reach - timedelta(days=1), why)


def unread(strand: Strand, last: LastListed | None, since: date, today: date) -> Proof | None:
    """The gap before a reading that joined up, of days its walk could not go back over.

    `last`: what the column listed last, if this is its only list: one without a next page that
    shows less than half of that has one which was not found. Where its rows do not tell how far
    they reach, they may lack any.
    """
    shown, before = _shown(strand), len(last.rows) if last else 0
    reach = reach_of(strand, since) if strand.pages else None
    is_less = strand.ended == "bare" and shown * 2 < before
    if not is_less and (strand.ended not in BROKEN_OFF or reach is None):
        return None
    until = reach - timedelta(days=1) if reach is not None else today
    why = f"列表只列出 {shown} 条，上次有 {before} 条" if is_less else strand.why
    return (
        Proof("", None, (since, until), f"补登的通知可能没有看到：{why}")
        if until >= since
        else None
    )


def _shown(strand: Strand) -> int:
    return sum(len(page.rows) for page in strand.pages)
