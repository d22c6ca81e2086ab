"""Corrections (更正) of issues that have gone out: numbered within the issue, never changed.

A correction is a row of `issues` that corrects another, so that the ledger delivers it as it
delivers an issue: the same claims, attempts and crash behaviour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.issues.issues import to_issue
from storage.models import CorrectedItem, CorrectionRecord, IssueRecord
from storage.values import from_instant, select, select_one
from texts.folding import clean


def record_correction(
    db: Database,
    issue: IssueRecord,
    *,
    words: str,
    items: Sequence[CorrectedItem],
    now: datetime,
) -> CorrectionRecord:
    """The next correction of an issue, recorded for good.

    Raises StorageError for an issue that has not gone out: that one can still be edited.
    """
    if issue.waits:
        raise StorageError(f"issue {issue.week} has not gone out yet; change it: zhengxun edit")
    with transaction(db):
        row = select_one(db, "SELECT count(*) AS made FROM issues WHERE corrects = ?", [issue.id])
        number = (row["made"] if row else 0) + 1
        week = f"{issue.week}-C{number}"
        values = {
            "week": week,
            "from_on": issue.from_on.isoformat(),
            "to_on": issue.to_on.isoformat(),
            "instant": from_instant(now),
            "composed_at": from_instant(now),
            "released_at": from_instant(now),
            "title": issue.title,
            "corrects": issue.id,
            "number": number,
            "words": clean(words),
        }
        correction_id = int(str(db.table("issues").insert(values).last_pk))
        for position, item in enumerate(items, start=1):
            db.execute(
                "INSERT INTO corrected_items (issue_id, position, notice_id, title, url, wrong,"
                " fixed) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    correction_id,
                    position,
                    item.notice_id,
                    clean(item.title),
                    clean(item.url),
                    clean(item.wrong),
                    clean(item.fixed),
                ],
            )
        return list_corrections(db, issue)[-1]


def list_corrections(db: Database, issue: IssueRecord) -> list[CorrectionRecord]:
    """The corrections of an issue, the first one first."""
    rows = select(db, "SELECT * FROM issues WHERE corrects = ? ORDER BY number", [issue.id])
    return [
        CorrectionRecord(to_issue(row), issue, row["words"], _items(db, row["id"])) for row in rows
    ]


def all_corrections(db: Database) -> list[CorrectionRecord]:
    """Every correction, in the order they were made."""
    rows = select(
        db, "SELECT * FROM issues WHERE id IN (SELECT corrects FROM issues) ORDER BY to_on, id"
    )
    found = [item for row in rows for item in list_corrections(db, to_issue(row))]
    return sorted(found, key=lambda item: item.record.id)


def owed(db: Database, correction: IssueRecord) -> list[int]:
    """Ids of the active subscribers who got the issue, or may have, and whom the ledger does
    not have down for its correction yet."""
    rows = select(
        db,
        "SELECT s.id FROM subscribers s JOIN deliveries d ON d.subscriber_id = s.id"
        " WHERE d.issue_id = :issue AND s.state = 'active'"
        " AND (d.state = 'sent' OR (d.state = 'refused' AND d.interruptions > 0))"
        " AND NOT EXISTS (SELECT 1 FROM deliveries c WHERE c.issue_id = :correction"
        " AND c.subscriber_id = s.id) ORDER BY s.id",
        {"issue": correction.corrects, "correction": correction.id},
    )
    return [row["id"] for row in rows]


def message_ids(db: Database, issue_id: int) -> dict[int, str]:
    """Subscriber id -> Message-ID of the issue's mail, for a correction to refer to."""
    rows = select(
        db, "SELECT subscriber_id, message_id FROM deliveries WHERE issue_id = ?", [issue_id]
    )
    return {row["subscriber_id"]: row["message_id"] for row in rows}


def issued_entry(db: Database, issue_id: int, notice_id: int) -> tuple[str, str] | None:
    """Title and link of an entry as issued; None when the issue did not have it."""
    row = select_one(
        db,
        "SELECT title, url FROM issue_items WHERE issue_id = ? AND notice_id = ?",
        [issue_id, notice_id],
    )
    return None if row is None else (row["title"], row["url"])


def _items(db: Database, correction_id: int) -> tuple[CorrectedItem, ...]:
    rows = select(
        db,
        "SELECT notice_id, title, url, wrong, fixed FROM corrected_items WHERE issue_id = ?"
        " ORDER BY position",
        [correction_id],
    )
    return tuple(CorrectedItem(**row) for row in rows)
