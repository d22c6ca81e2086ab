"""What an issue said when it was composed, kept beside its record and never changed."""

from __future__ import annotations

from sqlite_utils import Database

from storage.database import transaction
from storage.values import select_one


def keep_content(db: Database, issue_id: int, content: str) -> None:
    """Keep an issue's content (JSON, of `digest.composing.kept`), once.

    Call it in the transaction in which the issue is recorded. Raises sqlite3.IntegrityError when
    the issue has content already, or does not exist.
    """
    with transaction(db):
        db.execute(
            "INSERT INTO issue_contents (issue_id, content) VALUES (?, ?)", [issue_id, content]
        )


def find_content(db: Database, issue_id: int) -> str | None:
    """The content of an issue; None for one recorded before contents were kept."""
    row = select_one(db, "SELECT content FROM issue_contents WHERE issue_id = ?", [issue_id])
    return None if row is None else str(row["content"])
