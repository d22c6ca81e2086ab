"""The full-text index: which characters, pairs and triples of neighbours a notice holds.

Without places, so it is smaller than the texts; a word of up to three characters is answered by
it alone, a longer one is looked for in the texts it names (`storage.search.ranking`). Pairs alone
would do, but 市工作 is in hardly any of the notices that hold 市工 and 工作. Triples are of Chinese
characters only: those with digits and punctuation are the most by far, and seldom asked for.
Three tables: of whole notices, of titles and numbers apart, of the text of files. All are
contentless. Triggers put a new or changed notice into `search_queue`, from where a few dozen at
a time enter the index, for a third of what one at a time would cost; those that wait are read
themselves by every search. The triggers call grams(), so a connection without that function
cannot change a notice and leave the index behind.
"""

from __future__ import annotations

import logging
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import add

from sqlite_utils import Database

from texts.folding import fold

log = logging.getLogger("zhengxun")

INDEX = "notices_fts"
TITLES = "notices_fts_titles"
FILES = "notices_fts_files"
QUEUE = "search_queue"
_TRIPLES = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]{3,}")
# Of one long word.
_MOST_ASKED = 16
# Notices that may wait. More make a search slower, fewer make more saves pay for the others.
MOST_WAITING = 32
# Everything but the space is part of a token, punctuation too: GB/T 1.1 is not GBT11.
_SIGNS = string.punctuation.replace("'", "''").replace('"', '""')
TOKENIZER = f"tokenize=\"ascii tokenchars '{_SIGNS}'\""
_TABLES = {
    INDEX: f"CREATE VIRTUAL TABLE {INDEX} USING fts5(text, content='', detail=none, {TOKENIZER})",
    TITLES: (
        f"CREATE VIRTUAL TABLE {TITLES} USING fts5(title, doc_number, content='', detail=column,"
        f" {TOKENIZER})"
    ),
    FILES: f"CREATE VIRTUAL TABLE {FILES} USING fts5(text, content='', detail=none, {TOKENIZER})",
}
# Larger pages than SQLite's usual ones, and no hurry to merge the newest.
_SETTINGS = {"pgsz": 8_000, "crisismerge": 64}
# What the index keeps in memory before it writes: while it is filled, and as FTS5 has it.
_FILLING_BYTES = 64 * 1024 * 1024
_USUAL_BYTES = 1024 * 1024
# Notices between two lines that say how far the filling is.
_PORTION = 20_000
_VALUES = "grams({0}.title, {0}.doc_number, {0}.body_text)"
_TITLE_VALUES = "grams({0}.title), grams({0}.doc_number)"
_ADD = f"INSERT OR IGNORE INTO {QUEUE}(notice_id) VALUES (new.id);"  # noqa: S608
_IS_INDEXED = f"WHERE NOT EXISTS (SELECT 1 FROM {QUEUE} WHERE notice_id = old.id)"  # noqa: S608
_DROP = (
    f"INSERT INTO {INDEX}({INDEX}, rowid, text)"  # noqa: S608 - constants
    f" SELECT 'delete', old.id, {_VALUES.format('old')} {_IS_INDEXED};"
    f" INSERT INTO {TITLES}({TITLES}, rowid, title, doc_number)"
    f" SELECT 'delete', old.id, {_TITLE_VALUES.format('old')} {_IS_INDEXED};"
    f" DELETE FROM {QUEUE} WHERE notice_id = old.id;"
)
# Files without text are not in their index, hence the conditions.
_ADD_FILE = (
    f"INSERT INTO {FILES}(rowid, text) SELECT new.id, grams(new.text) WHERE new.text IS NOT NULL;"
)
_DROP_FILE = (
    f"INSERT INTO {FILES}({FILES}, rowid, text)"
    " SELECT 'delete', old.id, grams(old.text) WHERE old.text IS NOT NULL;"
)
_CHANGED = " OR ".join(
    f"old.{name} IS NOT new.{name}" for name in ("id", "title", "doc_number", "body_text")
)
_TRIGGERS = {
    "notices_fts_insert": (
        f"CREATE TRIGGER notices_fts_insert AFTER INSERT ON notices BEGIN {_ADD} END"
    ),
    "notices_fts_delete": (
        f"CREATE TRIGGER notices_fts_delete AFTER DELETE ON notices BEGIN {_DROP} END"
    ),
    "notices_fts_update": (
        "CREATE TRIGGER notices_fts_update AFTER UPDATE OF id, title, doc_number, body_text"
        f" ON notices WHEN {_CHANGED} BEGIN {_DROP} {_ADD} END"
    ),
    "files_fts_insert": (
        f"CREATE TRIGGER files_fts_insert AFTER INSERT ON attachments BEGIN {_ADD_FILE} END"
    ),
    "files_fts_delete": (
        f"CREATE TRIGGER files_fts_delete AFTER DELETE ON attachments BEGIN {_DROP_FILE} END"
    ),
    "files_fts_update": (
        "CREATE TRIGGER files_fts_update AFTER UPDATE OF id, text ON attachments"
        " WHEN old.id IS NOT new.id OR old.text IS NOT new.text"
        f" BEGIN {_DROP_FILE} {_ADD_FILE} END"
    ),
}


def grams(*texts: str | None) -> str:
    """The tokens of the texts: each character, pair and (Chinese) triple, once."""
    found: set[str] = set()
    for text in texts:
        folded = fold(text or "")
        found.update(folded)
        found.update(map(add, folded, folded[1:]))
        for run in _TRIPLES.findall(folded):
            found.update(map("".join, zip(run, run[1:], run[2:], strict=False)))
    return " ".join(found)


def match_all(words: list[str]) -> str:
    """The FTS5 query for what every notice with these folded words has."""
    tokens = dict.fromkeys(token for word in words for token in _tokens(word))
    return " AND ".join('"' + token.replace('"', '""') + '"' for token in tokens)


def is_exact(words: list[str]) -> bool:
    """Whether `match_all` alone decides: words that are tokens."""
    return all(_tokens(word) == [word] for word in words)


def register(db: Database) -> None:
    """Make grams() and fold() known to SQL on this connection."""
    db.conn.create_function("grams", -1, grams, deterministic=True)
    db.conn.create_function("fold", 1, fold, deterministic=True)


def is_current(db: Database) -> bool:
    """Whether the index and its triggers are as described here."""
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'trigger')")
    return {**_TABLES, **_TRIGGERS}.items() <= dict(rows.fetchall()).items()


def ensure(db: Database) -> None:
    """Make the index and triggers anew if anything is missing: changing a table drops triggers."""
    if not is_current(db):
        rebuild(db)


def rebuild(db: Database) -> None:
    """Build the index from the notices, whatever state it was in. Call inside a transaction."""
    count, last = db.execute("SELECT count(*), max(id) FROM notices").fetchone()
    with filling(db):
        for first in range(0, (last or 0) + 1, _PORTION):
            if count > _PORTION and first:
                log.warning("the search index is made anew: up to notice %s of %s", first, last)
            add_notices(db, "WHERE n.id BETWEEN ? AND ?", [first, first + _PORTION - 1])
        db.execute(
            f"INSERT INTO {FILES}(rowid, text)"  # noqa: S608 - constants
            " SELECT id, grams(text) FROM attachments WHERE text IS NOT NULL"
        )


@contextmanager
def filling(db: Database) -> Iterator[None]:
    """Empty tables in place of whatever there was; the triggers come when they are filled."""
    for name in _TRIGGERS:
        db.execute(f"DROP TRIGGER IF EXISTS {name}")
    for name, statement in _TABLES.items():
        db.execute(f"DROP TABLE IF EXISTS {name}")
        db.execute(statement)
        _configure(db, name, _SETTINGS | {"hashsize": _FILLING_BYTES})
    db.execute(f"DELETE FROM {QUEUE}")  # noqa: S608 - constants
    yield
    for name in _TABLES:
        _configure(db, name, {"hashsize": _USUAL_BYTES})
    for statement in _TRIGGERS.values():
        db.execute(statement)


def catch_up(db: Database, most_waiting: int = MOST_WAITING) -> None:
    """Take the waiting notices into the index once there are enough. Call inside a transaction."""
    if db.execute(f"SELECT count(*) FROM {QUEUE}").fetchone()[0] >= most_waiting:  # noqa: S608
        add_notices(db, f"WHERE n.id IN (SELECT notice_id FROM {QUEUE})")  # noqa: S608 - constants
        db.execute(f"DELETE FROM {QUEUE}")  # noqa: S608 - constants


def add_notices(db: Database, condition: str, parameters: Sequence[int] = ()) -> None:
    """Index the notices `n` of a condition (SQL), which must not be in the index."""
    db.execute(
        f"INSERT INTO {INDEX}(rowid, text)"  # noqa: S608 - constants
        f" SELECT n.id, {_VALUES.format('n')} FROM notices n {condition} ORDER BY n.id",
        parameters,
    )
    db.execute(
        f"INSERT INTO {TITLES}(rowid, title, doc_number)"  # noqa: S608 - constants
        f" SELECT n.id, {_TITLE_VALUES.format('n')} FROM notices n {condition} ORDER BY n.id",
        parameters,
    )


def _configure(db: Database, table: str, settings: Mapping[str, int]) -> None:
    for name, value in settings.items():
        db.execute(f"INSERT INTO {table}({table}, rank) VALUES (?, ?)", [name, value])  # noqa: S608


def _tokens(word: str) -> list[str]:
    """What to ask for: the triples, and the pairs that are in none."""
    if len(word) == 1:
        return [word]
    triples = [at for at in range(len(word) - 2) if _TRIPLES.fullmatch(word, at, at + 3)]
    covered = {at + step for at in triples for step in (0, 1)}
    pairs = [at for at in range(len(word) - 1) if at not in covered]
    tokens = [word[at : at + 3] for at in triples] + [word[at : at + 2] for at in pairs]
    # A part of them names the notices well enough.
    return tokens[:: -(-len(tokens) // _MOST_ASKED)]
