"""The one error of the store, and what SQLite's own mean for the operator."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database

# Longest a writer waits for another one, in seconds.
BUSY_TIMEOUT = 30.0


class StorageError(Exception):
    """The store cannot do what was asked; one line that says what to do."""


def path_of(db: Database) -> Path:
    """The file of an open store."""
    return Path(db.conn.execute("PRAGMA database_list").fetchone()[2] or ":memory:")


def explained(error: sqlite3.Error, path: Path) -> StorageError:
    """What an error of SQLite about this file means for the operator."""
    text = str(error)
    if "not a database" in text or "malformed" in text:
        advice = "is damaged or not a database; restore the last backup (zhengxun backup --help)"
    elif "locked" in text:
        advice = f"stayed locked for {BUSY_TIMEOUT:.0f} s; close the program that is writing to it"
    elif "full" in text:
        advice = "cannot grow: the disk is full; make room"
    elif "readonly" in text:
        advice = "is read-only; give this user write access to it and to its folder"
    else:
        advice = f"cannot be used ({text}); run: zhengxun doctor"
    return StorageError(f"{path} {advice}")
