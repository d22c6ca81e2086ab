"""What came back after a mail was sent, on the row of the ledger that it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlite_utils import Database

from storage.database import transaction
from storage.models import Bounce
from storage.values import Row, from_instant, one_line, select, select_one

# A server gives up after five days at most (RFC 5321 section 4.5.4.1), and some are late.
BOUNCES_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail of ours that a bounce may be about. `week` is empty for a bulletin."""

    ledger: Literal["deliveries", "bulletins"]
    id: int
    subscriber_id: int
    address: str
    week: str
    bounce: Bounce


def find_by_message_id(db: Database, message_id: str) -> SentMail | None:
    """The mail with this Message-ID, if it went out."""
    row = select_one(db, f"{_SENT} WHERE message_id = :id", {"id": message_id})
    return None if row is None else _to_sent(row)


def find_by_recipient(db: Database, address: str, *, now: datetime) -> SentMail | None:
    """The newest mail that went to this address lately."""
    return _newest(db, "address = :who COLLATE NOCASE", address, now)


def find_by_subscriber(db: Database, subscriber_id: int, *, now: datetime) -> SentMail | None:
    """The newest mail that went to this subscriber lately."""
    return _newest(db, "subscriber_id = :who", subscriber_id, now)


def record_bounce(
    db: Database, mail: SentMail, kind: Literal["hard", "soft"], reply: str, now: datetime
) -> bool:
    """Note on the ledger what came back; False when that was known. Hard outlasts soft."""
    with transaction(db):
        cursor = db.execute(
            f"UPDATE {mail.ledger} SET bounce = :kind, bounce_reply = :reply, bounced_at = :now"  # noqa: S608 # of two names
            + (", bounced = max(bounced, :gone)" if mail.ledger == "deliveries" else "")
            + " WHERE id = :id AND (bounce = '' OR (bounce = 'soft' AND :gone))",
            {
                "kind": kind,
                "reply": one_line(reply),
                "now": from_instant(now),
                "gone": int(kind == "hard"),
                "id": mail.id,
            },
        )
        return cursor.rowcount == 1


def returned_in_a_row(
    db: Database, subscriber_id: int, *, is_about_us: Callable[[str], bool] = lambda _: False
) -> int:
    """How many of a subscriber's last issues came back, hard or soft, or were refused as gone.

    What came back for our sake, by its words, says nothing of the reader and is passed over.
    """
    rows = select(
        db,
        "SELECT bounced OR bounce <> '' AS back, coalesce(nullif(bounce_reply, ''), last_reply) AS"
        " words FROM deliveries WHERE subscriber_id = ? AND state IN ('sent', 'refused')"
        " ORDER BY issue_id DESC LIMIT 20",
        [subscriber_id],
    )
    count = 0
    for row in rows:
        if row["back"] and is_about_us(row["words"]):
            continue
        if not row["back"]:
            break
        count += 1
    return count


_SENT = """
SELECT * FROM (
    SELECT 'deliveries' AS ledger, d.id, d.subscriber_id, d.address, i.week, d.bounce,
           d.message_id, d.updated_at
    FROM deliveries d JOIN issues i ON i.id = d.issue_id WHERE d.state IN ('sent', 'unknown')
    UNION ALL
    SELECT 'bulletins', b.id, b.subscriber_id, b.address, '', b.bounce, b.message_id, b.updated_at
    FROM bulletins b WHERE b.state IN ('sent', 'unknown')
)
"""


def _newest(db: Database, whose: str, who: str | int, now: datetime) -> SentMail | None:
    row = select_one(
        db,
        f"{_SENT} WHERE {whose} AND updated_at >= :since ORDER BY updated_at DESC, id DESC LIMIT 1",
        {"who": who, "since": from_instant(now - BOUNCES_WITHIN)},
    )
    return None if row is None else _to_sent(row)


def _to_sent(row: Row) -> SentMail:
    return SentMail(
        row["ledger"],
        row["id"],
        row["subscriber_id"],
        row["address"],
        row["week"],
        row["bounce"],
    )
