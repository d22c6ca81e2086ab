"""Every attempt at a delivery, and the caps of a mail server or a bot, counted from them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlite_utils import Database

from storage.database import StorageError
from storage.models import DeliveryState
from storage.processes import home, is_alive, place
from storage.values import from_instant, one_line, select, select_one, to_instant
from storage.values import to_instant_or_none as to_time

Ledger = Literal["deliveries", "bulletins", "task_reminders"]

# No mail takes this long: SMTP time-outs are minutes. A row left longer is nobody's.
ABANDONED_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """One attempt: when, how it ended, and what was said. `state` sending: it has not ended."""

    delivery_id: int
    began_at: datetime
    ended_at: datetime | None
    state: DeliveryState
    reply: str


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `most` attempts within any `span`."""

    most: int
    span: timedelta


class CapReachedError(StorageError):
    """A route has had its share; `free_at` is when it may be asked again."""

    def __init__(self, cap: Cap, free_at: datetime) -> None:
        super().__init__(f"{cap.most} within {cap.span} have been sent; the next is at {free_at}")
        self.cap = cap
        self.free_at = free_at


def begin(
    db: Database, delivery_id: int, route: str, now: datetime, ledger: Ledger = "deliveries"
) -> None:
    """Note that an attempt begins, by this process. Call it in the transaction that claims."""
    db.execute(
        "INSERT INTO delivery_attempts (ledger, delivery_id, route, began_at, home)"
        " VALUES (?, ?, ?, ?, ?)",
        [ledger, delivery_id, route, from_instant(now), home()],
    )


def end(
    db: Database,
    delivery_id: int,
    state: DeliveryState,
    reply: str,
    now: datetime,
    *,
    asked: bool = True,
    ledger: Ledger = "deliveries",
) -> None:
    """Note how the last attempt ended. `asked` False: it does not count towards the caps."""
    db.execute(
        "UPDATE delivery_attempts SET state = ?, reply = ?, ended_at = ?, counts = ? WHERE id ="
        " (SELECT max(id) FROM delivery_attempts WHERE delivery_id = ? AND ledger = ?)",
        [state, one_line(reply), from_instant(now), int(asked), delivery_id, ledger],
    )


def is_held(
    db: Database,
    row: Mapping[str, Any],
    now: datetime,
    alive: Callable[[int], bool] = is_alive,
    ledger: Ledger = "deliveries",
) -> bool:
    """Whether somebody is still at a row (`id`, `pid`, `updated_at`) that is being sent."""
    last = select_one(
        db,
        "SELECT home FROM delivery_attempts WHERE delivery_id = ? AND ledger = ?"
        " ORDER BY id DESC LIMIT 1",
        [row["id"], ledger],
    )
    since, where = to_time(row["updated_at"]), place(last["home"] if last else "")
    if since is None or now - since > ABANDONED_AFTER or where == "gone":
        return False
    if where == "elsewhere":
        # Its process cannot be seen from here: another machine or container shares the folder.
        return True
    return row["pid"] not in (None, os.getpid()) and alive(row["pid"])


def history(db: Database, delivery_id: int) -> list[PastAttempt]:
    """All attempts at one delivery, the first one first."""
    rows = select(
        db,
        "SELECT * FROM delivery_attempts WHERE delivery_id = ? AND ledger = 'deliveries'"
        " ORDER BY id",
        [delivery_id],
    )
    return [
        PastAttempt(
            delivery_id=row["delivery_id"],
            began_at=to_instant(row["began_at"]),
            ended_at=to_time(row["ended_at"]),
            state=row["state"],
            reply=row["reply"],
        )
        for row in rows
    ]


def check_caps(db: Database, route: str, caps: Sequence[Cap], now: datetime) -> None:
    """Raise CapReachedError, for the cap that binds longest, unless one more attempt fits.

    Call it in the transaction that claims, so that no other process can take the same place.
    """
    reached = [(free_at, cap) for cap in caps if (free_at := _free_at(db, route, cap, now))]
    if reached:
        free_at, cap = max(reached, key=lambda item: item[0])
        raise CapReachedError(cap, free_at)


def _free_at(db: Database, route: str, cap: Cap, now: datetime) -> datetime | None:
    """When the oldest of the last `most` attempts leaves the span; None: there were fewer.

    An attempt dated later than a span from now is an error of the clock, and not counted.
    """
    row = select_one(
        db,
        "SELECT began_at FROM delivery_attempts WHERE counts = 1 AND route = ?"
        " AND began_at > ? AND began_at < ? ORDER BY began_at DESC LIMIT 1 OFFSET ?",
        [route, from_instant(now - cap.span), from_instant(now + cap.span), cap.most - 1],
    )
    return None if row is None else to_instant(row["began_at"]) + cap.span
