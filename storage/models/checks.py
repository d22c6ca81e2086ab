"""How the watched columns answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Verdict = Literal["ok", "quiet", "degraded", "blocked", "broken", "unreachable"]
RunState = Literal["running", "finished", "failed", "killed"]


@dataclass(frozen=True, slots=True)
class Check:
    """One column in one run."""

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


@dataclass(frozen=True, slots=True)
class Coverage:
    """The state of one column now, for the foot of an issue and for `status`."""

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


@dataclass(frozen=True, slots=True)
class SourceTrend:
    """Pages a site published in each of some weeks, the oldest first; None: not watched yet."""

    site: str
    site_name: str
    counts: tuple[int | None, ...]
