"""What the operator is to hear: once when something turns bad, once when it is well again.

An alarm is stored before it is sent, so that one that cannot be sent waits here. `subject` names
what it is about (`column:cde/新闻`, `issue:2021-W05`, `disk`); the last row about a subject says
whether it is bad now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlite_utils import Database

from storage.database import transaction
from storage.values import (
    Row,
    from_instant,
    marks,
    one_line,
    select,
    select_one,
    to_instant,
    to_instant_or_none,
)
from texts.folding import clean

# raised and reminder: bad since then; recovered: well again; event: happened, has no end.
Kind = Literal["raised", "reminder", "recovered", "event"]
Channel = Literal["mail", "webhook"]

# Then every 12 hours; a week after the first attempt nobody knocks again by itself.
_DELAYS = (
    *(timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1)),
    *[timedelta(hours=4)] * 6,
    timedelta(hours=12),
)
MOST_ATTEMPTS = 20
TEXT_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing the operator hears. `title` is one line, `text` what is known about it."""

    id: int
    subject: str
    kind: Kind
    title: str
    text: str
    raised_at: datetime
    mailed_at: datetime | None
    posted_at: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    last_reply: str


def raise_alarm(db: Database, subject: str, title: str, text: str, *, now: datetime) -> bool:
    """Something turned bad. False when it was bad before: nothing new to tell."""
    with transaction(db):
        if is_open(db, subject):
            return False
        _insert(db, subject, "raised", title, text, now)
        return True


def clear_alarm(db: Database, subject: str, title: str, text: str = "", *, now: datetime) -> bool:
    """Something is well again. False when it was not bad."""
    with transaction(db):
        if not is_open(db, subject):
            return False
        _insert(db, subject, "recovered", title, text, now)
        return True


def note_event(db: Database, subject: str, title: str, text: str, *, now: datetime) -> bool:
    """Something happened that has no recovery; told once for each subject."""
    with transaction(db):
        if select_one(db, "SELECT id FROM alarms WHERE subject = ? LIMIT 1", [subject]):
            return False
        _insert(db, subject, "event", title, text, now)
        return True


def remind(db: Database, *, now: datetime, since: datetime) -> int:
    """Tell again what is bad and was last told before `since`; how many."""
    with transaction(db):
        old = [alarm for alarm in open_alarms(db) if alarm.raised_at < since]
        for alarm in old:
            _insert(db, alarm.subject, "reminder", alarm.title, alarm.text, now)
        return len(old)


def is_open(db: Database, subject: str) -> bool:
    """Whether the last word about the subject is that it is bad."""
    row = select_one(
        db, "SELECT kind FROM alarms WHERE subject = ? ORDER BY id DESC LIMIT 1", [subject]
    )
    return row is not None and row["kind"] in {"raised", "reminder"}


def open_alarms(db: Database) -> list[Alarm]:
    """The last word about everything that is bad now, the oldest first."""
    rows = select(
        db,
        "SELECT * FROM alarms WHERE id IN (SELECT max(id) FROM alarms GROUP BY subject)"
        " AND kind IN ('raised', 'reminder') ORDER BY id",
    )
    return [_to_alarm(row) for row in rows]


def bad_since(db: Database, subject: str) -> datetime | None:
    """When the present outage was first told; None when there is none."""
    if not is_open(db, subject):
        return None
    row = select_one(
        db,
        "SELECT max(raised_at) AS at FROM alarms WHERE subject = ? AND kind = 'raised'",
        [subject],
    )
    return to_instant_or_none(row["at"]) if row else None


def unsent(
    db: Database, channels: Sequence[Channel], *, due_at: datetime | None = None
) -> list[Alarm]:
    """What one of these channels has not taken yet, the oldest first.

    With `due_at`, without what waits for a later attempt.
    """
    missing = [f"{_COLUMNS[channel]} IS NULL" for channel in channels] or ["0"]
    rows = select(
        db,
        f"SELECT * FROM alarms WHERE ({' OR '.join(missing)})"  # noqa: S608 # our own names
        " AND (:due IS NULL OR next_attempt_at IS NULL OR next_attempt_at <= :due) ORDER BY id",
        {"due": None if due_at is None else from_instant(due_at)},
    )
    return [_to_alarm(row) for row in rows]


def due(db: Database, channel: Channel, *, now: datetime) -> list[Alarm]:
    """What a channel should be sent now, the oldest first; nothing unless something is due.

    What it did not take for a week is not tried by itself any more: it goes with the next one.
    """
    waiting = unsent(db, [channel])
    ready = [alarm for alarm in waiting if is_due(alarm, now)]
    left = [alarm for alarm in waiting if alarm.attempts >= MOST_ATTEMPTS]
    return sorted([*ready, *left], key=lambda alarm: alarm.id) if ready else []


def is_due(alarm: Alarm, now: datetime) -> bool:
    """Whether an alarm may be tried now, of itself."""
    waited = alarm.next_attempt_at is None or alarm.next_attempt_at <= now
    return waited and alarm.attempts < MOST_ATTEMPTS


def failed(alarm: Alarm, reply: str, now: datetime) -> Alarm:
    """An alarm after an attempt that failed, with the time of its next one."""
    wait = _DELAYS[min(alarm.attempts, len(_DELAYS) - 1)]
    return replace(
        alarm,
        attempts=alarm.attempts + 1,
        last_reply=one_line(reply),
        next_attempt_at=now + wait,
    )


def mark_sent(db: Database, ids: Sequence[int], channel: Channel, *, now: datetime) -> None:
    """A channel took these alarms."""
    column = _COLUMNS[channel]
    with transaction(db):
        db.execute(
            f"UPDATE alarms SET {column} = ? WHERE id IN ({marks(ids)})",  # noqa: S608 # same
            [from_instant(now), *ids],
        )


def mark_failed(db: Database, alarms: Sequence[Alarm], reply: str, *, now: datetime) -> None:
    """A channel did not take these alarms: again after 5 minutes, 15, an hour, 4 hours, 12."""
    with transaction(db):
        for alarm in (failed(alarm, reply, now) for alarm in alarms):
            again = None if alarm.next_attempt_at is None else from_instant(alarm.next_attempt_at)
            db.execute(
                "UPDATE alarms SET attempts = ?, last_reply = ?, next_attempt_at = ? WHERE id = ?",
                [alarm.attempts, alarm.last_reply, again, alarm.id],
            )


def latest_evidence(db: Database, site: str, column: str) -> str:
    """The first words of the page that the last check of a column could not use."""
    row = select_one(
        db,
        "SELECT evidence FROM checks WHERE site = ? AND column = ? ORDER BY id DESC LIMIT 1",
        [site, column],
    )
    return str(row["evidence"]) if row else ""


def newest_instant(db: Database) -> datetime | None:
    """The latest instant that a crawl wrote: a clock before it is wrong."""
    row = select_one(
        db, "SELECT max(max(started_at), max(coalesce(finished_at, ''))) AS at FROM runs"
    )
    return to_instant(row["at"]) if row and row["at"] else None


_COLUMNS = {"mail": "mailed_at", "webhook": "posted_at"}


def _insert(db: Database, subject: str, kind: Kind, title: str, text: str, now: datetime) -> None:
    db.execute(
        "INSERT INTO alarms (subject, kind, title, text, raised_at) VALUES (?, ?, ?, ?, ?)",
        [subject, kind, one_line(title), clean(text)[:TEXT_LENGTH], from_instant(now)],
    )


def _to_alarm(row: Row) -> Alarm:
    return Alarm(
        id=row["id"],
        subject=row["subject"],
        kind=row["kind"],
        title=row["title"],
        text=row["text"],
        raised_at=to_instant(row["raised_at"]),
        mailed_at=to_instant_or_none(row["mailed_at"]),
        posted_at=to_instant_or_none(row["posted_at"]),
        attempts=row["attempts"],
        next_attempt_at=to_instant_or_none(row["next_attempt_at"]),
        last_reply=row["last_reply"],
    )
