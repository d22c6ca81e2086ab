"""Sessions of the desk, by the hash of their token: whoever reads the store cannot use one."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.desk.people import Person, to_person
from storage.values import from_instant, select_one


def begin_session(
    db: Database, person_id: int, token_hash: str, *, until: datetime, now: datetime
) -> None:
    """A person is in, at the latest until then; what has ended meanwhile is forgotten."""
    with transaction(db):
        db.execute("DELETE FROM desk_sessions WHERE until <= ?", [from_instant(now)])
        db.execute(
            "INSERT INTO desk_sessions (person_id, token_hash, began_at, seen_at, until)"
            " VALUES (?, ?, ?, ?, ?)",
            [person_id, token_hash, *[from_instant(now)] * 2, from_instant(until)],
        )


def session_person(
    db: Database, token_hash: str, *, now: datetime, idle_since: datetime
) -> Person | None:
    """Whose session this is, as long as it lasts and was used since `idle_since`."""
    row = select_one(
        db,
        "SELECT p.*, s.seen_at FROM desk_sessions s JOIN people p ON p.id = s.person_id"
        " WHERE s.token_hash = ? AND s.until > ? AND s.seen_at > ? AND p.ended_at IS NULL",
        [token_hash, from_instant(now), from_instant(idle_since)],
    )
    return None if row is None else to_person(row)


def touch_session(db: Database, token_hash: str, *, now: datetime, before: datetime) -> None:
    """It is used; written down only when that was last done before then."""
    seen = select_one(
        db,
        "SELECT 1 FROM desk_sessions WHERE token_hash = ? AND seen_at < ?",
        [token_hash, from_instant(before)],
    )
    if seen is not None:
        with transaction(db):
            db.execute(
                "UPDATE desk_sessions SET seen_at = ? WHERE token_hash = ?",
                [from_instant(now), token_hash],
            )


def end_session(db: Database, token_hash: str) -> None:
    """It can be used no more."""
    with transaction(db):
        db.execute("DELETE FROM desk_sessions WHERE token_hash = ?", [token_hash])


def end_sessions(db: Database, person_id: int) -> None:
    """Nobody is in as this person any more."""
    with transaction(db):
        db.execute("DELETE FROM desk_sessions WHERE person_id = ?", [person_id])


def say_next(db: Database, token_hash: str, words: str) -> None:
    """What the next page of the session tells."""
    with transaction(db):
        db.execute(
            "UPDATE desk_sessions SET said = ? WHERE token_hash = ?", [words[:2000], token_hash]
        )


def take_said(db: Database, token_hash: str) -> str:
    """What is to be told, once."""
    row = select_one(db, "SELECT said FROM desk_sessions WHERE token_hash = ?", [token_hash])
    if row is None or not row["said"]:
        return ""
    say_next(db, token_hash, "")
    return str(row["said"])
