"""Marks by which others see that the store has changed since they looked, without looking again."""

from __future__ import annotations

from sqlite_utils import Database

from storage.values import select_one

_NOTICES = """
SELECT (SELECT max(id) FROM notices) AS notices,
       (SELECT max(id) FROM revisions) AS revisions,
       (SELECT max(id) FROM runs) AS runs,
       (SELECT count(*) FROM runs WHERE finished_at IS NOT NULL) AS finished,
       (SELECT max(settled_at) FROM settlements) AS settled,
       (SELECT count(*) FROM added_by_hand) AS added,
       (SELECT count(*) FROM added_by_hand WHERE removed_at IS NOT NULL) AS removed,
       (SELECT count(*) FROM issues) AS issues,
       (SELECT max(id) FROM edits WHERE act = 'release') AS gone
"""


def notices_stamp(db: Database) -> tuple[object, ...]:
    """Differs when other notices may be selected than before: after a crawl, a word on duplicates,
    a page added by hand, an issue that is made, goes or is skipped."""
    row = select_one(db, _NOTICES)
    return () if row is None else tuple(row.values())


def newest_act(db: Database, week: str | None = None) -> int:
    """The id of the last act of an editor, on one issue or on any; 0 for none."""
    row = select_one(
        db,
        "SELECT coalesce(max(id), 0) AS id FROM edits WHERE :week IS NULL OR week = :week",
        {"week": week},
    )
    return 0 if row is None else int(row["id"])
