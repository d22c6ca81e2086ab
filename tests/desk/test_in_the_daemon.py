"""The desk as the daemon keeps it: a process of its own that ends with the daemon."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from app.context import Context
from app.desk_process import DeskError, DeskProcess
from app.servers import Listeners
from config_delivery import DeskConfig
from tests.desk.running import Visitor, context_at


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
