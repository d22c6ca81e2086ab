"""Consistent copies of the store, made while others write to it, and the way back."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from storage.abandoned import remove_abandoned
from storage.database import older_copies, open_database, refuse_foreign
from storage.errors import StorageError, explained
from storage.operation.restorations import (
    Answer,
    carry_over,
    knows,
    last_word_of,
    record_restoration,
)

_NAME = re.compile(r"zhengxun-\d{8}T\d{6}Z\.db")
_PARTIAL = re.compile(r"zhengxun-\d{8}T\d{6}Z\.partial(?:-journal|-wal|-shm)?")
_COMPANIONS = ("-wal", "-shm", "-journal")


def backup(db: Database, target: Path, now: datetime, *, keep: int = 8) -> Path:
    """Write a checked copy into the folder `target`; the copies older than the newest `keep` go.

    Returns the copy. Raises StorageError when it cannot be written or does not pass SQLite's
    integrity check; nothing older is removed then.
    """
    if keep < 1:
        raise StorageError(f"keep={keep} would remove the copy just made; keep at least 1")
    copy = target / f"zhengxun-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
    partial = copy.with_suffix(".partial")
    try:
        target.mkdir(parents=True, exist_ok=True)
        _copy(db.conn, partial)
        _check(partial)
        partial.replace(copy)
    except sqlite3.Error as error:
        raise explained(error, copy) from error
    except OSError as error:
        raise StorageError(f"cannot write {copy}: {error.strerror}") from error
    finally:
        _remove(partial)
    for old in list_backups(target)[keep:]:
        old.unlink(missing_ok=True)
    _remove_abandoned(db, target)
    return copy


def _remove_abandoned(db: Database, target: Path) -> None:
    """What earlier copies left behind that were killed: here, and beside the store."""
    remove_abandoned(target, _PARTIAL)
    store = db.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0]
    if store:
        remove_abandoned(Path(store).parent, older_copies(Path(store)))


def list_backups(target: Path) -> list[Path]:
    """The copies in a folder, the newest first."""
    if not target.is_dir():
        return []
    return sorted((path for path in target.iterdir() if _NAME.fullmatch(path.name)), reverse=True)


def restore(
    source: Path,
    path: Path,
    now: datetime,
    *,
    answer: Answer = "unsent",
    weeks: Sequence[str] = (),
) -> Path | None:
    """Put the copy `source` in the place of the store at `path`.

    What the present store knows of mails that went out is carried over; when it cannot be read,
    `answer` says whether any did, and `weeks` names the issues of the time between.
    The present store is moved aside, never deleted; returns where to, or None if there was
    none. Raises StorageError when the copy is damaged, newer than this version or not ours,
    and while another process has the store open.
    """
    if not source.is_file():
        raise StorageError(f"{source} does not exist; name a copy made by: zhengxun backup")
    partial = path.with_name(f"{path.name}.restoring")
    aside = path.with_name(f"{path.stem}-replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db")
    try:
        _check(source)
        with closing(_open_read_only(source)) as connection:
            _copy(connection, partial)
        _refuse_open(path)
        _account_for(path, partial, now, answer, weeks)
        former = _keep_former(path, aside)
        # One step: whoever is killed here leaves the one store or the other, never none.
        partial.replace(path)
    except sqlite3.Error as error:
        raise explained(error, source) from error
    except OSError as error:
        raise StorageError(f"cannot restore {path}: {error.strerror}") from error
    finally:
        _remove(partial)
    return former


def _account_for(
    former: Path, partial: Path, now: datetime, answer: Answer, weeks: Sequence[str]
) -> None:
    """Let the copy know what went out since it was made."""
    with closing(open_database(partial)) as db:
        copied_at = last_word_of(db)
    if knows(former, partial):
        carry_over(former, partial)
        answer, weeks = "known", ()
    with closing(open_database(partial)) as db:
        at = copied_at or now
        record_restoration(db, answer=answer, copied_at=at, weeks=weeks, now=now)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # One file again, that can be put in its place by one step.
        db.execute("PRAGMA journal_mode=DELETE")


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    _remove(target)
    with closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)
        # One file, without companions, that can be moved and mailed.
        copy.execute("PRAGMA journal_mode=DELETE")
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _check(path: Path) -> None:
    with closing(_open_read_only(path)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            raise StorageError(f"{path} is damaged ({found[0]}); use another copy")
        refuse_foreign(Database(connection), path)


def open_copy(source: Path) -> Database:
    """A copy to look into. Raises StorageError when it is missing, damaged or not ours."""
    if not source.is_file():
        raise StorageError(f"{source} does not exist; name a copy made by: zhengxun backup")
    try:
        _check(source)
        return Database(_open_read_only(source))
    except sqlite3.Error as error:
        raise explained(error, source) from error


def _open_read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _refuse_open(path: Path) -> None:
    """Raise StorageError if another process has the store open; a damaged one is nobody's."""
    if not path.is_file():
        return
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.rollback()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StorageError(f"{path} is in use; stop the daemon, then restore") from error
        except sqlite3.DatabaseError:
            return


def _keep_former(path: Path, aside: Path) -> Path | None:
    """The present store under a name of its own as well, whole in one file; it stays in place.

    What a damaged one has beside it is moved away: its log must not be read into the copy.
    """
    if not path.exists():
        return None
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    for end in _COMPANIONS:
        present = path.with_name(path.name + end)
        if present.exists():
            present.replace(aside.with_name(aside.name + end))
    while aside.exists() and not aside.samefile(path):
        aside = aside.with_name(f"{aside.stem}-{aside.suffix}")
    aside.unlink(missing_ok=True)
    try:
        aside.hardlink_to(path)
    except OSError:  # a file system without links
        shutil.copyfile(path, aside)
    return aside


def _remove(path: Path) -> None:
    for end in ("", *_COMPANIONS):
        with suppress(NotADirectoryError):
            path.with_name(path.name + end).unlink(missing_ok=True)
