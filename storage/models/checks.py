"""How the watched columns answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Verdict = Literal["ok", "quiet", "degraded", "blocked", "broken", "unreachable"]
RunState = Literal["running", "finished", "failed", "killed"]
Joined = Literal["", "known", "window", "end"]


@dataclass(frozen=True, slots=True)
class Check:
    """One column in one run.

    `covered_from` is the day (Beijing) from which on, up to this check, nothing of the column lies
    unread, None when nothing is proved; `joined` says how that is known. `rows` = `known` +
    `taken` + `refused` when every listed row is accounted for; `refusals` maps a reason (Chinese)
    to its rows. `page_rows` are the rows of each list page, in the order of reading.
    """

    run_id: int
    site: str
    column: str
    checked_at: datetime
    verdict: Verdict
    reason: str = ""
    rows: int = 0
    total: int | None = None
    pages: int = 0
    new: int = 0
    revised: int = 0
    newest_on: date | None = None
    evidence: str = ""
    covered_from: date | None = None
    joined: Joined = ""
    known: int = 0
    taken: int = 0
    refused: int = 0
    refusals: Mapping[str, int] = field(default_factory=dict)
    page_rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Days (Beijing, both included) from which notices of a column may be missing, and why.

    Open until a reading closed it or a person dismissed it, for a reason of their own.
    """

    site: str
    column: str
    from_on: date
    to_on: date
    opened_at: datetime
    reason: str
    closed_at: datetime | None = None
    id: int = 0
    dismissed_at: datetime | None = None
    dismissed_why: str = ""

    @property
    def days(self) -> str:
        """2021年1月29日至2月5日, for readers."""
        first, last = self.from_on, self.to_on
        start = f"{first.year}年{first.month}月{first.day}日"
        if first == last:
            return start
        year = f"{last.year}年" if last.year != first.year else ""
        return f"{start}至{year}{last.month}月{last.day}日"

    @property
    def words(self) -> str:
        """What may be missing and why, for readers."""
        return f"{self.days}发布的通知可能没有收全（{self.reason}）"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The state of one column now, for the foot of an issue and for `status`.

    `gaps` are those that are open, the oldest days first. `is_unconfirmed`: its address or form is
    inferred, and nobody has read it well so far.
    """

    site: str
    site_name: str
    column: str
    url: str
    last_checked_at: datetime | None
    last_good_at: datetime | None
    rows: int
    new: int
    newest_on: date | None
    verdict: Verdict | None
    reason: str
    bad_since: datetime | None = None
    gaps: tuple[Gap, ...] = ()
    is_unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class SourceTrend:
    """Pages a site published in each of some weeks, the oldest first; None: not watched yet."""

    site: str
    site_name: str
    counts: tuple[int | None, ...]
