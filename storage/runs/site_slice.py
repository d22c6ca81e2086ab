"""What the store knows of one site, for a visit on another machine: rows out, rows in.

The machine that visits fills an empty store with them and throws it away after: whatever asks the
store during a crawl finds there what it would find here. Bodies go along as far as a crawl reads
them, files and evidence stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.values import Row, select

Slice = dict[str, list[Row]]

# Of a site's notices so many, those that could not be read fully and those seen last: a list that
# shows an older one costs one request more.
MOST_NOTICES = 3_000
# Of a column's newest notices what a crawl reads of them; as in crawlers.items.
READ_ROWS = 100
READ_CHARACTERS = 20_000

_KNOWN = """
WITH told AS (SELECT notice_id FROM witnesses WHERE site = :site AND state = 'told'),
ranked AS (
    SELECT id, row_number() OVER (
        PARTITION BY column ORDER BY published_on DESC, id DESC) AS place,
        row_number() OVER (ORDER BY complete, last_seen_at DESC, id DESC) AS sight
    FROM notices WHERE site = :site),
known AS (
    SELECT id, place <= :rows AS is_read FROM ranked WHERE sight <= :most OR place <= :rows
    UNION SELECT notice_id, 0 FROM told WHERE notice_id NOT IN (SELECT id FROM ranked))
"""
_CHECKS = """
WITH placed AS (
    SELECT id, joined, rows,
        row_number() OVER (PARTITION BY column ORDER BY id DESC) AS last,
        row_number() OVER (PARTITION BY column, joined <> '' ORDER BY id DESC) AS last_alike,
        row_number() OVER (PARTITION BY column, rows > 0 ORDER BY checked_at, id) AS first
    FROM checks WHERE site = :site)
SELECT * FROM checks WHERE id IN (
    SELECT id FROM placed WHERE last <= 10 OR (joined <> '' AND last_alike <= 45)
    OR (rows > 0 AND first = 1))
"""
_SELECTS = {
    "notices": "SELECT n.* FROM notices n JOIN known k ON k.id = n.id",
    "aliases": "SELECT a.* FROM aliases a JOIN known k ON k.id = a.notice_id",
    "saved_pages": "SELECT p.* FROM saved_pages p WHERE p.id IN ("
    "SELECT max(q.id) FROM saved_pages q JOIN known k ON k.id = q.notice_id"
    " WHERE q.kind = 'notice' GROUP BY q.notice_id)",
    "attachments": "SELECT a.* FROM attachments a JOIN known k ON k.id = a.notice_id",
    "body_pictures": "SELECT b.* FROM body_pictures b JOIN known k ON k.id = b.notice_id",
    "picture_files": "SELECT f.* FROM picture_files f WHERE f.sha256 IN ("
    "SELECT b.sha256 FROM body_pictures b JOIN known k ON k.id = b.notice_id)",
    "checks": _CHECKS,
    "listed_rows": "SELECT * FROM listed_rows WHERE site = :site",
    "gaps": "SELECT * FROM gaps WHERE site = :site"
    " AND (closed_at IS NULL OR dismissed_at IS NOT NULL)",
    "learned_readers": "SELECT * FROM learned_readers WHERE site = :site",
    "witnesses": "SELECT * FROM witnesses WHERE site = :site AND state = 'told'",
}
_READ = "SELECT id FROM known WHERE is_read"
# What a crawl does not read of a row, or finds only here.
_LEFT_OUT: dict[str, dict[str, Any]] = {
    "notices": {"body_html": "", "duplicate_of": None, "run_id": None},
    "saved_pages": {"run_id": None, "same_as": None, "file": None, "offset": None, "length": None},
    "attachments": {"text": ""},
}


def slice_of(db: Database, site: str) -> Slice:
    """What is known of a site, by table."""
    named = {"site": site, "most": MOST_NOTICES, "rows": READ_ROWS}
    found = {name: select(db, _whole(sql), named) for name, sql in _SELECTS.items()}
    for name, values in _LEFT_OUT.items():
        found[name] = [row | values for row in found[name]]
    read = {row["id"] for row in select(db, _whole(_READ), named)}
    for row in found["notices"]:
        row["body_text"] = row["body_text"][:READ_CHARACTERS] if row["id"] in read else ""
    return found


def fill(db: Database, known: Mapping[str, Sequence[Row]]) -> None:
    """Put a slice into an empty store. Raises StorageError for what is no slice."""
    db.conn.execute("PRAGMA foreign_keys=OFF")
    try:
        with transaction(db):
            for table, rows in known.items():
                if table not in _SELECTS:
                    raise StorageError(f"a slice has no table {table!r}")
                _insert(db, table, rows)
    finally:
        db.conn.execute("PRAGMA foreign_keys=ON")


def ended_witnesses(db: Database) -> list[tuple[int, str]]:
    """(id, state) of the witnesses of a slice that were decided since."""
    rows = select(db, "SELECT id, state FROM witnesses WHERE state <> 'told' ORDER BY id")
    return [(row["id"], row["state"]) for row in rows]


def _whole(sql: str) -> str:
    return f"{_KNOWN}{sql}" if " known " in sql else sql


def _insert(db: Database, table: str, rows: Sequence[Row]) -> None:
    fields = select(db, "SELECT name FROM pragma_table_info(?)", [table])
    names = [field["name"] for field in fields]
    marks = ", ".join(f":{name}" for name in names)
    for row in rows:
        if set(row) != set(names):
            raise StorageError(f"a row of {table} is not of this version")
    db.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 # our own names
