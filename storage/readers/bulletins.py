"""Mails outside the weekly issue, in a ledger of their own with the rules of `deliveries`.

A row exists before the first attempt and has its Message-ID for good; what it tells is recorded
with it, so that every attempt tells the same, and no notice is told to a subscriber twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.database import transaction
from storage.issues.backlog import FACTS, archive_among, stood_before
from storage.models import Bulletin, BulletinKind, DeliveryState, StoredNotice, Subscriber
from storage.notices.row_mapping import load
from storage.processes import is_alive
from storage.readers import ledger
from storage.readers.attempts import Cap
from storage.readers.ledger import OPEN
from storage.values import Row, from_instant, select, select_one, to_instant_or_none
from texts.folding import clean

# A crawl stamps a notice and commits it later; nothing takes this long.
LATE_COMMITS = timedelta(hours=2)

# New documents since an instant: no copies; with what tells news from backlog.
_FRESH = f"""
SELECT d.id, d.day, d.first_seen_at, date(d.first_seen_at, '+8 hours', '-6 days') AS week_ago,
       {FACTS}
FROM (SELECT n.id, n.site, n.column, n.run_id, n.place, n.first_seen_at, n.day_on AS day
      FROM notices n
      WHERE n.duplicate_of IS NULL AND n.first_seen_at > :since AND n.first_seen_at <= :now) d
ORDER BY d.first_seen_at, d.id
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Told:
    """A notice in a bulletin, and why it is there (Chinese)."""

    notice_id: int
    why: str


def fresh_notices(db: Database, *, since: datetime, now: datetime) -> list[StoredNotice]:
    """Documents first seen after `since`, the oldest first; no copies and no backlog: nothing
    from the first look at a column, and nothing older that stood in its list all along."""
    window = {"since": from_instant(since), "now": from_instant(now)}
    rows = select(db, _FRESH, window)
    archive = archive_among(rows)
    ids = [
        row["id"]
        for row in rows
        if not row["baseline"] and (row["day"] >= row["week_ago"] or not stood_before(row, archive))
    ]
    notices = load(db, ids)
    return [notices[notice_id] for notice_id in ids]


def told_to(db: Database, subscriber_id: int, notice_ids: Sequence[int]) -> set[int]:
    """Which of these documents a subscriber was told of, by whatever page of them."""
    rows = select(
        db,
        "SELECT coalesce(n.duplicate_of, n.id) AS document FROM bulletin_items b"
        " JOIN notices n ON n.id = b.notice_id WHERE b.subscriber_id = ?",
        [subscriber_id],
    )
    return {row["document"] for row in rows} & set(notice_ids)


def last_news_at(db: Database, subscriber_id: int) -> datetime | None:
    """When the newest bulletin of news was entered for a subscriber."""
    row = select_one(
        db,
        "SELECT max(queued_at) AS at FROM bulletins WHERE subscriber_id = ? AND kind = 'news'",
        [subscriber_id],
    )
    return to_instant_or_none(row["at"]) if row else None


def enter_bulletin(
    db: Database,
    person: Subscriber,
    kind: BulletinKind,
    message_id: Callable[[int], str],
    *,
    now: datetime,
    told: Sequence[Told] = (),
) -> Bulletin:
    """Put a mail into the ledger, with what it tells. `message_id` makes it from the row's id."""
    at = from_instant(now)
    with transaction(db):
        row = select_one(db, "SELECT coalesce(max(id), 0) + 1 AS id FROM bulletins")
        number = int(row["id"]) if row else 1
        db.execute(
            "INSERT INTO bulletins (id, subscriber_id, address, kind, state, message_id,"
            " queued_at, updated_at) VALUES (?, ?, ?, ?, 'queued', ?, ?, ?)",
            [number, person.id, person.address, kind, message_id(number), at, at],
        )
        for position, item in enumerate(told, start=1):
            db.execute(
                "INSERT INTO bulletin_items (subscriber_id, notice_id, bulletin_id, position, why)"
                " VALUES (?, ?, ?, ?, ?)",
                [person.id, item.notice_id, number, position, clean(item.why)],
            )
        return next(item for item in list_bulletins(db, person.id) if item.id == number)


def mark_looked(db: Database, subscriber_id: int, now: datetime) -> None:
    """New notices up to `now` were looked at for a subscriber: the next look begins a little
    before it, for what is stamped earlier and committed later."""
    with transaction(db):
        db.execute(
            "UPDATE subscribers SET looked_at = max(coalesce(looked_at, ''), ?) WHERE id = ?",
            [from_instant(now - LATE_COMMITS), subscriber_id],
        )


def bulletin_items(db: Database, bulletin_id: int) -> list[tuple[StoredNotice, str]]:
    """What a bulletin tells, with the reason for each, in its order."""
    rows = select(
        db,
        "SELECT notice_id, why FROM bulletin_items WHERE bulletin_id = ? ORDER BY position",
        [bulletin_id],
    )
    notices = load(db, [row["notice_id"] for row in rows])
    return [(notices[row["notice_id"]], row["why"]) for row in rows]


def list_bulletins(
    db: Database, subscriber_id: int | None = None, *, state: DeliveryState | None = None
) -> list[Bulletin]:
    """The ledger, of one subscriber or in one state, or whole."""
    rows = select(
        db,
        "SELECT * FROM bulletins WHERE (:id IS NULL OR subscriber_id = :id)"
        " AND (:state IS NULL OR state = :state) ORDER BY id",
        {"id": subscriber_id, "state": state},
    )
    return [_to_bulletin(row) for row in rows]


def outstanding(db: Database, *, due_at: datetime | None = None) -> list[Bulletin]:
    """What still has to go out, the oldest first: news to who is active, confirmations to all."""
    rows = select(
        db,
        "SELECT b.* FROM bulletins b JOIN subscribers s ON s.id = b.subscriber_id"  # noqa: S608
        f" WHERE b.state IN {OPEN} AND (b.kind = 'ended' OR s.state = 'active')"
        " AND (:due IS NULL OR b.next_attempt_at IS NULL OR b.next_attempt_at <= :due)"
        " ORDER BY b.id",
        {"due": None if due_at is None else from_instant(due_at)},
    )
    return [_to_bulletin(row) for row in rows]


def claim(
    db: Database, bulletin_id: int, now: datetime, *, route: str = "mail", caps: Sequence[Cap] = ()
) -> bool:
    """As `ledger.claim`."""
    return ledger.claim(db, "bulletins", bulletin_id, now, route=route, caps=caps)


def settle(
    db: Database,
    bulletin_id: int,
    state: DeliveryState,
    reply: str,
    now: datetime,
    next_attempt_at: datetime | None = None,
    *,
    asked: bool = True,
) -> None:
    """As `ledger.settle`."""
    ledger.settle(db, "bulletins", bulletin_id, state, reply, now, next_attempt_at, asked=asked)


def reclaim_sending(db: Database, now: datetime, *, alive: Callable[[int], bool] = is_alive) -> int:
    """How many mails a dead process left in flight, as `ledger.reclaim`."""
    return len(ledger.reclaim(db, "bulletins", now, alive=alive))


def _to_bulletin(row: Row) -> Bulletin:
    return Bulletin(
        id=row["id"],
        subscriber_id=row["subscriber_id"],
        address=row["address"],
        kind=row["kind"],
        state=row["state"],
        message_id=row["message_id"],
        attempts=row["attempts"],
        last_reply=row["last_reply"],
        updated_at=to_instant_or_none(row["updated_at"]),
        next_attempt_at=to_instant_or_none(row["next_attempt_at"]),
        interruptions=row["interruptions"],
        bounce=row["bounce"],
    )
