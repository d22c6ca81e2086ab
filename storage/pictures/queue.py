"""The queue of pictures and scans that are to be read: worked off page by page, each page kept at
once, so that whoever is stopped goes on where it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.models import Attachment, PicturePage, is_picture
from storage.values import from_instant, select, select_one
from texts.folding import clean

_NEXT = """
SELECT f.id AS file, f.path, f.type, f.attempts, coalesce(f.pages, 0) AS pages,
    (SELECT count(*) FROM picture_pages p WHERE p.file = f.id) AS number
FROM picture_files f WHERE f.done_at IS NULL
ORDER BY f.pages IS NOT NULL DESC, f.id DESC LIMIT 1
"""
_ONE = "SELECT 1 FROM picture_files WHERE done_at IS NULL LIMIT 1"
_PAGES = "SELECT text, confidence, note FROM picture_pages WHERE file = ? ORDER BY page"
_NOTICES = """
SELECT a.notice_id AS id FROM picture_files f JOIN attachments a ON a.sha256 = f.sha256
WHERE f.id = :file AND a.removed_at IS NULL
UNION SELECT b.notice_id FROM picture_files f JOIN body_pictures b ON b.sha256 = f.sha256
WHERE f.id = :file ORDER BY 1
"""


def enqueue(db: Database, files: Sequence[Attachment], now: datetime) -> None:
    """Let those of the files that are pictures or scans be read, each content once. Call inside a
    transaction."""
    db.conn.executemany(
        "INSERT OR IGNORE INTO picture_files (sha256, path, type, queued_at) VALUES (?, ?, ?, ?)",
        [
            (file.sha256, file.path, file.type, from_instant(now))
            for file in files
            if is_picture(file)
        ],
    )


def save_body_pictures(
    db: Database, notice_id: int, pictures: Sequence[Attachment], now: datetime
) -> None:
    """Make the downloaded pictures of a notice's body these; without any, the known ones stay.
    Call inside a transaction.

    Where nobody reads pictures, and for one that did not come, the address is all there is: it
    stands in the body, and nothing is kept of it here.
    """
    downloaded = [picture for picture in pictures if picture.sha256 is not None]
    if not downloaded:
        return
    db.execute("DELETE FROM body_pictures WHERE notice_id = ?", [notice_id])
    db.conn.executemany(
        "INSERT INTO body_pictures (notice_id, position, url, sha256) VALUES (?, ?, ?, ?)",
        [
            (notice_id, position, clean(picture.url), picture.sha256)
            for position, picture in enumerate(downloaded)
        ],
    )
    enqueue(db, downloaded, now)


def is_waiting(db: Database) -> bool:
    """Whether any file is still to be read."""
    return select_one(db, _ONE) is not None


def files_waiting(db: Database) -> int:
    """How many files are still to be read."""
    row = select_one(db, "SELECT count(*) AS files FROM picture_files WHERE done_at IS NULL")
    return 0 if row is None else int(row["files"])


def pages_read(db: Database, since: datetime) -> int:
    """How many pages were read since then."""
    row = select_one(
        db,
        "SELECT count(*) AS pages FROM picture_pages WHERE read_at >= ?",
        [from_instant(since)],
    )
    return 0 if row is None else int(row["pages"])


def begin_page(db: Database) -> PicturePage | None:
    """The next page: of a file that was begun, else of the file that came last. That it is tried is
    kept: a page that ends the process every time must not be tried for ever."""
    with transaction(db):
        row = select_one(db, _NEXT)
        if row is None:
            return None
        db.execute("UPDATE picture_files SET attempts = attempts + 1 WHERE id = ?", [row["file"]])
    return PicturePage(**row)


def save_page(
    db: Database,
    page: PicturePage,
    *,
    pages: int,
    text: str,
    confidence: float | None,
    note: str,
    now: datetime,
) -> None:
    """Keep what was recognised on a page; `pages`: how many the file has."""
    with transaction(db):
        db.execute(
            "INSERT OR REPLACE INTO picture_pages (file, page, text, confidence, note, read_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [page.file, page.number + 1, clean(text), confidence, note, from_instant(now)],
        )
        db.execute(
            "UPDATE picture_files SET pages = ?, attempts = 0 WHERE id = ?", [pages, page.file]
        )


def finish_file(db: Database, file: int, *, note: str, now: datetime) -> None:
    """All pages were read that will be: their texts are the file's, found by search from now on.
    `note`: in Chinese, what is missing."""
    with transaction(db):
        pages = select(db, _PAGES, [file])
        known = [(len(row["text"]), row["confidence"]) for row in pages if row["confidence"]]
        length = sum(count for count, _ in known)
        notes = dict.fromkeys([*(row["note"] for row in pages), note])
        db.execute(
            "UPDATE picture_files SET text = ?, confidence = ?, note = ?, done_at = ? WHERE id = ?",
            [
                "\n".join(row["text"] for row in pages if row["text"]),
                sum(count * sure for count, sure in known) / length if length else None,
                "；".join(one for one in notes if one),
                from_instant(now),
                file,
            ],
        )


def notices_of(db: Database, file: int) -> list[int]:
    """The notices that show this file, or name it."""
    return [row["id"] for row in select(db, _NOTICES, {"file": file})]
