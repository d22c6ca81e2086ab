"""Issues that wait for their editor, and how they are let go: once, whoever does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.issues.issues import find_issue, save_entry, to_issue
from storage.models import IssueEntry, IssueRecord
from storage.values import from_instant, select, select_one
from texts.folding import clean


def waiting_issues(db: Database, *, due_at: datetime | None = None) -> list[IssueRecord]:
    """Issues that are composed and wait, the oldest first; with `due_at` those to go by then."""
    rows = select(
        db,
        "SELECT * FROM issues WHERE corrects IS NULL AND released_at IS NULL"
        " AND skipped_at IS NULL AND (:due IS NULL OR release_at <= :due) ORDER BY to_on, id",
        {"due": None if due_at is None else from_instant(due_at)},
    )
    return [to_issue(row) for row in rows]


def release(
    db: Database, issue: IssueRecord, *, title: str, entries: Sequence[IssueEntry], now: datetime
) -> IssueRecord | None:
    """Let an issue go with these entries and this title, for good; None if it has gone already.

    Call it in the transaction in which the entries were worked out: no edit may come between.
    """
    with transaction(db):
        cursor = db.execute(
            "UPDATE issues SET released_at = ?, title = ? WHERE id = ? AND released_at IS NULL"
            " AND skipped_at IS NULL",
            [from_instant(now), clean(title), issue.id],
        )
        if cursor.rowcount != 1:
            return None
        db.execute("DELETE FROM issue_items WHERE issue_id = ?", [issue.id])
        for entry in entries:
            save_entry(db, issue.id, entry)
        released = find_issue(db, issue.week)
    if released is None:
        raise StorageError(f"issue {issue.week} has vanished while it was released")
    return released


def hold(db: Database, issue: IssueRecord, until: datetime) -> IssueRecord | None:
    """Let an issue that waits go at another instant; None if it has gone already."""
    with transaction(db):
        cursor = db.execute(
            "UPDATE issues SET release_at = ? WHERE id = ? AND released_at IS NULL"
            " AND skipped_at IS NULL",
            [from_instant(until), issue.id],
        )
        return find_issue(db, issue.week) if cursor.rowcount == 1 else None


def skip(db: Database, issue: IssueRecord, now: datetime) -> IssueRecord | None:
    """Leave an issue out: it never goes, and what it had may enter the next one; None if it has
    gone already."""
    with transaction(db):
        cursor = db.execute(
            "UPDATE issues SET skipped_at = ? WHERE id = ? AND released_at IS NULL"
            " AND skipped_at IS NULL",
            [from_instant(now), issue.id],
        )
        if cursor.rowcount != 1:
            return None
        db.execute("DELETE FROM issue_items WHERE issue_id = ?", [issue.id])
        return find_issue(db, issue.week)


def skipped_issues(db: Database) -> list[IssueRecord]:
    """Issues that were left out and can still go: no later one is recorded that has their
    entries. The newest first."""
    rows = select(
        db,
        "SELECT * FROM issues AS one WHERE corrects IS NULL AND skipped_at IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM issues AS later WHERE later.corrects IS NULL"
        " AND later.skipped_at IS NULL AND later.to_on > one.to_on) ORDER BY to_on DESC, id DESC",
    )
    return [to_issue(row) for row in rows]


def take_back_skip(
    db: Database, issue: IssueRecord, entries: Sequence[IssueEntry], until: datetime
) -> IssueRecord | None:
    """Let an issue that was left out wait again, with these entries; its editor is told anew.
    None if it is not left out any more, or a later one has its entries.

    Call it in the transaction in which the entries were worked out.
    """
    with transaction(db):
        if issue.id not in {one.id for one in skipped_issues(db)}:
            return None
        db.execute(
            "UPDATE issues SET skipped_at = NULL, told_at = NULL, release_at = ? WHERE id = ?",
            [from_instant(until), issue.id],
        )
        for entry in entries:
            save_entry(db, issue.id, entry)
        return find_issue(db, issue.week)


def refuse_released(db: Database, week: str) -> None:
    """Raise StorageError when the issue of a week has gone out: it is never changed."""
    issue = find_issue(db, week)
    if issue is not None and issue.skipped_at is not None:
        raise StorageError(f"issue {week} was skipped; its entries stand in the next one")
    if issue is not None and not issue.waits:
        raise StorageError(
            f"issue {week} has gone out and is not changed any more; correct it: "
            f"zhengxun correct --week {week} --help"
        )


def untold(db: Database) -> list[IssueRecord]:
    """Issues that wait and whose editor has not been written to, the oldest first."""
    rows = select(
        db,
        "SELECT * FROM issues WHERE corrects IS NULL AND released_at IS NULL AND told_at IS NULL"
        " AND skipped_at IS NULL"
        " ORDER BY to_on, id",
    )
    return [to_issue(row) for row in rows]


def mark_told(db: Database, issue_id: int, now: datetime) -> None:
    """The mail to the editor was taken."""
    with transaction(db):
        db.execute("UPDATE issues SET told_at = ? WHERE id = ?", [from_instant(now), issue_id])


def was_told(db: Database, issue_id: int) -> bool:
    """Whether the editor was written to."""
    row = select_one(db, "SELECT told_at FROM issues WHERE id = ?", [issue_id])
    return row is not None and row["told_at"] is not None
