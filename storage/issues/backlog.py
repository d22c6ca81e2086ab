"""Backlog: documents older than our watching, which were never issued and never will be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from storage.notices.counted_day import CHINA
from storage.values import Row, from_instant, marks, select, select_one, to_instant

# What tells news from backlog of a page, a row `d` of id, site, column, run_id, place, day and
# first_seen_at:
# `baseline`: seen in the first run that listed its column, whether or not that run has been
# judged yet; `was_read`: an earlier reading proved something of the column; `covered`: it proved
# that nothing lay unread from this day on; `in_gap`: the day lay in a gap that was open.
FACTS = """d.site, d.column, d.run_id, d.place,
       (d.run_id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM checks k WHERE k.site = d.site AND k.column = d.column
           AND k.rows > 0 AND k.run_id < d.run_id)) AS baseline,
       EXISTS (SELECT 1 FROM checks k WHERE k.site = d.site AND k.column = d.column
           AND k.covered_from IS NOT NULL AND k.run_id < d.run_id) AS was_read,
       EXISTS (SELECT 1 FROM checks k WHERE k.site = d.site AND k.column = d.column
           AND k.covered_from <= d.day AND k.run_id < d.run_id) AS covered,
       EXISTS (SELECT 1 FROM gaps g WHERE g.site = d.site AND g.column = d.column
           AND d.day BETWEEN g.from_on AND g.to_on AND g.opened_at <= d.first_seen_at
           AND (g.closed_at IS NULL OR g.closed_at >= d.first_seen_at)) AS in_gap"""

# The other pages of documents, with what the selection tells of their representatives
# (`storage.issues.issues`).
_PAGES = f"""
SELECT d.document, d.first_seen_at, d.day,
       {FACTS}
FROM (SELECT n.duplicate_of AS document, n.site, n.column, n.run_id, n.place, n.first_seen_at,
             n.day_on AS day
      FROM notices n WHERE n.duplicate_of IN (:documents) AND n.first_seen_at <= ?
      -- A dead address that a site prints beside its own page is no news of the document.
      AND (n.complete OR NOT EXISTS (
          SELECT 1 FROM notices o WHERE n.duplicate_of IN (o.duplicate_of, o.id)
          AND o.site = n.site AND o.id <> n.id))) d
"""  # noqa: S608 - constants
# SQLite allows 999 parameters in its oldest builds.
_BATCH = 500
# So many rows, all older than so many days at first sight, within so many days of each other, were
# not forgotten one by one: their publisher brought an archive over.
_ARCHIVE_ROWS = 5
_ARCHIVE_AGE = timedelta(days=14)
_ARCHIVE_TIME = timedelta(days=3)
# New documents are listed under the day of their signing, which may be months ago.
_PINNED_AGE = timedelta(days=90)


Archive = dict[tuple[str, str], list[datetime]]
"""(site, column) -> when its rows that were old at first sight were first seen."""


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
    archive = archive_among(documents)
    old = [row["id"] for row in documents if _is_backlog(row, from_on, first, archive)]
    others = _pages_of(db, old, instant)
    news = (row for row in others if not row["baseline"])
    return set(old) - {
        row["document"] for row in news if not _is_backlog(row, from_on, first, archive)
    }


def skipped_among(db: Database, documents: Sequence[Row]) -> set[int]:
    """Which of these documents were news of an issue that was skipped: they are backlog of none,
    also where that issue was the first, or the first of a column."""
    skipped = select(db, "SELECT from_on, instant FROM issues WHERE skipped_at IS NOT NULL")
    return {
        row["id"]
        for row in documents
        for issue in skipped
        if row["day"] >= issue["from_on"] and row["first_seen_at"] <= issue["instant"]
    }


def archive_among(rows: Sequence[Row]) -> Archive:
    """Which of these rows, with their FACTS, an archive that was brought over has."""
    seen: Archive = defaultdict(list)
    for row in rows:
        if _is_of_age(row):
            seen[row["site"], row["column"]].append(to_instant(row["first_seen_at"]))
    return seen


def _is_of_age(row: Row) -> bool:
    return _is_older(row, _ARCHIVE_AGE) and not row["baseline"] and not _lay_in_gap(row)


def _is_older(row: Row, age: timedelta) -> bool:
    """Whether it was so old when it was first seen."""
    seen_on = to_instant(row["first_seen_at"]).astimezone(CHINA).date()
    return date.fromisoformat(row["day"]) < seen_on - age


def _lay_in_gap(row: Row) -> bool:
    """Whether a gap may have hidden it: not what is older than all that was read before the gap."""
    return bool(row["in_gap"] and (row["covered"] or not row["was_read"]))


def _is_brought_over(row: Row, archive: Archive) -> bool:
    if not _is_of_age(row):
        return False
    at = to_instant(row["first_seen_at"])
    others = archive.get((row["site"], row["column"]), ())
    return sum(abs(at - other) <= _ARCHIVE_TIME for other in others) >= _ARCHIVE_ROWS


def _is_backlog(row: Row, from_on: date, first: FirstIssue | None, archive: Archive) -> bool:
    """Whether a page is older than our watching, or stood in its list before we looked so far."""
    day = date.fromisoformat(row["day"])
    if day >= from_on:
        return False
    if first is None or row["baseline"]:
        return True
    if day < first.from_on and to_instant(row["first_seen_at"]) <= first.instant:
        return True
    return stood_before(row, archive)


def stood_before(row: Row, archive: Archive) -> bool:
    """Whether the row of a page, with its FACTS, stood in its list before it was first seen.

    Late is only what a reading should have shown before: a row put in above all that were known,
    a day that was covered, or one in a gap. What stands below all known rows, or came with many
    as old, is an archive; what stands above them and is far older than all that was ever read is
    pinned. In doubt, where no reading proved anything, it is told.
    """
    if _lay_in_gap(row) or row["run_id"] is None:
        return False
    if _is_brought_over(row, archive):
        return True
    if row["place"] == "below":
        return True
    is_pinned_or_between = row["place"] != "above" or _is_older(row, _PINNED_AGE)
    return is_pinned_or_between and bool(row["was_read"]) and not row["covered"]


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
