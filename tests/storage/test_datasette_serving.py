"""The server itself: it cannot write, is not in the way of writers, and answers only locally."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from storage.database import open_database, transaction
from tests.storage.datasette_samples import made, served
from tests.storage.samples import page, saved

ROOT = Path(__file__).parents[2]
WRITES = (
    "delete from notices",
    "update notices set title = 'x'",
    "insert into sites (id) values ('x')",
    "drop table notices",
    "create table x (y)",
    "attach database ':memory:' as x",
    "vacuum",
    "pragma journal_mode = delete",
    "pragma query_only = 0",
    "with x as (select 1) delete from notices",
    "select 1; delete from notices",
)


def content(path: Path) -> str:
    """A digest of every row of the store."""
    with closing(open_database(path, read_only=True)) as db:
        return hashlib.sha256("\n".join(db.conn.iterdump()).encode()).hexdigest()


@pytest.mark.asyncio
@pytest.mark.parametrize("sql", WRITES)
async def test_no_statement_writes(path: Path, sql: str) -> None:
    made(path)
    before = content(path)
    async with served(path) as site:
        for address in (f"/zhengxun.json?sql={quote(sql)}", f"/zhengxun?sql={quote(sql)}"):
            response = await site.client.get(address)
            assert response.status_code == 400, response.text
        posted = await site.client.post("/zhengxun", data={"sql": sql})
        assert posted.status_code in {400, 403, 405}

    assert content(path) == before


@pytest.mark.asyncio
async def test_the_connection_itself_refuses_to_write(path: Path) -> None:
    made(path)
    async with served(path) as site:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await site.get_database().execute_fn(
                lambda connection: connection.execute("DELETE FROM notices")
            )
        assert site.get_database().is_mutable
        assert not site.nolock


@pytest.mark.asyncio
async def test_the_file_cannot_be_downloaded_whole(path: Path) -> None:
    made(path)
    async with served(path) as site:
        assert (await site.client.get("/zhengxun.db")).status_code in {403, 404}


@pytest.mark.asyncio
async def test_pages_are_served_while_another_connection_writes(path: Path) -> None:
    made(path)
    async with served(path) as site:
        with closing(open_database(path)) as db:
            for number in range(20):
                with transaction(db):
                    saved(db, page(f"w{number}", title=f"写入中的通知{number}"))
                    # The write lock is held: readers see the state before.
                    during = await count(site)
                assert during == 4 + number
                assert await count(site) == 5 + number
                assert (await site.client.get("/-/notice/1")).status_code == 200


async def count(site: Any) -> int:
    response = await site.client.get("/zhengxun.json?sql=select+count(*)+as+n+from+notices")
    assert response.status_code == 200, response.text
    return int(response.json()["rows"][0][0])


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "["])
async def test_a_request_under_a_foreign_name_is_refused(path: Path, host: str) -> None:
    made(path)
    async with served(path) as site:
        response = await site.client.get("/zhengxun/subscribers.json", headers={"Host": host})

    assert response.status_code == 403
    assert "reader@example.com" not in response.text


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["127.0.0.1:8001", "localhost", "LOCALHOST:9", "[::1]:8001"])
async def test_requests_under_its_own_names_are_answered(path: Path, host: str) -> None:
    made(path)
    async with served(path) as site:
        assert (await site.client.get("/", headers={"Host": host})).status_code == 200


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(data: Path, port: int, folder: Path) -> subprocess.Popen[bytes]:
    # Started in another folder, as an installed command is.
    environment = {
        **os.environ,
        "ZHENGXUN_DATA": str(data),
        "ZHENGXUN_NOW": "2021-02-05T17:00+08:00",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--port", str(port)],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`zhengxun serve` on a filled store, answering; its port and process."""
    (tmp_path / "data").mkdir()
    made(tmp_path / "data" / "zhengxun.db")
    port = free_port()
    process = command(tmp_path / "data", port, tmp_path)
    try:
        assert process.stderr is not None
        assert str(port).encode() in process.stderr.readline()
        yield port, process
    finally:
        process.kill()
        process.communicate()


def fetch(port: int, address: str) -> str:
    """The answer, once the server accepts connections."""
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}") as response:
                return str(response.read().decode())
        except urllib.error.URLError as error:
            refused = isinstance(error.reason, ConnectionRefusedError)
            if not refused or time.monotonic() > until:
                raise


def test_the_command_serves_the_store_of_the_configuration(
    server: tuple[int, subprocess.Popen[bytes]],
) -> None:
    port, process = server

    assert "本周新增" in fetch(port, "/")
    week = fetch(port, "/zhengxun/this_week")
    assert "中药注册管理专门规定" in week  # the day is ZHENGXUN_NOW's
    assert "医药信息篇" in week
    assert "main" in fetch(port, "/assets/notice.css")

    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0


def test_who_says_nothing_keeps_nobody_out(
    server: tuple[int, subprocess.Popen[bytes]],
) -> None:
    port, _ = server
    fetch(port, "/-/versions.json")
    with ExitStack() as held:
        for _ in range(130):  # more than are kept
            held.enter_context(closing(socket.create_connection(("127.0.0.1", port))))
        for _ in range(5):
            assert "python" in fetch(port, "/-/versions.json")


def test_a_port_in_use_is_one_line(
    server: tuple[int, subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    port, _ = server
    fetch(port, "/")

    second = command(tmp_path / "data", port, tmp_path)
    _, said = second.communicate(timeout=30)

    assert second.returncode == 1
    assert said.decode().strip() == (
        f"zhengxun: 端口 {port} 不能用：端口已被占用；请用 --port 另指定"
    )
