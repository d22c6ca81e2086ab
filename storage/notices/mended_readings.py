"""What we had read wrongly: put right in place, and never told as a change by the publisher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.models import Attachment, Notice
from storage.notices.notices import filled, in_place, save_attachments
from storage.notices.row_mapping import from_notice
from storage.values import from_instant, from_json, select


def as_stored(old: Notice, new: Notice) -> Notice:
    """What the store would hold if `new` had been read in place of `old`, from the same page.

    Files that were downloaded stay with the address they came from.
    """
    if not new.complete and not old.complete:
        return in_place(old, filled(old, new))
    files = {item.url: item for item in old.attachments}
    kept = tuple(_with_file(item, files.get(item.url)) for item in new.attachments)
    return in_place(old, replace(new, attachments=kept))


def correct_notice(
    db: Database,
    notice_id: int,
    state: Notice,
    changed: Mapping[str, object],
    *,
    page_id: int,
    now: datetime,
) -> None:
    """Overwrite our reading of a notice; `changed` is kept for whoever asks later.

    Neither `revised_at` nor `revisions` is touched: the page is the same.
    """
    with transaction(db):
        db.table("notices").update(notice_id, from_notice(state))
        save_attachments(db, notice_id, state.attachments, now)
        # The page is what the new reading was made from, too.
        db.execute(
            "UPDATE saved_pages SET content_hash = ? WHERE id = ?", [state.content_hash, page_id]
        )
        db.execute(
            "INSERT INTO rereadings (notice_id, page_id, corrected_at, changed)"
            " VALUES (?, ?, ?, ?)",
            [notice_id, page_id, from_instant(now), from_json(dict(changed))],
        )


def issues_with(db: Database, notice_id: int) -> list[str]:
    """The weeks of the issues that carried the notice or another page of its document."""
    rows = select(
        db,
        "SELECT DISTINCT s.week FROM issue_items i JOIN issues s ON s.id = i.issue_id"
        " JOIN notices m ON m.id = i.notice_id, notices n WHERE n.id = ?"
        " AND coalesce(m.duplicate_of, m.id) = coalesce(n.duplicate_of, n.id) ORDER BY s.week",
        [notice_id],
    )
    return [row["week"] for row in rows]


def _with_file(new: Attachment, old: Attachment | None) -> Attachment:
    if old is None or new.sha256 is not None:
        return new
    return replace(
        new,
        bytes=old.bytes,
        sha256=old.sha256,
        path=old.path,
        text=old.text,
        note=old.note,
        type=new.type or old.type,
    )
