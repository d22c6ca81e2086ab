"""How far a mailbox was read: nothing twice, nothing skipped, no message in the way for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from storage.database import transaction
from storage.values import from_instant, select, select_one, to_instant

Found = Literal["bounces", "unsubscribes", "others", "unreadable"]
# Begun so often and never ended: the message brings us down. It is passed over.
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What was read of USER@HOST/FOLDER so far, and what was found."""

    name: str
    uidvalidity: int
    last_uid: int
    read_at: datetime
    bounces: int = 0
    unsubscribes: int = 0
    others: int = 0
    unreadable: int = 0


def list_mailboxes(db: Database) -> list[Mailbox]:
    """Every mailbox that was ever read."""
    rows = select(db, "SELECT * FROM mailboxes ORDER BY name")
    return [
        Mailbox(
            row["name"],
            row["uidvalidity"],
            row["last_uid"],
            to_instant(row["read_at"]),
            row["bounces"],
            row["unsubscribes"],
            row["others"],
            row["unreadable"],
        )
        for row in rows
    ]


def find_mailbox(db: Database, name: str) -> Mailbox | None:
    """One of them."""
    return next((box for box in list_mailboxes(db) if box.name == name), None)


def open_mailbox(db: Database, name: str, uidvalidity: int, *, now: datetime) -> int:
    """The UID after which to read; 0 for a mailbox that is new, or whose UIDs begin anew."""
    with transaction(db):
        row = select_one(db, "SELECT last_uid, uidvalidity FROM mailboxes WHERE name = ?", [name])
        same = row is not None and row["uidvalidity"] == uidvalidity
        db.execute(
            "INSERT INTO mailboxes (name, uidvalidity, last_uid, read_at) VALUES (:n, :v, 0, :now)"
            " ON CONFLICT (name) DO UPDATE SET read_at = :now,"
            " last_uid = CASE uidvalidity WHEN :v THEN last_uid ELSE 0 END,"
            " trying_uid = CASE uidvalidity WHEN :v THEN trying_uid ELSE 0 END,"
            " tries = CASE uidvalidity WHEN :v THEN tries ELSE 0 END, uidvalidity = :v",
            {"n": name, "v": uidvalidity, "now": from_instant(now)},
        )
        return int(row["last_uid"]) if row is not None and same else 0


def begin_message(db: Database, name: str, uid: int) -> bool:
    """About to read a message; False when it was begun too often without an end."""
    with transaction(db):
        db.execute(
            "UPDATE mailboxes SET tries = CASE trying_uid WHEN :uid THEN tries + 1 ELSE 1 END,"
            " trying_uid = :uid WHERE name = :name",
            {"uid": uid, "name": name},
        )
        row = select_one(db, "SELECT tries FROM mailboxes WHERE name = ?", [name])
        return row is not None and row["tries"] <= MOST_TRIES


def end_message(db: Database, name: str, uid: int, found: Found) -> None:
    """A message was read. Call it in the transaction that records what it said."""
    with transaction(db):
        db.execute(
            f"UPDATE mailboxes SET last_uid = max(last_uid, ?), {found} = {found} + 1"  # noqa: S608 # of Found
            " WHERE name = ?",
            [uid, name],
        )
