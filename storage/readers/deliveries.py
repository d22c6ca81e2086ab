"""The ledger: one row for each issue and subscriber, made before any mail is tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.models import Delivery, DeliveryState, Subscriber
from storage.processes import is_alive
from storage.readers import ledger
from storage.readers.attempts import Cap
from storage.readers.ledger import OPEN
from storage.values import Row, from_instant, one_line, select
from storage.values import to_instant_or_none as to_time


def ensure_deliveries(
    db: Database,
    issue_id: int,
    subscribers: Sequence[Subscriber],
    message_ids: Mapping[int, str] | Sequence[str],
    now: datetime,
) -> None:
    """Put an issue into the ledger for these subscribers; rows that are there stay as they are.

    `message_ids` by subscriber id, or in the order of `subscribers`.
    """
    if not isinstance(message_ids, Mapping):
        pairs = zip(subscribers, message_ids, strict=True)
        message_ids = {person.id: message_id for person, message_id in pairs}
    with transaction(db):
        for person in subscribers:
            db.execute(
                "INSERT INTO deliveries (issue_id, subscriber_id, address, state, message_id,"
                " queued_at, updated_at) VALUES (?, ?, ?, 'queued', ?, ?, ?)"
                " ON CONFLICT (issue_id, subscriber_id) DO NOTHING",
                [
                    issue_id,
                    person.id,
                    person.address,
                    message_ids[person.id],
                    from_instant(now),
                    from_instant(now),
                ],
            )


def outstanding(
    db: Database, issue_id: int | None = None, *, due_at: datetime | None = None
) -> list[Delivery]:
    """What still has to go out: queued, deferred or unknown, to subscribers who are active.

    The oldest issue first. With `due_at`, without what is deferred beyond that instant.
    """
    rows = select(
        db,
        "SELECT d.* FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id"  # noqa: S608
        f" WHERE d.state IN {OPEN} AND d.omitted = '' AND s.state = 'active'"
        " AND (:issue IS NULL OR d.issue_id = :issue)"
        " AND (:due IS NULL OR d.next_attempt_at IS NULL OR d.next_attempt_at <= :due)"
        " ORDER BY d.issue_id, d.id",
        {"issue": issue_id, "due": None if due_at is None else from_instant(due_at)},
    )
    return [_to_delivery(row) for row in rows]


def claim(
    db: Database, delivery_id: int, now: datetime, *, route: str = "mail", caps: Sequence[Cap] = ()
) -> bool:
    """As `ledger.claim`; what its subscriber has nothing to be sent of is not taken."""
    only = "omitted = ''"
    return ledger.claim(db, "deliveries", delivery_id, now, route=route, caps=caps, only=only)


def omit(db: Database, delivery_id: int, why: str, now: datetime) -> None:
    """There is nothing to send, by the subscriber's own choice; only before the first attempt."""
    with transaction(db):
        db.execute(
            "UPDATE deliveries SET omitted = ?, updated_at = ? WHERE id = ? AND state = 'queued'",
            [one_line(why), from_instant(now), delivery_id],
        )


def settle(
    db: Database,
    delivery_id: int,
    state: DeliveryState,
    reply: str,
    now: datetime,
    next_attempt_at: datetime | None = None,
    *,
    bounced: bool = False,
    asked: bool = True,
    counts: bool = True,
) -> None:
    """As `ledger.settle`."""
    ledger.settle(
        db,
        "deliveries",
        delivery_id,
        state,
        reply,
        now,
        next_attempt_at,
        asked=asked,
        bounced=bounced,
        counts=counts,
    )


def reclaim_sending(
    db: Database, now: datetime, *, alive: Callable[[int], bool] = is_alive
) -> list[Delivery]:
    """The deliveries that a dead process left in flight, as `ledger.reclaim`."""
    reclaimed = set(ledger.reclaim(db, "deliveries", now, alive=alive))
    rows = list_deliveries(db) if reclaimed else []
    return [item for item in rows if item.id in reclaimed]


def list_deliveries(db: Database, issue_id: int | None = None) -> list[Delivery]:
    """The ledger, of one issue or whole."""
    rows = select(
        db,
        "SELECT * FROM deliveries WHERE :issue IS NULL OR issue_id = :issue ORDER BY issue_id, id",
        {"issue": issue_id},
    )
    return [_to_delivery(row) for row in rows]


def lacking(db: Database, issue_id: int) -> list[int]:
    """Ids of the active subscribers whom the ledger of an issue does not know yet."""
    rows = select(
        db,
        "SELECT s.id FROM subscribers s WHERE s.state = 'active' AND NOT EXISTS ("
        " SELECT 1 FROM deliveries d WHERE d.issue_id = ? AND d.subscriber_id = s.id)"
        " ORDER BY s.id",
        [issue_id],
    )
    return [row["id"] for row in rows]


def requeue(
    db: Database, now: datetime, *, address: str | None = None, issue_id: int | None = None
) -> int:
    """Try again what was refused or waits for its next attempt, at once; how many that are."""
    with transaction(db):
        cursor = db.execute(
            "UPDATE deliveries SET next_attempt_at = NULL, bounced = 0, updated_at = :now,"
            " attempts = 0,"
            " state = CASE state WHEN 'refused' THEN 'queued' ELSE state END"
            " WHERE state IN ('refused', 'deferred', 'unknown')"
            " AND (:address IS NULL OR address = :address COLLATE NOCASE)"
            " AND (:issue IS NULL OR issue_id = :issue)"
            " AND subscriber_id IN (SELECT id FROM subscribers WHERE state = 'active')",
            {"now": from_instant(now), "address": address, "issue": issue_id},
        )
        return int(cursor.rowcount)


def bounces_in_a_row(db: Database, subscriber_id: int) -> int:
    """How many of a subscriber's last issues bounced, counted back to the last one that did not."""
    rows = select(
        db,
        "SELECT bounced FROM deliveries WHERE subscriber_id = ? AND state IN ('sent', 'refused')"
        " ORDER BY issue_id DESC LIMIT 20",
        [subscriber_id],
    )
    count = 0
    for row in rows:
        if not row["bounced"]:
            break
        count += 1
    return count


def _to_delivery(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        issue_id=row["issue_id"],
        subscriber_id=row["subscriber_id"],
        address=row["address"],
        state=row["state"],
        message_id=row["message_id"],
        attempts=row["attempts"],
        last_reply=row["last_reply"],
        updated_at=to_time(row["updated_at"]),
        next_attempt_at=to_time(row["next_attempt_at"]),
        interruptions=row["interruptions"],
        bounced=bool(row["bounced"]),
        omitted=row["omitted"],
        bounce=row["bounce"],
        bounce_reply=row["bounce_reply"],
    )
