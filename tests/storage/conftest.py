"""A real store in a file, and notices to put into it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlite_utils import Database

from storage.database import open_database
from tests.storage.datasette_samples import made, served


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store of a test is."""
    return tmp_path / "zhengxun.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    """An open, empty store."""
    database = open_database(path)
    yield database
    database.close()


@pytest_asyncio.fixture
async def site(path: Path) -> AsyncIterator[Any]:
    """Datasette on a filled store."""
    made(path)
    async with served(path) as datasette:
        yield datasette
