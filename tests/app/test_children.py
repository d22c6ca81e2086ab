"""Whatever a child does, and whatever it leaves behind, the wait for it has an end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import child_process
from app.child_process import Event
from app.crawl_runs import Crawl, Outcome
from app.supervisor import Supervisor
from storage.database import open_database
from storage.runs.catalogue import ColumnRow, SiteRow, sync_catalogue
from storage.runs.runs import latest_coverage
from tests.app.processes import gone
from tests.installation import ROOT

NOW = datetime(2021, 2, 5, 9, tzinfo=UTC)
SAY = (
    "import json, os, signal, subprocess, sys, time\n"
    "print(json.dumps({'event': 'opened'}), flush=True)\n"
)
# What a shell starts in the background ignores Ctrl-C, and so would whatever it starts.
HEARS_CTRL_C = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
Start = Callable[[str], Supervisor]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """A supervisor whose crawls are these lines of Python."""

    def made(code: str) -> Supervisor:
        monkeypatch.setattr(Crawl, "command", lambda *_: [sys.executable, "-c", SAY + code])
        monkeypatch.setattr(child_process, "PIPE_SECONDS", 0.5)
        path = tmp_path / "zhengxun.db"
        db = open_database(path)
        column = ColumnRow("one", "通知", "https://a.cn/")
        row = SiteRow("one", "某市", "listing", "projects", "天津市", columns=(column,))
        sync_catalogue(db, [row], NOW)
        db.close()
        return Supervisor(
            path,
            tmp_path / "logs",
            environment=dict(os.environ),
            clock=lambda: NOW,
            timeout=30,
            parallel=2,
            grace=0.3,
        )

    return made


def run(runs: Supervisor) -> tuple[Outcome, list[Event], float]:
    events: list[Event] = []
    began = time.monotonic()
    outcome = asyncio.run(runs.run(Crawl("one"), events.append))
    return outcome, events, time.monotonic() - began


def test_a_program_that_outlives_the_crawl_and_holds_its_pipes_is_not_waited_for(
    start: Start, tmp_path: Path
) -> None:
    note = tmp_path / "pid"
    runs = start(
        "left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(note)!r}, 'w').write(str(left.pid))\n"
    )
    outcome, events, seconds = run(runs)
    assert outcome.reason == "抓取进程没有留下结果"
    assert [event["event"] for event in events] == ["opened", "ended"]
    assert seconds < 20
    assert gone(int(note.read_text()))


def test_a_line_without_end_is_passed_over(start: Start) -> None:
    outcome, events, _ = run(
        start("print('x' * 5_000_000)\nprint(json.dumps({'event': 'closed'}), flush=True)\n")
    )
    assert "closed" in [event["event"] for event in events]
    assert outcome.state == "killed"


def test_one_that_ignores_the_signal_is_ended_and_says_nothing_of_columns(start: Start) -> None:
    runs = start(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(os.getpid(), flush=True)\n"
        "time.sleep(60)"
    )

    async def stopped() -> float:
        opened = asyncio.Event()
        task = asyncio.create_task(runs.run(Crawl("one"), lambda _: opened.set()))
        await opened.wait()
        await asyncio.sleep(0.2)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - began

    assert asyncio.run(stopped()) < 5
    db = open_database(runs.database)
    (row,) = latest_coverage(db)
    (record,) = db.query("SELECT state, reason FROM runs")
    db.close()
    assert row.verdict is None
    assert record == {"state": "killed", "reason": "程序停止"}


def test_one_that_complains_without_end_is_ended(start: Start) -> None:
    runs = start(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "while True:\n    sys.stderr.write('no space left on device' * 1000)"
    )

    async def two() -> None:
        opened = asyncio.Event()
        crawls = [asyncio.create_task(runs.run(Crawl("one"), lambda _: opened.set()))]
        await opened.wait()
        await asyncio.sleep(0.5)
        # As `asyncio.run` does when another crawl raises: every task at once, readers too.
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.wait_for(asyncio.gather(*crawls, return_exceptions=True), 20)

    asyncio.run(two())


def test_one_that_dies_by_itself_leaves_a_verdict(start: Start) -> None:
    runs = start("sys.exit('out of memory')")
    outcome, _, _ = run(runs)
    db = open_database(runs.database)
    (row,) = latest_coverage(db)
    db.close()
    assert outcome.reason == "抓取进程异常结束：out of memory"
    assert (row.verdict, row.reason) == ("unreachable", f"抓取没有完成：{outcome.reason}")


def test_an_error_of_ours_ends_the_child_too(start: Start, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    runs = start(
        f"open({str(note)!r}, 'w').write(str(os.getpid()))\n"
        "print('{\"event\": 1}', flush=True)\n"
        "time.sleep(60)"
    )

    def broken(event: Event) -> None:
        if event["event"] == 1:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(runs.run(Crawl("one"), broken))
    assert gone(int(note.read_text()))


def test_ctrl_c_ends_a_crawl_in_a_second_with_a_word(tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.mkdir()
    # Stands for Scrapy: a crawl that has begun and would take an hour.
    (slow / "scrapy.py").write_text(SAY + "time.sleep(3600)\n", encoding="utf-8")
    command = subprocess.Popen(
        [sys.executable, "-c", HEARS_CTRL_C, "-m", "cli", "crawl", "miit"],
        cwd=ROOT,
        env={
            **{key: value for key, value in os.environ.items() if "ZHENGXUN" not in key},
            "ZHENGXUN_DATA": str(tmp_path / "data"),
            "PYTHONPATH": f"{slow}{os.pathsep}{ROOT}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    database = tmp_path / "data" / "zhengxun.db"
    until = time.monotonic() + 60
    while not list((tmp_path / "data").glob("logs")) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1)
    began = time.monotonic()
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=30)
    assert time.monotonic() - began < 5
    assert command.returncode == 130
    assert said.splitlines()[-1].startswith("zhengxun: 已中断，1 个来源没有读完")
    assert "Traceback" not in said
    db = open_database(database)
    assert list(db.query("SELECT * FROM checks")) == []
    assert [row["state"] for row in db.query("SELECT state FROM runs")] == ["killed"]
    db.close()
