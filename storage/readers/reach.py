"""Whether what went out arrived: issues that reached nobody, readers whom nothing reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.values import from_instant, select


@dataclass(frozen=True, slots=True)
class Reach:
    """A released issue: for how many there is a row in the ledger, and whom it reached.

    `reached` counts those who got it, and those who by their own choice get nothing this time.
    """

    week: str
    rows: int
    reached: int


@dataclass(frozen=True, slots=True)
class Unreached:
    """An active reader whom nothing reached; `reply` is the last thing a server said, or ''."""

    subscriber_id: int
    address: str
    reply: str


def reach_of_issues(db: Database, *, since: datetime, until: datetime) -> list[Reach]:
    """Issues that were let go between two instants, the oldest first; corrections are none."""
    rows = select(
        db,
        "SELECT i.week, count(d.id) AS rows, coalesce(sum(d.state = 'sent' OR d.omitted <> ''), 0)"
        " AS reached FROM issues i LEFT JOIN deliveries d ON d.issue_id = i.id"
        " WHERE i.corrects IS NULL AND i.released_at BETWEEN ? AND ? AND i.instant <= ?"
        " GROUP BY i.id ORDER BY i.to_on, i.id",
        [from_instant(since), from_instant(until), from_instant(until)],
    )
    return [Reach(row["week"], row["rows"], row["reached"]) for row in rows]


def readers_without_mail(db: Database, *, since: datetime, now: datetime) -> list[Unreached]:
    """Who has been active since `since`, and got neither issue nor bulletin from then on, though
    issues went out. What came back reached nobody."""
    rows = select(
        db,
        """
        SELECT s.id, s.address, coalesce((
            SELECT d.last_reply FROM deliveries d WHERE d.subscriber_id = s.id
            ORDER BY d.issue_id DESC LIMIT 1), '') AS reply
        FROM subscribers s
        WHERE s.state = 'active' AND coalesce(s.began_at, s.added_at) <= :since
          AND s.updated_at <= :since
          AND NOT EXISTS (
              SELECT 1 FROM deliveries d WHERE d.subscriber_id = s.id AND d.updated_at >= :since
              AND (d.omitted <> '' OR (d.state = 'sent' AND d.bounce = '')))
          AND NOT EXISTS (
              SELECT 1 FROM bulletins b WHERE b.subscriber_id = s.id AND b.updated_at >= :since
              AND b.state = 'sent' AND b.bounce = '')
          AND (SELECT count(*) FROM issues i WHERE i.corrects IS NULL
               AND i.released_at BETWEEN :since AND :now AND i.instant <= :now) >= 2
        ORDER BY s.id
        """,
        {"since": from_instant(since), "now": from_instant(now)},
    )
    return [Unreached(row["id"], row["address"], row["reply"]) for row in rows]
