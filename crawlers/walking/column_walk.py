"""How far the walk over one column has come: its strands, the rows met, what is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from crawlers.items import ColumnHistory, Failure, ListedRow, Place
from crawlers.reading.printed_dates import day_of
from crawlers.reading.rows import Row
from crawlers.walking.asides import Asides
from crawlers.walking.continuity import (
    PageSeen,
    Past,
    Proof,
    Seen,
    gap_of,
    inner_order,
    lost,
    prove,
    reach_of,
    runs_on,
    together,
)
from crawlers.walking.fewer_rows import BROKEN_OFF, shrunk, torn, unread
from crawlers.walking.known_places import KnownRows, places
from crawlers.walking.last_listed import LastListed
from crawlers.walking.list_order import Order, Standing, standings
from crawlers.walking.strand_walk import StrandWalk

ARCHIVE = 5
"""Old rows unknown until now that turn up at once on a page of a column that is read all along."""


@dataclass(frozen=True, slots=True)
class Met:
    """One row of a page: `is_new` to the column's walk, `known_as` the column it is known under
    (None: not known by key or address), `is_titled`: known by title and day, `listed`: as it is
    remembered for the next reading."""

    row: Row
    key: str
    standing: Standing
    known_as: str | None
    is_titled: bool
    is_new: bool
    listed: ListedRow
    place: Place = ""

    @property
    def is_known(self) -> bool:
        """Known before this crawl, in whatever way."""
        return self.known_as is not None or self.is_titled


class ColumnWalk:
    """The walk over one column. `since`: the day its list is to be read back to."""

    def __init__(
        self,
        history: ColumnHistory,
        known: KnownRows,
        *,
        since: date,
        taken_since: date,
        today: date,
    ) -> None:
        self.history = history
        self.known = known
        self.since = since
        self.taken_since = taken_since
        self.today = today
        self.past = past_of(history)
        self.starts = 0
        self.failures: list[Failure] = []
        self.answered = 0
        self.titles: dict[str, str] = {}
        self.listed: list[ListedRow] = []
        self.archived = 0
        self.is_misdated = False
        self.is_looked_for = False
        self.last = LastListed(history.listed)
        self.asides = Asides(history.listed, taken_since)
        self.strands: dict[int, StrandWalk] = {}

    def strand(self, number: int) -> StrandWalk:
        """The strand of this number."""
        return self.strands.setdefault(number, StrandWalk())

    def is_of(self, row: Row, key: str, url: str) -> bool:
        """Whether a row is known as this column's: by its page, else by its title and day."""
        day = day_of(row.date)
        told = day.isoformat() if day else ""
        return self.known.column_of(key, url) == self.known.column or self.known.is_titled(
            row.title, told
        )

    def meet(self, strand: StrandWalk, rows: Sequence[tuple[Row, str, str]]) -> list[Met]:
        """The rows of a page that this strand did not show before, each (row, key, address)."""
        if strand.turned is not None and strand.turned.is_back:
            rows = rows[::-1]
        days = [day_of(row.date) for row, _, _ in rows]
        keys = [key for _, key, _ in rows]
        if self.known.contradict(zip(keys, days, strict=True)):
            days, self.is_misdated = [None] * len(days), True
            for row, _, _ in rows:
                row.date = ""
        is_dated = 2 * sum(map(bool, days)) >= len(days)
        days = [
            day or self.last.day_of(key, url) for (_, key, url), day in zip(rows, days, strict=True)
        ]
        stands, order = standings(days, [row.pinned for row, _, _ in rows], self.today)
        if not is_dated:  # days that the last reading gave deny no page its own
            stands = [replace(stand, near=None) for stand in stands]
        found: list[Met] = []
        for (row, key, url), stand in zip(rows, stands, strict=True):
            if key in strand.keys:
                continue
            strand.keys.add(key)
            strand.ever.add(key)
            found.append(self._met(row, key, url, stand))
        if not self.past.is_first:
            found = self._placed(strand, found, order)
        seen = tuple(
            Seen(m.standing.day, m.standing.pinned, m.is_known, self.known.seen_on(m.key))
            for m in found
        )
        strand.strand.pages.append(PageSeen(seen, order))
        strand.sizes.append(len(set(keys)))
        strand.flows.append([one.listed for one in found if not one.standing.pinned])
        return found

    def _met(self, row: Row, key: str, url: str, stand: Standing) -> Met:
        listed = ListedRow(key, url, row.title, stand.day.isoformat() if stand.day else "")
        is_new = key not in self.titles
        known_as = self.known.column_of(key, url)
        is_titled = known_as is None and self.known.is_titled(row.title, listed.day)
        if is_new:
            self.titles[key] = row.title
            self.listed.append(listed)
        self.last.meet(listed)
        return Met(row, key, stand, known_as, is_titled, is_new, listed)

    def _placed(self, strand: StrandWalk, met: Sequence[Met], order: Order) -> list[Met]:
        """With their places. Many old rows that turn up at once are an archive that was brought
        over: below, whatever stands around them."""
        flow = [one for one in met if not one.standing.pinned]
        before = any(row.known for page in strand.strand.pages for row in page.flow)
        known = [one.is_known for one in flow]
        told: list[Place] = [""] * len(flow)
        if order in {"down", "none"}:
            told = places(known, below_known=before)
        stood = dict(zip(map(id, flow), told, strict=True))
        placed = [
            replace(one, place=self._place(one, stood.get(id(one), ""), is_joined=any(known)))
            for one in met
        ]
        old = [one for one in placed if self._is_old(one)]
        if len(old) < ARCHIVE:
            return placed
        self.archived += len(old)
        return [replace(one, place="below") if one in old else one for one in placed]

    def _place(self, met: Met, place: Place, *, is_joined: bool) -> Place:
        """The place as far as it tells: a row kept above known ones was put there since the last
        reading; of days before all readings nothing is known, whatever stands around them. Where
        the list gives no day that can be believed, the page has to tell."""
        day, begun = met.standing.day, self.past.covered_from
        if met.is_known or met.standing.near is not None:
            return ""
        if met.standing.pinned:
            return "above" if is_joined and not met.row.pinned else ""
        if day is None or begun is None:
            return place
        if day < begun:
            return "below" if place else ""
        return "" if place == "below" else place

    def _is_old(self, met: Met) -> bool:
        """Whether an unknown row is older than what this reading had to go back to."""
        day = met.standing.day
        is_new = met.is_known or met.standing.pinned or met.standing.near is not None
        return not is_new and day is not None and day < self.since

    def in_order(self) -> list[ListedRow]:
        """What was listed, as the next reading expects to find it: a second round came upon rows
        late that stand further up, where their days tell it."""
        is_whole = all(strand.rounds == 1 for strand in self.strands.values())
        if is_whole or not all(row.day for row in self.listed):
            return self.listed
        return sorted(self.listed, key=lambda row: row.day, reverse=True)

    # --- rows that the last reading listed

    def gone(self, strand: StrandWalk) -> list[date]:
        """Days of the rows that the last reading listed and that this strand should have met."""
        reach = reach_of(strand.strand, self.since)
        if strand.strand.ended == "end":
            reach = date.min
        if len(self.strands) > 1:
            return []
        broke_off = strand.strand.ended in BROKEN_OFF
        if reach is None:
            shown = [day for page in strand.strand.pages for day in page.days]
            is_down = inner_order(strand.strand.pages) == "down" or strand.strand.shows_latest
            if is_down or not shown:
                return []
            return self.last.gone_after(max(shown), self.today, broke_off=broke_off)
        if broke_off:  # what was gone before may stand on what was not read this time either
            reach = min([reach, *(start for start, _ in self.past.gaps)])
        return self.last.gone_since(reach, self.today, broke_off=broke_off)

    def gone_together(self) -> list[date]:
        """The same for a column of several lists: what none of them showed, as far as all go."""
        walked = [one.strand for one in self.strands.values() if one.strand.pages]
        reaches = [date.min if one.ended == "end" else reach_of(one, self.since) for one in walked]
        sure = [reach for reach in reaches if reach is not None]
        if not sure or len(sure) < len(reaches):
            return []
        return self.last.gone_since(max(sure), self.today)

    def skipped(self, strand: StrandWalk) -> list[date]:
        """Days of rows of the last reading that stood on a page this strand did not turn to."""
        if len(self.strands) > 1:
            return []
        found = self.last.skipped(strand.flows, self.today)
        # A second round that came to no second page did not look where they stood.
        broke_off = strand.strand.ended in BROKEN_OFF or len(strand.flows) < 2
        return found or (strand.skipped if broke_off else [])

    def one_fell_through(self, strand: StrandWalk) -> bool:
        """Whether a single row of the last reading is missing where pages meet: it may have been
        moved over the edge of a page between two answers."""
        reach = reach_of(strand.strand, self.since)
        if reach is None or len(strand.strand.pages) < 2 or len(self.strands) > 1:
            return False
        return self.last.misses_one_since(reach)

    def needs_more(self, strand: StrandWalk) -> bool:
        """Whether this strand has to go on to its next page."""
        goes_up = bool(self.gone(strand))
        return runs_on(
            strand.strand,
            self.since,
            is_first=self.past.is_first,
            goes_up=goes_up,
            has_gap=bool(self.past.gaps),
        )

    def proof(self) -> Proof:
        """What the reading of this column proves, now that it is over."""
        walked = [one for one in self.strands.values() if one.strand.pages or one.strand.ended]
        for one in walked:
            if one.strand.ended == "bare" and self._is_begun(one):
                one.strand.ended = "end"
        proofs = [
            prove(
                one.strand, self.past, self.since, self.today, self.gone(one) or self.skipped(one)
            )
            for one in walked
        ]
        proofs += self._fewer(walked, is_open=any(proof.gap for proof in proofs))
        gone = self.gone_together() if len(proofs) > 1 else []
        if gone and not self.past.is_first:
            proofs.append(lost(gone, self.past, self.since, self.today))
        return together(proofs, self.past, self.taken_since)

    def _is_begun(self, strand: StrandWalk) -> bool:
        """Whether a strand is the directory of a year that has just begun: shorter than a page, it
        needs no pager, and holds nothing of the days before the year."""
        listed, usual = sum(strand.sizes), self.history.usual_rows or 0
        return strand.begins is not None and strand.begins >= self.since and 0 < listed < usual

    def _fewer(self, walked: Sequence[StrandWalk], *, is_open: bool) -> Iterator[Proof]:
        """The gaps of lists that show fewer rows than they should; of pages that do not join only
        where no gap `is_open` already."""
        for one in walked:
            if one.strand.shows_latest and len(walked) == 1:
                yield from shrunk(one.strand, self.last, self.since, self.today)
            elif one.turned is None and not is_open:
                yield from torn(one.strand.pages, one.sizes, self.past, self.since, self.today)
        if self.asides.are_doubtful:
            why = "列表里没有日期或日期很早的行没有当作通知，后面却有同样的通知"
            yield gap_of(self.past.until or self.since, self.today, why)

    def unchecked(self) -> Proof | None:
        """The days that a reading which joined up did not look through again: before it, where its
        walk wanted to go back over and could not. What was put up late with such a day may be
        there."""
        walked = [one.strand for one in self.strands.values()]
        alone = self.last if len(walked) == 1 else None
        found = [unread(one, alone, self.since, self.today) for one in walked]
        told = [proof for proof in found if proof is not None]
        return together(told, self.past) if told else None

    def known_elsewhere(self, met: Sequence[Met]) -> str:
        """The other column most of these rows are known under, when none is known under ours."""
        columns = Counter(one.known_as for one in met if one.known_as is not None)
        if self.known.column in columns or len(self.history.listed) < 3 or not columns:
            return ""
        name, number = columns.most_common(1)[0]
        return name if number >= 3 and number * 2 >= len(met) else ""


def past_of(history: ColumnHistory) -> Past:
    """The days of a history."""
    day = date.fromisoformat
    return Past(
        day(history.covered_from) if history.covered_from else None,
        day(history.until) if history.until else None,
        tuple((day(start), day(to)) for start, to in history.gaps),
    )
