"""The store that tests begin with is the one that the program makes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.database import open_database
from tests import new_stores
from tests.installation import Installation
from tests.storage.samples import page, saved


def lines(path: Path) -> list[str]:
    """A whole store as SQL, but for the instants of its migrations."""
    with closing(sqlite3.connect(path)) as db:
        return [line for line in db.iterdump() if '"_sqlite_migrations"' not in line]


def test_a_copy_is_what_the_migrations_make(tmp_path: Path) -> None:
    made, copied = tmp_path / "made.db", tmp_path / "copied.db"
    with new_stores.made_by_migrations():
        open_database(made).close()
    open_database(copied).close()

    assert lines(copied) == lines(made)
    with closing(sqlite3.connect(made)) as db:
        steps = "SELECT migration_set, name FROM _sqlite_migrations ORDER BY id"
        expected = db.execute(steps).fetchall()
        assert len(expected) > 30
    with closing(sqlite3.connect(copied)) as db:
        assert db.execute(steps).fetchall() == expected
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copied.db", "made.db"]


def test_a_store_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "zhengxun.db"
    with closing(open_database(path)) as db:
        saved(db, page())
    with closing(open_database(path)) as db:
        assert db.table("notices").count == 1


def test_a_command_that_ends_leaves_the_template(tmp_path: Path) -> None:
    """Forks that end clear up what they began, and nothing else."""
    for name in ("one", "two"):
        house = Installation(tmp_path / name)
        done = house.run("subscribers", "list")
        assert done.returncode == 0, done.stderr
