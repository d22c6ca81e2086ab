"""How often something was tried of late: in the store, so that a restart forgets nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlite_utils import Database

from storage.database import transaction
from storage.values import from_instant, select_one

TryKind = Literal["client", "password", "link"]
MOST_SUBJECT = 200
_KEPT = timedelta(days=2)


def count_try(
    db: Database, kind: TryKind, subject: str, *, most: int, within: timedelta, now: datetime
) -> bool:
    """Write a try down, unless there were `most` of this subject within that time already;
    whether it may be made."""
    key = subject.strip().casefold()[:MOST_SUBJECT]
    with transaction(db):
        row = select_one(
            db,
            "SELECT count(*) AS tries FROM desk_tries"
            " WHERE kind = ? AND subject = ? AND tried_at > ?",
            [kind, key, from_instant(now - within)],
        )
        if row is not None and row["tries"] >= most:
            return False
        db.execute("DELETE FROM desk_tries WHERE tried_at < ?", [from_instant(now - _KEPT)])
        db.execute(
            "INSERT INTO desk_tries (kind, subject, tried_at) VALUES (?, ?, ?)",
            [kind, key, from_instant(now)],
        )
    return True


def forget_tries(db: Database, kind: TryKind, subject: str) -> int:
    """Count from nothing again; how many were forgotten."""
    with transaction(db):
        cursor = db.execute(
            "DELETE FROM desk_tries WHERE kind = ? AND subject = ?",
            [kind, subject.strip().casefold()[:MOST_SUBJECT]],
        )
        return int(cursor.rowcount)


def forget_last(db: Database, kind: TryKind, subject: str) -> None:
    """The last try was a good one and does not count."""
    with transaction(db):
        db.execute(
            "DELETE FROM desk_tries WHERE id = (SELECT max(id) FROM desk_tries"
            " WHERE kind = ? AND subject = ?)",
            [kind, subject.strip().casefold()[:MOST_SUBJECT]],
        )
