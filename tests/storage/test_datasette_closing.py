"""Serving the store leaves no connection behind: Python 3.13 warns of each."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.storage.datasette_samples import made, served

PAGES = ("/", "/zhengxun", "/zhengxun/notices?_facet=site", "/zhengxun/this_week.csv")


class Watched(sqlite3.Connection):
    """A connection that is known until it is closed."""

    opened: ClassVar[set[int]] = set()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.opened.add(id(self))

    def close(self) -> None:
        self.opened.discard(id(self))
        super().close()


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    connect = sqlite3.connect
    monkeypatch.setattr(Watched, "opened", set())
    monkeypatch.setattr(
        sqlite3, "connect", lambda *names, **options: connect(*names, factory=Watched, **options)
    )
    return Watched.opened


@pytest.mark.asyncio
async def test_every_connection_is_closed_with_the_server(path: Path, watched: set[int]) -> None:
    made(path)
    async with served(path) as site:
        for address in PAGES:
            assert (await site.client.get(address)).status_code == 200
        assert watched  # while it serves, it reads

    assert watched == set()
