"""What the night finds out about the store."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.database import open_database
from storage.operation.upkeep import checkpoint, log_file, store_bytes
from tests.storage.samples import page, saved


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "zhengxun.db"


def written(db: Database, count: int = 20) -> None:
    for number in range(count):
        saved(db, page(str(number), body_text="药" * 20_000))


def test_an_idle_log_is_emptied_and_counted_while_it_is_there(path: Path) -> None:
    with closing(open_database(path)) as db:
        written(db)
        log = log_file(path).stat().st_size
        assert log > 0
        assert store_bytes(path) == path.stat().st_size + log
        assert checkpoint(db)
        assert log_file(path).stat().st_size == 0


def test_a_query_left_open_is_noticed(path: Path) -> None:
    with closing(open_database(path)) as db:
        written(db)
        db.execute("PRAGMA busy_timeout=50")
        with closing(open_database(path, read_only=True)) as notebook:
            half_read = notebook.execute("SELECT * FROM notices")
            half_read.fetchone()
            written(db)
            assert not checkpoint(db)
            half_read.close()
        assert checkpoint(db)


def test_a_store_that_is_not_there_takes_nothing(path: Path) -> None:
    assert store_bytes(path) == 0
