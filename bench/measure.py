"""Grow a store with the program's own functions, and time them at each size."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from bench import peers
from bench.synthetic import Author
from bench.timing import Times, timed
from digest.compose import compose
from digest.models import ChapterSpec
from pipelines import dedupe
from storage.database import transaction
from storage.issues import record_issue
from storage.models import Notice
from storage.notices import get_notice, save_notice
from storage.search import search

BATCH = 500
STORED = 400
SEARCHES = 60
SLOW_SEARCHES = 4
DATASKETCH_TEXTS = 1000
# New notices are measured at the end of the days, far from those that fill the store.
FRESH = 10_000_000
CHAPTERS = (
    ChapterSpec("pharma", "医药"),
    ChapterSpec("ip", "知识产权"),
    ChapterSpec("projects", "项目"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    times: Times | None
    note: str = ""


def store_one(db: Database, author: Author, notice: Notice) -> None:
    """What the crawl does with one notice: save and settle, in one transaction."""
    now = author.first_seen(notice)
    with transaction(db):
        result = save_notice(db, notice, now=now, run_id=None)
        dedupe.settle(db, get_notice(db, result.id), now)


def grow(db: Database, author: Author, start: int, end: int) -> None:
    """Fill the store with notices `start`..`end`, with everything a crawl stores."""
    for first in range(start, end, BATCH):
        with transaction(db):
            for number in range(first, min(first + BATCH, end)):
                store_one(db, author, author.notice(number))


def measure(db: Database, author: Author, size: int, folder: Path) -> Iterator[Figure]:
    """Every figure at this size."""
    texts = [author.notice(FRESH + size + number) for number in range(STORED)]
    fresh = [_of_today(author, notice) for notice in texts]
    yield Figure("store one notice", timed(partial(store_one, db, author, one) for one in fresh))
    yield from _searches(db, author, size, folder)
    view = "SELECT * FROM v_deadlines LIMIT 100"
    yield Figure("v_deadlines", timed([lambda: db.execute(view).fetchall()] * 5))
    yield Figure("compose a week", timed([partial(_compose, db, author)] * 2))
    yield Figure("bytes a notice", None, _sizes(db))
    found = peers.datasketch_index([notice.body_text for notice in texts[:DATASKETCH_TEXTS]])
    if found is None:
        yield Figure("  datasketch, store one", None, "not installed")
    else:
        add, count = found
        calls = (partial(add, author.notice(number).body_text) for number in range(100))
        yield Figure("  datasketch, store one", timed(calls), f"{count} texts in memory")


def _searches(db: Database, author: Author, size: int, folder: Path) -> Iterator[Figure]:
    with closing(sqlite3.connect(folder / "trigram.db")) as connection:
        target = Database(connection)
        if size <= peers.MOST_TRIGRAM:
            peers.build_trigram(db, target)
        for length in (2, 3, 6):
            words = _words(author, size, length)
            few = words[:SLOW_SEARCHES]
            calls = (partial(search, db, word) for word in words)
            yield Figure(f"search, {length} characters", timed(calls))
            yield Figure("  LIKE", timed(partial(peers.like, db, word) for word in few))
            yield _trigram(db, target, words, size)


def _trigram(db: Database, target: Database, words: list[str], size: int) -> Figure:
    if len(words[0]) < peers.TRIGRAM:
        return Figure("  trigram FTS", None, "finds nothing: shorter than three characters")
    if size > peers.MOST_TRIGRAM:
        return Figure("  trigram FTS", None, f"not built beyond {peers.MOST_TRIGRAM:,}")
    return Figure("  trigram FTS", timed(partial(peers.trigram, db, target, w) for w in words))


def _words(author: Author, size: int, length: int) -> list[str]:
    """Words as common as they are in the texts, the same at each run."""
    chance = random.Random(f"{size}-{length}")  # noqa: S311 - not a secret
    clauses = [clause for clause in author.clauses if len(clause) >= length + 1]
    words = []
    for _ in range(SEARCHES):
        clause = chance.choice(clauses)
        start = chance.randrange(len(clause) - length + 1)
        words.append(clause[start : start + length])
    return words


def _of_today(author: Author, notice: Notice) -> Notice:
    return replace(notice, published_on=author.today, deadline_on=None, deadlines=())


def _compose(db: Database, author: Author) -> object:
    end = author.today - timedelta(days=1)
    at = datetime.combine(end, time(9), UTC)
    return compose(
        db,
        from_on=end - timedelta(days=6),
        to_on=end,
        instant=at,
        chapters=CHAPTERS,
        company="盈科瑞",
        title="政讯周报",
        site_names={},
        record=False,
        now=at,
    )


def record_earlier_issue(db: Database, author: Author) -> None:
    """The store has a past: the week before the measured one was issued, empty."""
    end = author.today - timedelta(days=8)
    at = datetime.combine(end, time(9), UTC)
    record_issue(
        db,
        week="0000-W00",
        from_on=end - timedelta(days=6),
        to_on=end,
        instant=at,
        now=at,
        title="政讯周报",
        entries=[],
    )


def _sizes(db: Database) -> str:
    """Bytes a notice: in all, of texts, of the search index, of the similarity tables."""
    count = db.execute("SELECT count(*) FROM notices").fetchone()[0]
    text = db.execute(
        "SELECT avg(length(CAST(body_text AS BLOB)) + length(CAST(title AS BLOB))) FROM"
        " (SELECT body_text, title FROM notices ORDER BY id DESC LIMIT 2000)"
    ).fetchone()[0]
    pages = _pages(db)
    index = sum(size for name, size in pages.items() if name.startswith("notices_fts"))
    bands = sum(size for name, size in pages.items() if name in {"bands", "signatures"})
    whole = sum(pages.values())
    return (
        f"{whole / count:.0f} in all; text {text:.0f}, search index {index / count:.0f},"
        f" similarity {bands / count:.0f}"
    )


def _pages(db: Database) -> dict[str, int]:
    try:
        rows = db.execute("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE").fetchall()
    except sqlite3.OperationalError:
        # This build of SQLite cannot say.
        return {"all": db.execute("SELECT * FROM pragma_page_count").fetchone()[0] * 4096}
    return {str(name): int(size) for name, size in rows}
