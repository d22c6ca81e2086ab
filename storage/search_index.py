"""The full-text index: one token a character, so that every substring is found, 1 and 2 long too.

There are two: of notices, and of the text of their files. Both are contentless; triggers on
`notices` and `attachments` keep them. They call cjk(), so a connection without that function
cannot change a notice and leave the index behind.
"""

from __future__ import annotations

import re
import unicodedata

from sqlite_utils import Database

from storage.values import clean

INDEX = "notices_fts"
FILES = "notices_fts_files"
# White space is a token of its own: 知识 产权 is not 知识产权.
_SPACE = "␣"
_WHITE = re.compile(r"\s")
# Every character is a token, punctuation too: GB/T 1.1 is not GBT11.
_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
_FORM = f"content='', tokenize=\"{_TOKENIZER}\""
_TABLES = {
    INDEX: f"CREATE VIRTUAL TABLE {INDEX} USING fts5(title, doc_number, body_text, {_FORM})",
    FILES: f"CREATE VIRTUAL TABLE {FILES} USING fts5(text, {_FORM})",
}
_NEW = "new.id, cjk(new.title), cjk(new.doc_number), cjk(new.body_text)"
_OLD = "'delete', old.id, cjk(old.title), cjk(old.doc_number), cjk(old.body_text)"
_ADD = f"INSERT INTO {INDEX}(rowid, title, doc_number, body_text) VALUES ({_NEW});"  # noqa: S608
_DROP = f"INSERT INTO {INDEX}({INDEX}, rowid, title, doc_number, body_text) VALUES ({_OLD});"  # noqa: S608
# Files without text are not in their index, hence the conditions.
_ADD_FILE = (
    f"INSERT INTO {FILES}(rowid, text) SELECT new.id, cjk(new.text) WHERE new.text IS NOT NULL;"
)
_DROP_FILE = (
    f"INSERT INTO {FILES}({FILES}, rowid, text)"
    " SELECT 'delete', old.id, cjk(old.text) WHERE old.text IS NOT NULL;"
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
        f" ON notices BEGIN {_DROP} {_ADD} END"
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


def fold(text: str) -> str:
    """The form texts and words are compared in: NFKC, lower case, one sign for white space."""
    folded = unicodedata.normalize("NFKC", clean(text)).casefold()
    return _WHITE.sub(_SPACE, folded)


def cjk(text: str | None) -> str:
    """The folded characters, one token each."""
    return " ".join(fold(text or ""))


def register(db: Database) -> None:
    """Make cjk() known to SQL on this connection."""
    db.conn.create_function("cjk", 1, cjk, deterministic=True)


def is_current(db: Database) -> bool:
    """Whether the index and its triggers are as described here."""
    rows = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE name IN (?, ?) OR type = 'trigger'",
        [INDEX, FILES],
    )
    return {**_TABLES, **_TRIGGERS}.items() <= dict(rows.fetchall()).items()


def ensure(db: Database) -> None:
    """Make the index and triggers anew if anything is missing: changing a table drops triggers."""
    if not is_current(db):
        rebuild(db)


def rebuild(db: Database) -> None:
    """Build the index from the notices, whatever state it was in. Call inside a transaction."""
    for name in _TRIGGERS:
        db.execute(f"DROP TRIGGER IF EXISTS {name}")
    for name, statement in _TABLES.items():
        db.execute(f"DROP TABLE IF EXISTS {name}")
        db.execute(statement)
    db.execute(
        f"INSERT INTO {INDEX}(rowid, title, doc_number, body_text)"  # noqa: S608 - constants
        " SELECT id, cjk(title), cjk(doc_number), cjk(body_text) FROM notices"
    )
    db.execute(
        f"INSERT INTO {FILES}(rowid, text)"  # noqa: S608 - constants
        " SELECT id, cjk(text) FROM attachments WHERE text IS NOT NULL"
    )
    for statement in _TRIGGERS.values():
        db.execute(statement)
