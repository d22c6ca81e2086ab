"""Fill a store in bulk, on every core, with the rows and the index that saving would have made.

What a crawl does one notice at a time (`measure.store_one`) is done here in parts: other
processes write the notices, sign them and cut them into tokens, this one inserts. That both
ways end in the same rows and the same index is tested (tests/bench/test_build.py).
"""

from __future__ import annotations

import os
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bench.synthetic import Author
from pipelines.similarity import ALGORITHM, bands_of
from storage.database import transaction
from storage.models import Notice
from storage.rows import from_notice
from storage.search_index import INDEX, TITLES, filling, grams
from storage.values import from_instant, marks

# Notices a process writes at once, and chunks that may be ready before they are wanted.
CHUNK = 250
AHEAD = 8
# Notices a transaction; the index is written once in each.
BATCH = 10_000
_author: Author | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that one notice puts into the store."""

    number: int
    row: dict[str, Any]
    day: int
    bands: tuple[int, ...]
    whole: str
    title: str
    doc_number: str


def build(db: Database, corpus: Path, today: date, size: int) -> None:
    """Notices `size`-1 .. 0, the oldest first, into an empty store; ids count from 1."""
    with filling(db):
        waiting: list[Prepared] = []
        for chunk in _prepared(corpus, today, size):
            waiting += chunk
            if len(waiting) >= BATCH:
                _insert(db, waiting, size)
                waiting = []
        _insert(db, waiting, size)


def _prepared(corpus: Path, today: date, size: int) -> Iterator[list[Prepared]]:
    """Chunks in order, made by other processes, only so many ahead."""
    chunks = iter(range(size - 1, -1, -CHUNK))
    ready: deque[Future[list[Prepared]]] = deque()
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), _start, (corpus, today)) as pool:
        for first in chunks:
            ready.append(pool.submit(_prepare, first, max(-1, first - CHUNK)))
            if len(ready) >= AHEAD:
                yield ready.popleft().result()
        while ready:
            yield ready.popleft().result()


def _start(corpus: Path, today: date) -> None:
    global _author  # one author a process
    os.nice(1)
    _author = Author(corpus, today)


def _prepare(first: int, end: int) -> list[Prepared]:
    if _author is None:
        raise RuntimeError("_start has not run")
    return [prepare(_author, number) for number in range(first, end, -1)]


def prepare(author: Author, number: int) -> Prepared:
    """What `save_notice` and `dedupe.settle` work out from a notice."""
    notice: Notice = author.notice(number)
    seen = from_instant(author.first_seen(notice))
    ours = {"first_seen_at": seen, "last_seen_at": seen, "last_read_at": seen, "run_id": None}
    return Prepared(
        number=number,
        row=from_notice(notice) | ours,
        day=(notice.published_on or author.today).toordinal(),
        bands=bands_of(notice.body_text),
        whole=grams(notice.title, notice.doc_number, notice.body_text),
        title=grams(notice.title),
        doc_number=grams(notice.doc_number),
    )


def _insert(db: Database, notices: list[Prepared], size: int) -> None:
    if not notices:
        return
    ids = [size - item.number for item in notices]
    with transaction(db):
        names = ["id", *notices[0].row]
        _insert_many(
            db,
            f"notices({', '.join(names)})",
            ([key, *item.row.values()] for key, item in zip(ids, notices, strict=True)),
            len(names),
        )
        pairs = list(zip(ids, notices, strict=True))
        _insert_many(db, f"{INDEX}(rowid, text)", ((key, item.whole) for key, item in pairs), 2)
        _insert_many(
            db,
            f"{TITLES}(rowid, title, doc_number)",
            ((key, item.title, item.doc_number) for key, item in pairs),
            3,
        )
        _insert_many(
            db,
            "signatures(notice_id, algorithm, day, bands)",
            (
                (key, ALGORITHM, item.day, array("q", item.bands).tobytes())
                for key, item in pairs
                if item.bands
            ),
            4,
        )
        bands = sorted({(band, item.day, key) for key, item in pairs for band in item.bands})
        _insert_many(db, "bands(hash, day, notice_id)", bands, 3)


def _insert_many(db: Database, table: str, rows: Iterable[Any], count: int) -> None:
    values = marks(range(count))
    db.conn.executemany(f"INSERT INTO {table} VALUES ({values})", rows)  # noqa: S608
