"""Counts over the whole store, for monitoring: each one query over an index."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from storage.values import select, select_one, to_instant_or_none


def runs_by_state(db: Database) -> dict[tuple[str, str], int]:
    """(site, state) -> crawls."""
    rows = select(db, "SELECT site, state, count(*) AS n FROM runs GROUP BY site, state")
    return {(row["site"], row["state"]): row["n"] for row in rows}


def deliveries_by_state(db: Database) -> dict[str, int]:
    """State -> rows of the ledger."""
    rows = select(db, "SELECT state, count(*) AS n FROM deliveries GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


def count_notices(db: Database) -> int:
    """Pages in the store."""
    row = select_one(db, "SELECT count(*) AS n FROM notices")
    return int(row["n"]) if row else 0


def last_composed(db: Database) -> datetime | None:
    """When the newest issue was composed."""
    row = select_one(db, "SELECT max(composed_at) AS at FROM issues")
    return to_instant_or_none(row["at"]) if row else None
