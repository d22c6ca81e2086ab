"""Issues: what may enter the next one, and what the recorded ones contained."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlite_utils import Database

from storage.database import StorageError, snapshot, transaction
from storage.issues.backlog import FACTS, backlog_among, first_issue, skipped_among
from storage.models import Candidate, IssueEntry, IssueRecord, StoredNotice
from storage.notices.revisions import differences, state_at
from storage.notices.row_mapping import load
from storage.values import (
    Row,
    from_date,
    from_instant,
    from_texts,
    marks,
    select,
    select_one,
    to_date,
    to_instant,
    to_instant_or_none,
    to_texts,
)
from texts.folding import clean

# One row a document (its representative) that is dated and seen in time, with what the rules
# need (`storage.issues.backlog`). A page counts from its `day_on` (`storage.notices.counted_day`).
# `fresh` is what may be new or changed at all, found by indexes alone: a document all of whose
# pages are older than the week, and than the first issue and all it saw, is backlog
# (`storage.issues.backlog`), as most of a large store is.
# What an editor dropped from an earlier week is told: as new never again; as changed when it
# changes once more, if it had been issued (else its instant is NULL, and nothing is later than
# that). Its drop is undone by a later restore.
_DOCUMENTS = f"""
WITH issued AS (
    SELECT coalesce(m.duplicate_of, m.id) AS document, max(s.instant) AS instant
    FROM issue_items i JOIN issues s ON s.id = i.issue_id JOIN notices m ON m.id = i.notice_id
    GROUP BY document
),
said AS (
    SELECT coalesce(m.duplicate_of, m.id) AS document, e.act, e.week, e.made_at, max(e.id)
    FROM edits e JOIN notices m ON m.id = e.notice_id
    WHERE e.act IN ('drop', 'restore')
    GROUP BY document
),
dropped AS (SELECT document, made_at FROM said WHERE act = 'drop' AND week < :week),
told AS (
    SELECT document, instant FROM issued WHERE document NOT IN (SELECT document FROM dropped)
    UNION ALL
    SELECT x.document, max(i.instant, x.made_at)
    FROM dropped x LEFT JOIN issued i ON i.document = x.document
),
fresh AS (
    SELECT coalesce(n.duplicate_of, n.id) AS id, 0 AS is_told FROM notices n
    WHERE n.first_seen_at <= :instant
      AND (n.first_seen_at > :first_instant
           OR n.day_on >= :earliest)
      AND coalesce(n.duplicate_of, n.id) NOT IN (SELECT document FROM told)
    UNION SELECT document, document IN (SELECT document FROM told)
    FROM said WHERE act = 'restore'
    UNION SELECT n.id, 1 FROM notices n
    WHERE n.revised_at IS NOT NULL AND +n.id IN (SELECT document FROM told)
),
documents AS (
    SELECT n.id, n.site, n.column, n.key, n.section, n.grp, n.run_id, n.first_seen_at, n.revised_at,
           n.day_on AS day, n.place, fresh.is_told,
           -- A join would go through all of `told` for each document.
           CASE WHEN is_told THEN (SELECT instant FROM told WHERE document = n.id) END AS told_at
    FROM fresh CROSS JOIN notices n ON n.id = fresh.id
    WHERE n.duplicate_of IS NULL AND n.first_seen_at <= :instant
)
SELECT d.id, d.day, d.first_seen_at, d.told_at AS issued_at,
       EXISTS (SELECT 1 FROM said WHERE said.document = d.id AND said.act = 'restore') AS restored,
       {FACTS}
FROM documents d
WHERE d.day <= :to_on
  AND (NOT d.is_told OR (d.revised_at > d.told_at AND d.revised_at <= :instant))
ORDER BY d.section, d.grp, d.day DESC, d.site, d.column, d.key
"""  # noqa: S608 - constants

_DUE = """
SELECT i.notice_id FROM issue_items i CROSS JOIN notices m ON m.id = i.notice_id
WHERE i.issue_id = :issue AND (m.deadline_on BETWEEN :first AND :last
    OR (m.deadlines <> '[]' AND EXISTS (SELECT 1 FROM json_each(m.deadlines) e
        WHERE json_extract(e.value, '$.on') BETWEEN :first AND :last)))
"""


# Later than every week: whatever was dropped is left out.
NEVER = "9999-W99"
# SQLite allows 999 parameters in its oldest builds.
_BATCH = 500


def select_candidates(
    db: Database, *, from_on: date, to_on: date, instant: datetime, week: str = NEVER
) -> list[Candidate]:
    """The documents that belong into the issue of `from_on`..`to_on`, as of `instant`.

    What was dropped from an issue before `week` is left out; what was dropped from this one is
    not, so that its editor still sees it.

    Not issued before: in the week, or earlier and then late, unless they are the backlog of the
    first issue or of a newly watched column. Issued before and revised since: revised.
    Ordered by section, group, newest first.
    """
    parameters = {"to_on": to_on.isoformat(), "instant": from_instant(instant), "week": week}
    with snapshot(db):
        first = first_issue(db)
        parameters |= {
            "first_instant": from_instant(first.instant) if first else NEVER,
            "earliest": (min(from_on, first.from_on) if first else from_on).isoformat(),
        }
        rows = select(db, _DOCUMENTS, parameters)
        unissued = [row for row in rows if not (row["issued_at"] or row["restored"])]
        old = backlog_among(db, unissued, from_on, first, instant)
        old -= skipped_among(db, unissued)
        rows = [row for row in rows if row["id"] not in old]
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
    release_at: datetime | None = None,
) -> IssueRecord:
    """Record an issue and what it contains, in one transaction.

    With a `release_at` after `now` it waits until then (`storage.issues.releases`); else it is
    released. Raises StorageError if this week is recorded already: an issue is composed once.
    """
    waits = release_at is not None and release_at > now
    released_at = None if waits else now
    issue = {
        "week": week,
        "from_on": from_on.isoformat(),
        "to_on": to_on.isoformat(),
        "instant": from_instant(instant),
        "composed_at": from_instant(now),
        "title": clean(title),
        "release_at": None if release_at is None else from_instant(release_at),
        "released_at": None if released_at is None else from_instant(released_at),
    }
    with transaction(db):
        if find_issue(db, week) is not None:
            raise StorageError(f"issue {week} is recorded already; look at it with --preview")
        issue_id = int(str(db.table("issues").insert(issue).last_pk))
        for entry in entries:
            save_entry(db, issue_id, entry)
    return IssueRecord(
        issue_id, week, from_on, to_on, instant, now, clean(title), release_at, released_at
    )


def find_issue(db: Database, week: str) -> IssueRecord | None:
    """The recorded issue of a week like 2021-W05, released or waiting."""
    row = select_one(db, "SELECT * FROM issues WHERE week = ? AND corrects IS NULL", [week])
    return None if row is None else to_issue(row)


def list_issues(db: Database) -> list[IssueRecord]:
    """All issues that were released, the oldest first; corrections are none."""
    rows = select(
        db,
        "SELECT * FROM issues WHERE corrects IS NULL AND released_at IS NOT NULL"
        " ORDER BY to_on, id",
    )
    return [to_issue(row) for row in rows]


def issue_names(db: Database) -> dict[int, str]:
    """What the ledger's issues are called: 2021-W05, and 2021-W05-C1 for a correction."""
    return {row["id"]: row["week"] for row in select(db, "SELECT id, week FROM issues")}


def printed_in(db: Database, issue_id: int) -> set[int]:
    """The notices that an issue printed as entries."""
    rows = select(db, "SELECT notice_id FROM issue_items WHERE issue_id = ?", [issue_id])
    return {row["notice_id"] for row in rows}


def issue_entries(
    db: Database, issue_id: int, among: Collection[int] | None = None
) -> list[IssueEntry]:
    """What an issue contained, in its order, of the notices `among` alone if these are given."""
    few = among is not None and len(among) <= _BATCH
    rows = select(
        db,
        "SELECT notice_id, section, grp, position, late, revised, change, moved, note, score,"  # noqa: S608 # marks
        f" reasons, folded, under, own_words FROM issue_items WHERE issue_id = ?"
        f"{f' AND notice_id IN ({marks(among or ())})' if few else ''}"
        " ORDER BY position, notice_id",
        [issue_id, *((among or ()) if few else ())],
    )
    flags = ("late", "revised", "moved", "folded", "own_words")
    return [
        IssueEntry(
            **(
                row
                | {flag: bool(row[flag]) for flag in flags}
                | {"reasons": to_texts(row["reasons"])}
            )
        )
        for row in rows
        if among is None or row["notice_id"] in among
    ]


def due_between(db: Database, issue_id: int, first: date, last: date) -> set[int]:
    """The notices of an issue with a deadline from `first` to `last`."""
    rows = select(db, _DUE, {"issue": issue_id, "first": from_date(first), "last": from_date(last)})
    return {row["notice_id"] for row in rows}


def issued_among(db: Database, names: Collection[str]) -> set[str]:
    """Which of the numbers (文号) that stand in `names` belong to documents issued before."""
    rows = select(
        db,
        "SELECT DISTINCT n.doc_number FROM issue_items i JOIN notices n ON n.id = i.notice_id"
        " WHERE n.doc_number <> ''",
    )
    return {row["doc_number"] for row in rows if any(row["doc_number"] in name for name in names)}


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
    pages: dict[int, int] = {}
    for start in range(0, len(documents), _BATCH):
        batch = documents[start : start + _BATCH]
        links = select(
            db,
            "SELECT id, duplicate_of FROM notices"  # noqa: S608 - question marks
            f" WHERE duplicate_of IN ({marks(batch)}) AND first_seen_at <= ? ORDER BY id",
            [*batch, from_instant(instant)],
        )
        pages |= {link["id"]: link["duplicate_of"] for link in links}
    found: dict[int, list[StoredNotice]] = defaultdict(list)
    for page_id, stored in load(db, list(pages)).items():
        found[pages[page_id]].append(stored)
    return found


def save_entry(db: Database, issue_id: int, entry: IssueEntry) -> None:
    """Put a notice into an issue. Raises StorageError when there is no such notice."""
    cursor = db.execute(
        "INSERT INTO issue_items (issue_id, notice_id, section, grp, position, late, revised,"
        " change, moved, note, score, reasons, folded, under, own_words, title, url)"
        " SELECT ?, id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, title, url"
        " FROM notices WHERE id = ?",
        [
            issue_id,
            entry.section,
            entry.grp,
            entry.position,
            int(entry.late),
            int(entry.revised),
            clean(entry.change),
            int(entry.moved),
            clean(entry.note),
            entry.score,
            from_texts([clean(reason) for reason in entry.reasons]),
            int(entry.folded),
            entry.under,
            int(entry.own_words),
            entry.notice_id,
        ],
    )
    if cursor.rowcount != 1:
        raise StorageError(f"there is no notice {entry.notice_id} to put into an issue")


def to_issue(row: Row) -> IssueRecord:
    """A row of `issues`."""
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
        release_at=to_instant_or_none(row["release_at"]),
        released_at=to_instant_or_none(row["released_at"]),
        corrects=row["corrects"],
        number=row["number"],
        skipped_at=to_instant_or_none(row["skipped_at"]),
    )
