"""Crawls that are due: each site one at a time, and those that were missed."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from app import due_jobs
from app.child_process import Event
from app.context import Context
from app.crawl_runs import Crawl, Outcome
from app.journal import CRAWL
from app.supervisor import USUAL
from app.told_jobs import ToldJobs

log = logging.getLogger("zhengxun")
crawl_log = logging.getLogger(CRAWL)


class TimedCrawls(ToldJobs):
    """Runs crawls, and knows which run and when each site was last tried."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.supervisor = context.supervisor()
        self.running: dict[str, asyncio.Task[Outcome]] = {}
        self.attempted: dict[str, datetime] = {}

    async def crawl(self, site: str, priority: int = USUAL) -> None:
        """One site, in a child process; a crawl of it that runs already counts."""
        task = self.running.get(site)
        if task is None or task.done():
            task = asyncio.create_task(
                self.supervisor.run(Crawl(site), log_event, priority=priority)
            )
            self.running[site] = task
        outcome = await task
        self.attempted[site] = self.config.clock()
        log.info("crawl %s: run %s %s %s", site, outcome.run_id, outcome.state, outcome.reason)

    async def crawl_missed(self, margin: timedelta = timedelta(0), priority: int = USUAL) -> None:
        """Crawl what was due; one that raises is told, and the others go on."""
        now = self.config.clock() - margin
        missed = due_jobs.missed_sites(self.context, self.attempted, now)
        results = await asyncio.gather(
            *(self.crawl(site, priority) for site in missed), return_exceptions=True
        )
        for site, result in zip(missed, results, strict=True):
            if isinstance(result, Exception):
                self.tell_failed(f"crawl:{site}", result)

    def under_way(self) -> list[str]:
        """The sites that are being crawled."""
        return [site for site, task in self.running.items() if not task.done()]


def log_event(event: Event) -> None:
    """What a child reports, with its address and notice, for the file."""
    facts = {f"crawl_{key}": value for key, value in event.items() if key != "event"}
    crawl_log.info("%s", event["event"], extra=facts)
