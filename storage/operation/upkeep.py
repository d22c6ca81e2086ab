"""What keeps a store well over years: SQLite's own check, and logs that do not grow for ever."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from storage.errors import StorageError, path_of
from storage.operation.backup import list_backups
from storage.values import select

LOG_BYTES = 5 * 1024 * 1024
LOG_COPIES = 3
# Names under which files are written before they take their place: a downloaded one, and one of
# an issue, of a process.
_UNFINISHED = re.compile(r"[0-9a-f]{16}\.part|\..+\.\d+\.[0-9a-f]{8}")


def quick_check(db: Database) -> None:
    """SQLite's check of the whole file. Raises StorageError naming the first fault."""
    found = [next(iter(row.values())) for row in select(db, "PRAGMA quick_check(1)")]
    if found != ["ok"]:
        raise StorageError(
            f"{path_of(db)} is damaged ({found[0]}); restore the last backup: zhengxun restore FILE"
        )


def checkpoint(db: Database) -> bool:
    """Move the write-ahead log into the file and let SQLite look at its statistics.

    False when the log could not be emptied: somebody has a query open for longer than we wait
    for a lock, and the log grows until it is closed.
    """
    db.execute("PRAGMA optimize")
    busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def log_file(database: Path) -> Path:
    """The write-ahead log beside a store."""
    return database.with_name(f"{database.name}-wal")


def store_bytes(database: Path) -> int:
    """What the store takes on the disk, its write-ahead log with it; 0 when there is none."""
    files = (database, log_file(database))
    return sum(path.stat().st_size for path in files if path.is_file())


def newest_backup(folder: Path) -> datetime | None:
    """When the newest copy was made, by its name; None without one."""
    copies = list_backups(folder)
    if not copies:
        return None
    stamp = copies[0].stem.removeprefix("zhengxun-").replace("Z", "+0000")
    return datetime.strptime(stamp, "%Y%m%dT%H%M%S%z")


def tidy_logs(folder: Path, *, now: datetime, days: int) -> list[Path]:
    """Rotate logs of crawls past 5 MiB, remove those not written for `days`; what was removed.

    `daemon.log` looks after itself. A crawl that has its log open goes on writing to the
    rotated file.
    """
    removed: list[Path] = []
    if not folder.is_dir():
        return removed
    limit = (now - timedelta(days=days)).timestamp()
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name == "daemon.log":
            continue
        state = path.stat()
        if state.st_mtime < limit:
            path.unlink(missing_ok=True)
            removed.append(path)
        elif path.suffix == ".log" and state.st_size > LOG_BYTES:
            rotate(path)
    return removed


def tidy_pages(folder: Path, *, most: int) -> int:
    """Let the pages kept for conditional requests take at most `most` bytes a site, the newest of
    each; how many went. One that is gone is asked for whole once.

    `folder` has a folder a site, with one for each page two levels below (Scrapy's).
    """
    removed = 0
    for site in folder.iterdir() if folder.is_dir() else ():
        pages = [_kept_page(page) for page in site.glob("*/*") if page.is_dir()]
        total = 0
        for _, size, page in sorted(pages, reverse=True):
            total += size
            if total > most:
                shutil.rmtree(page, ignore_errors=True)
                removed += 1
    return removed


def tidy_unfinished(folders: Iterable[Path], now: datetime) -> list[Path]:
    """Remove what a process that was killed had begun to write, a day later; what was removed."""
    limit = (now - timedelta(days=1)).timestamp()
    found = [
        path
        for folder in folders
        for path in folder.rglob("*")
        if _UNFINISHED.fullmatch(path.name) and path.is_file() and path.stat().st_mtime < limit
    ]
    for path in found:
        path.unlink(missing_ok=True)
    return found


def _kept_page(page: Path) -> tuple[float, int, Path]:
    states = [path.stat() for path in page.iterdir()]
    newest = max((state.st_mtime for state in states), default=0.0)
    return newest, sum(state.st_size for state in states), page


def rotate(path: Path) -> None:
    """cde.log -> cde.log.1 -> … -> cde.log.3, which goes."""
    for number in range(LOG_COPIES, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        newer = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
        if newer.exists():
            newer.replace(older)
