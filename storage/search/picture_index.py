"""The full-text index of what was recognised in pictures: as `storage.search.index` of files, and
made apart, so that a store that lacks it need not index everything anew."""

from __future__ import annotations

from sqlite_utils import Database

from storage.search.index import TOKENIZER

PICTURES = "notices_fts_pictures"
_TABLE = f"CREATE VIRTUAL TABLE {PICTURES} USING fts5(text, content='', detail=none, {TOKENIZER})"
_ADD = f"INSERT INTO {PICTURES}(rowid, text) SELECT new.id, grams(new.text) WHERE new.text <> '';"
_DROP = (
    f"INSERT INTO {PICTURES}({PICTURES}, rowid, text)"
    " SELECT 'delete', old.id, grams(old.text) WHERE old.text <> '';"
)
_TRIGGERS = {
    "pictures_fts_insert": (
        f"CREATE TRIGGER pictures_fts_insert AFTER INSERT ON picture_files BEGIN {_ADD} END"
    ),
    "pictures_fts_delete": (
        f"CREATE TRIGGER pictures_fts_delete AFTER DELETE ON picture_files BEGIN {_DROP} END"
    ),
    "pictures_fts_update": (
        "CREATE TRIGGER pictures_fts_update AFTER UPDATE OF id, text ON picture_files"
        " WHEN old.id IS NOT new.id OR old.text IS NOT new.text"
        f" BEGIN {_DROP} {_ADD} END"
    ),
}


def is_current(db: Database) -> bool:
    """Whether the index and its triggers are as described here."""
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'trigger')")
    return {PICTURES: _TABLE, **_TRIGGERS}.items() <= dict(rows.fetchall()).items()


def ensure(db: Database) -> None:
    """Make the index anew if anything of it is missing. Call inside a transaction."""
    if is_current(db):
        return
    for name in _TRIGGERS:
        db.execute(f"DROP TRIGGER IF EXISTS {name}")
    db.execute(f"DROP TABLE IF EXISTS {PICTURES}")
    db.execute(_TABLE)
    db.execute(
        f"INSERT INTO {PICTURES}(rowid, text)"  # noqa: S608 - constants
        " SELECT id, grams(text) FROM picture_files WHERE text <> ''"
    )
    for statement in _TRIGGERS.values():
        db.execute(statement)
