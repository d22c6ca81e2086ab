"""Opens the one SQLite file and groups its writes."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from storage import migrations, views
from storage.abandoned import remove_abandoned
from storage.errors import BUSY_TIMEOUT, StorageError, explained, path_of
from storage.search import index, picture_index

__all__ = [
    "StorageError",
    "open_database",
    "refuse_foreign",
    "snapshot",
    "transaction",
    "writes_of_others",
]

# SQLite's own 2 MiB are read through many times by one search of a large store.
_CACHE_KIB = 64 * 1024
# 32 MiB: one notice touches some 60 pages, and moving them into the file is dearer than saving.
_WAL_PAGES = 8_000


def open_database(path: Path, *, read_only: bool = False) -> Database:
    """The store at `path`, made and brought to the current schema if need be.

    An older store that holds notices is copied beside itself before it is migrated.
    Raises StorageError when the file is missing (read_only), damaged, not writable, not ours,
    or made by a newer version.
    """
    _check_path(path, read_only=read_only)
    try:
        db = _connect(path, read_only=read_only)
    except sqlite3.Error as error:
        raise explained(error, path) from error
    try:
        if read_only:
            _refuse_unusable(db, path)
        else:
            _prepare(db, path)
    except sqlite3.Error as error:
        db.close()
        raise explained(error, path) from error
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """All writes inside become visible together, or none of them does.

    The write lock is taken at once (BEGIN IMMEDIATE), so what is read inside cannot be
    overtaken by another process. Inside another transaction it is a savepoint.
    Raises StorageError when the store is locked for too long, full or damaged.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    try:
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            db.rollback()
            raise
        db.commit()
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        db.rollback()
        raise
    except sqlite3.DatabaseError as error:
        db.rollback()
        raise explained(error, path_of(db)) from error


def writes_of_others(db: Database) -> int:
    """The same number as long as no other connection writes. In a transaction it tells whether
    what was read before it still stands."""
    return int(db.conn.execute("PRAGMA data_version").fetchone()[0])


@contextmanager
def snapshot(db: Database) -> Iterator[None]:
    """Several reads inside see one state of the store, whatever others write meanwhile."""
    if db.conn.in_transaction:
        yield
        return
    db.conn.execute("BEGIN")
    try:
        yield
    finally:
        db.rollback()


def _check_path(path: Path, *, read_only: bool) -> None:
    folder = path.parent
    if path.is_dir():
        raise StorageError(f"{path} is a folder; name the database file")
    if path.exists():
        _check_access(path, folder, read_only=read_only)
    elif read_only:
        raise StorageError(f"{path} does not exist yet; run: zhengxun crawl")
    elif not folder.is_dir():
        raise StorageError(f"{folder} is not a folder; make it, or set ZHENGXUN_DATA")
    elif not os.access(folder, os.W_OK):
        raise StorageError(f"{folder} is not writable; give this user write access to it")


def _check_access(path: Path, folder: Path, *, read_only: bool) -> None:
    if not os.access(path, os.R_OK):
        raise StorageError(f"{path} is not readable; give this user read access to it")
    if read_only:
        return
    if not os.access(path, os.W_OK):
        raise StorageError(f"{path} is read-only; give this user write access to it")
    # WAL keeps two files beside the database.
    if not os.access(folder, os.W_OK):
        raise StorageError(f"{folder} is not writable; give this user write access to it")


def _connect(path: Path, *, read_only: bool) -> Database:
    mode = "ro" if read_only else "rwc"
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT)
    try:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        if not read_only:
            _use_wal(connection)
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(f"PRAGMA wal_autocheckpoint={_WAL_PAGES}")
        db = Database(connection)
        index.register(db)
    except BaseException:
        connection.close()
        raise
    return db


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch a new file to WAL. SQLite does not wait for this lock itself, so we do."""
    until = time.monotonic() + BUSY_TIMEOUT
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _prepare(db: Database, path: Path) -> None:
    refuse_foreign(db, path)
    if migrations.pending(db):
        _keep_older_copy(db, path)
        with transaction(db):
            # Another process may have migrated while we waited for the lock.
            migrations.apply(db)
    if index.is_current(db) and picture_index.is_current(db) and views.are_current(db):
        return
    with transaction(db):
        index.ensure(db)
        picture_index.ensure(db)
        views.ensure(db)


def _refuse_unusable(db: Database, path: Path) -> None:
    refuse_foreign(db, path)
    if migrations.pending(db):
        raise StorageError(f"{path} has an older schema; run once: zhengxun doctor")


def refuse_foreign(db: Database, path: Path) -> None:
    """Raise StorageError for a newer schema, and for a file of another program."""
    newer = migrations.unknown(db)
    if newer:
        raise StorageError(
            f"{path} was made by a newer version (it has {newer[-1]}); upgrade this installation"
        )
    tables = db.table_names()
    if tables and migrations.migrations.migrations_table not in tables:
        raise StorageError(f"{path} is not a zhengxun database; name another file")


def older_copies(path: Path) -> re.Pattern[str]:
    """The names of half-written copies that are made before a migration, and their writers."""
    start, end = re.escape(f"{path.stem}-before-"), re.escape(path.suffix)
    return re.compile(rf"{start}[\w-]+{end}\.(?P<pid>\d+)\.partial(?:-journal|-wal|-shm)?")


def _keep_older_copy(db: Database, path: Path) -> None:
    if "notices" not in db.table_names():
        return
    if not db.execute("SELECT count(*) FROM notices").fetchone()[0]:
        return
    remove_abandoned(path.parent, older_copies(path))
    name = migrations.pending(db)[0]
    copy = path.with_name(f"{path.stem}-before-{name}{path.suffix}")
    if copy.exists():
        return
    # Whole or not at all, and each process for itself: several may find the store old at once.
    partial = copy.with_name(f"{copy.name}.{os.getpid()}.partial")
    try:
        with closing(sqlite3.connect(partial)) as target:
            db.conn.backup(target)
        partial.replace(copy)
    except sqlite3.Error as error:
        raise StorageError(
            f"{path} needs a newer schema, and cannot be copied before: "
            f"{explained(error, copy)}; nothing was changed"
        ) from error
    finally:
        for end in ("", "-journal"):
            partial.with_name(partial.name + end).unlink(missing_ok=True)
