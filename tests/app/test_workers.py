"""Duties in processes of their own: what comes back, whatever becomes of the process."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import workers
from app.context import Context
from app.workers import Done, Workers
from config import load_config
from storage.runs.runs import start_run
from tests.installation import FRIDAY, ROOT

NOW = datetime.fromisoformat(FRIDAY).astimezone(UTC)
HEAVY = ("docx", "icalendar", "png", "jinja2", "css_inline", "nh3", "rich", "typer", "scrapy")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    (tmp_path / "zhengxun.toml").write_text('[digest]\ncompany = "盈科瑞"\n', encoding="utf-8")
    config = load_config({"ZHENGXUN_NOW": FRIDAY}, cwd=tmp_path)
    context = Context(config)
    with context.store() as db:
        start_run(db, "tj_kxjs", now=datetime(2021, 2, 1, tzinfo=UTC), pid=None)
    return context


def run(context: Context, *jobs: str) -> list[Done]:
    return asyncio.run(Workers().run(context, *jobs))


def test_a_duty_is_done_and_what_it_logs_is_logged_here(
    context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        (done,) = run(context, "compose_due")
    assert done == Done("compose_due", result=True)
    assert "issue 2021-W05 composed: 0 entries" in caplog.messages
    assert (context.config.data / "issues/2021-W05/digest.docx").is_file()
    assert run(context, "compose_due") == [Done("compose_due", result=False)]


def test_what_was_read_at_the_start_counts_and_not_what_stands_in_the_files_by_now(
    context: Context,
) -> None:
    assert context.config.path is not None
    context.config.path.write_text("colour = 1", encoding="utf-8")
    context.config.path.with_name("sources.toml").write_text("nonsense", encoding="utf-8")
    (done,) = run(context, "compose_due")
    assert done.result
    page = (context.config.data / "issues/2021-W05/digest.html").read_text("utf-8")
    assert "盈科瑞" in page


def test_a_duty_that_fails_says_where_and_the_next_one_runs(context: Context) -> None:
    folder = context.config.data / "issues"
    folder.write_text("a file where the folder should be")
    composed, told = run(context, "compose_due", "tell_readers")
    assert composed.subject == "issue"
    assert str(composed.error).startswith("CommandError: cannot write to ")
    assert composed.error is not None
    assert "Traceback" in composed.error.__notes__[0]
    assert told == Done("tell_readers", result=False)


def test_a_process_that_dies_is_told_for_each_duty_it_owed(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dying.py").write_text(
        "import os, signal, sys\n"
        'print(\'{"duty": "compose_due", "result": true, "error": "", "trace": ""}\', flush=True)\n'
        'print("not an event")\n'
        'print("out of memory", file=sys.stderr, flush=True)\n'
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(workers, "CHILD", "dying")
    composed, sent = run(context, "compose_due", "deliver_outstanding")
    assert composed == Done("compose_due", result=True)
    assert (
        str(sent.error)
        == "the process for deliver_outstanding ended before it was done: out of memory"
    )


def test_one_that_is_called_off_is_ended(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "waiting.py").write_text(
        "import os, pathlib, signal\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        'print(\'{"logger": "zhengxun", "level": "info", "message": "here"}\', flush=True)\n'
        "signal.pause()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(workers, "CHILD", "waiting")

    async def call_off() -> None:
        here = asyncio.Event()
        handler = logging.Handler()
        monkeypatch.setattr(handler, "emit", lambda record: here.set())
        logger = logging.getLogger("zhengxun")
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
        try:
            task = asyncio.create_task(Workers().run(context, "compose_due"))
            await here.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        finally:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)

    asyncio.run(call_off())
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_one_that_is_late_is_ended_and_says_so(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "waiting.py").write_text(
        "import os, pathlib, signal\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "signal.pause()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(workers, "CHILD", "waiting")
    (late,) = asyncio.run(Workers().run(context, "compose_due", within=2.0))
    assert str(late.error) == "compose_due did not end within 2 s and was stopped"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_the_daemon_that_waits_has_not_loaded_what_composes_and_sends() -> None:
    code = f"import scheduler, sys; print([name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"
