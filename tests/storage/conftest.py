"""A real store in a file, and notices to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.database import open_database


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
