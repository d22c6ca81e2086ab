"""The daemon: which job, when, in which time zone. `python scheduler.py` = `zhengxun run`.

Jobs are code and configuration, kept in memory; what is due after downtime is worked out from
the store: a missed crawl runs once, a missed issue goes out once.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from commands.desk import CommandError, Desk
from commands.issue import make, report_line, send_issue
from config import SHANGHAI, Config, ConfigError, load_config
from crawlers.catalogue import CatalogueError, Site
from digest.models import DigestError
from digest.press import closing_instant, latest_due
from pipelines.supervisor import Crawl, Event, close_abandoned_runs
from storage.database import StorageError
from storage.issues import find_issue, list_issues
from storage.runs import first_run_at, last_success

log = logging.getLogger("zhengxun")

# A job that was due while the machine slept still runs, once, within this time.
GRACE = timedelta(hours=12)
DELIVERY_EVERY = timedelta(minutes=5)
CRAWL_SPREAD_SECONDS = 120
STOP_SECONDS = 30


class DaemonError(Exception):
    """The daemon cannot start; one line that says what to do."""


class Daemon:
    """Owns the jobs of one data folder."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.config = desk.config
        self.supervisor = desk.supervisor()
        self.printing = asyncio.Lock()

    def schedule(self) -> AsyncIOScheduler:
        """Every job with its trigger (Asia/Shanghai)."""
        scheduler = AsyncIOScheduler(
            timezone=SHANGHAI,
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": int(GRACE.total_seconds()),
            },
        )
        for site in self.enabled():
            trigger = crawl_trigger(site)
            scheduler.add_job(self.crawl, trigger, [site.id], id=f"crawl:{site.id}")
        hour, minute = self.config.digest.time.split(":")
        weekly = CronTrigger(
            day_of_week=self.config.digest.weekday, hour=hour, minute=minute, timezone=SHANGHAI
        )
        scheduler.add_job(self.issue, weekly, id="issue")
        every = int(DELIVERY_EVERY.total_seconds())
        scheduler.add_job(self.send, "interval", seconds=every, id="deliver")
        scheduler.add_listener(report_job, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
        return scheduler

    def enabled(self) -> list[Site]:
        return [site for site in self.desk.catalogue.values() if site.enabled]

    async def crawl(self, site: str) -> None:
        """One site, in a child process."""
        outcome = await self.supervisor.run(Crawl(site), log_event)
        log.info("crawl %s: run %s %s %s", site, outcome.run_id, outcome.state, outcome.reason)

    async def issue(self) -> None:
        """Compose the latest due issue unless it is recorded, then deliver."""
        async with self.printing:
            await asyncio.to_thread(self.compose_due)
        await self.send()

    async def send(self) -> None:
        """Deliver what is outstanding; nothing to do without a mail server."""
        async with self.printing:
            await asyncio.to_thread(self.deliver_outstanding)

    def compose_due(self) -> None:
        """Record and write the latest due issue, once."""
        span = latest_due(self.config.digest, self.config.clock())
        with self.desk.store() as db:
            if find_issue(db, span.name) is None:
                folder = self.config.data / "issues" / span.name
                digest = make(self.desk, db, span, folder, record=True)
                log.info("issue %s composed: %s entries", span.name, digest.total)

    def deliver_outstanding(self) -> None:
        """Send every recorded issue to whom it still has to go."""
        if not self.config.smtp.host or not self.config.smtp.sender:
            return
        with self.desk.store() as db:
            for record in list_issues(db):
                report = send_issue(self.desk, db, record, None)
                if report.sent or report.deferred or report.refused:
                    log.info("%s", report_line(record.week, report))

    async def catch_up(self) -> None:
        """After downtime: crawl what was missed, then compose the issue that was missed."""
        now = self.config.clock()
        with self.desk.store() as db:
            closed = close_abandoned_runs(db, now)
            if closed:
                log.warning("%s runs were left open by an earlier process; closed", closed)
            missed = [
                site
                for site in self.enabled()
                if crawl_missed(site, last_success(db, site.id), now)
            ]
            began = first_run_at(db)
        await self.supervisor.run_all([Crawl(site.id) for site in missed], log_event)
        span = latest_due(self.config.digest, now)
        if began is not None and began <= closing_instant(self.config.digest, span.to_on):
            await self.issue()


def crawl_trigger(site: Site) -> CronTrigger:
    """The site's cron in Asia/Shanghai, spread a little so that sites do not start together."""
    trigger = CronTrigger.from_crontab(site.crawl, timezone=SHANGHAI)
    trigger.jitter = CRAWL_SPREAD_SECONDS
    return trigger


def crawl_missed(site: Site, last: datetime | None, now: datetime) -> bool:
    """Whether a crawl was due between the last good one and now."""
    if last is None:
        return True
    due = CronTrigger.from_crontab(site.crawl, timezone=SHANGHAI).get_next_fire_time(None, last)
    return due is not None and due <= now


def log_event(event: Event) -> None:
    """Children's progress, for the log."""
    log.debug("%s", event)


def report_job(event: JobExecutionEvent) -> None:
    """APScheduler only logs failures of jobs in its own logger; say them in ours too."""
    if getattr(event, "exception", None) is not None:
        log.error("job %s failed: %s", event.job_id, event.exception)
    else:
        log.error("job %s missed its time by more than %s", event.job_id, GRACE)


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """One daemon per data folder; the lock falls with the process, however it ends."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "daemon.lock").open("a+", encoding="utf-8") as file:
        take_lock(file, data)
        yield


def take_lock(file: IO[str], data: Path) -> None:
    """Raises DaemonError naming the process that holds the lock."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise DaemonError(
            f"a daemon runs on {data} already (process {file.read().strip()})"
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()


async def serve(config: Config) -> None:
    """Run until SIGTERM or SIGINT; then let what runs finish or stop it, within 30 s."""
    daemon = Daemon(Desk(config))
    scheduler = daemon.schedule()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    scheduler.start()
    catching_up = asyncio.create_task(daemon.catch_up())
    log.info("watching %s sites, data in %s", len(daemon.enabled()), config.data)
    await stopping.wait()
    log.info("stopping")
    scheduler.shutdown(wait=False)
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.wait([catching_up, *tasks], timeout=STOP_SECONDS)


def main() -> int:
    """Start the daemon; one line and exit 1 when it cannot."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    try:
        config = load_config()
        with only_one(config.data):
            asyncio.run(serve(config))
    except (
        ConfigError,
        CatalogueError,
        StorageError,
        CommandError,
        DigestError,
        DaemonError,
    ) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename or ''}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
