"""The daemon: which job, when, in which time zone. `python scheduler.py` = `zhengxun run`.

Jobs are code and configuration, kept in memory; what is due after downtime is worked out from
the store: a missed crawl runs once, a missed issue goes out once, however long it slept. What the
jobs do is in `app`: `timed_crawls.py`, `timed_issues.py`, and `told_jobs.py` for what failed.
"""

from __future__ import annotations

import asyncio
import http.client
import logging
import os
import signal
import sys
import threading
from contextlib import closing
from datetime import datetime

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from app import due_jobs
from app.clock_jumps import Wallclock
from app.context import Context
from app.data_folder import make_folder, restrict
from app.instance import beat, only_one
from app.journal import close_journal, keep_journal
from app.servers import Listeners
from app.timed_issues import AGAIN, ROUND_EVERY, TimedIssues
from china_time import SHANGHAI
from config import Config, ConfigError, load_config, ui_language
from digest.alerts.alert import fetch, words
from errors import ZhengxunError
from storage.database import open_database
from texts.messages import in_language

log = logging.getLogger("zhengxun")

CLOCK_EVERY_SECONDS = 30.0
CRAWL_SPREAD_SECONDS = 120
# Children get 20 s to end by themselves; whatever still runs after 28 s ends with the process.
CHILDREN_SECONDS = 25.0
STOP_SECONDS = 28.0


class Daemon(TimedIssues):
    """Owns the jobs of one data folder."""

    def __init__(self, context: Context) -> None:
        scheduler = AsyncIOScheduler(
            timezone=SHANGHAI,
            # A job that was due while the machine slept runs when it wakes, once.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        super().__init__(context, scheduler)
        self.fleet: asyncio.Task[None] | None = None
        # As of when nothing was left to be summed up.
        self.summed_up: datetime | None = None
        self.listeners = Listeners()
        self.scheduler.add_listener(self.job_ended, EVENT_JOB_ERROR | EVENT_JOB_EXECUTED)

    def schedule(self) -> None:
        """Every job with its trigger (Asia/Shanghai), from now on."""
        self.scheduler.remove_all_jobs()
        add = self.scheduler.add_job
        for site in due_jobs.enabled_sites(self.context):
            trigger = due_jobs.crawl_trigger(site)
            trigger.jitter = CRAWL_SPREAD_SECONDS
            add(self.crawl, trigger, [site.id], id=f"crawl:{site.id}")
        # Looking every few minutes as well makes up for a failure, and for a holiday's issue.
        often = IntervalTrigger(seconds=int(ROUND_EVERY.total_seconds()), timezone=SHANGHAI)
        digest = self.config.digest
        weekly = at_time(digest.time, "*" if digest.last_workday else digest.weekday)
        add(self.issue, OrTrigger([weekly, often]), id="weekly")
        # An issue that waits for its editor goes out on time, before a holiday within minutes.
        released = [at_time(digest.hold[-len("17:00") :])] if digest.hold else []
        add(self.deliver, OrTrigger([*released, often]), id="deliver")
        add(self.post, often, id="post")
        add(self.round, often, id="round")
        add(self.pictures, often, id="pictures")
        add(self.summaries, often, id="summaries")
        add(self.nightly, at_time(self.config.upkeep.time), id="night")
        add(self.show_page, often, id="public", next_run_time=datetime.now(SHANGHAI))
        add(self.show_desk, often, id="desk", next_run_time=datetime.now(SHANGHAI))
        add(self.catch_up, id="catch_up")

    def open_fleet(self) -> None:
        """Visits on other machines, where a broker is configured. Raises CommandError."""
        if self.config.fleet.broker:
            try:
                from app.fleet.opening import open_fleet
            except ModuleNotFoundError as error:
                raise ConfigError(
                    f"fleet.broker needs {error.name}; run: pip install 'zhengxun[fleet]'"
                ) from None
            fleet = open_fleet(self.context, self.supervisor)
            self.supervisor.fleet = fleet
            self.fleet = asyncio.create_task(fleet.serve())

    async def show_page(self) -> None:
        """The page on which readers leave, as long as it is configured."""
        await self.listeners.keep_page(self.context)

    async def show_desk(self) -> None:
        """The editors' desk, as long as it is configured."""
        await self.listeners.keep_desk(self.context)

    async def round(self) -> None:
        """Alarms, the heartbeat, and the ping that is missed when this machine is gone."""
        healthy = await asyncio.to_thread(self.notifier.round)
        beat(self.config.data, self.config.clock(), healthy=healthy)
        if healthy and self.config.operator.ping_url:
            try:
                await asyncio.to_thread(fetch, self.config.operator.ping_url)
            except (OSError, ValueError, http.client.HTTPException) as error:
                log.warning("the ping was not taken: %s", words(error))

    async def nightly(self) -> None:
        """Check, copy and tidy."""
        await self.carry_out("nightly")

    async def pictures(self) -> None:
        """Between crawls and by night: what waits to be recognised, a few minutes at a time."""
        if any(not task.done() for task in self.running.values()):
            return
        if due_jobs.pictures_wait(self.context):
            ended = await self.patient.run(self.context, "read_pictures")
            # Stopped in the middle of it, nothing failed.
            self.tell_ended([] if self.stopping else ended)

    async def summaries(self) -> None:
        """After a crawl: what a model says in brief of the coming issue. Nothing waits for it."""
        begun = self.config.clock()
        if due_jobs.summaries_wait(self.context, self.summed_up):
            ended = await self.patient.run(self.context, "write_summaries")
            self.tell_ended([] if self.stopping else ended)
            if not any(done.result or done.error for done in ended):
                self.summed_up = begun

    async def catch_up(self) -> None:
        """After downtime: crawl what was missed, then compose the issue that was missed."""
        self.catching_up = self.config.clock()
        try:
            beat(self.config.data, self.config.clock(), healthy=True)
            await self.crawl_missed()
        finally:
            self.catching_up = None
        await self.compose_and_send()
        if not self.stopping:
            await self.round()
            if due_jobs.backup_missed(self.context):
                await self.nightly()

    def reload(self) -> None:
        """SIGHUP: read configuration and catalogue again; a bad one is refused, the old stays."""
        try:
            context = Context(load_config())
            if context.config.data.resolve() != self.config.data.resolve():
                raise ConfigError("data: another folder needs a restart")
            supervisor, notifier = context.supervisor(), due_jobs.make_notifier(context)
            log.info("configuration read: %s sites", len(due_jobs.enabled_sites(context)))
        except ZhengxunError as error:
            log.error("the new configuration is refused: %s", error)  # noqa: TRY400 # one line
            self.notifier.config_refused(str(error))
            return
        # Crawls that run now still hold the locks of their sites.
        supervisor.sites, notifier.unstored = self.supervisor.sites, self.notifier.unstored
        if self.supervisor.fleet is not None:
            log.warning("what changed in [fleet], and the queues of new sites, need a restart")
            supervisor.fleet = self.supervisor.fleet
        self.context, self.supervisor, self.notifier = context, supervisor, notifier
        self.schedule()
        self.show_figures()
        self.notifier.config_taken()

    def show_figures(self) -> None:
        """Listen for Prometheus where the configuration says so; trouble there is only told."""
        try:
            self.listeners.show_figures(self.context)
        except OSError as error:
            self.tell_failed("metrics", error)
        else:
            self.notifier.job_done("metrics")

    def job_ended(self, event: JobExecutionEvent) -> None:
        """A job that fails alarms once, and once when it works again."""
        due_jobs.give_back_memory()
        error = getattr(event, "exception", None)
        job = event.job_id.removesuffix(AGAIN)
        if error is None:
            self.notifier.job_done(job)
        elif isinstance(error, Exception):
            self.tell_failed(job, error)

    async def watch_clock(self) -> None:
        """When the wall clock jumps, work out anew what is due."""
        clock = Wallclock()
        while True:
            await asyncio.sleep(CLOCK_EVERY_SECONDS)
            jump = clock.jump()
            if jump:
                log.warning("the clock jumped by %s; working out what is due", jump)
                self.schedule()

    async def stop(self) -> None:
        """Stop the crawls, which leave their verdicts; let what is composed or sent finish."""
        self.stopping = True
        self.scheduler.pause()
        self.patient.kill()
        await self.listeners.end()
        tasks = [task for task in self.running.values() if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.wait(
            [*tasks, asyncio.create_task(self.workers.ended())], timeout=CHILDREN_SECONDS
        )
        if self.fleet is not None:
            self.fleet.cancel()
        self.workers.kill()
        self.scheduler.shutdown(wait=False)


def at_time(text: str, day_of_week: str = "*") -> CronTrigger:
    """'17:00' in Asia/Shanghai, on these days."""
    hour, minute = text.split(":")
    return CronTrigger(day_of_week=day_of_week, hour=hour, minute=minute, timezone=SHANGHAI)


async def serve(config: Config) -> None:
    """Run until SIGTERM or SIGINT; then let what runs finish or stop it, within 30 s."""
    daemon = Daemon(Context(config))
    due_jobs.close_abandoned(daemon.context)
    daemon.open_fleet()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    loop.add_signal_handler(signal.SIGHUP, daemon.reload)
    daemon.scheduler.start()
    daemon.schedule()
    daemon.show_figures()
    watching = asyncio.create_task(daemon.watch_clock())
    count = sum(site.enabled for site in daemon.context.catalogue.values())
    log.info("watching %s sites, data in %s", count, config.data)
    if config.now is not None:
        log.warning(
            "ZHENGXUN_NOW is set: for this daemon it is %s for ever, and nothing becomes due",
            config.now.astimezone(SHANGHAI).isoformat(),
        )
    await stopping.wait()
    log.info("stopping")
    end_at_last()
    watching.cancel()
    await daemon.stop()
    log.info("stopped")


def end_at_last() -> None:
    """A thread that waits for a mail server cannot be stopped; the ledger survives its end."""
    timer = threading.Timer(STOP_SECONDS, os._exit, [0])
    timer.daemon = True
    timer.start()


def main() -> int:
    """Start the daemon; one line and exit 1 when it cannot."""
    try:
        config = load_config()
        make_folder(config)
        restrict(config)
        with only_one(config.data):
            handlers = keep_journal(config.data / "logs")
            try:
                # Kept open: with the last connection SQLite removes the -wal and -shm, which a
                # reader who may not write into the folder cannot make, and so could not read.
                with closing(open_database(config.database)):
                    asyncio.run(serve(config))
            finally:
                close_journal(handlers)
    except ZhengxunError as error:
        sys.stderr.write(f"{in_language(str(error), ui_language())}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename or ''}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
