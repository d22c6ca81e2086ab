"""Gaps: days from which notices of a column may be missing, until a reading reads over them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlite_utils import Database

from storage.database import transaction
from storage.models import Gap
from storage.values import (
    Row,
    clean,
    from_instant,
    select,
    to_instant,
    to_instant_or_none,
)

_OPEN = """
SELECT * FROM gaps
WHERE (:site IS NULL OR site = :site) AND (:column IS NULL OR "column" = :column)
  AND CASE WHEN :now IS NULL THEN closed_at IS NULL
      ELSE opened_at <= :now AND (closed_at IS NULL OR closed_at > :now) END
ORDER BY site, "column", from_on, id
"""


def open_gaps(
    db: Database, *, site: str | None = None, column: str | None = None, now: datetime | None = None
) -> list[Gap]:
    """The gaps that are open, of one site or column or of all, the oldest days first.

    `now`: those that were open at that instant; None: those nobody has closed yet.
    """
    at = None if now is None else from_instant(now)
    return [_to_gap(row) for row in select(db, _OPEN, {"site": site, "column": column, "now": at})]


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
    )
