"""What publishers answered when they refused to be read."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from storage.values import from_instant, select


def was_blocked_saying(
    db: Database, site: str, words: str, *, since: datetime, until: datetime
) -> bool:
    """Whether a check of the site from `since` to `until` was blocked with these words."""
    rows = select(
        db,
        "SELECT 1 FROM checks WHERE site = ? AND checked_at >= ? AND checked_at <= ?"
        " AND verdict = 'blocked' AND instr(reason, ?) LIMIT 1",
        [site, from_instant(since), from_instant(until), words],
    )
    return bool(list(rows))
