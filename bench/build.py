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
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bench.synthetic import Author
from pipelines.matching.similarity import (
    ALGORITHM,
    MAX_CHARACTERS,
    MIN_CHARACTERS,
    SHINGLE,
    bands_of,
    bare_text,
    cut,
    minhash_of,
)
from storage.database import transaction
from storage.notices.row_mapping import from_notice
from storage.search.index import INDEX, TITLES, filling, grams
from storage.values import from_instant, marks
from texts.folding import SPACE

# Notices a process writes at once, and chunks that may be ready before they are wanted.
CHUNK = 250
AHEAD = 8
# Notices a transaction; the index is written once in each.
BATCH = 10_000
CACHE_KIB = 1024 * 1024
_workshop: Workshop | None = None


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
    with _in_a_hurry(db), filling(db):
        # One row in any place of a table of 24 million dirties a page each: sorted, they follow
        # one another.
        db.execute("CREATE TEMP TABLE unsorted (hash INTEGER, day INTEGER, notice_id INTEGER)")
        waiting: list[Prepared] = []
        for chunk in _prepared(corpus, today, size):
            waiting += chunk
            if len(waiting) >= BATCH:
                _insert(db, waiting, size)
                waiting = []
        _insert(db, waiting, size)
        with transaction(db):
            db.execute("INSERT INTO bands SELECT DISTINCT * FROM unsorted ORDER BY 1, 2, 3")
        db.execute("DROP TABLE unsorted")


@contextmanager
def _in_a_hurry(db: Database) -> Iterator[None]:
    """Without a journal, and with room for the indexes in memory: a crash would cost the store."""
    (cache,) = db.execute("PRAGMA cache_size").fetchone()
    db.execute("PRAGMA journal_mode=OFF")
    db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    yield
    db.execute(f"PRAGMA cache_size={cache}")
    db.execute("PRAGMA journal_mode=WAL")


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
    global _workshop  # one a process
    os.nice(1)
    _workshop = Workshop(Author(corpus, today))


def _prepare(first: int, end: int) -> list[Prepared]:
    if _workshop is None:
        raise RuntimeError("_start has not run")
    return [_workshop.prepare(number) for number in range(first, end, -1)]


class Workshop:
    """Works out what `save_notice` and `dedupe.settle` do, from paragraphs it knows."""

    def __init__(self, author: Author) -> None:
        self.author = author
        self.bare = [bare_text(text) for text in author.paragraphs]
        self.minhashes = [minhash_of(_shingles(bare)) for bare in self.bare]
        self.tokens = [grams(text) for text in author.paragraphs]

    def prepare(self, number: int) -> Prepared:
        """All that notice `number` puts into the store."""
        notice, own, chosen = self.author.draft(number)
        seen = from_instant(self.author.first_seen(notice))
        ours = {"first_seen_at": seen, "last_seen_at": seen, "last_read_at": seen, "run_id": None}
        ours["day_on"] = (notice.published_on or self.author.today).isoformat()
        title, doc_number = grams(notice.title), grams(notice.doc_number)
        return Prepared(
            number=number,
            row=from_notice(notice) | ours,
            day=(notice.published_on or self.author.today).toordinal(),
            bands=self._bands(notice.body_text, own, chosen),
            whole=self._tokens(f"{title} {doc_number} {grams(own)}", chosen),
            title=title,
            doc_number=doc_number,
        )

    def _tokens(self, before: str, chosen: list[int]) -> str:
        # The pair across the end of the line before; FTS5 takes a token once, given twice.
        edges = (SPACE + self.author.paragraphs[index][0] for index in chosen)
        return " ".join([before, *(self.tokens[index] for index in chosen), *edges])

    def _bands(self, text: str, own: str, chosen: list[int]) -> tuple[int, ...]:
        parts = [bare_text(own), *(self.bare[index] for index in chosen)]
        if not MIN_CHARACTERS <= sum(map(len, parts)) <= MAX_CHARACTERS:
            return bands_of(text)
        edge = SHINGLE - 1
        shingles = _shingles(parts[0])
        for one, two in pairwise(parts):
            shingles |= _shingles(one[-edge:] + two[:edge])
        minhashes = [self.minhashes[index] for index in chosen]
        minhash = minhash_of(shingles)
        return cut(list(map(min, minhash, *minhashes)) if minhashes else minhash)


def _shingles(bare: str) -> set[str]:
    return {bare[at : at + SHINGLE] for at in range(len(bare) - SHINGLE + 1)}


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
        bands = ((band, item.day, key) for key, item in pairs for band in item.bands)
        _insert_many(db, "temp.unsorted(hash, day, notice_id)", bands, 3)


def _insert_many(db: Database, table: str, rows: Iterable[Any], count: int) -> None:
    values = marks(range(count))
    db.conn.executemany(f"INSERT INTO {table} VALUES ({values})", rows)  # noqa: S608
