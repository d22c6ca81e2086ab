"""Runs crawls as child processes and leaves a verdict in every case, also for one that dies.

A child has its own memory, log and time limit: a hanging or exploding page harms its own run
only. The row in `runs` exists before the child starts; whatever the child did not report is
written here after it ended. Where we stopped it ourselves nothing is: that says nothing of sites.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from storage.database import open_database, transaction
from storage.models import Check, RunState, Verdict
from storage.processes import is_alive
from storage.runs.runs import (
    columns_without_check,
    days_unread,
    finish_run,
    save_check,
    start_run,
    unfinished_runs,
)

GRACE_SECONDS = 20.0
# After its end nobody has more to say but what it started, which may hold its pipes for ever.
PIPE_SECONDS = 5.0
LOOK_SECONDS = 0.05
TAIL_BYTES = 64 * 1024
STOPPED = "程序停止"
INTERRUPTED = "程序或电源中断"
OUR_OWN = frozenset({STOPPED, INTERRUPTED})
# Days between two good crawls: what the usual window allows for, and the most made up for.
USUAL_GAP = 4
LONGEST_GAP = 366
PROGRESS_LINE_LIMIT = 1024 * 1024

Event = dict[str, Any]
OnEvent = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Crawl:
    """What to run: one site, how far back (days), or one page of it (`url`).

    `gaps`: columns that nobody could read for so many days; they are read back over that time.
    """

    site: str
    days: int | None = None
    url: str = ""
    gaps: Mapping[str, int] = field(default_factory=dict)

    def command(self, run_id: int, log_file: Path) -> list[str]:
        """The child's argument vector; `-P`: a config.py where we were started is not ours."""
        python = [sys.executable, "-P", "-m"]
        arguments = [*python, "scrapy", "crawl", self.site, "-a", f"run={run_id}"]
        if self.days is not None:
            arguments += ["-a", f"days={self.days}"]
        if self.url:
            arguments += ["-a", f"url={self.url}"]
        if self.gaps:
            arguments += ["-a", f"gaps={json.dumps(self.gaps)}"]
        return [*arguments, "-s", "ZX_PROGRESS=1", "-s", f"LOG_FILE={log_file}"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a crawl ended. `state` is the run's; `reason` is '' when it finished by itself."""

    site: str
    run_id: int
    state: RunState
    reason: str


class Supervisor:
    """Runs crawls, at most `parallel` at once and one per site at a time."""

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
    ) -> None:
        """`timeout` of a crawl and `grace`, which one that is stopped has to end by itself, are in
        seconds; the usual grace lets it finish the pages in flight."""
        self.database = database
        self.logs = logs
        self.environment = {**environment, "SCRAPY_SETTINGS_MODULE": "crawlers.settings"}
        self.clock = clock
        self.timeout = timeout
        self.grace = GRACE_SECONDS if grace is None else grace
        self.slots = asyncio.Semaphore(parallel)
        self.sites: dict[str, asyncio.Lock] = {}

    async def run_all(self, crawls: Sequence[Crawl], on_event: OnEvent) -> list[Outcome]:
        """Run several crawls; every one gets an outcome.

        One that cannot be recorded (a full disk) is raised when all have ended.
        """
        runs = (self.run(crawl, on_event) for crawl in crawls)
        ended = await asyncio.gather(*runs, return_exceptions=True)
        outcomes = []
        for outcome in ended:
            if isinstance(outcome, BaseException):
                raise outcome
            outcomes.append(outcome)
        return outcomes

    async def run(self, crawl: Crawl, on_event: OnEvent) -> Outcome:
        """Run one crawl to its end, or stop it at the time limit or on cancellation."""
        async with self.sites.setdefault(crawl.site, asyncio.Lock()), self.slots:
            self.logs.mkdir(parents=True, exist_ok=True)
            db = open_database(self.database)
            try:
                now = self.clock()
                run_id = start_run(db, crawl.site, now=now, pid=os.getpid())
                crawl = over_gaps(db, crawl, now)
                try:
                    reason = await self._run_child(crawl, run_id, on_event)
                except asyncio.CancelledError:
                    self._close(db, crawl.site, run_id, STOPPED)
                    raise
                outcome = self._close(db, crawl.site, run_id, reason)
            finally:
                db.close()
            on_event({"event": "ended", "site": crawl.site, "state": outcome.state})
            return outcome

    async def _run_child(self, crawl: Crawl, run_id: int, on_event: OnEvent) -> str:
        process = await asyncio.create_subprocess_exec(
            *crawl.command(run_id, self.logs / f"{crawl.site}.log"),
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            stdin=asyncio.subprocess.DEVNULL,
            limit=PROGRESS_LINE_LIMIT,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self.timeout):
                errors = await self._follow(process, crawl.site, on_event)
        except TimeoutError:
            await stop(process, self.grace)
            return f"超过时限 {self.timeout:.0f} 秒，已停止"
        except BaseException:
            await stop(process, self.grace)
            raise
        if process.returncode == 0:
            return ""
        last = errors.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
        return f"抓取进程异常结束：{last[0][:300]}"

    async def _follow(
        self, process: asyncio.subprocess.Process, site: str, on_event: OnEvent
    ) -> str:
        assert process.stdout is not None  # noqa: S101 # both were asked for as pipes
        assert process.stderr is not None  # noqa: S101 # same
        errors = asyncio.create_task(read_tail(process.stderr))
        events = asyncio.create_task(read_events(process.stdout, site, on_event))
        ending = asyncio.create_task(ended(process))
        try:
            # Not the pipes' ends but the process' own: a browser that outlives it holds them open.
            await asyncio.wait([events, ending], return_when=asyncio.FIRST_COMPLETED)
            if events.done():
                events.result()
            await ending
            await asyncio.wait([events, errors], timeout=PIPE_SECONDS)
            if not (events.done() and errors.done()):
                kill_group(process)
                await asyncio.wait([events, errors], timeout=PIPE_SECONDS)
            if events.done():
                events.result()
            return errors.result().decode("utf-8", "replace") if errors.done() else ""
        finally:
            for task in (events, errors, ending):
                task.cancel()
            await asyncio.gather(events, errors, ending, return_exceptions=True)

    def _close(self, db: Database, site: str, run_id: int, reason: str) -> Outcome:
        now = self.clock()
        still_open = any(row[0] == run_id for row in unfinished_runs(db))
        if still_open:
            reason = reason or "抓取进程没有留下结果"
            close_dead_run(db, site, run_id, now=now, state="killed", reason=reason)
            return Outcome(site, run_id, "killed", reason)
        return Outcome(site, run_id, "failed" if reason else "finished", reason)


def over_gaps(db: Database, crawl: Crawl, now: datetime) -> Crawl:
    """The same crawl, reading back over the time in which a column could not be read.

    After weeks without the machine or the site, the usual window would leave out what was
    published at their beginning. A look-back that was asked for is kept as it is.
    """
    if crawl.days is not None or crawl.url:
        return crawl
    unread = days_unread(db, crawl.site, now)
    gaps = {name: min(days, LONGEST_GAP) for name, days in unread.items() if days > USUAL_GAP}
    return replace(crawl, gaps=gaps)


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
    container gets the same id again).
    """
    own = os.getpid()
    open_runs = unfinished_runs(db)
    abandoned = [run for run in open_runs if run[2] in (None, own) or not is_alive(run[2])]
    for run_id, site, _ in abandoned:
        close_dead_run(db, site, run_id, now=now, state="killed", reason=INTERRUPTED)
    return len(abandoned)


def parse_event(line: bytes) -> Event | None:
    """One progress line of a child; None for anything that is not one."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None


async def read_events(stream: asyncio.StreamReader, site: str, on_event: OnEvent) -> None:
    """Hand on what a child reports; a line longer than any of ours is passed over."""
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            continue
        if not line:
            return
        event = parse_event(line)
        if event is not None:
            on_event({"site": site, **event})


async def read_tail(stream: asyncio.StreamReader) -> bytes:
    """The end of what a child complains of: on a full disk its log complains without end."""
    tail = b""
    while chunk := await stream.read(TAIL_BYTES):
        tail = (tail + chunk)[-TAIL_BYTES:]
    return tail


async def ended(process: asyncio.subprocess.Process) -> None:
    """Wait for the process itself: `Process.wait` waits for all who hold its pipes, too."""
    while process.returncode is None:
        await asyncio.sleep(LOOK_SECONDS)


def kill_group(process: asyncio.subprocess.Process) -> None:
    """SIGKILL to the process and to all it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def stop(process: asyncio.subprocess.Process, grace: float = GRACE_SECONDS) -> None:
    """SIGTERM lets the crawl finish the page in flight and write its verdicts; then SIGKILL."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await ended(process)
    kill_group(process)
    with suppress(TimeoutError):
        async with asyncio.timeout(PIPE_SECONDS):
            # A pipe that nobody reads never ends, and with it the wait, though all are dead.
            for stream in filter(None, (process.stdout, process.stderr)):
                await read_tail(stream)
            await process.wait()
