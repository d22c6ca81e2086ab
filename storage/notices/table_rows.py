"""Rows of the tables in attachments: kept with each attachment, found by what any cell says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from storage.models import TableRow
from storage.values import Row, from_date, from_json, reading, stream, to_date
from texts.folding import clean, fold, holds_all

_COPY = """
INSERT OR IGNORE INTO attachment_rows (attachment, sheet, row, cells)
SELECT :id, r.sheet, r.row, r.cells FROM attachment_rows r
WHERE r.attachment = (
    SELECT a.id FROM attachments a WHERE a.sha256 = :sha256 AND a.id <> :id
    AND EXISTS (SELECT 1 FROM attachment_rows k WHERE k.attachment = a.id)
    ORDER BY a.id DESC LIMIT 1)
"""

_FOUND = """
SELECT n.id, n.title, n.url, n.published_on, n.site, a.name, r.sheet, r.row, r.cells
FROM attachment_rows r JOIN attachments a ON a.id = r.attachment
JOIN notices n ON n.id = a.notice_id
WHERE a.removed_at IS NULL AND n.duplicate_of IS NULL
  AND (:site IS NULL OR n.site = :site) AND (:section IS NULL OR n.section = :section)
  AND (:since IS NULL OR n.published_on >= :since)
  AND (:until IS NULL OR n.published_on <= :until)
ORDER BY n.day_on DESC, n.id DESC, a.position, r.sheet, r.row
"""

_OF_NOTICES = """
SELECT a.notice_id, r.cells FROM attachments a JOIN attachment_rows r ON r.attachment = a.id
WHERE a.removed_at IS NULL AND a.notice_id = :notice
ORDER BY a.position, r.sheet, r.row
"""


@dataclass(frozen=True, slots=True)
class ListHit:
    """A row of a published list, and the notice whose attachment it stands in."""

    notice_id: int
    title: str
    url: str
    published_on: date | None
    site: str
    file: str
    sheet: str
    row: int
    cells: dict[str, str]


def save_rows(
    db: Database, attachment: int, sha256: str | None, rows: Sequence[TableRow] | None
) -> None:
    """Make the rows of an attachment these. None: the file was not read anew; if another
    attachment is the same file, its rows are this one's too. Call inside a transaction."""
    if sha256 is None:
        rows = ()
    if rows is None:
        db.execute(_COPY, {"id": attachment, "sha256": sha256})
        return
    db.execute("DELETE FROM attachment_rows WHERE attachment = ?", [attachment])
    db.conn.executemany(
        "INSERT OR IGNORE INTO attachment_rows (attachment, sheet, row, cells) VALUES (?, ?, ?, ?)",
        [
            (attachment, clean(row.sheet), row.number, from_json(_cleaned(row.cells)))
            for row in rows
        ],
    )


def search_lists(
    db: Database,
    words: Sequence[str],
    *,
    limit: int = 20,
    site: str | None = None,
    section: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[ListHit]:
    """Rows of lists that hold every word, the newest notices first. Words are substrings; width
    and case do not matter."""
    wanted = [fold(word) for word in words if word.strip()]
    limits = {"site": site, "section": section}
    limits |= {"since": from_date(since), "until": from_date(until)}
    hits: list[ListHit] = []
    if not wanted:
        return hits
    with reading(db):
        for row in stream(db, _FOUND, limits):
            cells = json.loads(row["cells"])
            if holds_all(list(cells.values()), wanted):
                hits.append(_hit(row, cells))
            if len(hits) == limit:
                break
    return hits


def watched_in_lists(db: Database, notice: int, watch: Sequence[str]) -> tuple[str, ...]:
    """Which of the watched names stand in a list that the notice's attachments hold, in the order
    of `watch`."""
    names = {name: fold(name) for name in watch if name.strip()}
    found: set[str] = set()
    with reading(db):
        for row in stream(db, _OF_NOTICES, {"notice": notice}):
            texts = [fold(text) for text in json.loads(row["cells"]).values()]
            found |= {name for name, word in names.items() if any(word in text for text in texts)}
            if len(found) == len(names):
                break
    return tuple(name for name in names if name in found)


def _hit(row: Row, cells: dict[str, str]) -> ListHit:
    return ListHit(
        *(row["id"], row["title"], row["url"], to_date(row["published_on"]), row["site"]),
        *(row["name"], row["sheet"], row["row"], cells),
    )


def _cleaned(cells: dict[str, str]) -> dict[str, str]:
    return {clean(name): clean(value) for name, value in cells.items()}
