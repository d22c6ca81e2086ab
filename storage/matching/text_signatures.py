"""Which stored texts may be near-copies of another: bands of MinHash signatures, by day.

A band is looked up by its hash within a span of days, so that a template used for years does not
make the search longer. What a signature is, and what follows from a shared band, is decided in
`pipelines`. `bands` points to notices without a foreign key: checking one would need an index
as large as the table.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import date

from sqlite_utils import Database

from storage.database import transaction
from storage.models import StoredNotice
from storage.notices.row_mapping import load
from storage.values import marks, select, select_one

# Of one band, within the span: more would be a template, not copies.
_MOST_OF_A_BAND = 64


def keep_signature(
    db: Database, notice_id: int, *, algorithm: str, day: date, bands: Sequence[int]
) -> None:
    """Make this the signature of the notice; `bands` are signed 64-bit hashes."""
    kept = array("q", bands).tobytes()
    with transaction(db):
        old = select_one(db, "SELECT * FROM signatures WHERE notice_id = ?", [notice_id])
        if old and (old["algorithm"], old["day"], old["bands"]) == (
            algorithm,
            day.toordinal(),
            kept,
        ):
            return
        if old:
            _drop_bands(db, notice_id, old["day"], old["bands"])
        db.execute(
            "INSERT OR REPLACE INTO signatures (notice_id, algorithm, day, bands)"
            " VALUES (?, ?, ?, ?)",
            [notice_id, algorithm, day.toordinal(), kept],
        )
        db.conn.executemany(
            "INSERT OR IGNORE INTO bands (hash, day, notice_id) VALUES (?, ?, ?)",
            [(band, day.toordinal(), notice_id) for band in bands],
        )


def drop_signature(db: Database, notice_id: int) -> None:
    """The notice no longer has a text to compare."""
    with transaction(db):
        old = select_one(db, "SELECT * FROM signatures WHERE notice_id = ?", [notice_id])
        if old:
            _drop_bands(db, notice_id, old["day"], old["bands"])
            db.execute("DELETE FROM signatures WHERE notice_id = ?", [notice_id])


def with_bands(
    db: Database,
    bands: Sequence[int],
    *,
    day: date,
    within: int,
    exclude_id: int,
    most: int = 8,
) -> list[StoredNotice]:
    """Notices of `within` days around `day` that share bands, the most shared first."""
    shared: dict[int, int] = {}
    first, last = day.toordinal() - within, day.toordinal() + within
    for band in bands:
        rows = db.conn.execute(
            "SELECT notice_id FROM bands WHERE hash = ? AND day BETWEEN ? AND ?"
            " AND notice_id <> ? ORDER BY day DESC, notice_id DESC LIMIT ?",
            [band, first, last, exclude_id, _MOST_OF_A_BAND],
        )
        for (notice_id,) in rows:
            shared[notice_id] = shared.get(notice_id, 0) + 1
    best = sorted(shared, key=lambda found: (-shared[found], found))[:most]
    stored = load(db, best)
    return [stored[notice_id] for notice_id in best if notice_id in stored]


def list_stale(
    db: Database, algorithm: str, *, since: date | None = None, most: int = 500
) -> list[int]:
    """Ids of notices signed by another algorithm or not yet, the newest first; from `since` on."""
    rows = select(
        db,
        "SELECT notice_id FROM signatures"
        " WHERE (algorithm < :ours OR algorithm > :ours) AND day >= :first"
        " ORDER BY day DESC, notice_id DESC LIMIT :most",
        {"ours": algorithm, "first": since.toordinal() if since else 0, "most": most},
    )
    return [row["notice_id"] for row in rows]


def _drop_bands(db: Database, notice_id: int, day: int, kept: bytes) -> None:
    bands = array("q", kept)
    db.execute(
        f"DELETE FROM bands WHERE hash IN ({marks(bands)}) AND day = ? AND notice_id = ?",  # noqa: S608 - marks
        [*bands, day, notice_id],
    )
