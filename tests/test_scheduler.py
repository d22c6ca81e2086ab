"""The daemon as it is started: one per folder, makes up for downtime, stops, reloads."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app import due_jobs, jobs, supervisor
from app.clock_jumps import Wallclock
from app.context import Context
from app.crawl_runs import Crawl
from app.instance import InstanceError, beat, last_beat, lock_owner, only_one
from app.timed_issues import COMPOSE_SECONDS
from app.workers import Done, WorkerError
from config import Config
from config_sections import DigestConfig
from crawlers.catalogue import Site
from digest.composing.closing import closing_instant, latest_due, selection_closes
from digest.composing.workdays import issue_day
from digest.folders import LAST_FILE
from replica.server import Replica
from scheduler import Daemon
from storage.operation.alarms import open_alarms
from storage.operation.backup import list_backups
from storage.operation.upkeep import newest_backup, tidy_logs
from storage.readers.deliveries import ensure_deliveries
from storage.readers.subscribers import add_subscriber
from storage.runs.runs import finish_run, start_run
from storage.values import from_instant
from tests.digest.samples import recorded, week_digest
from tests.installation import FRIDAY, ONLY_ONE_SITE, ROOT, Installation

NOW = datetime.fromisoformat(FRIDAY).astimezone(UTC)


@dataclass
class Started:
    """A daemon in a process of its own; its lines for a person are read one by one."""

    process: subprocess.Popen[str]

    def until(self, words: str) -> str:
        assert self.process.stderr is not None
        seen = []
        for line in self.process.stderr:
            seen.append(line)
            if words in line:
                return line
        raise AssertionError("".join(seen))

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        _, rest = self.process.communicate(timeout=35)
        return self.process.returncode, rest


@contextmanager
def daemon(installation: Installation) -> Iterator[Started]:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "scheduler.py")],
        env=installation.environment(),
        cwd=installation.folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Started(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def rows(installation: Installation, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(installation.folder / "data" / "zhengxun.db")) as db:
        return db.execute(sql).fetchall()


def test_the_daemon_from_start_to_start_again(tmp_path: Path, replica: Replica) -> None:
    installation = Installation(tmp_path / "house", upstream=replica.origin, sources=ONLY_ONE_SITE)
    with daemon(installation) as first:
        first.until("issue 2021-W05 composed")
        second = subprocess.run(
            [sys.executable, str(ROOT / "scheduler.py")],
            env={**installation.environment(), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert f"process {first.process.pid} on" in second.stderr
        assert second.stderr.count("\n") == 1
        first.until("database checked and copied")
        (installation.folder / "zhengxun.toml").write_text("colour = 1", encoding="utf-8")
        first.process.send_signal(signal.SIGHUP)
        assert "colour: no such key" in first.until("refused")
        (installation.folder / "zhengxun.toml").write_text("[crawl]\ndays = 7", encoding="utf-8")
        first.process.send_signal(signal.SIGHUP)
        first.until("configuration read: 1 sites")
        code, rest = first.end()
        assert code == 0
        assert "Traceback" not in rest
    assert (installation.folder / "data/issues/2021-W05/digest.docx").is_file()
    assert rows(installation, "SELECT kind FROM alarms WHERE subject = 'config'") == [
        ("raised",),
        ("recovered",),
    ]
    with daemon(installation) as again:
        again.until("watching")
        # Who may only read cannot make these two, and without them cannot read at all.
        kept = [installation.folder / "data" / f"zhengxun.db{end}" for end in ("-wal", "-shm")]
        assert all(path.is_file() for path in kept)
        again.end()
    assert rows(installation, "SELECT site, state FROM runs") == [("tj_kxjs", "finished")]
    assert rows(installation, "SELECT week FROM issues") == [("2021-W05",)]
    events = [
        json.loads(line)
        for line in (installation.folder / "data/logs/daemon.log").read_text("utf-8").splitlines()
    ]
    read = [event for event in events if event["message"] == "notice"]
    assert read
    assert all(event["crawl_url"].startswith("http") for event in read)


async def cancelled_crawl(context: Context) -> None:
    opened = asyncio.Event()
    task = asyncio.create_task(
        context.supervisor().run(Crawl("tj_kxjs"), lambda event: opened.set())
    )
    await opened.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_a_crawl_stopped_with_the_daemon_leaves_no_verdict_on_what_it_never_asked(
    tmp_path: Path, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.5)
    context = Context(Config(data=tmp_path / "data", now=NOW, upstream=replica.origin))
    with context.store():
        pass
    asyncio.run(cancelled_crawl(context))
    with context.store() as db:
        (run,) = db.query("SELECT state, finished_at FROM runs")
        checks = list(db.query("SELECT verdict, pages FROM checks"))
    assert run["state"] in {"killed", "failed"}
    assert run["finished_at"]
    assert len(checks) < 5
    assert all(check["pages"] for check in checks)


def site(context: Context, name: str = "tj_kxjs") -> Site:
    return context.catalogue[name]


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(Config(data=tmp_path / "data", now=NOW))


@pytest.mark.parametrize(
    ("last", "now", "missed"),
    [
        (None, "2021-02-05T12:00", True),
        ("2021-02-05T08:30", "2021-02-05T12:00", False),
        ("2021-02-04T16:00", "2021-02-05T12:00", True),
        ("2020-11-01T16:00", "2021-02-05T12:00", True),
        ("2022-01-01T00:00", "2021-02-05T12:00", True),
    ],
)
def test_a_crawl_is_missed_when_its_time_passed_since_the_last_good_one(
    context: Context, last: str | None, now: str, missed: bool
) -> None:
    daily = site(context).model_copy(update={"crawl": "20 8 * * *"})
    at = datetime.fromisoformat(f"{last}+08:00") if last else None
    assert due_jobs.crawl_missed(daily, at, datetime.fromisoformat(f"{now}+08:00")) is missed


def test_after_months_the_latest_issue_is_due_once_and_none_before_the_first_crawl(
    context: Context,
) -> None:
    assert due_jobs.due_week(context) is None
    with context.store() as db:
        began = datetime(2020, 11, 2, 1, tzinfo=UTC)
        run = start_run(db, "tj_kxjs", now=began, pid=None)
        finish_run(db, run, now=began, state="finished")
    week = due_jobs.due_week(context)
    assert week is not None
    assert week.name == "2021-W05"
    assert jobs.compose_due(context)
    assert not jobs.compose_due(context)


def test_a_late_issue_closes_when_it_is_composed_and_one_on_time_at_its_hour() -> None:
    settings = DigestConfig()
    due = latest_due(settings, NOW)
    monday = NOW + timedelta(days=2, hours=16)
    assert selection_closes(settings, due, NOW + timedelta(minutes=1)) == NOW
    assert selection_closes(settings, due, monday) == monday
    assert selection_closes(settings, due, NOW + timedelta(days=7)) == NOW
    assert selection_closes(settings, due, NOW - timedelta(days=1)) == NOW - timedelta(days=1)


def test_an_issue_goes_out_with_nothing_in_it_and_files_lost_halfway_are_written_again(
    context: Context,
) -> None:
    with context.store() as db:
        start_run(db, "tj_kxjs", now=NOW - timedelta(days=9), pid=None)
    assert jobs.compose_due(context)
    folder = context.config.data / "issues" / "2021-W05"
    assert "本周" in (folder / "digest.txt").read_text("utf-8")
    (folder / LAST_FILE).unlink()
    assert jobs.compose_due(context)
    assert (folder / LAST_FILE).is_file()
    with context.store() as db:
        assert db["issues"].count == 1


def test_the_night_checks_copies_and_tidies(context: Context) -> None:
    logs = context.config.data / "logs"
    logs.mkdir(parents=True)
    (logs / "cde.log").write_text("old")
    os.utime(logs / "cde.log", (0, 0))
    assert due_jobs.backup_missed(context)
    jobs.nightly(context)
    assert len(list_backups(context.config.backups)) == 1
    assert newest_backup(context.config.backups) == NOW
    assert not (logs / "cde.log").exists()
    assert not due_jobs.backup_missed(context)


def test_a_big_log_is_rotated_and_three_old_ones_stay(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / "cde.log").write_bytes(str(number).encode() * 6_000_000)
        tidy_logs(tmp_path, now=datetime.now(UTC), days=60)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "cde.log.1",
        "cde.log.2",
        "cde.log.3",
    ]
    assert (tmp_path / "cde.log.1").read_bytes()[:1] == b"4"


def test_runs_of_a_dead_process_are_closed_at_the_start(context: Context) -> None:
    with context.store() as db:
        start_run(db, "tj_kxjs", now=NOW, pid=os.getpid())
    due_jobs.close_abandoned(context)
    with context.store() as db:
        assert [row["state"] for row in db.query("SELECT state FROM runs")] == ["killed"]
        # The columns were never asked: that is no word about them.
        assert db["checks"].count == 0


def test_one_daemon_per_folder_and_the_owner_is_shown(tmp_path: Path) -> None:
    with only_one(tmp_path):
        assert f"process {os.getpid()}" in lock_owner(tmp_path)
        with pytest.raises(InstanceError, match=f"process {os.getpid()} on"), only_one(tmp_path):
            pass
    assert lock_owner(tmp_path) == ""
    with only_one(tmp_path):
        pass


def test_the_sign_of_life_can_be_read_back(tmp_path: Path) -> None:
    assert last_beat(tmp_path) is None
    beat(tmp_path, NOW, healthy=True)
    life = last_beat(tmp_path)
    assert life is not None
    assert (life.at, life.pid, life.healthy) == (NOW, os.getpid(), True)
    (tmp_path / "heartbeat").write_text("{")
    assert last_beat(tmp_path) is None


def test_a_suspended_or_set_clock_is_noticed_and_a_slow_one_is_not() -> None:
    wall, steady = [1000.0], [0.0]
    clock = Wallclock(lambda: wall[0], lambda: steady[0])
    wall[0], steady[0] = 1031.0, 30.0
    assert not clock.jump()
    wall[0], steady[0] = 9000.0, 60.0
    assert clock.jump() == timedelta(seconds=7939)
    wall[0], steady[0] = 9030.0, 90.0
    assert not clock.jump()
    wall[0], steady[0] = 30.0, 120.0
    assert clock.jump() < timedelta(0)


@pytest.mark.parametrize(
    ("friday", "appears"),
    [
        ("2021-02-05", "2021-02-05"),
        ("2021-02-12", "2021-02-10"),  # 春节: 11 to 17 February
        ("2021-10-01", "2021-09-30"),  # 国庆节: 1 to 7 October
        ("2021-10-08", "2021-10-08"),
        ("2026-02-20", "2026-02-14"),  # 春节: 15 to 23 February; Saturday the 14th was worked
        ("2050-01-07", "2050-01-07"),  # nothing announced yet
    ],
)
def test_before_a_holiday_the_issue_appears_on_the_last_working_day(
    friday: str, appears: str
) -> None:
    to_on = date.fromisoformat(friday)
    assert issue_day(to_on, last_workday=True) == date.fromisoformat(appears)
    assert issue_day(to_on, last_workday=False) == to_on


def test_a_week_before_a_holiday_is_due_early_and_keeps_its_name() -> None:
    settings = DigestConfig(last_workday=True)
    wednesday = datetime.fromisoformat("2021-02-10T17:00:00+08:00")
    assert closing_instant(settings, date(2021, 2, 12)) == wednesday
    assert latest_due(settings, wednesday).name == "2021-W06"
    assert latest_due(settings, wednesday - timedelta(minutes=1)).name == "2021-W05"


def test_bulletins_and_mails_do_not_wait_for_an_issue_that_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Context(Config(data=tmp_path / "data", now=NOW))
    daemon = Daemon(context)
    begun, done = asyncio.Event(), []

    async def run(_desk: Context, *jobs: str, within: float | None = None) -> list[Done]:
        if "compose_due" in jobs:
            assert within == COMPOSE_SECONDS
            begun.set()
            await asyncio.Event().wait()
        done.extend(jobs)
        return [Done(job) for job in jobs]

    monkeypatch.setattr(daemon.workers, "run", run)
    monkeypatch.setattr("app.timed_issues.SLOW_SECONDS", 0.0)
    monkeypatch.setattr(due_jobs, "due_week", lambda _desk: "2021-W05")

    async def several() -> None:
        composing = asyncio.create_task(daemon.compose_and_send())
        await begun.wait()
        await daemon.post()
        await daemon.deliver()
        await asyncio.sleep(0)
        assert not composing.done()
        with context.store() as db:
            (slow,) = open_alarms(db)
        assert slow.title == "编印周报已用 0 分钟，尚未完成"
        composing.cancel()
        with suppress(asyncio.CancelledError):
            await composing
        with context.store() as db:
            assert open_alarms(db) == []

    asyncio.run(several())
    assert done == ["tell_readers", "deliver_outstanding"]


def test_what_was_put_off_is_tried_again_at_its_own_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = Daemon(Context(Config(data=tmp_path / "data", now=NOW)))
    put_off = timedelta(seconds=90)

    async def run(context: Context, *jobs: str, within: float | None = None) -> list[Done]:
        with context.store() as db:
            db.execute("UPDATE deliveries SET next_attempt_at = ?", [from_instant(NOW + put_off)])
            db.conn.commit()
        return [Done(job) for job in jobs]

    monkeypatch.setattr(daemon.workers, "run", run)
    with daemon.context.store() as db:
        person = add_subscriber(db, "a@example.com", now=NOW)
        issue = recorded(db, week_digest())
        ensure_deliveries(db, issue.id, [person], ["<1@example.com>"], NOW)

    async def several() -> timedelta | None:
        daemon.scheduler.start(paused=True)
        before = datetime.now(UTC)
        await daemon.deliver()
        job = daemon.scheduler.get_job("deliver again")
        daemon.scheduler.shutdown(wait=False)
        return None if job is None else job.next_run_time - before

    assert timedelta(0) <= (asyncio.run(several()) or timedelta()) - put_off < timedelta(seconds=20)


def test_what_is_due_after_the_usual_round_or_was_due_before_is_left_to_it(tmp_path: Path) -> None:
    context = Context(Config(data=tmp_path / "data", now=NOW))
    daemon = Daemon(context)
    with context.store() as db:
        person = add_subscriber(db, "a@example.com", now=NOW)
        issue = recorded(db, week_digest())
        ensure_deliveries(db, issue.id, [person], ["<1@example.com>"], NOW)
    for minutes in (-1, 0, 15):
        with context.store() as db:
            at = from_instant(NOW + timedelta(minutes=minutes))
            db.execute("UPDATE deliveries SET next_attempt_at = ?", [at])
            db.conn.commit()
        daemon.come_back(daemon.deliver, NOW)
        assert daemon.scheduler.get_jobs() == []


def test_pictures_are_read_between_crawls_and_left_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = Daemon(Context(Config(data=tmp_path / "data", now=NOW)))
    asked: list[tuple[str, ...]] = []

    async def run(_context: Context, *jobs: str, within: float | None = None) -> list[Done]:
        asked.append(jobs)
        daemon.stopping = len(asked) > 1
        error = WorkerError("killed") if daemon.stopping else None
        return [Done(job, error=error) for job in jobs]

    monkeypatch.setattr(daemon.patient, "run", run)
    monkeypatch.setattr(due_jobs, "pictures_wait", lambda _context: True)

    async def several() -> None:
        crawl = asyncio.create_task(asyncio.Event().wait())
        daemon.running["cde"] = crawl  # type: ignore[assignment] # any task that has not ended
        await daemon.pictures()
        assert not asked
        crawl.cancel()
        await asyncio.gather(crawl, return_exceptions=True)
        await daemon.pictures()
        await daemon.pictures()

    asyncio.run(several())
    assert asked == [("read_pictures",)] * 2
    with daemon.context.store() as db:
        # Killed because the daemon stops: nothing failed.
        assert not open_alarms(db)
