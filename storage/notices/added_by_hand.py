"""Pages that somebody put into the store by hand, and may take back as long as nobody was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.errors import StorageError
from storage.values import Row, from_instant, select, select_one, to_instant
from storage.values import to_instant_or_none as or_none
from texts.folding import clean

# What belongs to a page alone. Its signature and its settlements go with its row.
_OWN = (
    ("aliases", "notice_id = :id"),
    ("revisions", "notice_id = :id"),
    ("attachments", "notice_id = :id"),
    ("body_pictures", "notice_id = :id"),
    ("picture_facts", "notice_id = :id"),
    ("conflicts", "a = :id OR b = :id"),
    ("rereadings", "notice_id = :id"),
    ("witnesses", "notice_id = :id"),
    ("missing_numbers", "after_id = :id"),
)
_TOLD = """
SELECT i.week FROM issue_items t JOIN issues i ON i.id = t.issue_id
WHERE t.notice_id = :id OR t.under = :id
UNION ALL SELECT i.week FROM corrected_items t JOIN issues i ON i.id = t.issue_id
WHERE t.notice_id = :id
UNION ALL SELECT '' FROM bulletin_items WHERE notice_id = :id
LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class ByHand:
    """One page that was added: its id then, by whom and when; and when it was taken back."""

    notice_id: int
    url: str
    title: str
    who: str
    added_at: datetime
    removed_at: datetime | None
    removed_by: str
    reason: str


def note_added(
    db: Database, notice_id: int, *, url: str, title: str, who: str, now: datetime
) -> None:
    """Write down that a page came in by hand."""
    with transaction(db):
        db.execute(
            "INSERT INTO added_by_hand (notice_id, was, url, title, who, added_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [notice_id, notice_id, clean(url), clean(title), clean(who), from_instant(now)],
        )


def take_back(db: Database, notice_id: int, *, who: str, reason: str, now: datetime) -> ByHand:
    """Remove a page that was added by hand, with all that belongs to it; the journal keeps it.

    Pages that were found to be the same document become one of their own. Raises StorageError for
    a page that a crawl found, and for one that readers or an issue have.
    """
    with transaction(db):
        row = select_one(
            db,
            "SELECT * FROM added_by_hand WHERE notice_id = ? ORDER BY id DESC LIMIT 1",
            [notice_id],
        )
        if row is None:
            raise StorageError(
                f"编号 {notice_id} 不是手工加入的，不能撤回；不登在周报里：edit drop"
            )
        _refuse_told(db, notice_id)
        _release_others(db, notice_id)
        for table, condition in _OWN:
            db.execute(f"DELETE FROM {table} WHERE {condition}", {"id": notice_id})  # noqa: S608 - constants
        for table in ("saved_pages", "edits", "added_by_hand"):
            db.execute(
                f"UPDATE {table} SET notice_id = NULL WHERE notice_id = ?",  # noqa: S608 - constants
                [notice_id],
            )
        db.execute("DELETE FROM notices WHERE id = ?", [notice_id])
        db.execute(
            "UPDATE added_by_hand SET removed_at = ?, removed_by = ?, reason = ? WHERE id = ?",
            [from_instant(now), clean(who), clean(reason), row["id"]],
        )
        taken = select_one(db, "SELECT * FROM added_by_hand WHERE id = ?", [row["id"]])
    if taken is None:
        raise StorageError(f"the journal lost the page {notice_id}")
    return _to_by_hand(taken)


def list_by_hand(db: Database) -> list[ByHand]:
    """All pages that were added by hand, in their order."""
    return [_to_by_hand(row) for row in select(db, "SELECT * FROM added_by_hand ORDER BY id")]


def _refuse_told(db: Database, notice_id: int) -> None:
    told = select_one(db, _TOLD, {"id": notice_id})
    if told is None:
        return
    where = f"{told['week']} 期" if told["week"] else "快讯"
    raise StorageError(
        f"编号 {notice_id} 已编入 {where}，不能撤回；尚未发出的用 edit drop，已发出的用 correct"
    )


def _release_others(db: Database, notice_id: int) -> None:
    """The oldest of the pages that carry the same document stands for the others now."""
    others = select(db, "SELECT id FROM notices WHERE duplicate_of = ? ORDER BY id", [notice_id])
    if not others:
        return
    first, *rest = [other["id"] for other in others]
    db.execute("UPDATE notices SET duplicate_of = NULL, duplicate_why = '' WHERE id = ?", [first])
    for other in rest:
        db.execute("UPDATE notices SET duplicate_of = ? WHERE id = ?", [first, other])


def _to_by_hand(row: Row) -> ByHand:
    return ByHand(
        notice_id=row["was"],
        url=row["url"],
        title=row["title"],
        who=row["who"],
        added_at=to_instant(row["added_at"]),
        removed_at=or_none(row["removed_at"]),
        removed_by=row["removed_by"],
        reason=row["reason"],
    )
