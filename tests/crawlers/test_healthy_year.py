"""Over a year a column that is well does not cry wolf: late listings, removals, pinned rows, dates
that are typed wrong, holidays and outages leave no gap that is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import pytest

from app.crawl_runs import USUAL_GAP
from crawlers.items import ColumnHistory, ListedRow
from crawlers.reading.rows import Row
from crawlers.walking.column_walk import ColumnWalk
from crawlers.walking.continuity import Proof
from crawlers.walking.known_places import KnownRows

START = date(2021, 1, 4)
DAYS = 364


@dataclass
class Notice:
    """One notice: dated `on`, listed from `seen` until `gone` (days since START)."""

    number: int
    on: int
    seen: int
    gone: int = 10_000
    pinned: bool = False
    typed: str = ""

    def row(self) -> Row:
        printed = self.typed or (START + timedelta(days=self.on)).isoformat()
        url = f"https://a.cn/tzgg/{self.number}.html"
        return Row(url, f"关于第{self.number}号事项的通知公告", printed, self.pinned)


@dataclass
class Column:
    """A column that publishes `weekly` notices, `size` on a page, and what is known of it."""

    random: Random
    weekly: float
    size: int
    pager: bool = True
    notices: list[Notice] = field(default_factory=list)
    stored: set[str] = field(default_factory=set)
    history: ColumnHistory = field(default_factory=ColumnHistory)

    def publish(self) -> None:
        """A backlog of two years, then the year."""
        for day in range(-400, DAYS):
            for _ in range(self._today()):
                late = self.random.randint(1, 10) if self.random.random() < 0.12 else 0
                gone = day + self.random.randint(8, 40) if self.random.random() < 0.04 else 10_000
                slip = self.random.random() < 0.005
                typed = (START + timedelta(days=day)).isoformat()
                typed = typed.replace("202", "201", 1) if slip else ""
                number = len(self.notices)
                self.notices.append(Notice(number, day, day + late, gone, typed=typed))
        for old in self.random.sample(range(len(self.notices) // 2), 2):
            self.notices[old].pinned = True

    def _today(self) -> int:
        whole, rest = divmod(self.weekly / 7, 1)
        return int(whole) + (self.random.random() < rest)

    def pages(self, day: int) -> list[list[Notice]]:
        """What the site lists on a day: pinned ones first, then the newest."""
        shown = [one for one in self.notices if one.seen <= day < one.gone]
        shown.sort(key=lambda one: (not one.pinned, -one.on, -one.number))
        return [shown[at : at + self.size] for at in range(0, len(shown), self.size)]

    def read(self, day: int) -> Proof:
        """One reading, as the spider walks; what it proved becomes history."""
        today = START + timedelta(days=day)
        marks = [self.history.until, *(start for start, _ in self.history.gaps)]
        usual = today - timedelta(days=14 + self._unread(today))
        since = min([usual, *(date.fromisoformat(m) for m in marks if m)])
        known = KnownRows(
            "c", self.history, [], lambda key, url: "c" if key in self.stored else None
        )
        floor = min(since, today - timedelta(days=60))
        walk = ColumnWalk(self.history, known, since=since, taken_since=floor, today=today)
        pages, strand = self.pages(day), walk.strand(0)
        for number, shown in enumerate(pages, start=1):
            rows = [one.row() for one in shown]
            walk.meet(strand, [(row, row.url, row.url) for row in rows])
            if not walk.needs_more(strand):
                strand.strand.ended = "window"
                break
            if number == len(pages):
                strand.strand.ended = "end" if self.pager else "bare"
        proof = walk.proof()
        self.stored |= {row.key for row in walk.listed}
        self._remember(proof, today, tuple(walk.listed[:300]))
        return proof

    def _unread(self, today: date) -> int:
        """By how many days an outage makes a crawl look further back (`running.supervisor`)."""
        if not self.history.until:
            return 0
        days = (today - date.fromisoformat(self.history.until)).days
        return days if days > USUAL_GAP else 0

    def _in_store(self, key: str, url: str) -> str | None:
        return "c" if key in self.stored else None

    def _remember(self, proof: Proof, today: date, listed: tuple[ListedRow, ...]) -> None:
        gaps = self.history.gaps
        if proof.gap is not None:
            gaps = (*gaps, (proof.gap[0].isoformat(), proof.gap[1].isoformat()))
        elif proof.covered_from is not None:
            gaps = tuple(gap for gap in gaps if gap[0] < proof.covered_from.isoformat())
        if not proof.joined:
            self.history = ColumnHistory(
                self.history.covered_from, self.history.until, gaps, self.history.listed
            )
            return
        begun = proof.covered_from.isoformat() if proof.covered_from else ""
        self.history = ColumnHistory(begun, today.isoformat(), gaps, listed)


@pytest.mark.parametrize("weekly", [0.3, 2, 10, 50])
@pytest.mark.parametrize("pager", [True, False])
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_healthy_year_has_at_most_one_false_gap(weekly: float, pager: bool, seed: int) -> None:
    random = Random(f"{weekly} {pager} {seed}")  # noqa: S311 # a rehearsal, not a secret
    column = Column(random, weekly, size=15, pager=pager)
    column.publish()
    down = random.randint(60, 300)
    told: list[str] = []
    for day in range(DAYS):
        is_outage = down <= day < down + 10
        if (START + timedelta(days=day)).weekday() < 5 and not is_outage:
            proof = column.read(day)
            told += [f"{day}: {proof.gap} {proof.why}"] if proof.gap else []
    assert len(told) <= 1, told
    missed = [
        one.number
        for one in column.notices
        if 14 <= one.seen < DAYS - 4 and one.gone > one.seen + 14 and not _is_stored(column, one)
    ]
    assert missed == []


def _is_stored(column: Column, one: Notice) -> bool:
    return one.row().url in column.stored
