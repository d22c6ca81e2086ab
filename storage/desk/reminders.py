"""The ledger of the mails that remind the owner of a task, with the rules of `deliveries`.

A row exists before the first attempt and has its Message-ID for good; there is one of each kind
for a task and its day, whatever crashes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.models import DeliveryState
from storage.processes import is_alive
from storage.readers import ledger
from storage.readers.attempts import Cap, Ledger
from storage.readers.ledger import OPEN
from storage.values import Row, from_date, from_instant, select, select_one, to_date

ReminderKind = Literal["ahead", "due"]
_LEDGER: Ledger = "task_reminders"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One mail about a task: before its day (`ahead`) or on it. `due_on`: in Asia/Shanghai."""

    id: int
    task_id: int
    kind: ReminderKind
    due_on: date
    address: str
    state: DeliveryState
    message_id: str
    attempts: int
    last_reply: str
    interruptions: int


def tasks_to_remind(
    db: Database, kind: ReminderKind, first: date, last: date, *, lead: int
) -> list[int]:
    """Open tasks with an address whose day lies between these (inclusive) and who were not
    entered for this kind of mail, which goes `lead` days before that day.

    Left out is what was due before a copy of the store was put back, where somebody said that
    mails had gone out since the copy: its ledger cannot know of them.
    """
    rows = select(
        db,
        "SELECT t.id FROM tasks t WHERE t.state = 'open' AND t.address <> ''"
        " AND t.due_on BETWEEN :first AND :last AND NOT EXISTS (SELECT 1 FROM task_reminders r"
        " WHERE r.task_id = t.id AND r.kind = :kind AND r.due_on = t.due_on)"
        " AND NOT EXISTS (SELECT 1 FROM restorations b WHERE b.answer = 'sent'"
        " AND t.made_at <= b.restored_at"
        # Midnight in UTC is the hour from which reminders go, eight in China.
        " AND date(t.due_on, :lead) || 'T00:00:00' <= b.restored_at) ORDER BY t.id",
        {
            "first": from_date(first),
            "last": from_date(last),
            "kind": kind,
            "lead": f"-{lead} days",
        },
    )
    return [row["id"] for row in rows]


def enter_reminder(
    db: Database,
    task_id: int,
    kind: ReminderKind,
    message_id: Callable[[int], str],
    now: datetime,
) -> None:
    """Put a mail into the ledger; one that is there stays. `message_id` makes it of its number."""
    with transaction(db):
        row = select_one(db, "SELECT coalesce(max(id), 0) + 1 AS id FROM task_reminders")
        number = int(row["id"]) if row else 1
        db.execute(
            "INSERT INTO task_reminders (id, task_id, kind, due_on, address, state, message_id,"
            " queued_at, updated_at) SELECT ?, id, ?, due_on, address, 'queued', ?, ?, ?"
            " FROM tasks WHERE id = ? ON CONFLICT (task_id, kind, due_on) DO NOTHING",
            [number, kind, message_id(number), from_instant(now), from_instant(now), task_id],
        )


def list_reminders(db: Database, *, due_at: datetime | None = None) -> list[Reminder]:
    """The whole ledger; with `due_at` what has to go out then: of tasks that are still open."""
    if due_at is None:
        return [_to_reminder(row) for row in select(db, "SELECT * FROM task_reminders ORDER BY id")]
    rows = select(
        db,
        "SELECT r.* FROM task_reminders r JOIN tasks t ON t.id = r.task_id"  # noqa: S608 - constant
        f" WHERE r.state IN {OPEN} AND t.state = 'open' AND t.due_on = r.due_on"
        " AND (r.next_attempt_at IS NULL OR r.next_attempt_at <= ?) ORDER BY r.id",
        [from_instant(due_at)],
    )
    return [_to_reminder(row) for row in rows]


def claim(db: Database, reminder_id: int, now: datetime, caps: Sequence[Cap] = ()) -> bool:
    """As `ledger.claim`."""
    return ledger.claim(db, _LEDGER, reminder_id, now, caps=caps)


def settle(
    db: Database,
    reminder_id: int,
    state: DeliveryState,
    reply: str,
    now: datetime,
    next_attempt_at: datetime | None = None,
    *,
    asked: bool = True,
) -> None:
    """As `ledger.settle`."""
    ledger.settle(db, _LEDGER, reminder_id, state, reply, now, next_attempt_at, asked=asked)


def reclaim_sending(db: Database, now: datetime, *, alive: Callable[[int], bool] = is_alive) -> int:
    """How many mails a dead process left in flight, as `ledger.reclaim`."""
    return len(ledger.reclaim(db, _LEDGER, now, alive=alive))


def _to_reminder(row: Row) -> Reminder:
    due_on = to_date(row["due_on"])
    if due_on is None:
        raise StorageError(f"reminder {row['id']} has no day")
    return Reminder(
        id=row["id"],
        task_id=row["task_id"],
        kind=row["kind"],
        due_on=due_on,
        address=row["address"],
        state=row["state"],
        message_id=row["message_id"],
        attempts=row["attempts"],
        last_reply=row["last_reply"],
        interruptions=row["interruptions"],
    )
