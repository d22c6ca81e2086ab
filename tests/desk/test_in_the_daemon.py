"""The desk as the daemon keeps it: a process of its own that ends with the daemon."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest

from app.context import Context
from app.desk_process import DeskError, DeskProcess
from app.jobs import compose_due, deliver_outstanding
from app.servers import Listeners
from config_delivery import DeskConfig, SmtpConfig
from config_sections import DigestConfig
from digest.delivery.sink import Sink
from storage.readers.subscribers import add_subscriber
from storage.runs.runs import start_run
from tests.desk.running import NOON, Visitor, context_at, fill


def status(context: Context) -> int:
    return Visitor(context.config.desk.origin).get("/login").status


@pytest.mark.asyncio
async def test_the_desk_is_kept_started_again_and_ended(tmp_path: Path) -> None:
    context = context_at(tmp_path)
    listeners = Listeners()
    await listeners.keep_desk(context)
    desk = listeners.desk
    assert desk is not None
    child = desk.child
    assert child is not None
    assert await asyncio.to_thread(status, context) == 200
    await listeners.keep_desk(context)
    assert desk.child is child
    child.kill()
    await child.wait()
    await listeners.keep_desk(context)
    assert await asyncio.to_thread(status, context) == 200
    again = desk.child
    assert again is not None
    await listeners.end()
    assert again.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(status, context)


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
        with pytest.raises(DeskError, match="address already in use"):
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
