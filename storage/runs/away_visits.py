"""Visits that are made on other machines: sent, claimed by one worker, returned, taken in once.

A visit's key is its name wherever it goes. The states only go forward, and each step is taken once:
whoever brings the same word again hears that it is no news.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from storage.database import transaction
from storage.values import (
    Row,
    from_instant,
    marks,
    select,
    select_one,
    to_instant,
    to_instant_or_none,
)
from texts.folding import clean

AwayState = Literal["sent", "claimed", "returned", "done", "lost"]
OPEN: tuple[AwayState, ...] = ("sent", "claimed", "returned")


@dataclass(frozen=True, slots=True)
class AwayVisit:
    """One visit. `token` is who claimed it; `until`: when that is over unless it is renewed;
    `ends_at`: when it is over whatever is heard (UTC)."""

    key: str
    run_id: int
    site: str
    queue: str
    state: AwayState
    token: str = ""
    until: datetime | None = None
    ends_at: datetime | None = None


def note_sent(db: Database, key: str, *, run_id: int, site: str, queue: str, now: datetime) -> None:
    """A visit is offered to the workers of a queue."""
    with transaction(db):
        db.execute(
            "INSERT INTO away_visits (key, run_id, site, queue, state, sent_at)"
            " VALUES (?, ?, ?, ?, 'sent', ?)",
            [key, run_id, site, queue, from_instant(now)],
        )


def note_claimed(db: Database, key: str, token: str, *, until: datetime, ends_at: datetime) -> bool:
    """One worker makes it; whether it was still to be had."""
    with transaction(db):
        db.execute(
            "UPDATE away_visits SET ends_at = ? WHERE key = ? AND state = 'sent'",
            [from_instant(ends_at), key],
        )
        return _step(db, key, "sent", "claimed", token=token, until=until)


def note_alive(db: Database, key: str, *, now: datetime, until: datetime) -> bool:
    """Who claimed it still makes it, and has it until then; whether its time was not over."""
    with transaction(db):
        cursor = db.execute(
            "UPDATE away_visits SET until = ? WHERE key = ? AND state = 'claimed' AND until > ?",
            [from_instant(until), key, from_instant(now)],
        )
        return cursor.rowcount == 1


def note_returned(db: Database, key: str, token: str, *, now: datetime, until: datetime) -> bool:
    """What it brought is on this machine, and is to be taken in; whether that was waited for."""
    with transaction(db):
        visit = get_visit(db, key)
        if visit is None or visit.token != token or visit.until is None or visit.until <= now:
            return False
        return _step(db, key, "claimed", "returned", token=token, until=until)


def note_ended(db: Database, key: str, state: Literal["done", "lost"]) -> bool:
    """It is over: taken in, or nobody's any more; whether it was not before."""
    with transaction(db):
        cursor = db.execute(
            f"UPDATE away_visits SET state = ? WHERE key = ? AND state IN ({marks(OPEN)})",  # noqa: S608 # marks
            [state, key, *OPEN],
        )
        return cursor.rowcount == 1


def get_visit(db: Database, key: str) -> AwayVisit | None:
    """The visit of this key."""
    row = select_one(db, "SELECT * FROM away_visits WHERE key = ?", [key])
    return None if row is None else _to_visit(row)


def open_visits(db: Database, states: Sequence[AwayState] = OPEN) -> list[AwayVisit]:
    """Those in these states, in the order in which their runs began."""
    rows = select(
        db,
        f"SELECT * FROM away_visits WHERE state IN ({marks(states)}) ORDER BY run_id, sent_at",  # noqa: S608 # marks
        list(states),
    )
    return [_to_visit(row) for row in rows]


def is_away(db: Database, run_id: int, now: datetime) -> bool:
    """Whether a run is in the hands of another machine, or came back and is not taken in."""
    row = select_one(
        db,
        "SELECT 1 FROM away_visits WHERE run_id = ? AND state IN ('claimed', 'returned')"
        " AND until > ?",
        [run_id, from_instant(now)],
    )
    return row is not None


def say_of_fleet(db: Database, words: str, now: datetime) -> bool:
    """Keep in a line why visits are made here (''; no reason); whether that is news."""
    said = words_of_fleet(db)
    if (said[1] if said else "") == clean(words):
        return False
    with transaction(db):
        db.execute("DELETE FROM fleet_state")
        if words:
            db.execute(
                "INSERT INTO fleet_state (id, since, words) VALUES (1, ?, ?)",
                [from_instant(now), clean(words)],
            )
    return True


def words_of_fleet(db: Database) -> tuple[datetime, str] | None:
    """Since when visits are made here instead, and why; None when all is well."""
    row = select_one(db, "SELECT since, words FROM fleet_state")
    return None if row is None else (to_instant(row["since"]), row["words"])


def _step(
    db: Database, key: str, before: AwayState, after: AwayState, *, token: str, until: datetime
) -> bool:
    with transaction(db):
        cursor = db.execute(
            "UPDATE away_visits SET state = ?, token = ?, until = ? WHERE key = ? AND state = ?",
            [after, token, from_instant(until), key, before],
        )
        return cursor.rowcount == 1


def _to_visit(row: Row) -> AwayVisit:
    return AwayVisit(
        key=row["key"],
        run_id=row["run_id"],
        site=row["site"],
        queue=row["queue"],
        state=row["state"],
        token=row["token"],
        until=to_instant_or_none(row["until"]),
        ends_at=to_instant_or_none(row["ends_at"]),
    )
