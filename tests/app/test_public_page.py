"""The page of readers as the daemon keeps it: started, moved, told when its address is taken."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from app.context import Context
from app.public_page import PublicPage
from app.unsubscribe_links import unsubscribe_links
from commands.doctor import public_finding
from config import Config
from config_delivery import PublicConfig
from digest.delivery.unsubscribe_links import make_token
from storage.readers.subscribers import add_subscriber, find_subscriber

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def context_at(folder: Path, port: int | None) -> Context:
    where = f"127.0.0.1:{port}"
    public = PublicConfig(url=f"http://{where}", listen=where) if port else PublicConfig()
    return Context(Config(data=folder / "data", now=NOW, public=public))


@pytest.mark.asyncio
async def test_the_page_is_kept_moved_and_ended(tmp_path: Path) -> None:
    one, other = context_at(tmp_path, free_port()), context_at(tmp_path, free_port())
    with one.store() as db:
        li = add_subscriber(db, "li@example.com", now=NOW)
    page = PublicPage()
    await page.keep(one)
    await page.keep(one)
    fine, what, _ = await asyncio.to_thread(public_finding, one)
    assert (fine, what) == (True, f"public page: {one.config.public.url}")
    await page.keep(other)
    assert not (await asyncio.to_thread(public_finding, one))[0]
    url = unsubscribe_links(other).page(li)
    assert url == f"{other.config.public.url}/s/{make_token(unsubscribe_links(one).key, li)}"
    async with (
        aiohttp.ClientSession() as client,
        client.post(url, data={"List-Unsubscribe": "One-Click"}) as answer,
    ):
        assert answer.status == 200
    with other.store() as db:
        found = find_subscriber(db, "li@example.com")
    assert found is not None
    assert found.state == "ended"
    await page.keep(context_at(tmp_path, None))
    assert not (await asyncio.to_thread(public_finding, other))[0]
    await page.end()


@pytest.mark.asyncio
async def test_an_address_that_is_taken_is_an_error_until_it_is_free(tmp_path: Path) -> None:
    page = PublicPage()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        context = context_at(tmp_path, taken.getsockname()[1])
        with pytest.raises(OSError, match="address already in use"):
            await page.keep(context)
        fine, _, advice = await asyncio.to_thread(public_finding, context_at(tmp_path, free_port()))
        assert not fine
        assert "start the daemon" in advice
    await page.keep(context)
    assert (await asyncio.to_thread(public_finding, context))[0]
    await page.end()
