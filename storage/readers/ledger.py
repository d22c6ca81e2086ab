"""The way of a mail through its ledger: claimed, settled, and reclaimed when its process died.

Three tables are ledgers (`deliveries`, `bulletins`, `task_reminders`): each has the columns `id`,
`state`, `attempts`, `pid`, `updated_at`, `next_attempt_at`, `last_reply`, `interruptions`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.models import DeliveryState
from storage.processes import is_alive
from storage.readers import attempts
from storage.readers.attempts import Cap, Ledger
from storage.values import from_instant, one_line, select, select_one, to_instant

OPEN = "('queued', 'deferred', 'unknown')"
"""States of what may still go out, as SQL."""
_INTERRUPTED = "interrupted while sending"


def claim(
    db: Database,
    ledger: Ledger,
    number: int,
    now: datetime,
    *,
    route: str = "mail",
    caps: Sequence[Cap] = (),
    only: str = "1",
) -> bool:
    """Take a mail for sending, in this process; False if somebody else has it or sent it.

    `only`: a further condition, as SQL. Raises CapReachedError, and takes nothing, when `route` has
    had its share for now.
    """
    with transaction(db):
        attempts.check_caps(db, route, caps, now)
        cursor = db.execute(
            f"UPDATE {ledger} SET state = 'sending', attempts = attempts + 1, pid = ?,"  # noqa: S608
            f" updated_at = ?, next_attempt_at = NULL WHERE id = ? AND {only} AND state IN {OPEN}",
            [os.getpid(), from_instant(now), number],
        )
        if cursor.rowcount != 1:
            return False
        attempts.begin(db, number, route, now, ledger)
        return True


def settle(
    db: Database,
    ledger: Ledger,
    number: int,
    state: DeliveryState,
    reply: str,
    now: datetime,
    next_attempt_at: datetime | None = None,
    *,
    asked: bool = True,
    bounced: bool | None = None,
    counts: bool = True,
) -> None:
    """Record how an attempt ended, with the server's words on one line.

    `bounced`: the mailbox is gone, by those words; None in a ledger that does not record it.
    `asked` False: there was no server, so the attempt does not count towards its caps. `counts`
    False: it does not count towards the attempts after which a mail is given up.

    Raises StorageError for a mail that is not being sent: what is sent stays sent.
    """
    with transaction(db):
        cursor = db.execute(
            f"UPDATE {ledger} SET state = ?, last_reply = ?, updated_at = ?,"  # noqa: S608 - a table
            " interruptions = interruptions + ?, next_attempt_at = ?, pid = NULL,"
            " attempts = attempts - ?"
            + (f", bounced = {int(bounced)}" if bounced is not None else "")
            + " WHERE id = ? AND state = 'sending'",
            [
                state,
                one_line(reply),
                from_instant(now),
                int(state == "unknown"),
                None if next_attempt_at is None else from_instant(next_attempt_at),
                int(not counts),
                number,
            ],
        )
        if cursor.rowcount != 1:
            row = select_one(db, f"SELECT state FROM {ledger} WHERE id = ?", [number])  # noqa: S608
            found = f"is {row['state']}" if row else "does not exist"
            raise StorageError(f"{ledger} {number} {found}; claim it before settling it")
        attempts.end(db, number, state, reply, now, asked=asked, ledger=ledger)


def next_attempt_at(db: Database, after: datetime) -> datetime | None:
    """When the first mail that was put off until later than `after` is due, in any ledger."""
    instants = [
        row["at"]
        for table in ("deliveries", "bulletins", "task_reminders")
        for row in select(
            db,
            f"SELECT min(next_attempt_at) AS at FROM {table}"  # noqa: S608 - a table
            f" WHERE state IN {OPEN} AND next_attempt_at > ?",
            [from_instant(after)],
        )
    ]
    return min((to_instant(at) for at in instants if at is not None), default=None)


def reclaim(
    db: Database, ledger: Ledger, now: datetime, *, alive: Callable[[int], bool] = is_alive
) -> list[int]:
    """Numbers of the mails that a dead process left in flight; they become unknown and may go out
    once more.

    Call it before sending: rows of this very process id are leftovers too (a restarted container
    gets the same id again).
    """
    reclaimed: list[int] = []
    with transaction(db):
        rows = select(db, f"SELECT * FROM {ledger} WHERE state = 'sending' ORDER BY id")  # noqa: S608
        for row in rows:
            if attempts.is_held(db, row, now, alive, ledger):
                continue
            db.execute(
                f"UPDATE {ledger} SET state = 'unknown', pid = NULL, updated_at = ?,"  # noqa: S608
                " interruptions = interruptions + 1, last_reply = ? WHERE id = ?",
                [from_instant(now), _INTERRUPTED, row["id"]],
            )
            attempts.end(db, row["id"], "unknown", _INTERRUPTED, now, ledger=ledger)
            reclaimed.append(row["id"])
    return reclaimed
