"""Time the program's own functions on a store, beside what a first version would have done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from bench import peers
from bench.synthetic import PER_DAY, Author
from bench.timing import Times, timed
from bench.words import chains, pieces
from digest.composing.compose import Composer
from digest.composing.weeks import Week
from digest.models.issue import ChapterSpec, Digest
from pipelines import dedupe
from storage.database import transaction
from storage.issues.issues import record_issue
from storage.models import IssueEntry, Notice
from storage.notices.notices import get_notice, save_notice
from storage.search.search import search

STORED = 1_000
SEARCHES = 100
SLOW_SEARCHES = 3
LOOKS = 10
COMPOSED = 5
# Those whose deadlines an issue may remind of: 120 days.
EARLIER_ISSUES = 17
DATASKETCH_TEXTS = 1_000
# New notices are measured at the end of the days, far from those that fill the store.
FRESH = 10_000_000
CHAPTERS = (
    ChapterSpec("pharma", "医药"),
    ChapterSpec("ip", "知识产权"),
    ChapterSpec("projects", "项目"),
)
_PARTS = (
    ("search index", ("notices_fts", "search_queue")),
    ("similarity", ("bands", "signatures", "sqlite_autoindex_bands")),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of the table: `times` or, where nothing is timed, `note`."""

    what: str
    times: Times | None = None
    note: str = ""

    @property
    def text(self) -> str:
        """As the table prints it."""
        return str(self.times) if self.times else self.note


def store_one(db: Database, author: Author, notice: Notice) -> None:
    """What the crawl does with one notice: save and settle, in one transaction."""
    now = author.first_seen(notice)
    with transaction(db):
        result = save_notice(db, notice, now=now, run_id=None)
        dedupe.settle(db, get_notice(db, result.id), now)


def measure(db: Database, author: Author, size: int, folder: Path) -> Iterator[Figure]:
    """Every figure of a store with `size` notices."""
    # A store that was measured before has the fresh notices of then.
    (count,) = db.execute("SELECT count(*) FROM notices").fetchone()
    texts = (author.notice(FRESH + count + number) for number in range(STORED))
    fresh = [_of_today(author, notice) for notice in texts]
    stored = timed(partial(store_one, db, author, one) for one in fresh)
    yield Figure("store one new notice, with dedupe", stored)
    slowest = f"{stored.worst:,.0f}, of CPU {stored.cpu_worst:.0f}"
    yield Figure("– the slowest of 1,000", note=slowest)
    yield _datasketch([notice.body_text for notice in fresh[:DATASKETCH_TEXTS]], author)
    yield from _searches(db, author, size, folder)
    view = "SELECT * FROM v_deadlines LIMIT 100"
    yield Figure("`v_deadlines`, first 100", timed([lambda: db.execute(view).fetchall()] * LOOKS))
    record_earlier_issues(db, author)
    entries = _compose(db, author).total
    composed = timed([partial(_compose, db, author)] * COMPOSED)
    yield Figure(f"compose a week of {7 * PER_DAY:,}, {EARLIER_ISSUES} issues before it", composed)
    yield Figure("– entries in it", note=f"{entries:,}")
    yield from _sizes(db)


def _searches(db: Database, author: Author, size: int, folder: Path) -> Iterator[Figure]:
    clauses = author.clauses
    with closing(sqlite3.connect(folder / "trigram.db")) as connection:
        target = Database(connection)
        if size <= peers.MOST_TRIGRAM:
            peers.build_trigram(db, target)
        for length in (1, 2, 3, 6):
            words = pieces(clauses, length, SEARCHES)
            yield Figure(
                f"search, first 20 ranked: {length} characters",
                timed(partial(search, db, word) for word in words),
            )
            if length > 1:
                few = words[:SLOW_SEARCHES]
                likes = timed(partial(peers.like, db, word) for word in few)
                yield Figure(f"LIKE, newest 20, not ranked: {length} characters", likes)
                yield _trigram(db, target, words, size)
    for length in (3, 4, 6):
        words = chains(clauses, length, SEARCHES)
        yield Figure(
            f"search, {length} characters, pairs common, the whole rare",
            timed(partial(search, db, word) for word in words),
        )
    month = partial(
        search,
        db,
        site="site7",
        since=author.today - timedelta(days=59),
        until=author.today - timedelta(days=30),
    )
    words = pieces(clauses, 2, SEARCHES)
    yield Figure(
        "search, 2 characters, one site, one month", timed(partial(month, word) for word in words)
    )


def _trigram(db: Database, target: Database, words: list[str], size: int) -> Figure:
    what = f"trigram FTS, bm25: {len(words[0])} characters"
    if len(words[0]) < peers.TRIGRAM:
        return Figure(what, note="finds nothing")
    if size > peers.MOST_TRIGRAM:
        return Figure(what, note="not built")
    return Figure(what, timed(partial(peers.trigram, db, target, word) for word in words))


def _datasketch(texts: list[str], author: Author) -> Figure:
    what = f"datasketch in memory, {len(texts):,} texts in it: add one"
    add = peers.datasketch_index(texts)
    if add is None:
        return Figure(what, note="not installed")
    return Figure(
        what, timed(partial(add, author.notice(number).body_text) for number in range(100))
    )


def _of_today(author: Author, notice: Notice) -> Notice:
    return replace(notice, published_on=author.today, deadline_on=None, deadlines=())


def _compose(db: Database, author: Author) -> Digest:
    end = author.today - timedelta(days=1)
    at = datetime.combine(end, time(9), UTC)
    composer = Composer(db, CHAPTERS, "盈科瑞", "政讯周报", site_names={}, now=at)
    return composer.compose(Week(end - timedelta(days=6), end, ""), instant=at)


def record_earlier_issues(db: Database, author: Author) -> None:
    """The store has a past: the weeks before the measured one were issued, each in full."""
    with transaction(db):
        db.execute("DELETE FROM issue_items")
        db.execute("DELETE FROM issues")
        for ago in range(EARLIER_ISSUES, 0, -1):
            end = author.today - timedelta(days=1 + 7 * ago)
            at = datetime.combine(end, time(9), UTC)
            record_issue(
                db,
                week=f"0000-W{EARLIER_ISSUES - ago:02}",
                from_on=end - timedelta(days=6),
                to_on=end,
                instant=at,
                now=at,
                title="政讯周报",
                entries=_published(db, end - timedelta(days=6), end),
            )


def _published(db: Database, first: date, last: date) -> list[IssueEntry]:
    rows = db.execute(
        "SELECT id, section, grp FROM notices WHERE published_on BETWEEN ? AND ?",
        [first.isoformat(), last.isoformat()],
    )
    return [
        IssueEntry(row[0], row[1], row[2], position, late=False, revised=False, change="")
        for position, row in enumerate(rows, start=1)
    ]


def _sizes(db: Database) -> Iterator[Figure]:
    """Bytes a notice: in all, and in parts."""
    count = db.execute("SELECT count(*) FROM notices").fetchone()[0]
    text = db.execute(
        "SELECT avg(length(CAST(body_text AS BLOB)) + length(CAST(title AS BLOB))) FROM"
        " (SELECT body_text, title FROM notices ORDER BY id LIMIT 5000)"
    ).fetchone()[0]
    pages = peers.page_sizes(db)
    whole = sum(pages.values())
    yield Figure("bytes a notice, in all", note=f"{whole / count:,.0f}")
    yield Figure("– text (title and body)", note=f"{text:,.0f}")
    rest = whole / count - text
    for name, starts in _PARTS:
        part = sum(size for table, size in pages.items() if table.startswith(starts)) / count
        yield Figure(f"– {name}", note=f"{part:,.0f}")
        rest -= part
    yield Figure("– rest (HTML, facts, keys, indexes)", note=f"{rest:,.0f}")
