"""Backlog: documents older than our watching, which were never issued and never will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from storage.values import Row, from_instant, marks, select, select_one, to_instant

# The other pages of documents, with what the selection tells of their representatives
# (`storage.issues`).
_PAGES = """
SELECT d.duplicate_of AS document, d.first_seen_at,
       coalesce(d.published_on, date(d.first_seen_at, '+8 hours')) AS day,
       (d.run_id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM checks k WHERE k.site = d.site AND k.column = d.column
           AND k.rows > 0 AND k.run_id < d.run_id)) AS baseline
FROM notices d WHERE d.duplicate_of IN (:documents) AND d.first_seen_at <= ?
"""
# SQLite allows 999 parameters in its oldest builds.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class FirstIssue:
    """From when on we told what is new."""

    from_on: date
    instant: datetime


def first_issue(db: Database) -> FirstIssue | None:
    """The first issue of all, once there is one."""
    row = select_one(db, "SELECT from_on, instant FROM issues ORDER BY instant, id LIMIT 1")
    if row is None:
        return None
    return FirstIssue(date.fromisoformat(row["from_on"]), to_instant(row["instant"]))


def backlog_among(
    db: Database,
    documents: Sequence[Row],
    from_on: date,
    first: FirstIssue | None,
    instant: datetime,
) -> set[int]:
    """Which of these documents that were never issued are backlog for the issue from `from_on`:
    those whose representative is, unless another page known at `instant` turned up as news.

    The representative alone does not tell: an original of a new column's first fill may have
    taken over from a late repost that is news. A repost of the first fill itself is none: with
    its date it would bring the document's older one into a clean first week.
    """
    old = [row["id"] for row in documents if _is_backlog(row, from_on, first)]
    others = _pages_of(db, old, instant)
    news = (row for row in others if not row["baseline"])
    return set(old) - {row["document"] for row in news if not _is_backlog(row, from_on, first)}


def _is_backlog(row: Row, from_on: date, first: FirstIssue | None) -> bool:
    """Whether a page is older than our watching."""
    day = date.fromisoformat(row["day"])
    if day >= from_on:
        return False
    if first is None or row["baseline"]:
        return True
    return day < first.from_on and to_instant(row["first_seen_at"]) <= first.instant


def _pages_of(db: Database, documents: Sequence[int], instant: datetime) -> list[Row]:
    """What the rules need of the other pages of documents that were known at `instant`."""
    rows: list[Row] = []
    for start in range(0, len(documents), _BATCH):
        batch = documents[start : start + _BATCH]
        rows += select(
            db,
            _PAGES.replace(":documents", marks(batch)),
            [*batch, from_instant(instant)],
        )
    return rows
