"""Gaps: days from which notices of a column may be missing, until a reading reads over them or a
person says that nothing is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.models import Gap
from storage.values import (
    Row,
    from_instant,
    select,
    select_one,
    to_date,
    to_instant,
    to_instant_or_none,
)
from texts.folding import clean

_OPEN = """
SELECT * FROM gaps
WHERE (:site IS NULL OR site = :site) AND (:column IS NULL OR "column" = :column)
  AND CASE WHEN :now IS NULL THEN closed_at IS NULL AND dismissed_at IS NULL
      ELSE opened_at <= :now AND (closed_at IS NULL OR closed_at > :now)
        AND (dismissed_at IS NULL OR dismissed_at > :now) END
ORDER BY site, "column", from_on, id
"""
_LAST_DISMISSED = """
SELECT MAX(to_on) AS day FROM gaps WHERE site = ? AND "column" = ? AND dismissed_at IS NOT NULL
"""


def open_gaps(
    db: Database, *, site: str | None = None, column: str | None = None, now: datetime | None = None
) -> list[Gap]:
    """The gaps that are open, of one site or column or of all, the oldest days first.

    `now`: those that were open at that instant; None: those nobody has closed yet.
    """
    at = None if now is None else from_instant(now)
    return [_to_gap(row) for row in select(db, _OPEN, {"site": site, "column": column, "now": at})]


def every_gap(db: Database) -> list[Gap]:
    """All gaps there ever were, the newest sight first."""
    return [_to_gap(row) for row in select(db, "SELECT * FROM gaps ORDER BY opened_at DESC, id")]


def dismiss_gap(db: Database, gap_id: int, reason: str, now: datetime) -> Gap:
    """A person has looked, and nothing of these days is missing; it is kept who said why.

    Raises StorageError when no gap is open under this id.
    """
    with transaction(db):
        found = [gap for gap in open_gaps(db) if gap.id == gap_id]
        if not found:
            raise StorageError(f"no gap {gap_id} is open; look it up with: zhengxun sources gaps")
        db.execute(
            "UPDATE gaps SET dismissed_at = ?, dismissed_why = ? WHERE id = ?",
            [from_instant(now), clean(reason), gap_id],
        )
    return found[0]


def dismissed_until(db: Database, site: str, column: str) -> date | None:
    """The last day of which a person said that nothing is missing; None: nobody ever did."""
    row = select_one(db, _LAST_DISMISSED, [site, column])
    return to_date(row["day"]) if row is not None else None


def record_gap(
    db: Database,
    *,
    site: str,
    column: str,
    from_on: date,
    to_on: date,
    reason: str,
    now: datetime,
    run_id: int | None = None,
) -> None:
    """Record that notices of these days may be missing. One that touches an open gap widens it:
    it is the same hole, open since the first sight of it, and the newest reason stands."""
    with transaction(db):
        for gap in open_gaps(db, site=site, column=column):
            if gap.from_on <= to_on + timedelta(days=1) and from_on <= gap.to_on + timedelta(
                days=1
            ):
                from_on, to_on = min(from_on, gap.from_on), max(to_on, gap.to_on)
                db.execute(
                    "UPDATE gaps SET from_on = ?, to_on = ?, reason = ? WHERE id = ?",
                    [from_on.isoformat(), to_on.isoformat(), clean(reason), gap.id],
                )
                return
        db.table("gaps").insert(
            {
                "site": site,
                "column": column,
                "from_on": from_on.isoformat(),
                "to_on": to_on.isoformat(),
                "opened_at": from_instant(now),
                "reason": clean(reason),
                "run_id": run_id,
            }
        )


def read_over(db: Database, *, site: str, column: str, since: date, now: datetime) -> None:
    """A reading joined up from its own day back to `since`: gaps after that day are closed, one
    that begins earlier is shortened to the days before it."""
    with transaction(db):
        for gap in open_gaps(db, site=site, column=column):
            if gap.from_on >= since:
                db.execute(
                    "UPDATE gaps SET closed_at = ? WHERE id = ?", [from_instant(now), gap.id]
                )
            elif gap.to_on >= since:
                last = (since - timedelta(days=1)).isoformat()
                db.execute("UPDATE gaps SET to_on = ? WHERE id = ?", [last, gap.id])


def _to_gap(row: Row) -> Gap:
    return Gap(
        site=row["site"],
        column=row["column"],
        from_on=date.fromisoformat(row["from_on"]),
        to_on=date.fromisoformat(row["to_on"]),
        opened_at=to_instant(row["opened_at"]),
        reason=row["reason"],
        closed_at=to_instant_or_none(row["closed_at"]),
        id=row["id"],
        dismissed_at=to_instant_or_none(row["dismissed_at"]),
        dismissed_why=row["dismissed_why"],
    )
