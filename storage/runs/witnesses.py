"""Documents of watched columns that other pages link to: told, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from storage.database import transaction
from storage.values import Row, from_instant, select, select_one, to_instant_or_none
from texts.folding import clean
from texts.normal_forms import url_key

WitnessState = Literal["told", "listed", "missed", "old", "gone"]

# Of each watched column the newest addresses.
_ADDRESSES = """
SELECT site, column, url FROM (
    SELECT n.site, n.column, n.url, row_number() OVER (
        PARTITION BY n.site, n.column ORDER BY n.published_on DESC, n.id DESC) AS place
    FROM notices n JOIN columns c ON c.site = n.site AND c.name = n.column
    JOIN sites s ON s.id = c.site
    WHERE s.enabled AND c.enabled AND s.removed_at IS NULL AND c.removed_at IS NULL)
WHERE place <= ?
"""
# One whose address is that of the page that tells is a library's.
_TOLD = """
w.*, n.title AS told_by, CASE WHEN n.url_key = w.url_key THEN coalesce(s.name, n.site) ELSE '' END
AS library
"""
_MISSED = f"""
SELECT {_TOLD} FROM witnesses w JOIN notices n ON n.id = w.notice_id
LEFT JOIN sites s ON s.id = n.site
WHERE w.state = 'missed' AND w.ended_at > ? AND w.ended_at <= ? ORDER BY w.id
"""  # noqa: S608 # constants


@dataclass(frozen=True, slots=True)
class Witness:
    """A link to a document of a column, or the document in a library (`library`: its site's name).
    `told_by` is the title of the page that tells, `notice_id` its row."""

    id: int
    site: str
    column: str
    url: str
    title: str
    told_by: str
    state: WitnessState = "told"
    ended_at: datetime | None = None
    notice_id: int = 0
    library: str = ""


def column_addresses(db: Database, most: int) -> list[tuple[str, str, str]]:
    """(site, column, address) of the newest notices of every watched column."""
    rows = select(db, _ADDRESSES, [most])
    return [(row["site"], row["column"], row["url"]) for row in rows]


def first_read_at(db: Database, site: str, column: str) -> datetime | None:
    """When the column's list was read for the first time."""
    row = select_one(
        db,
        "SELECT min(checked_at) AS at FROM checks WHERE site = ? AND column = ? AND rows > 0",
        [site, column],
    )
    return to_instant_or_none(row["at"]) if row else None


def is_stored(db: Database, url: str) -> bool:
    """Whether a page is in the store, under its own address or another."""
    key = url_key(clean(url))
    found = select_one(
        db,
        "SELECT 1 FROM notices WHERE url_key = :key"
        " UNION ALL SELECT 1 FROM aliases WHERE url_key = :key LIMIT 1",
        {"key": key},
    )
    return found is not None


def note_witness(
    db: Database, *, site: str, column: str, url: str, title: str, notice_id: int, now: datetime
) -> None:
    """A notice links to a page of a column that is not in the store. The first word counts."""
    with transaction(db):
        db.execute(
            "INSERT OR IGNORE INTO witnesses (site, column, url, url_key, title, notice_id,"
            " told_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                site,
                column,
                clean(url),
                url_key(clean(url)),
                clean(title),
                notice_id,
                from_instant(now),
            ],
        )


def waiting_witnesses(db: Database, site: str, before: datetime) -> list[Witness]:
    """What was told of a site's columns before an instant and is not decided, the first first."""
    rows = select(
        db,
        f"SELECT {_TOLD} FROM witnesses w JOIN notices n ON n.id = w.notice_id"  # noqa: S608 # same
        " LEFT JOIN sites s ON s.id = n.site"
        " WHERE w.site = ? AND w.state = 'told' AND w.told_at < ? ORDER BY w.id",
        [site, from_instant(before)],
    )
    return [_to_witness(row) for row in rows]


def end_witness(db: Database, witness_id: int, state: WitnessState, now: datetime) -> None:
    """Decide what it was."""
    with transaction(db):
        db.execute(
            "UPDATE witnesses SET state = ?, ended_at = ? WHERE id = ?",
            [state, from_instant(now), witness_id],
        )


def missed_between(db: Database, since: datetime, until: datetime) -> list[Witness]:
    """What turned out, after `since` and until `until`, to have been missed by its column."""
    rows = select(db, _MISSED, [from_instant(since), from_instant(until)])
    return [_to_witness(row) for row in rows]


def _to_witness(row: Row) -> Witness:
    return Witness(
        id=row["id"],
        site=row["site"],
        column=row["column"],
        url=row["url"],
        title=row["title"],
        told_by=row["told_by"],
        state=row["state"],
        ended_at=to_instant_or_none(row["ended_at"]),
        notice_id=row["notice_id"],
        library=row["library"],
    )
