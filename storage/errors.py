"""The one error of the store, and what SQLite's own mean for the operator."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from sqlite_utils import Database

from errors import ZhengxunError

# Longest a writer waits for another one, in seconds.
BUSY_TIMEOUT = 30.0
# Less than the index of a write-ahead log takes (bytes): SQLite then reports an I/O error.
_LEAST_ROOM = 64 * 1024


class StorageError(ZhengxunError):
    """The store cannot do what was asked; one line that says what to do."""


class PassingError(StorageError):
    """What ends by itself or by somebody's hand, and can be tried again: a lock, a full disk."""


def path_of(db: Database) -> Path:
    """The file of an open store."""
    return Path(db.conn.execute("PRAGMA database_list").fetchone()[2] or ":memory:")


def explained(error: sqlite3.Error, path: Path) -> StorageError:
    """What an error of SQLite about this file means for the operator."""
    text = str(error)
    if "not a database" in text or "malformed" in text:
        advice = "is damaged or not a database; restore the last backup (zhengxun backup --help)"
    elif "locked" in text:
        advice = f"stayed locked for {BUSY_TIMEOUT:.0f} s; close the program that holds it"
        return PassingError(f"{path} {advice}")
    elif "full" in text or ("I/O error" in text and not _has_room(path)):
        return PassingError(f"{path} cannot grow: the disk is full; make room")
    elif companion := _closed_companion(path):
        advice = (
            f"cannot be used: give this user read and write access to {companion.name} beside it"
        )
    elif "readonly" in text:
        advice = "is read-only; give this user write access to it and to its folder"
    else:
        advice = f"cannot be used ({text}); run: zhengxun doctor"
    return StorageError(f"{path} {advice}")


def _has_room(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free >= _LEAST_ROOM
    except OSError:
        return True


def _closed_companion(path: Path) -> Path | None:
    """The file of WAL beside the store that this user may not read and write."""
    for end in ("-wal", "-shm"):
        file = path.with_name(path.name + end)
        if file.exists() and not os.access(file, os.R_OK | os.W_OK):
            return file
    return None
