"""The full-text index: which characters and which pairs of neighbours a notice holds.

Without places, so it is a third of the size of the texts; a word of one or two characters is
answered by it alone, a longer one is looked for in the texts it names (`storage.ranking`).
Three tables: of whole notices, of titles and numbers apart, of the text of files. All are
contentless. Triggers put a new or changed notice into `search_queue`, from where a few dozen at
a time enter the index, for a third of what one at a time would cost; those that wait are read
themselves by every search. The triggers call grams(), so a connection without that function
cannot change a notice and leave the index behind.
"""

from __future__ import annotations

import string
from operator import add

from sqlite_utils import Database

from storage.folding import fold

INDEX = "notices_fts"
TITLES = "notices_fts_titles"
FILES = "notices_fts_files"
QUEUE = "search_queue"
# Notices that may wait. More make a search slower, fewer make more saves pay for the others.
MOST_WAITING = 32
# Everything but the space is part of a token, punctuation too: GB/T 1.1 is not GBT11.
_SIGNS = string.punctuation.replace("'", "''").replace('"', '""')
_TOKENIZER = f"tokenize=\"ascii tokenchars '{_SIGNS}'\""
_TABLES = {
    INDEX: f"CREATE VIRTUAL TABLE {INDEX} USING fts5(text, content='', detail=none, {_TOKENIZER})",
    TITLES: (
        f"CREATE VIRTUAL TABLE {TITLES} USING fts5(title, doc_number, content='', detail=column,"
        f" {_TOKENIZER})"
    ),
    FILES: f"CREATE VIRTUAL TABLE {FILES} USING fts5(text, content='', detail=none, {_TOKENIZER})",
}
# Larger pages than SQLite's usual ones, and no hurry to merge the newest.
_SETTINGS = (("pgsz", 8_000), ("crisismerge", 64))
_VALUES = "grams({0}.title, {0}.doc_number, {0}.body_text)"
_TITLE_VALUES = "grams({0}.title), grams({0}.doc_number)"
_ADD = f"INSERT OR IGNORE INTO {QUEUE}(notice_id) VALUES (new.id);"
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
    """The tokens of the texts: each character and each pair of neighbours, once."""
    found: set[str] = set()
    for text in texts:
        folded = fold(text or "")
        found.update(folded)
        found.update(map(add, folded, folded[1:]))
    return " ".join(found)


def match_all(words: list[str]) -> str:
    """The FTS5 query for what every notice with these folded words has: their pairs."""
    tokens = dict.fromkeys(token for word in words for token in _tokens(word))
    return " AND ".join('"' + token.replace('"', '""') + '"' for token in tokens)


def is_exact(words: list[str]) -> bool:
    """Whether `match_all` alone decides: words of one or two characters."""
    return all(len(word) <= 2 for word in words)


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
    create_tables(db)
    add_notices(db, "")
    db.execute(
        f"INSERT INTO {FILES}(rowid, text)"  # noqa: S608 - constants
        " SELECT id, grams(text) FROM attachments WHERE text IS NOT NULL"
    )
    create_triggers(db)


def catch_up(db: Database, most_waiting: int = MOST_WAITING) -> None:
    """Take the waiting notices into the index once there are enough. Call inside a transaction."""
    if db.execute(f"SELECT count(*) FROM {QUEUE}").fetchone()[0] >= most_waiting:  # noqa: S608
        add_notices(db, f"WHERE n.id IN (SELECT notice_id FROM {QUEUE})")  # noqa: S608 - constants
        db.execute(f"DELETE FROM {QUEUE}")  # noqa: S608 - constants


def add_notices(db: Database, condition: str) -> None:
    """Index the notices `n` of a condition (SQL), which must not be in the index."""
    db.execute(
        f"INSERT INTO {INDEX}(rowid, text)"  # noqa: S608 - constants
        f" SELECT n.id, {_VALUES.format('n')} FROM notices n {condition} ORDER BY n.id"
    )
    db.execute(
        f"INSERT INTO {TITLES}(rowid, title, doc_number)"  # noqa: S608 - constants
        f" SELECT n.id, {_TITLE_VALUES.format('n')} FROM notices n {condition} ORDER BY n.id"
    )


def create_tables(db: Database) -> None:
    """Empty tables in place of whatever there was, and no triggers."""
    for name in _TRIGGERS:
        db.execute(f"DROP TRIGGER IF EXISTS {name}")
    for name, statement in _TABLES.items():
        db.execute(f"DROP TABLE IF EXISTS {name}")
        db.execute(statement)
        for setting, value in _SETTINGS:
            db.execute(f"INSERT INTO {name}({name}, rank) VALUES (?, ?)", [setting, value])  # noqa: S608
    db.execute(f"DELETE FROM {QUEUE}")  # noqa: S608 - constants


def create_triggers(db: Database) -> None:
    """From now on the index follows the notices."""
    for statement in _TRIGGERS.values():
        db.execute(statement)


def _tokens(word: str) -> list[str]:
    return [word] if len(word) == 1 else [*map(add, word, word[1:])]
