"""Issues: what may enter the next one, and what the recorded ones contained."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlite_utils import Database

from storage.database import StorageError, snapshot, transaction
from storage.models import Candidate, IssueEntry, IssueRecord, StoredNotice
from storage.revisions import differences, state_at
from storage.rows import load
from storage.values import Row, clean, from_instant, select, select_one, to_date, to_instant

# One row a document (its representative) that is dated and seen in time, with what the rules
# need. `baseline`: seen in the first run that listed its column, whether or not that run has
# been judged yet. A page without a date counts from the day (China, UTC+8) we first saw it.
_DOCUMENTS = """
WITH issued AS (
    SELECT coalesce(m.duplicate_of, m.id) AS document, max(s.instant) AS instant
    FROM issue_items i JOIN issues s ON s.id = i.issue_id JOIN notices m ON m.id = i.notice_id
    GROUP BY document
),
documents AS (
    SELECT n.id, n.site, n.column, n.key, n.section, n.grp, n.run_id, n.first_seen_at, n.revised_at,
           coalesce(n.published_on, date(n.first_seen_at, '+8 hours')) AS day
    FROM notices n
    WHERE n.duplicate_of IS NULL AND n.first_seen_at <= :instant
)
SELECT d.id, d.day, d.first_seen_at, issued.instant AS issued_at,
       (d.run_id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM checks k WHERE k.site = d.site AND k.column = d.column
           AND k.rows > 0 AND k.run_id < d.run_id)) AS baseline
FROM documents d LEFT JOIN issued ON issued.document = d.id
WHERE d.day <= :to_on AND (issued.instant IS NULL
    OR (d.revised_at > issued.instant AND d.revised_at <= :instant))
ORDER BY d.section, d.grp, d.day DESC, d.site, d.column, d.key
"""


@dataclass(frozen=True, slots=True)
class _FirstIssue:
    from_on: date
    instant: datetime


def select_candidates(
    db: Database, *, from_on: date, to_on: date, instant: datetime
) -> list[Candidate]:
    """The documents that belong into the issue of `from_on`..`to_on`, as of `instant`.

    Not issued before: in the week, or earlier and then late, unless they are the backlog of the
    first issue or of a newly watched column. Issued before and revised since: revised.
    Ordered by section, group, newest first.
    """
    parameters = {"to_on": to_on.isoformat(), "instant": from_instant(instant)}
    with snapshot(db):
        first = _first_issue(db)
        rows = [
            row
            for row in select(db, _DOCUMENTS, parameters)
            if row["issued_at"] or not _is_backlog(row, from_on, first)
        ]
        documents = load(db, [row["id"] for row in rows])
        found = [_candidate(db, row, documents[row["id"]], from_on) for row in rows]
        candidates = [candidate for candidate in found if candidate is not None]
        also = _other_pages(db, [item.stored.id for item in candidates], instant)
    return [replace(item, also=tuple(also[item.stored.id])) for item in candidates]


def record_issue(
    db: Database,
    *,
    week: str,
    from_on: date,
    to_on: date,
    instant: datetime,
    now: datetime,
    title: str,
    entries: Sequence[IssueEntry],
) -> IssueRecord:
    """Record an issue and what it contains, in one transaction.

    Raises StorageError if this week is recorded already: an issue is composed once.
    """
    issue = {
        "week": week,
        "from_on": from_on.isoformat(),
        "to_on": to_on.isoformat(),
        "instant": from_instant(instant),
        "composed_at": from_instant(now),
        "title": clean(title),
    }
    with transaction(db):
        if find_issue(db, week) is not None:
            raise StorageError(f"issue {week} is recorded already; look at it with --preview")
        issue_id = int(str(db.table("issues").insert(issue).last_pk))
        for entry in entries:
            _save_entry(db, issue_id, entry)
    return IssueRecord(issue_id, week, from_on, to_on, instant, now, clean(title))


def find_issue(db: Database, week: str) -> IssueRecord | None:
    """The recorded issue of a week like 2021-W05."""
    row = select_one(db, "SELECT * FROM issues WHERE week = ?", [week])
    return None if row is None else _to_issue(row)


def list_issues(db: Database) -> list[IssueRecord]:
    """All recorded issues, the oldest first."""
    return [_to_issue(row) for row in select(db, "SELECT * FROM issues ORDER BY to_on, id")]


def issue_entries(db: Database, issue_id: int) -> list[IssueEntry]:
    """What an issue contained, in its order."""
    rows = select(
        db,
        "SELECT notice_id, section, grp, position, late, revised, change FROM issue_items"
        " WHERE issue_id = ? ORDER BY position, notice_id",
        [issue_id],
    )
    return [
        IssueEntry(**(row | {"late": bool(row["late"]), "revised": bool(row["revised"])}))
        for row in rows
    ]


def _first_issue(db: Database) -> _FirstIssue | None:
    row = select_one(db, "SELECT from_on, instant FROM issues ORDER BY instant, id LIMIT 1")
    if row is None:
        return None
    return _FirstIssue(date.fromisoformat(row["from_on"]), to_instant(row["instant"]))


def _is_backlog(row: Row, from_on: date, first: _FirstIssue | None) -> bool:
    """Whether a document never issued is older than our watching, and so never will be."""
    day = date.fromisoformat(row["day"])
    if day >= from_on:
        return False
    if first is None or row["baseline"]:
        return True
    return day < first.from_on and to_instant(row["first_seen_at"]) <= first.instant


def _candidate(db: Database, row: Row, stored: StoredNotice, from_on: date) -> Candidate | None:
    if row["issued_at"] is None:
        return Candidate(stored, late=date.fromisoformat(row["day"]) < from_on)
    # A change that was taken back before anybody read of it is none.
    told = state_at(db, stored.id, stored.notice, to_instant(row["issued_at"]))
    changed = differences(told, stored.notice)
    return Candidate(stored, revised=True, change="、".join(changed)) if changed else None


def _other_pages(
    db: Database, documents: Sequence[int], instant: datetime
) -> dict[int, list[StoredNotice]]:
    """The other pages of each document that were known at `instant`."""
    links = select(
        db,
        "SELECT id, duplicate_of FROM notices"
        " WHERE duplicate_of IS NOT NULL AND first_seen_at <= ? ORDER BY id",
        [from_instant(instant)],
    )
    wanted = set(documents)
    pages = {link["id"]: link["duplicate_of"] for link in links if link["duplicate_of"] in wanted}
    found: dict[int, list[StoredNotice]] = defaultdict(list)
    for page_id, stored in load(db, list(pages)).items():
        found[pages[page_id]].append(stored)
    return found


def _save_entry(db: Database, issue_id: int, entry: IssueEntry) -> None:
    cursor = db.execute(
        "INSERT INTO issue_items (issue_id, notice_id, section, grp, position, late, revised,"
        " change, title, url)"
        " SELECT ?, id, ?, ?, ?, ?, ?, ?, title, url FROM notices WHERE id = ?",
        [
            issue_id,
            entry.section,
            entry.grp,
            entry.position,
            int(entry.late),
            int(entry.revised),
            clean(entry.change),
            entry.notice_id,
        ],
    )
    if cursor.rowcount != 1:
        raise StorageError(f"there is no notice {entry.notice_id} to put into an issue")


def _to_issue(row: Row) -> IssueRecord:
    from_on, to_on = to_date(row["from_on"]), to_date(row["to_on"])
    if from_on is None or to_on is None:
        raise sqlite3.DataError(f"issue {row['week']} has no days")
    return IssueRecord(
        id=row["id"],
        week=row["week"],
        from_on=from_on,
        to_on=to_on,
        instant=to_instant(row["instant"]),
        composed_at=to_instant(row["composed_at"]),
        title=row["title"],
    )
