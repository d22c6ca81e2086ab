"""What earlier readings of a column proved and found usual: what the next one is held against."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median_low

from sqlite_utils import Database

from storage.database import transaction
from storage.values import select, select_one, to_date, to_instant
from texts.folding import clean

# The usual size of a page is what most of some weeks' readings showed.
_USUAL_FOR = timedelta(days=14)
_USUAL_CHECKS = 6
_LAST_CHECKS = 40
# A longest silence is one that a year showed, once there are enough days to speak of.
_SILENCE_DAYS = 365
_SILENCE_PUBLISHED = 12

_JOINED = """
SELECT id, covered_from, joined, rows, total, checked_at FROM checks
WHERE site = ? AND "column" = ? AND joined <> '' ORDER BY id DESC LIMIT 1
"""
_SIZES = """
SELECT page_rows, checked_at FROM checks
WHERE site = ? AND "column" = ? AND joined <> '' AND page_rows <> '[]' ORDER BY id DESC LIMIT ?
"""
_DAYS = """
SELECT DISTINCT published_on AS day FROM notices
WHERE site = ? AND "column" = ? AND published_on BETWEEN ? AND ? ORDER BY published_on
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row as a list showed it; `day` is YYYY-MM-DD or empty."""

    key: str
    url: str
    title: str
    day: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The last reading of a column that joined up. `missing`: by how many rows a reading to the end
    fell short of the site's own count, None when it was not read to its end."""

    covered_from: date | None
    checked_at: datetime
    missing: int | None


def last_joined(db: Database, site: str, column: str) -> Reading | None:
    """The last reading that joined up; None when none ever did."""
    row = select_one(db, _JOINED, [site, column])
    if row is None:
        return None
    counted = row["joined"] == "end" and row["total"] is not None
    return Reading(
        to_date(row["covered_from"]),
        to_instant(row["checked_at"]),
        row["total"] - row["rows"] if counted else None,
    )


def usual_page_rows(db: Database, site: str, column: str) -> int | None:
    """How many notices the fullest page of a reading usually holds; None before some weeks."""
    rows = select(db, _SIZES, [site, column, _LAST_CHECKS])
    sizes = [max(json.loads(row["page_rows"])) for row in rows]
    if len(sizes) < _USUAL_CHECKS:
        return None
    span = to_instant(rows[0]["checked_at"]) - to_instant(rows[-1]["checked_at"])
    return median_low(sizes) if span >= _USUAL_FOR or len(sizes) == _LAST_CHECKS else None


def longest_silence(db: Database, site: str, column: str, today: date) -> int | None:
    """Days of the longest pause between two days of publication within a year; None while there
    are too few of them to speak of."""
    first = today - timedelta(days=_SILENCE_DAYS)
    rows = select(db, _DAYS, [site, column, first.isoformat(), today.isoformat()])
    days = [date.fromisoformat(row["day"]) for row in rows]
    if len(days) < _SILENCE_PUBLISHED:
        return None
    return max((later - earlier).days for earlier, later in pairwise(days))


def listed_rows(db: Database, site: str, column: str) -> list[Listed]:
    """The rows of the last reading that joined up, in the list's order."""
    rows = select(
        db,
        'SELECT key, url, title, day FROM listed_rows WHERE site = ? AND "column" = ?'
        " ORDER BY position",
        [site, column],
    )
    return [Listed(**row) for row in rows]


def keep_listed(db: Database, site: str, column: str, run_id: int, rows: Sequence[Listed]) -> None:
    """Keep these rows in place of those of the reading before."""
    with transaction(db):
        db.execute('DELETE FROM listed_rows WHERE site = ? AND "column" = ?', [site, column])
        db.table("listed_rows").insert_all(
            {
                "site": site,
                "column": column,
                "position": position,
                "key": clean(row.key),
                "url": clean(row.url),
                "title": clean(row.title),
                "day": row.day,
                "run_id": run_id or None,
            }
            for position, row in enumerate(rows)
        )
