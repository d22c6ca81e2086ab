"""The issue goes out within ten minutes of its time, whatever crawls and disks do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app import due_jobs
from app.context import Context
from app.timed_issues import AGAIN_AFTER, EXPECTED_WITHIN
from app.workers import Done, WorkerError
from config import Config
from digest.composing.weeks import Week
from scheduler import Daemon
from storage.errors import StorageError
from tests.installation import FRIDAY

NOW = datetime.fromisoformat(FRIDAY).astimezone(UTC)
WEEK = Week(date(2021, 1, 30), date(2021, 2, 5), "2021-W05")


class Made:
    """A daemon of which only the jobs' processes and the crawls are not real."""

    def __init__(self, data: Path, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
        self.daemon = Daemon(Context(Config(data=data, now=now)))
        self.jobs: list[str] = []
        self.error: Exception | None = None
        self.due: Week | None = WEEK
        monkeypatch.setattr(self.daemon.workers, "run", self.run)
        monkeypatch.setattr(due_jobs, "due_week", lambda _context: self.due)

    async def run(self, _context: Context, *jobs: str, within: float | None = None) -> list[Done]:
        self.jobs.extend(jobs)
        if self.error is None and "compose_due" in jobs:
            self.due = None
        return [Done(job, error=self.error) for job in jobs]


@pytest.fixture
def crawl(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Awaitable[None]]], None]:
    async def missed(_daemon: Daemon, *_how: object) -> None:
        await crawls[0]()

    crawls: list[Callable[[], Awaitable[None]]] = []
    monkeypatch.setattr(Daemon, "crawl_missed", missed)
    return crawls.append


def test_a_site_that_is_never_done_with_does_not_hold_up_the_issue(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    crawl: Callable[[Callable[[], Awaitable[None]]], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("app.timed_issues.CRAWLS_SECONDS", 0.05)
    made = Made(tmp_path, monkeypatch, NOW)
    ended: list[bool] = []

    async def several() -> None:
        free = asyncio.Event()

        async def hostile() -> None:
            await free.wait()
            ended.append(True)

        crawl(hostile)
        await made.daemon.issue()
        assert made.jobs == ["compose_due", "deliver_outstanding"]
        assert not ended
        # The crawl goes on, and is not begun again.
        free.set()
        await asyncio.gather(*made.daemon.finishing)

    asyncio.run(several())
    assert ended == [True]
    assert "does not wait any longer" in caplog.text


def test_an_issue_that_was_due_before_the_start_waits_for_what_was_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Made(tmp_path, monkeypatch, NOW)
    made.daemon.catching_up = NOW
    asyncio.run(made.daemon.issue())
    assert made.jobs == []


@pytest.mark.parametrize(
    ("late", "again"),
    [(timedelta(0), True), (EXPECTED_WITHIN, False)],
    ids=["expected now", "late already"],
)
def test_an_issue_that_cannot_be_made_is_tried_again_each_minute_while_readers_expect_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    crawl: Callable[[Callable[[], Awaitable[None]]], None],
    late: timedelta,
    again: bool,
) -> None:
    made = Made(tmp_path, monkeypatch, NOW + late)
    made.error = WorkerError("the disk is full")
    crawl(lambda: asyncio.sleep(0))
    asyncio.run(made.daemon.issue())
    jobs = [job for job in made.daemon.scheduler.get_jobs() if job.id == "weekly again"]
    assert bool(jobs) is again
    for job in jobs:
        assert job.trigger.run_date - datetime.now(UTC) <= AGAIN_AFTER
    made.error = None
    made.daemon.scheduler.remove_all_jobs()
    asyncio.run(made.daemon.issue())
    assert not made.daemon.scheduler.get_jobs()


def test_a_store_that_cannot_be_asked_is_asked_again_each_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk nobody knows whether an issue is due; five minutes later was too late."""
    made = Made(tmp_path, monkeypatch, NOW)

    def full(_context: Context) -> Week | None:
        raise StorageError("cannot grow: the disk is full; make room")

    monkeypatch.setattr(due_jobs, "due_week", full)
    with pytest.raises(StorageError):
        asyncio.run(made.daemon.issue())
    assert [job.id for job in made.daemon.scheduler.get_jobs()] == ["weekly again"]
