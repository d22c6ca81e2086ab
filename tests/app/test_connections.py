"""Who opens connections and says nothing takes nobody else's place."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import aiohttp
import pytest

from app import figures_server
from app.connections import Connections
from app.context import Context
from app.public_page import PublicPage
from tests.app.test_metrics import ask, context, port
from tests.app.test_public_page import context_at, free_port

__all__ = ["context", "port"]
MANY = 300


@contextmanager
def idle(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Connections on which nothing is said."""
    with ExitStack() as stack:
        address = ("127.0.0.1", port)
        yield [
            stack.enter_context(socket.create_connection(address, timeout=20)) for _ in range(count)
        ]


def handles() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count, nothing else


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the other side ends the connection; waits for that."""
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True


@pytest.mark.asyncio
async def test_the_page_answers_behind_connections_that_say_nothing(tmp_path: Path) -> None:
    number = free_port()
    page = PublicPage()
    await page.keep(context_at(tmp_path, number))
    stack = ExitStack()
    try:
        await asyncio.to_thread(stack.enter_context, idle(number, MANY))
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"http://127.0.0.1:{number}/s/none") as answer,
        ):
            assert answer.status == 404  # nobody's page, and an answer
            assert answer.headers["Connection"] == "close"
        assert len(page.bounds) <= page.bounds.most_of_one
    finally:
        stack.close()
        await page.end()


@pytest.mark.asyncio
async def test_a_connection_is_cut_when_its_time_is_over() -> None:
    lost = asyncio.Event()

    class Silent(asyncio.Protocol):
        def connection_lost(self, exc: Exception | None) -> None:
            lost.set()

    bounds = Connections(seconds=0.1)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(bounds.bounded(Silent), "127.0.0.1", 0)
    number = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", number)
    try:
        for _ in range(3):
            writer.write(b"x")  # a byte now and then keeps nothing open
            await asyncio.sleep(0.05)
        async with asyncio.timeout(10):
            assert await ended(reader)
            await lost.wait()
        assert len(bounds) == 0
    finally:
        writer.transport.abort()
        server.close()
        await server.wait_closed()


@pytest.mark.asyncio
async def test_one_address_takes_no_more_than_its_share() -> None:
    bounds = Connections(most=4, most_of_one=2)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(bounds.bounded(asyncio.Protocol), "127.0.0.1", 0)
    number = server.sockets[0].getsockname()[1]
    made = [await asyncio.open_connection("127.0.0.1", number) for _ in range(5)]
    async with asyncio.timeout(10):
        for reader, _ in made[:3]:  # the oldest made room
            assert await ended(reader)
    assert len(bounds) == 2
    for _, writer in made:
        writer.transport.abort()
    server.close()
    await server.wait_closed()


def test_the_figures_answer_behind_connections_that_say_nothing(context: Context) -> None:
    before = handles()
    # More than there is room for, waiting ones included; all who come later are slow to connect.
    many = 3 * figures_server.MOST_CONNECTIONS
    with idle(context.config.metrics.port, many):
        assert ask(context)["zhengxun_up", ()] in {0, 1}
        assert handles() - before - many <= figures_server.MOST_CONNECTIONS + 8
