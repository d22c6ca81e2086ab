"""The editor's journal: every act, by whom, what was before and after. Only ever added to.

What an issue looks like follows from the journal; `digest.composing.editing` works it out. An edit
is of a document's next appearance: it holds until an issue of its week or later has gone out with
the document, whichever page stands for it by then. A drop is of its week; what it means for later
ones is in `storage.issues.issues.select_candidates`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from storage.database import transaction
from storage.issues.releases import refuse_released
from storage.models import Act, Edit
from storage.values import Row, from_instant, from_json, select, to_instant
from texts.folding import clean

# What is done to one entry, as opposed to the whole issue.
ENTRY_ACTS = (
    *("drop", "restore", "pin", "unpin", "move", "annotate", "keep", "promote", "fold"),
    *("extract", "sum_up"),
)
# Of the acts, those that hold until the document has gone out, not only in their week.
_LASTING = ("pin", "unpin", "move", "annotate", "promote", "fold", "extract", "sum_up")

_JOURNAL = """
SELECT e.*, coalesce(n.duplicate_of, n.id) AS document, coalesce(n.title, '') AS title
FROM edits e LEFT JOIN notices n ON n.id = e.notice_id
"""
_IN_FORCE = f"""
{_JOURNAL}
WHERE (e.week = :week AND e.act = 'retitle')
OR (e.week = :week AND n.id IS NOT NULL AND e.act IN ('drop', 'restore', 'keep'))
OR (e.week <= :week AND n.id IS NOT NULL AND e.act IN {_LASTING} AND NOT EXISTS (
    SELECT 1 FROM issue_items i JOIN issues s ON s.id = i.issue_id
    WHERE s.week >= e.week AND s.released_at IS NOT NULL AND i.notice_id IN (
        SELECT id FROM notices WHERE id = coalesce(n.duplicate_of, n.id)
        UNION ALL SELECT id FROM notices WHERE duplicate_of = coalesce(n.duplicate_of, n.id))))
ORDER BY e.id
"""  # noqa: S608 - constants
_DROPPED = f"""
SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY document ORDER BY id DESC) AS newest
    FROM ({_JOURNAL} WHERE e.act IN ('drop', 'restore') AND n.id IS NOT NULL))
WHERE newest = 1 AND act = 'drop' AND week < :week
ORDER BY id DESC
"""  # noqa: S608 - constants


def record_edit(
    db: Database,
    *,
    week: str,
    act: Act,
    notice_id: int | None = None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str = "",
    who: str,
    now: datetime,
) -> None:
    """Write an act down. Raises StorageError for an edit of an issue that has gone out."""
    with transaction(db):
        if act in ENTRY_ACTS or act == "retitle":
            refuse_released(db, week)
        db.execute(
            "INSERT INTO edits (week, act, notice_id, before, after, reason, who, made_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                week,
                act,
                notice_id,
                from_json(dict(before)),
                from_json(dict(after)),
                clean(reason),
                clean(who),
                from_instant(now),
            ],
        )


def edits_in_force(db: Database, week: str) -> list[Edit]:
    """The acts that shape the coming issue of `week`, in the order they were made."""
    return [_to_edit(row) for row in select(db, _IN_FORCE, {"week": week})]


def list_edits(db: Database, week: str | None = None) -> list[Edit]:
    """The journal, of one week or whole, in the order it was written."""
    sql = f"{_JOURNAL} WHERE :week IS NULL OR e.week = :week ORDER BY e.id"
    return [_to_edit(row) for row in select(db, sql, {"week": week})]


def dropped_before(db: Database, week: str) -> list[Edit]:
    """Documents whose last word is a drop from an issue before `week`; the newest first."""
    return [_to_edit(row) for row in select(db, _DROPPED, {"week": week})]


def _to_edit(row: Row) -> Edit:
    return Edit(
        id=row["id"],
        week=row["week"],
        act=row["act"],
        notice_id=row["notice_id"],
        document=row["document"],
        before=json.loads(row["before"]),
        after=json.loads(row["after"]),
        reason=row["reason"],
        who=row["who"],
        made_at=to_instant(row["made_at"]),
        title=row["title"],
    )
