"""Sites that share a process: each keeps its own verdict, log, pauses and time."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app import shared_child
from app.child_process import Event, start
from app.context import Context
from app.crawl_runs import Crawl, Outcome
from config import load_config
from tests.app.processes import gone
from tests.installation import Installation

ROW = (
    '<li><a href="/{0}/202101/t20210104_{1}.html">关于第{1}号事项的通知</a>'
    "<span>2020-12-01</span></li>"
)
PAGE = '<html><body><ul class="news_list">{0}</ul>{1}</body></html>'
HUGE = "某" * 6_000_000
SITE = """\
[{site}]
name = "{site}"
platform = "trs"
section = "projects"
group = "天津市"
crawl = "15 8 * * mon-fri"
[[{site}.columns]]
name = "通知"
url = "http://{host}/{path}/"
min_rows = 5
max_quiet_days = 90
"""
DELAY = 0.4


class Offices(BaseHTTPRequestHandler):
    """Answers by the first word of the path, and notes when each host was asked for what."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[float, str, str]]
    hold: threading.Event

    def do_GET(self) -> None:
        self.asked.append((time.monotonic(), self.headers["Host"], self.path))
        kind = self.path.strip("/").partition("/")[0]
        if kind == "mute":
            self.hold.wait(30)
        status = 200 if kind in {"good", "other", "few", "huge"} else 404
        rows = "".join(ROW.format(kind, number) for number in range(1 if kind == "few" else 6))
        body = PAGE.format(rows, HUGE if kind == "huge" else "").encode()
        with suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def offices() -> Iterator[Any]:
    """The handler of a running server, and `origin`."""
    handler: Any = type("Handler", (Offices,), {"asked": [], "hold": threading.Event()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    handler.origin = f"http://127.0.0.1:{server.server_port}"
    yield handler
    handler.hold.set()
    server.shutdown()
    server.server_close()
    thread.join()


def context_of(folder: Path, origin: str, *, timeout: int = 6, **sites: str) -> Context:
    """An installation that watches these sites, id to 'host/path', each for so many seconds."""
    parts = ["[catalogue]\nbuilt_in = false\n"]
    for site, place in sites.items():
        host, path = place.split("/")
        parts.append(SITE.format(site=site, host=host, path=path))
    installation = Installation(
        folder,
        origin,
        settings=(
            f'[crawl]\ndelay = {DELAY}\ntimeout = {timeout}\nbrowser = "none"\nparallel = 2\n'
        ),
        sources="\n".join(parts),
    )
    context = Context(load_config(installation.environment(), cwd=folder))
    with context.store():
        pass
    return context


def crawl(context: Context, on_event: Callable[[Event], None]) -> dict[str, Outcome]:
    supervisor = context.supervisor(grace=0.5)
    crawls = [Crawl(site) for site in context.catalogue]
    outcomes = asyncio.run(supervisor.run_all(crawls, on_event))
    return {outcome.site: outcome for outcome in outcomes}


def verdicts(context: Context) -> dict[str, tuple[str, str]]:
    with context.store() as db:
        rows = list(db.query("SELECT site, verdict, reason FROM checks"))
    return {row["site"]: (row["verdict"], row["reason"]) for row in rows}


def test_each_site_of_a_process_has_its_own_verdict_time_log_and_pauses(
    tmp_path: Path, offices: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = watch_starts(monkeypatch)
    context = context_of(
        tmp_path,
        offices.origin,
        one="shared.example.cn/good",
        two="shared.example.cn/other",
        mute="mute.example.cn/mute",
        few="few.example.cn/few",
        away="away.example.cn/gone",
    )
    events: list[Event] = []
    outcomes = crawl(context, events.append)
    assert len(started) == 1
    late = "超过时限 6 秒，已停止"
    assert verdicts(context) == {
        "one": ("ok", ""),
        "two": ("ok", ""),
        "mute": ("unreachable", f"抓取没有完成：{late}"),
        "few": ("broken", "列表只读到 1 条，至少应有 5 条：页面可能已改版"),
        "away": ("broken", "栏目地址已不存在（404）"),
    }
    assert {site: outcome.reason for site, outcome in outcomes.items()} == {
        **dict.fromkeys(("one", "two", "few", "away"), ""),
        "mute": late,
    }
    ended = {event["site"]: event["state"] for event in events if event["event"] == "ended"}
    assert ended == {**dict.fromkeys(("one", "two", "few", "away"), "finished"), "mute": "killed"}
    check_logs(context.config.data / "logs", context)
    check_pauses([(at, path) for at, host, path in offices.asked if host == "shared.example.cn"])


def check_logs(logs: Path, context: Context) -> None:
    """Each has its own lines, and none of another's."""
    for site in context.catalogue.values():
        log = (logs / f"{site.id}.log").read_text("utf-8")
        assert log.count("Spider opened") == 1
        (host,) = site.named_hosts
        others = {one for other in context.catalogue.values() for one in other.named_hosts} - {host}
        assert not [other for other in others if other in log]


def check_pauses(asked: list[tuple[float, str]]) -> None:
    """One site after the other, and a pause before every request, whoever makes it."""
    first = [path.split("/")[1] for _, path in asked]
    good, other = first.index("good"), first.index("other")
    assert "other" not in first[: first.index("other")][:good]
    assert "good" not in first[other:]
    times = [at for at, _ in asked]
    # Scrapy draws each pause between half and one and a half of what is configured.
    assert min(after - before for before, after in pairwise(times)) > DELAY / 2 * 0.9


def watch_starts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the shared processes, as they are started."""
    pids: list[int] = []

    async def started(*arguments: Any) -> asyncio.subprocess.Process:
        process = await start(*arguments)
        pids.append(process.pid)
        return process

    monkeypatch.setattr(shared_child, "start", started)
    return pids


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP, None])
def test_a_site_that_ends_or_holds_up_its_process_costs_the_unread_rest_a_visit_of_their_own(
    tmp_path: Path,
    offices: Any,
    monkeypatch: pytest.MonkeyPatch,
    end: signal.Signals | None,
) -> None:
    """It dies, it is held up (as by a page that takes minutes to read), or memory runs out."""
    started = watch_starts(monkeypatch)
    monkeypatch.setattr(shared_child, "SILENT_SECONDS", 3.0)
    if end is None:
        monkeypatch.setattr(shared_child, "MEMORY_MIB", 150)
    harmful = "good" if end else "huge"
    # The time of starting a process anew on a busy machine is not what is asked here.
    context = context_of(
        tmp_path,
        offices.origin,
        timeout=60,
        first="a.example.cn/good",
        harmful=f"a.example.cn/{harmful}",
    )

    def harm(event: Event) -> None:
        if end is not None and (event["event"], event["site"]) == ("opened", "harmful"):
            with suppress(ProcessLookupError):
                os.kill(started[0], end)

    outcomes = crawl(context, harm)
    assert verdicts(context) == {"first": ("ok", ""), "harmful": ("ok", "")}
    assert {outcome.state for outcome in outcomes.values()} == {"finished"}
    with context.store() as db:
        assert [row["site"] for row in db.query("SELECT site FROM runs")] == ["first", "harmful"]
    opened = [
        (context.config.data / "logs" / f"{site}.log").read_text("utf-8").count("Spider opened")
        for site in ("first", "harmful")
    ]
    # Memory is everybody's: whoever was not done yet when it ran out is visited again as well.
    assert opened[1] == 2 if end is None else opened[0] == 1


def test_sites_of_a_process_that_is_stopped_are_closed_without_a_verdict(
    tmp_path: Path, offices: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = watch_starts(monkeypatch)
    context = context_of(tmp_path, offices.origin, one="a.example.cn/mute", two="b.example.cn/mute")
    opened: set[str] = set()

    async def stopped() -> float:
        both = asyncio.Event()

        def hear(event: Event) -> None:
            if event["event"] == "opened":
                opened.add(event["site"])
            if len(opened) == 2:
                both.set()

        runs = context.supervisor(grace=1.0).run_all([Crawl("one"), Crawl("two")], hear)
        task = asyncio.create_task(runs)
        await asyncio.wait_for(both.wait(), 60)
        begun = time.monotonic()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return time.monotonic() - begun

    assert asyncio.run(stopped()) < 20
    with context.store() as db:
        states = {row["site"]: row["state"] for row in db.query("SELECT site, state FROM runs")}
        assert list(db.query("SELECT * FROM checks")) == []
    assert set(states) == {"one", "two"}
    assert set(states.values()) <= {"killed", "failed"}
    assert gone(started[0])
