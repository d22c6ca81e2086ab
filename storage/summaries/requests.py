"""The requests to a model: each is counted before it is made, so that no crash makes one free."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from storage.database import transaction
from storage.values import from_instant, marks, select, select_one, to_instant, to_instant_or_none
from texts.folding import clean

_BATCH = 400
_TOTALS = """
SELECT count(*) AS asked, coalesce(sum(outcome = 'accepted'), 0) AS accepted,
    coalesce(sum(outcome = 'refused'), 0) AS refused,
    coalesce(sum(outcome = 'failed'), 0) AS failed
FROM summary_requests WHERE asked_at >= ?
"""
_FAILING = """
SELECT count(*) AS failures, max(not_before) AS not_before, min(asked_at) AS since,
    (SELECT reason FROM summary_requests ORDER BY id DESC LIMIT 1) AS reason
FROM summary_requests WHERE outcome = 'failed' AND id > coalesce(
    (SELECT max(id) FROM summary_requests WHERE outcome IN ('accepted', 'refused')), 0)
"""
_ATTEMPTS = "SELECT key, count(*) AS times FROM summary_requests WHERE key IN ({0}) GROUP BY key"


@dataclass(frozen=True, slots=True)
class Requests:
    """How many requests were made since an instant, and what became of them."""

    asked: int
    accepted: int
    refused: int
    failed: int


@dataclass(frozen=True, slots=True)
class Failing:
    """How often in a row the service failed by now, since when and why; until when it is left
    alone (None: it need not be)."""

    failures: int
    reason: str = ""
    since: datetime | None = None
    not_before: datetime | None = None


def begin_request(db: Database, key: str, now: datetime) -> int:
    """Count a request that is about to be made; its number."""
    with transaction(db):
        row = db.execute(
            "INSERT INTO summary_requests (key, asked_at) VALUES (?, ?) RETURNING id",
            [key, from_instant(now)],
        ).fetchone()
    return int(row[0])


def end_request(
    db: Database,
    number: int,
    outcome: Literal["accepted", "refused", "failed"],
    reason: str = "",
    *,
    not_before: datetime | None = None,
) -> None:
    """What became of a request."""
    with transaction(db):
        db.execute(
            "UPDATE summary_requests SET outcome = ?, reason = ?, not_before = ? WHERE id = ?",
            [outcome, clean(reason), not_before and from_instant(not_before), number],
        )


def requests_since(db: Database, since: datetime) -> Requests:
    """The requests since an instant."""
    row = select_one(db, _TOTALS, [from_instant(since)])
    assert row is not None  # noqa: S101 # counts always have a row
    return Requests(row["asked"], row["accepted"], row["refused"], row["failed"])


def failing(db: Database) -> Failing:
    """How the service has done since it last answered."""
    row = select_one(db, _FAILING)
    if row is None or not row["failures"]:
        return Failing(0)
    return Failing(
        row["failures"],
        row["reason"],
        to_instant(row["since"]),
        to_instant_or_none(row["not_before"]),
    )


def attempts(db: Database, keys: Collection[str]) -> dict[str, int]:
    """How often each of the keys was asked for; only those that were."""
    wanted = sorted(keys)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        rows = select(db, _ATTEMPTS.format(marks(some)), some)
        found |= {row["key"]: int(row["times"]) for row in rows}
    return found
