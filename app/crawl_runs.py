"""A crawl as it stands in the store: what it is asked, and how its run ends in every case."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from storage.database import transaction
from storage.models import Check, RunState, Verdict
from storage.processes import is_alive
from storage.runs.away_visits import is_away
from storage.runs.runs import (
    columns_without_check,
    days_unread,
    finish_run,
    is_unfinished,
    save_check,
    unfinished_runs,
)

STOPPED = "程序停止"
INTERRUPTED = "程序或电源中断"
OUR_OWN = frozenset({STOPPED, INTERRUPTED})
# Days between two good crawls: what the usual window allows for, and the most made up for.
USUAL_GAP = 4
LONGEST_GAP = 366


@dataclass(frozen=True, slots=True)
class Crawl:
    """What to run: one site, how far back (days), or one page of it (`url`).

    `gaps`: columns that nobody could read for so many days; they are read back over that time.
    `bundle`: the file of a visit that another machine made; it is taken in.
    """

    site: str
    days: int | None = None
    url: str = ""
    gaps: Mapping[str, int] = field(default_factory=dict)
    bundle: str = ""

    def asked(self, run_id: int) -> dict[str, str]:
        """What the spider is told, by the names of its arguments."""
        asked = {"run": str(run_id)}
        if self.days is not None:
            asked["days"] = str(self.days)
        if self.url:
            asked["url"] = self.url
        if self.gaps:
            asked["gaps"] = json.dumps(self.gaps)
        if self.bundle:
            asked["bundle"] = self.bundle
        return asked

    def command(self, run_id: int, log_file: Path) -> list[str]:
        """The child's argument vector; `-P`: a config.py where we were started is not ours."""
        arguments = [sys.executable, "-P", "-m", "scrapy", "crawl", self.site]
        for name, value in self.asked(run_id).items():
            arguments += ["-a", f"{name}={value}"]
        return [*arguments, "-s", "ZX_PROGRESS=1", "-s", f"LOG_FILE={log_file}"]

    def visit(self, run_id: int, log_file: Path, hosts: frozenset[str]) -> dict[str, Any]:
        """The same among others of one process, as `crawlers.visits` takes it."""
        return {
            "site": self.site,
            "asked": self.asked(run_id),
            "log": str(log_file),
            "hosts": sorted(hosts),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a crawl ended. `state` is the run's; `reason` is '' when it finished by itself."""

    site: str
    run_id: int
    state: RunState
    reason: str


def over_gaps(db: Database, crawl: Crawl, now: datetime) -> Crawl:
    """The same crawl, reading back over the time in which a column could not be read.

    After weeks without the machine or the site, the usual window would leave out what was
    published at their beginning. A look-back that was asked for is kept as it is.
    """
    if crawl.days is not None or crawl.url or crawl.bundle:
        return crawl
    unread = days_unread(db, crawl.site, now)
    gaps = {name: min(days, LONGEST_GAP) for name, days in unread.items() if days > USUAL_GAP}
    return replace(crawl, gaps=gaps)


def close_run(db: Database, site: str, run_id: int, *, now: datetime, reason: str) -> Outcome:
    """How a run ended whose process is gone; `reason`: why that did, '' if by itself.

    One that nobody closed is closed here.
    """
    if is_unfinished(db, run_id):
        reason = reason or "抓取进程没有留下结果"
        close_dead_run(db, site, run_id, now=now, state="killed", reason=reason)
        return Outcome(site, run_id, "killed", reason)
    return Outcome(site, run_id, "failed" if reason else "finished", reason)


def close_dead_run(
    db: Database, site: str, run_id: int, *, now: datetime, state: RunState, reason: str
) -> None:
    """Close a run whose process is gone: every column without a check gets one that says so.

    Not where we ended it ourselves: the columns were never asked, and the next crawl asks them.
    """
    verdict: Verdict = "unreachable"
    with transaction(db):
        for column in [] if reason in OUR_OWN else columns_without_check(db, run_id):
            save_check(
                db,
                Check(
                    run_id=run_id,
                    site=site,
                    column=column,
                    checked_at=now,
                    verdict=verdict,
                    reason=f"抓取没有完成：{reason}",
                ),
            )
        finish_run(db, run_id, now=now, state=state, reason=reason)


def close_abandoned_runs(db: Database, now: datetime) -> int:
    """Close runs left open by a process that no longer lives (a crash, a power cut).

    Call it before starting any: rows of this very process id are leftovers too (a restarted
    container gets the same id again). What another machine still makes is left to it.
    """
    own = os.getpid()
    open_runs = unfinished_runs(db)
    abandoned = [
        run
        for run in open_runs
        if (run[2] in (None, own) or not is_alive(run[2])) and not is_away(db, run[0], now)
    ]
    for run_id, site, _ in abandoned:
        close_dead_run(db, site, run_id, now=now, state="killed", reason=INTERRUPTED)
    return len(abandoned)
