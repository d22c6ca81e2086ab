"""A list that runs oldest first is read from its last page back, not page by page to it.

Read so, and each page from its foot up, it is a list as any other: newest first. Where the last
page shows nothing newer than the first one, the list is walked forward after all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from scrapy.http import Request

from crawlers.walking.column_walk import Met
from crawlers.walking.continuity import Strand
from crawlers.walking.paging import Paging
from crawlers.walking.strand_walk import StrandWalk, Turned
from crawlers.walking.window import PAGE_CAP

LEAST_PAGES = 3
"""With fewer pages the next one is the last one, or as good as that."""


def to_the_end(strand: StrandWalk, paging: Paging, since: date) -> Request | None:
    """The request for the last page, where the first one runs upwards and ends before `since`; None
    where it does not, or nobody knows the last page. The strand is begun anew there."""
    front = strand.strand.pages[-1]
    pages, at = paging.pages, paging.at
    if strand.turned is not None or pages is None or pages < LEAST_PAGES or at is None:
        return None
    if front.order != "up" or not front.days or max(front.days) >= since:
        return None
    last = at(pages)
    if last is None or paging.following is None:
        return None
    strand.turned = Turned(at, paging.following, front)
    strand.strand = Strand()
    return last


def back_from(
    strand: StrandWalk, page: int, met: Sequence[Met], *, needs_more: bool
) -> Request | None:
    """What follows a page that was read from the end; without it, the strand knows how it ended."""
    turned, state = strand.turned, strand.strand
    if turned is None or not turned.is_back:
        return None
    if len(state.pages) == 1 and not _is_newer(strand, turned):
        state.pages.clear()
        return forward_after_all(strand)
    if not met:
        state.ended, state.why = "repeated", f"第 {page} 页仍是同样的内容"
    elif not needs_more:
        state.ended = "window"
    elif page <= 2:  # the first page was read before the last one
        state.ended = "end"
    elif len(state.pages) >= PAGE_CAP:
        state.ended, state.why = "cap", f"从末页往回翻了 {PAGE_CAP} 页仍没有读到头"
    else:
        return turned.at(page - 1)
    return None


def forward_after_all(strand: StrandWalk) -> Request | None:
    """The request for the second page, where the last one was asked for and gave nothing."""
    turned = strand.turned
    if turned is None or not turned.is_back or strand.strand.pages:
        return None
    turned.is_back = False
    strand.strand.pages.append(turned.front)
    return turned.resume


def _is_newer(strand: StrandWalk, turned: Turned) -> bool:
    """Whether the last page is there and shows newer rows than the first one."""
    days = strand.strand.pages[0].days
    return bool(days) and max(days) > max(turned.front.days)
