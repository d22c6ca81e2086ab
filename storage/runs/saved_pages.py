"""The index of saved pages: which file of data/warc holds the bytes of which answer, and where."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from storage.database import transaction
from storage.values import Row, from_instant, from_json, marks, select, select_one, to_instant
from texts.folding import clean

PageKind = Literal["notice", "list"]
Via = Literal["http", "browser"]

# One row a notice: the newest saved answer that the stored reading was made from.
_REREADABLE = """
SELECT p.* FROM notices n JOIN saved_pages p ON p.id = (
    SELECT max(q.id) FROM saved_pages q
    WHERE q.notice_id = n.id AND q.kind = 'notice' AND q.site = n.site
    AND q.content_hash = n.content_hash AND q.file IS NOT NULL)
WHERE (:all_sites OR n.site IN (SELECT value FROM json_each(:sites)))
AND n.last_read_at >= :since ORDER BY n.id
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: file (relative to the data folder), first byte, length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One answer that was kept.

    `bytes` and `sha256` are the body's, decompressed; `asked` is what the crawl knew when it asked
    (the list row); `content_hash` is that of the notice read from it. `place` None: not in an
    archive. `same_as`: the row whose record holds the same body. `copy` and `picture` are files
    for a person, relative to the data folder.
    """

    kind: PageKind
    site: str
    column: str
    url: str
    fetched_at: datetime
    status: int
    via: Via
    bytes: int
    sha256: str
    asked: dict[str, Any]
    notice_id: int | None = None
    run_id: int | None = None
    content_hash: str = ""
    place: Place | None = None
    same_as: int | None = None
    copy: str = ""
    picture: str = ""
    id: int = 0


def save_page(db: Database, page: SavedPage) -> int:
    """Put an answer into the index; its id."""
    place = page.place
    with transaction(db):
        cursor = db.execute(
            "INSERT INTO saved_pages (kind, site, column, url, notice_id, run_id, fetched_at,"
            " status, via, bytes, sha256, asked, content_hash, file, offset, length, same_as,"
            " copy, picture) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                page.kind,
                page.site,
                page.column,
                clean(page.url),
                page.notice_id,
                page.run_id,
                from_instant(page.fetched_at),
                page.status,
                page.via,
                page.bytes,
                page.sha256,
                from_json(page.asked),
                page.content_hash,
                place.file if place else None,
                place.offset if place else None,
                place.length if place else None,
                page.same_as,
                page.copy,
                page.picture,
            ],
        )
        return int(cursor.lastrowid or 0)


def get_page(db: Database, page_id: int) -> SavedPage | None:
    """The saved answer with this id."""
    row = select_one(db, "SELECT * FROM saved_pages WHERE id = ?", [page_id])
    return None if row is None else _to_page(row)


def last_asked(db: Database, notice_id: int) -> dict[str, Any]:
    """What the crawl knew when it last asked for the notice's page; {} when none was kept."""
    row = select_one(
        db,
        "SELECT asked FROM saved_pages WHERE notice_id = ? AND kind = 'notice'"
        " ORDER BY id DESC LIMIT 1",
        [notice_id],
    )
    return {} if row is None else dict(json.loads(row["asked"]))


def with_same_body(db: Database, file: str, sha256: str) -> SavedPage | None:
    """The answer in this archive whose record holds this very body."""
    row = select_one(
        db,
        "SELECT * FROM saved_pages WHERE file = ? AND sha256 = ? AND same_as IS NULL"
        " ORDER BY id LIMIT 1",
        [file, sha256],
    )
    return None if row is None else _to_page(row)


def indexed_end(db: Database, file: str) -> int:
    """The first byte after the last record that the index knows in this archive."""
    row = select_one(
        db,
        "SELECT offset + length AS end FROM saved_pages WHERE file = ?"
        " ORDER BY offset DESC LIMIT 1",
        [file],
    )
    return int(row["end"]) if row else 0


def forget_beyond(db: Database, file: str, end: int) -> int:
    """Drop what the index knows of an archive beyond `end`: the bytes are gone (a power cut)."""
    return _forget(db, "file = ? AND offset + length > ?", [file, end])


def forget_file(db: Database, file: str) -> int:
    """Drop an archive from the index; the number of notices that lose their only page by it."""
    row = select_one(
        db,
        "SELECT count(DISTINCT p.notice_id) AS lost FROM saved_pages p WHERE p.file = ?"
        " AND p.notice_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM saved_pages q"
        " WHERE q.notice_id = p.notice_id AND q.file IS NOT NULL AND q.file <> p.file)",
        [file],
    )
    _forget(db, "file = ?", [file])
    return int(row["lost"]) if row else 0


def rereadable(db: Database, sites: Sequence[str], since: datetime) -> list[SavedPage]:
    """The saved page behind each notice of these sites (none named: all) read since then."""
    named = {"sites": json.dumps(list(sites)), "all_sites": not sites}
    rows = select(db, _REREADABLE, named | {"since": from_instant(since)})
    return [_to_page(row) for row in rows]


def count_read(db: Database, sites: Sequence[str], since: datetime) -> int:
    """Notices of these sites (none named: all) read since then, with a saved page or without."""
    where = f"AND site IN ({marks(sites)})" if sites else ""
    row = select_one(
        db,
        f"SELECT count(*) AS n FROM notices WHERE last_read_at >= ? {where}",  # noqa: S608 # marks
        [from_instant(since), *sites],
    )
    return int(row["n"]) if row else 0


def told_by(db: Database, site: str, column: str) -> SavedPage | None:
    """The answer that shows why a column is bad: since it was last good, the first with a copy."""
    row = select_one(
        db,
        "SELECT * FROM saved_pages WHERE kind = 'list' AND site = ? AND column = ?"
        " AND fetched_at > coalesce((SELECT max(checked_at) FROM checks WHERE site = ?"
        " AND column = ? AND verdict IN ('ok', 'quiet', 'degraded')), '')"
        " ORDER BY copy = '', id LIMIT 1",
        [site, column, site, column],
    )
    return None if row is None else _to_page(row)


def _forget(db: Database, where: str, parameters: list[Any]) -> int:
    # A row of another archive never points here: bodies are shared within one file only.
    with transaction(db):
        db.execute(
            f"UPDATE saved_pages SET same_as = NULL WHERE {where}",  # noqa: S608 # our own words
            parameters,
        )
        cursor = db.execute(f"DELETE FROM saved_pages WHERE {where}", parameters)  # noqa: S608 # same
        return int(cursor.rowcount)


def _to_page(row: Row) -> SavedPage:
    place = None if row["file"] is None else Place(row["file"], row["offset"], row["length"])
    values = {key: value for key, value in row.items() if key not in {"file", "offset", "length"}}
    values["fetched_at"] = to_instant(row["fetched_at"])
    values["asked"] = json.loads(row["asked"])
    return SavedPage(**values, place=place)
