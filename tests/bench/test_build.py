"""A store filled in bulk is the store that saving one notice after the other makes."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bench.__main__ import CORPUS
from bench.build import build
from bench.measure import store_one
from bench.synthetic import Author
from storage.database import open_database, transaction
from storage.search import index

TODAY = date(2021, 2, 5)
SIZE = 60
TABLES = ("notices", "signatures", "bands", "aliases", "attachments", "search_queue", "revisions")
INDEXES = ("notices_fts", "notices_fts_titles", "notices_fts_files")


def content(db: Database) -> dict[str, list[Any]]:
    """All rows, and every token of the index with the notice and the column it is of."""
    found = {name: db.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in TABLES}  # noqa: S608
    for name in INDEXES:
        vocabulary = f"{name}_tokens"
        db.execute(
            f"CREATE VIRTUAL TABLE temp.{vocabulary} USING fts5vocab(main, {name}, 'instance')"
        )
        found[name] = db.execute(
            f"SELECT term, doc, col FROM {vocabulary} ORDER BY 1, 2, 3"  # noqa: S608
        ).fetchall()
    return found


def test_both_ways_end_in_the_same_rows_and_the_same_index(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "bulk.db")) as db:
        build(db, CORPUS, TODAY, SIZE)
        assert index.is_current(db)
        bulk = content(db)
    author = Author(CORPUS, TODAY)
    with closing(open_database(tmp_path / "one_by_one.db")) as db:
        for number in range(SIZE - 1, -1, -1):
            store_one(db, author, author.notice(number))
        with transaction(db):
            index.catch_up(db, most_waiting=1)
        single = content(db)

    assert len(bulk["notices"]) == SIZE
    assert len(bulk["notices_fts"]) > 50 * SIZE
    assert bulk == single
