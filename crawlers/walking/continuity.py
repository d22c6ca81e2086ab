"""Whether a reading of a list proves that nothing lies between it and the readings before. Pure.

A list is walked in one or more strands (a directory a year, several forms). A strand joins up with
what was known when it met rows known before, or went back by its own days to where the last
reading began, or came to the true end of the list. What does not join leaves a gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from statistics import median_low
from typing import Literal

from crawlers.walking.list_order import FAR, Order, disorder

Joined = Literal["", "known", "window", "end"]
Ending = Literal[
    "", "end", "bare", "window", "stuck", "failed", "repeated", "empty", "cap", "short"
]
"""How a strand ended: the site showed its end; no pager at all; the window was left behind; more
pages nobody can turn to; an answer that is none; the same page again; a page without rows; more
pages than are read; fewer rows than the site claims. Empty: it goes on."""

HALF = 0.5
MOSTLY = 0.8
# Of the rows listed last time, so many must be gone before the list counts as another one.
MOST_GONE = 2
GONE_SHARE = 1 / 3
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """One row as the walk met it: its believed day, whether it is kept on top, whether it was
    known before this crawl, and on which day it was first seen, where that is known."""

    day: date | None
    pinned: bool = False
    known: bool = False
    seen_on: date | None = None


@dataclass(frozen=True, slots=True)
class PageSeen:
    """The rows of one page in their order, and which way their days run."""

    rows: tuple[Seen, ...]
    order: Order

    @property
    def flow(self) -> list[Seen]:
        """The rows that are not kept on top."""
        return [row for row in self.rows if not row.pinned]

    @property
    def days(self) -> list[date]:
        """The believed days of the flow."""
        return [row.day for row in self.flow if row.day is not None]


@dataclass(slots=True)
class Strand:
    """One chain of pages of a column, in the order of reading. `why` is Chinese, for people.
    `shows_latest`: the list drops what is older (a feed): that nothing follows is no end."""

    pages: list[PageSeen] = field(default_factory=list)
    ended: Ending = ""
    why: str = ""
    shows_latest: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier readings of the column proved: from `covered_from` to `until` (days, Beijing)
    nothing lies unread. None: no reading has joined yet. `gaps`: (from, to) still open."""

    covered_from: date | None = None
    until: date | None = None
    gaps: tuple[tuple[date, date], ...] = ()

    @property
    def is_first(self) -> bool:
        """Whether the column was never read to a proof."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a reading proves. `covered_from`: of one strand, the day from which on it lists
    everything, None where its days do not tell; of all `together`, as in `checks`. `gap`: days
    that may be missing."""

    joined: Joined = ""
    covered_from: date | None = None
    gap: tuple[date, date] | None = None
    why: str = ""


def outer_order(pages: Sequence[PageSeen]) -> Order:
    """Which way the pages run, by their middle days; one page tells nothing."""
    middles = [median_low(page.days) for page in pages if page.days]
    if len(middles) < 2:
        return "none"
    steps = [(later - earlier).days for earlier, later in pairwise(middles)]
    falling, rising = sum(step <= 0 for step in steps), sum(step >= 0 for step in steps)
    if falling == len(steps):
        return "down"
    if rising == len(steps):
        return "up"
    return "down" if falling / len(steps) >= MOSTLY else "mixed"


def inner_order(pages: Sequence[PageSeen]) -> Order:
    """Which way the rows run within their pages: down only where all do."""
    orders = [page.order for page in pages if page.order != "none"]
    if not orders:
        return "none"
    return orders[0] if len(set(orders)) == 1 else "mixed"


def runs_on(
    strand: Strand,
    since: date,
    *,
    is_first: bool,
    goes_up: bool = False,
    has_gap: bool = False,
) -> bool:
    """Whether the next page is needed to cover the days from `since` on.

    `goes_up`: rows that the last reading listed are missing, so an old page is no end. `has_gap`:
    days before the last reading are to be read over.
    """
    last = strand.pages[-1]
    inner, outer = inner_order(strand.pages), outer_order(strand.pages)
    if inner == "none" and outer == "none":
        # Without days only known rows can tell; a page of pinned rows says nothing either way.
        return _needs_known(strand, since, is_first=is_first, has_gap=has_gap)
    if outer in {"up", "mixed"} or goes_up:
        return True
    if inner != "down" and outer == "none":
        return True
    if not last.days or any(day >= since for day in last.days):
        return True
    reach = reach_of(strand, since)
    return reach is not None and reach - _DAY > since and _is_restless(strand)


def _needs_known(strand: Strand, since: date, *, is_first: bool, has_gap: bool) -> bool:
    last = strand.pages[-1]
    if last.rows and not last.flow:
        return True
    if is_first:
        return False
    if not _meets_known(strand):
        return True
    reach = position_of(strand)
    return has_gap and reach is not None and reach > since


def _is_restless(strand: Strand) -> bool:
    return disorder([day for page in strand.pages for day in page.days]) > _DAY


def position_of(strand: Strand) -> date | None:
    """Of a list without days: the day from which on it was read whole, by where rows stand that
    were first seen then. None: it shows no order, or ends in rows of which that is not known."""
    flow = [row for page in strand.pages for row in page.flow]
    if not _runs_by_sight(flow) or len(flow) < 2:
        return None
    seen = [row.seen_on for row in flow[-2:] if row.known and row.seen_on is not None]
    return max(seen) + _DAY if len(seen) == 2 else None


def _runs_by_sight(flow: Sequence[Seen]) -> bool:
    """Whether what was seen first stands lowest, as far as first sights tell."""
    return disorder([row.seen_on for row in flow if row.known and row.seen_on]) <= _DAY


def prove(strand: Strand, past: Past, since: date, today: date, gone: Sequence[date] = ()) -> Proof:
    """What one strand proves. `since`: the day the walk had to reach. `gone`: days of rows that the
    last reading listed and that should have been met; see `is_another`."""
    reach = reach_of(strand, since)
    start = past.until or since
    if gone and not past.is_first:
        return lost(gone, past, since, today)
    if strand.ended == "short":
        return gap_of(start, today, strand.why)
    if strand.ended == "end" or (strand.ended == "bare" and past.is_first):
        return Proof("end", reach if reach is not None and strand.ended != "end" else since)
    if gone:
        return lost(gone, past, since, today)
    if reach is not None and reach <= start:
        return Proof("window", reach)
    if not past.is_first and _meets_known(strand):
        return Proof("known", reach if _has_days(strand) else position_of(strand))
    if past.is_first and reach is None and not strand.why and not _has_days(strand):
        return Proof("", None)  # a list without days begins to be known with its first page
    until = today if reach is None else max(start, min(today, reach - _DAY))
    return gap_of(min(start, until), until, strand.why or _why(strand))


def reach_of(strand: Strand, since: date) -> date | None:
    """The day from which on this strand lists everything, by its own days; None: cannot be told.

    The last day met may go on on the next page, so it counts from the day after.
    """
    pages = [page for page in strand.pages if page.days]
    if not pages:
        return None
    inner, outer = inner_order(pages), outer_order(pages)
    if outer in {"up", "mixed"}:
        return None
    last = pages[-1].days
    if inner == "down":
        days = [day for page in pages for day in page.days]
        # One row years older at the very end may be a slip: the row before it is sure.
        sure = days[-2] if len(days) > 1 and days[-2] - days[-1] > FAR else days[-1]
        return sure + disorder(days) + _DAY
    if outer == "down" and max(last) < since:
        days = [day for page in pages for day in page.days]
        return max(last) + (_astray(days) if inner == "mixed" else timedelta()) + _DAY
    return None


def _astray(days: Sequence[date]) -> timedelta:
    """By how much a row may stand below an older one in a list without order: what the rows met
    show, but for the worst of them, which may be a slip."""
    lowest, found = date.max, []
    for day in days:
        found.append(max(day - lowest, timedelta()) if lowest < day else timedelta())
        lowest = min(lowest, day)
    return sorted(found)[-2] if len(found) > 1 else timedelta()


def is_another(expected: int, gone: int) -> bool:
    """Whether so many of the rows expected are gone that this is not the list it was."""
    return gone >= MOST_GONE and gone > expected * GONE_SHARE


def _meets_known(strand: Strand) -> bool:
    """Whether the walk came upon rows known before, with more of them behind the first."""
    inner, outer = inner_order(strand.pages), outer_order(strand.pages)
    if outer in {"up", "mixed"}:
        return False
    if inner in {"up", "mixed"}:
        return not strand.shows_latest and _share(strand.pages[-1].flow) >= MOSTLY
    flow = [row for page in strand.pages for row in page.flow]
    if _is_restless(strand) or (inner == "none" and not _runs_by_sight(flow)):
        return False
    first = next((place for place, row in enumerate(flow) if row.known), None)
    # Old rows on top, unmarked, are known as well: what was read last has to be.
    return first is not None and flow[-1].known and _share(flow[first:]) >= HALF


def _share(rows: Sequence[Seen]) -> float:
    return sum(row.known for row in rows) / len(rows) if rows else 0.0


def _has_days(strand: Strand) -> bool:
    return any(page.days for page in strand.pages)


def gap_of(start: date, end: date, why: str) -> Proof:
    """That the days between two, in whatever order, may hold what was not seen."""
    return Proof("", None, (min(start, end), max(start, end)), why)


def lost(gone: Sequence[date], past: Past, since: date, today: date) -> Proof:
    """What is proved when rows of the last reading, of these days, are gone together: where they
    stood, new ones may have come and gone with them, as far back as a reading goes."""
    start = min(past.until or since, max(since, min(gone)))
    return gap_of(start, today, f"上次列出的通知中有 {len(gone)} 条这次没有列出")


def _why(strand: Strand) -> str:
    """Why a strand that ended by itself did not join."""
    outer, inner = outer_order(strand.pages), inner_order(strand.pages)
    if outer in {"up", "mixed"} or inner in {"up", "mixed"}:
        return "列表不是新的在前，没有读到头"
    if not _has_days(strand):
        return "列表没有日期，也没有读到已知的通知"
    if strand.ended == "bare":
        return "列表只有一页，没有翻页，也没有读到已知的通知"
    return "没有读到已知的通知"


def together(proofs: Sequence[Proof], past: Past, floor: date = date.min) -> Proof:
    """What the strands of a column prove together: as much as the weakest of them. Rows before
    `floor` were refused: of their days this reading says nothing."""
    if not proofs:
        return Proof()
    open_ones = [proof for proof in proofs if proof.gap is not None]
    if open_ones:
        days = [day for proof in open_ones if proof.gap for day in proof.gap]
        whys = "；".join(dict.fromkeys(proof.why for proof in open_ones if proof.why))
        return Proof("", None, (min(days), max(days)), whys)
    if any(not proof.joined for proof in proofs):
        return Proof()
    weakest = max(proofs, key=lambda proof: proof.covered_from or date.max)
    reach = max(weakest.covered_from, floor) if weakest.covered_from else None
    return Proof(weakest.joined, covered(Proof(weakest.joined, reach), past))


def covered(proof: Proof, past: Past) -> date | None:
    """From which day on nothing lies unread, now that this reading joined the earlier ones."""
    reach = proof.covered_from
    left = [to for start, to in past.gaps if reach is None or start < reach]
    if left:  # older gaps that this reading did not read over
        edge = max(left) if reach is None else max(min(to, reach - _DAY) for to in left)
        return max(edge + _DAY, past.covered_from or date.min)
    if reach is None:
        return past.covered_from or past.until
    return min(reach, past.covered_from or reach)
