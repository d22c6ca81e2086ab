"""The desk as the daemon keeps it: a process of its own that ends with the daemon."""

from __future__ import annotations

import asyncio
import http.client
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from app.context import Context
from app.desk_process import DeskError, DeskProcess
from app.jobs import compose_due, deliver_outstanding
from app.probing import Probed
from app.servers import Listeners
from config_delivery import DeskConfig, SmtpConfig
from config_sections import DigestConfig
from crawlers.probing import Guess
from desk.accounts import Accounts
from desk.server import DeskServer
from digest.delivery.sink import Sink
from digest.delivery.unsubscribe_links import load_key
from storage.readers.subscribers import add_subscriber
from storage.runs.runs import start_run
from tests.desk.running import NOON, Visitor, context_at, fill


def status(context: Context) -> int:
    return Visitor(context.config.desk.origin).get("/login").status


def answers(context: Context) -> bool:
    try:
        return status(context) == 200
    except ConnectionRefusedError:
        return False


async def until(condition: Callable[[], bool]) -> None:
    """Look again and again; what a process does is told by nobody."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_the_first_visit_starts_the_desk_and_a_crash_is_made_good(tmp_path: Path) -> None:
    context = context_at(tmp_path)
    listeners = Listeners()
    await listeners.keep_desk(context)
    desk = listeners.desk
    assert desk is not None
    assert desk.child is None
    assert await asyncio.to_thread(status, context) == 200
    child = desk.child
    assert child is not None
    await listeners.keep_desk(context)
    assert desk.child is child
    child.kill()
    assert await asyncio.to_thread(status, context) == 200
    again = desk.child
    assert again is not None
    assert again is not child
    await listeners.end()
    assert again.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(status, context)


@pytest.mark.asyncio
async def test_it_ends_when_nobody_comes_and_the_next_visitor_loses_nothing(tmp_path: Path) -> None:
    """Visits before, at and after the moment at which it ends: each is answered, each still in."""
    context = context_at(tmp_path)
    with context.store() as db:
        accounts = Accounts(load_key(tmp_path))
        boss, _ = accounts.invite(db, "b@x.cn", name="", role="operator", who="t", now=NOON)
        token = accounts.begin(db, boss, NOON)
    visitor = Visitor(context.config.desk.origin, {"zhengxun_desk": token})
    desk = DeskProcess(idle_seconds=0.3)
    await desk.keep(context)
    children = set()
    for pause in (0.0, 0.3, 0.36, 0.42):
        await asyncio.sleep(pause)
        assert (await asyncio.to_thread(visitor.get, "/people")).status == 200, pause
        children.add(desk.child)
    last = desk.child
    assert last is not None
    await until(lambda: last.returncode is not None)
    assert last.returncode == 0
    assert len(children) > 1
    assert (await asyncio.to_thread(visitor.get, "/people")).status == 200
    await desk.end()


@pytest.mark.asyncio
async def test_who_has_to_wait_for_something_keeps_it_from_ending(tmp_path: Path) -> None:
    """A connection that is open, a work in the background, a site that was probed."""
    server = DeskServer(context_at(tmp_path))
    await server.begin()
    going_on, host = threading.Event(), server.context.config.desk.listen.partition(":")
    try:
        server.desk.came_at -= 60
        idle = asyncio.create_task(server.idle(60))
        await asyncio.wait_for(idle, 5)
        await server.accept()
        server.desk.background.start("x", "x", lambda: str(going_on.wait(20)))
        assert server.busy_for(60) > 0
        going_on.set()
        await until(lambda: not server.busy_for(60))
        _, writer = await asyncio.open_connection(host[0], int(host[2]))
        await until(lambda: server.busy_for(60) > 0)
        writer.close()
        await until(lambda: not server.busy_for(60))
        server.desk.probed["last"] = Probed(
            "https://a.example/", Guess("trs", ""), (), None, "", {}, {}
        )
        assert server.busy_for(60) > 3600
    finally:
        going_on.set()
        await server.end()


@pytest.mark.asyncio
async def test_a_desk_that_cannot_start_is_told_and_its_visitor_waits(tmp_path: Path) -> None:
    context = context_at(tmp_path)
    with context.store():
        pass
    database = context.config.database
    kept = database.read_bytes()
    database.write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    desk = DeskProcess()
    await desk.keep(context)
    waiting = asyncio.create_task(asyncio.to_thread(status, context))
    await until(lambda: desk.fault is not None)
    with pytest.raises(DeskError, match="database"):
        await desk.keep(context)
    database.write_bytes(kept)
    assert await waiting == 200
    await desk.keep(context)
    await desk.end()


@pytest.mark.asyncio
async def test_another_configuration_is_served_without_sending_anybody_away(tmp_path: Path) -> None:
    context = context_at(tmp_path)
    desk = DeskProcess()
    await desk.keep(context)
    assert await asyncio.to_thread(status, context) == 200
    again = Context(context.config)
    waiting = asyncio.create_task(asyncio.to_thread(status, context))
    await desk.keep(again)
    assert await waiting == 200
    moved = context_at(tmp_path)
    await desk.keep(moved)
    assert await asyncio.to_thread(status, moved) == 200
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(status, context)
    await desk.keep(Context(moved.config.model_copy(update={"desk": DeskConfig()})))
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(status, moved)
    await desk.end()


DAEMON = """
import asyncio, pickle, sys
from app.desk_process import DeskProcess
async def main():
    desk = DeskProcess()
    await desk.keep(pickle.load(sys.stdin.buffer))
    print("kept", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


def test_the_desk_dies_with_the_daemon(tmp_path: Path) -> None:
    context = context_at(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", DAEMON],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=context.environment(),
    ) as daemon:
        assert daemon.stdin is not None
        assert daemon.stdout is not None
        daemon.stdin.write(pickle.dumps(context))
        daemon.stdin.close()
        assert daemon.stdout.readline() == b"kept\n"
        assert status(context) == 200
        daemon.kill()
    end = time.monotonic() + 20
    listens = True
    while listens and time.monotonic() < end:
        with suppress(ConnectionResetError, http.client.RemoteDisconnected):
            listens = answers(context)
    assert not listens


@pytest.mark.asyncio
async def test_without_listen_there_is_no_process(tmp_path: Path) -> None:
    context = context_at(tmp_path)
    off = Context(context.config.model_copy(update={"desk": DeskConfig()}))
    listeners = Listeners()
    await listeners.keep_desk(off)
    assert listeners.desk is None
    await listeners.end()


@pytest.mark.asyncio
async def test_an_address_that_is_taken_is_said_in_a_line(tmp_path: Path) -> None:
    context = context_at(tmp_path)
    host, _, port = context.config.desk.listen.rpartition(":")
    with socket.socket() as taken:
        taken.bind((host, int(port)))
        taken.listen()
        desk = DeskProcess()
        with pytest.raises(DeskError, match=r"(?i)cannot listen on .*address already in use"):
            await desk.keep(context)
        assert desk.child is None


@pytest.mark.asyncio
async def test_two_hundred_slow_clients_hold_up_no_issue(tmp_path: Path) -> None:
    """They hold every connection of the desk; the daemon composes, releases and mails meanwhile."""
    with Sink(tmp_path / "outbox") as sink:
        smtp = SmtpConfig(
            host="127.0.0.1", port=sink.port, security="none", sender="news@example.com"
        )
        context = context_at(tmp_path / "data", smtp=smtp, digest=DigestConfig(time="12:00"))
        fill(context, 3)
        with context.store() as db:
            add_subscriber(db, "li@example.com", now=NOON)
            start_run(db, "cde", now=NOON - timedelta(days=3), pid=None)
        due = Context(context.config.model_copy(update={"now": NOON + timedelta(hours=1)}))
        listeners = Listeners()
        await listeners.keep_desk(context)
        assert await asyncio.to_thread(status, context) == 200
        port = int(context.config.desk.listen.rpartition(":")[2])
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
        try:
            for one in slow:
                one.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx")
            began = time.monotonic()
            assert await asyncio.to_thread(compose_due, due)
            await asyncio.to_thread(deliver_outstanding, due)
            await asyncio.wait_for(listeners.keep_desk(context), 5)
            took = time.monotonic() - began
        finally:
            for one in slow:
                one.close()
            await listeners.end()
        assert [mail.recipients for mail in sink.received] == [("li@example.com",)]
        # On time is within the round in which the daemon looks for what is due: a minute.
        assert took < 60
