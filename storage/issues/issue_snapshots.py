"""What an issue said when it was composed, kept beside its record and never changed."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.values import from_instant, select, select_one


def save_snapshot(db: Database, issue_id: int, content: str) -> None:
    """Keep an issue's content (JSON, of `digest.composing.issue_snapshot`), once.

    Call it in the transaction in which the issue is recorded. Raises sqlite3.IntegrityError when
    the issue has content already, or does not exist.
    """
    with transaction(db):
        db.execute(
            "INSERT INTO issue_contents (issue_id, content) VALUES (?, ?)", [issue_id, content]
        )


def load_snapshot(db: Database, issue_id: int) -> str | None:
    """The content of an issue; None for one recorded before contents were kept."""
    row = select_one(db, "SELECT content FROM issue_contents WHERE issue_id = ?", [issue_id])
    return None if row is None else str(row["content"])


def issues_that_told(db: Database, notice_id: int, *, before: datetime) -> list[tuple[int, int]]:
    """(issue, notice) of each issue that closed before an instant and had this document, by
    whatever page of it; the oldest first."""
    rows = select(
        db,
        "SELECT i.issue_id, i.notice_id FROM issue_items i JOIN issues s ON s.id = i.issue_id"
        " JOIN notices m ON m.id = i.notice_id JOIN notices n ON n.id = :id"
        " WHERE s.instant < :before AND s.corrects IS NULL"
        " AND coalesce(m.duplicate_of, m.id) = coalesce(n.duplicate_of, n.id)"
        " ORDER BY s.instant, s.id",
        {"id": notice_id, "before": from_instant(before)},
    )
    return [(row["issue_id"], row["notice_id"]) for row in rows]
