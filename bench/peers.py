"""Naive ways to do the same, in the same run: LIKE, trigram FTS, datasketch in memory."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from sqlite_utils import Database

from pipelines.matching.similarity import SHINGLE, bare_text

MOST_HITS = 20
TRIGRAM = 3
# Building the trigram index takes minutes beyond this.
MOST_TRIGRAM = 100_000


def like(db: Database, word: str) -> list[Any]:
    """What a first version would do: newest first, no ranking."""
    return db.execute(
        "SELECT id, title, url FROM notices WHERE title LIKE :w OR body_text LIKE :w"
        " ORDER BY published_on DESC LIMIT :most",
        {"w": f"%{word}%", "most": MOST_HITS},
    ).fetchall()


def build_trigram(db: Database, target: Database) -> None:
    """An FTS5 trigram index of the same texts, in a file of its own."""
    target.execute("DROP TABLE IF EXISTS trigram")
    target.execute(
        "CREATE VIRTUAL TABLE trigram USING fts5(title, body_text, content='', tokenize='trigram')"
    )
    rows = db.execute("SELECT id, title, body_text FROM notices")
    target.conn.executemany("INSERT INTO trigram(rowid, title, body_text) VALUES (?, ?, ?)", rows)
    target.conn.commit()


def trigram(db: Database, target: Database, word: str) -> list[Any]:
    """The first 20 ranked; words of one and two characters are not in such an index."""
    hits = target.execute(
        "SELECT rowid FROM trigram WHERE trigram MATCH ? ORDER BY bm25(trigram, 100, 1) LIMIT ?",
        [f'"{word}"', MOST_HITS],
    ).fetchall()
    return [
        db.execute("SELECT id, title, body_text FROM notices WHERE id = ?", hit).fetchone()
        for hit in hits
    ]


def datasketch_index(texts: Sequence[str]) -> Callable[[str], object] | None:
    """A store-one-text call of datasketch's in-memory LSH, filled with `texts`.

    None when datasketch is not installed: it is no dependency of ours.
    """
    try:
        library = importlib.import_module("datasketch")
    except ImportError:
        return None
    index = library.MinHashLSH(threshold=0.7, num_perm=128)
    numbers = count()

    def add(text: str) -> object:
        bare = bare_text(text)
        minhash = library.MinHash(num_perm=128)
        minhash.update_batch(
            {bare[at : at + SHINGLE].encode() for at in range(max(1, len(bare) - SHINGLE + 1))}
        )
        found = index.query(minhash)
        index.insert(f"{next(numbers)}", minhash)
        return found

    for text in texts:
        add(text)
    return add


def page_sizes(db: Database) -> dict[str, int]:
    """Bytes of every table and index. Raises OperationalError if this SQLite cannot say."""
    size = db.execute("PRAGMA page_size").fetchone()[0]
    # The pages of a table, since its sum of bytes (pgsize) runs over at 2 GiB.
    rows = db.execute("SELECT name, pageno FROM dbstat WHERE aggregate = TRUE").fetchall()
    return {str(name): int(pages) * int(size) for name, pages in rows}
