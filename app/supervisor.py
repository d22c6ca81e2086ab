"""Runs crawls as child processes and leaves a verdict in every case, also for one that dies.

A child has its own memory and time limit: a hanging or exploding page harms its own run only. Sites
that are asked for together share a child; what it did not finish is made again, alone. The row in
`runs` exists before the child starts; whatever the child did not report is written here after it
ended. Where we stopped it ourselves nothing is: that says nothing of sites.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database

from app.child_process import Event, OnEvent, follow, last_words, start, stop
from app.crawl_runs import STOPPED, Crawl, Outcome, close_run, over_gaps
from app.host_leases import HostLeases
from app.shared_child import SharedChild
from app.visit_queue import Visit, VisitQueue
from storage.database import open_database
from storage.runs.away_visits import AwayVisit, is_away
from storage.runs.runs import is_unfinished, start_run

GRACE_SECONDS = 20.0
# What an issue waits for goes before all else.
URGENT, USUAL = 0, 6


class Elsewhere(Protocol):
    """Who makes visits on other machines (`app.fleet.home`)."""

    def takes(self, site: str) -> bool: ...

    async def make(self, crawl: Crawl, run_id: int, *, priority: int) -> Outcome | None: ...


# For a process that has reported all it had to do.
GONE_SECONDS = 10.0


class Supervisor:
    """Runs crawls, in at most `parallel` processes at once and one per site at a time."""

    def __init__(
        self,
        database: Path,
        logs: Path,
        *,
        environment: Mapping[str, str],
        clock: Callable[[], datetime],
        timeout: float,
        parallel: int,
        grace: float | None = None,
        share: int = 1,
        hosts: Mapping[str, frozenset[str]] | None = None,
        apart: Collection[str] = (),
        leases: HostLeases | None = None,
    ) -> None:
        """`timeout` of a crawl and `grace`, which one that is stopped has to end by itself, are in
        seconds; the usual grace lets it finish the pages in flight. Up to `share` sites go into one
        process, but none of those in `apart`; `hosts`: what each of them asks. `leases`: where
        others ask them too."""
        self.database = database
        self.logs = logs
        self.environment = {**environment, "SCRAPY_SETTINGS_MODULE": "crawlers.settings"}
        self.clock = clock
        self.timeout = timeout
        self.grace = GRACE_SECONDS if grace is None else grace
        self.queue = VisitQueue(
            self._carry_out, slots=parallel, share=share, hosts=hosts or {}, apart=apart
        )
        self.sites: dict[str, asyncio.Lock] = {}
        self.leases = leases
        if leases is not None:
            # What outlives us would ask hosts that are another's by then.
            self.environment["ZX_STARTER"] = str(os.getpid())
        self.fleet: Elsewhere | None = None

    async def run_all(self, crawls: Sequence[Crawl], on_event: OnEvent) -> list[Outcome]:
        """Run several crawls; every one gets an outcome.

        One that cannot be recorded (a full disk) is raised when all have ended.
        """
        runs = (self.run(crawl, on_event) for crawl in crawls)
        ended = await asyncio.gather(*runs, return_exceptions=True)
        # A visit has its outcome before the process that made it is gone. Whoever ends the event
        # loop now would leave the end of that process to nobody, which Python complains of.
        if self.queue.under_way:
            await asyncio.wait(list(self.queue.under_way), timeout=GONE_SECONDS)
        outcomes = []
        for outcome in ended:
            if isinstance(outcome, BaseException):
                raise outcome
            outcomes.append(outcome)
        return outcomes

    async def run(self, crawl: Crawl, on_event: OnEvent, *, priority: int = USUAL) -> Outcome:
        """Run one crawl to its end, or stop it at the time limit or on cancellation. `priority`:
        who of those that a worker could visit comes first, 0 before 9."""
        async with self.sites.setdefault(crawl.site, asyncio.Lock()):
            run_id = 0
            if self.fleet is not None and not crawl.url and self.fleet.takes(crawl.site):
                run_id = self._begin(crawl.site)
                outcome = await self._elsewhere(self.fleet, crawl, run_id, on_event, priority)
                if outcome is not None:
                    return outcome
            if self.leases is None:
                return await self.queue.make(crawl, on_event, run_id)
            async with self.leases.held(crawl.site):
                return await self.queue.make(crawl, on_event, run_id)

    async def take_in(self, visit: AwayVisit, bundle: Path) -> Outcome:
        """What another machine brought, through the stages of a crawl."""
        crawl = Crawl(visit.site, bundle=str(bundle))
        return await self.queue.make(crawl, lambda event: None, visit.run_id)

    async def _elsewhere(
        self, fleet: Elsewhere, crawl: Crawl, run_id: int, on_event: OnEvent, priority: int
    ) -> Outcome | None:
        try:
            outcome = await fleet.make(crawl, run_id, priority=priority)
        except asyncio.CancelledError:
            with closing(open_database(self.database)) as db:
                if not is_away(db, run_id, datetime.now(UTC)):
                    close_run(db, crawl.site, run_id, now=self.clock(), reason=STOPPED)
            raise
        if outcome is not None:
            on_event({"event": "ended", "site": outcome.site, "state": outcome.state})
        return outcome

    def _begin(self, site: str) -> int:
        with closing(open_database(self.database)) as db:
            return start_run(db, site, now=self.clock(), pid=os.getpid())

    async def _carry_out(self, visits: Sequence[Visit]) -> None:
        """Make these visits in one process. One that it left open is not ended."""
        self.logs.mkdir(parents=True, exist_ok=True)
        db = open_database(self.database)
        try:
            self._record(db, visits)
            try:
                if len(visits) == 1:
                    await self._make_alone(db, visits[0])
                else:
                    await self._make_together(db, visits)
            except asyncio.CancelledError:
                for visit in visits:
                    self._close(db, visit, STOPPED)
                raise
        finally:
            db.close()

    def _record(self, db: Database, visits: Sequence[Visit]) -> None:
        now = self.clock()
        for visit in visits:
            site = visit.crawl.site
            visit.run_id = visit.run_id or start_run(db, site, now=now, pid=os.getpid())
            visit.crawl = over_gaps(db, visit.crawl, now)

    async def _make_alone(self, db: Database, visit: Visit) -> None:
        reason = await self._run_child(visit.crawl, visit.run_id, visit.on_event)
        self._end(db, visit, reason)

    async def _run_child(self, crawl: Crawl, run_id: int, on_event: OnEvent) -> str:
        """Why the child did not end by itself; '' if it did."""
        command = crawl.command(run_id, self._log(crawl.site))
        process = await start(command, self.environment)
        try:
            async with asyncio.timeout(self.timeout):
                errors = await follow(
                    process, lambda event: on_event({"site": crawl.site, **event})
                )
        except TimeoutError:
            await stop(process, self.grace)
            return self._late()
        except BaseException:
            await stop(process, self.grace)
            raise
        if process.returncode == 0:
            return ""
        return f"抓取进程异常结束：{last_words(process, errors)}"

    async def _make_together(self, db: Database, visits: Sequence[Visit]) -> None:
        by_site = {visit.crawl.site: visit for visit in visits}
        late: set[str] = set()

        def hear(event: Event) -> None:
            site = event.get("site", "")
            visit = by_site.get(site)
            if event["event"] == "late":
                late.add(site)
            elif visit is not None:
                visit.on_event(event)
                if event["event"] == "closed" and not is_unfinished(db, visit.run_id):
                    self._end(db, visit, self._late() if site in late else "")

        asked = [
            one.crawl.visit(one.run_id, self._log(one.crawl.site), one.hosts) for one in visits
        ]
        child = SharedChild(self.environment, timeout=self.timeout, grace=self.grace)
        await child.run(asked, hear)
        for visit in visits:
            # One that had its time is over; what nobody came to, or what broke off, is not.
            if visit.crawl.site in late:
                self._end(db, visit, self._late())
            elif not is_unfinished(db, visit.run_id):
                self._end(db, visit, "")

    def _end(self, db: Database, visit: Visit, reason: str) -> None:
        if not visit.outcome.done():
            visit.end(self._close(db, visit, reason))

    def _close(self, db: Database, visit: Visit, reason: str) -> Outcome:
        return close_run(db, visit.crawl.site, visit.run_id, now=self.clock(), reason=reason)

    def _late(self) -> str:
        return f"超过时限 {self.timeout:.0f} 秒，已停止"

    def _log(self, site: str) -> Path:
        return self.logs / f"{site}.log"
