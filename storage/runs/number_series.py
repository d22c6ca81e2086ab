"""Numbered notices, and the numbers that gapless series lack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.values import Row, from_instant, select, select_one, to_instant
from texts.folding import clean

# Open at an instant; without one, open now.
_OPEN = """
SELECT * FROM missing_numbers
WHERE CASE WHEN :now IS NULL THEN seen_at IS NULL AND dismissed_at IS NULL
    ELSE missed_at <= :now AND (seen_at IS NULL OR seen_at > :now)
        AND (dismissed_at IS NULL OR dismissed_at > :now) END
ORDER BY site, column, name, id
"""


@dataclass(frozen=True, slots=True)
class NumberedNotice:
    """A stored notice that bears a number."""

    id: int
    site: str
    column: str
    doc_number: str
    title: str
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class MissingNumber:
    """A number that was not seen, of a column; `after_id` is the next higher notice."""

    id: int
    site: str
    column: str
    name: str
    after_id: int
    missed_at: datetime


def numbered_since(db: Database, year: int) -> list[NumberedNotice]:
    """The notices whose number is of this year or a later one."""
    rows = select(
        db,
        "SELECT id, site, column, doc_number, title, first_seen_at FROM notices"
        " WHERE doc_number <> '' AND (published_on IS NULL OR published_on >= ?)",
        [f"{year}-01-01"],
    )
    return [
        NumberedNotice(**{**row, "first_seen_at": to_instant(row["first_seen_at"])}) for row in rows
    ]


def open_missing(db: Database, now: datetime | None = None) -> list[MissingNumber]:
    """The numbers that are missing, as of an instant or now."""
    at = None if now is None else from_instant(now)
    return [_to_missing(row) for row in select(db, _OPEN, {"now": at})]


def keep_missing(db: Database, found: Sequence[tuple[str, str, str, int]], now: datetime) -> None:
    """These (site, column, name, next higher notice) are missing, and nothing else is: what was
    and is not any more has been seen. A number that was dismissed stays so."""
    at = from_instant(now)
    with transaction(db):
        wanted = {(site, name) for site, _, name, _ in found}
        for one in open_missing(db):
            if (one.site, one.name) not in wanted:
                db.execute("UPDATE missing_numbers SET seen_at = ? WHERE id = ?", [at, one.id])
        for site, column, name, after_id in found:
            db.execute(
                "INSERT INTO missing_numbers (site, column, name, after_id, missed_at)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (site, name)"
                " DO UPDATE SET seen_at = NULL",
                [site, column, clean(name), after_id, at],
            )


def dismiss_missing(db: Database, missing_id: int, reason: str, now: datetime) -> MissingNumber:
    """An operator knows that there is no such notice. Raises StorageError when nothing is open
    under this id."""
    with transaction(db):
        row = select_one(
            db,
            "SELECT * FROM missing_numbers WHERE id = ? AND seen_at IS NULL"
            " AND dismissed_at IS NULL",
            [missing_id],
        )
        if row is None:
            raise StorageError(
                f"no number {missing_id} is missing; look it up with: zhengxun sources missing"
            )
        db.execute(
            "UPDATE missing_numbers SET dismissed_at = ?, reason = ? WHERE id = ?",
            [from_instant(now), clean(reason), missing_id],
        )
    return _to_missing(row)


def _to_missing(row: Row) -> MissingNumber:
    return MissingNumber(
        id=row["id"],
        site=row["site"],
        column=row["column"],
        name=row["name"],
        after_id=row["after_id"],
        missed_at=to_instant(row["missed_at"]),
    )
