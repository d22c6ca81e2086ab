"""Notices as a new reading finds them: of one day or site, at a new address, without a body."""

from __future__ import annotations

from datetime import date

from sqlite_utils import Database

from storage.database import transaction
from storage.models import StoredNotice
from storage.notices.row_mapping import to_stored
from storage.search import index
from storage.values import from_texts, select, select_one, to_texts
from texts.folding import clean
from texts.normal_forms import url_key


def of_day(db: Database, site: str, day: date) -> list[StoredNotice]:
    """The notices of a site whose pages print this day, the first seen first."""
    rows = select(
        db,
        "SELECT * FROM notices WHERE day_on = :day AND published_on = :day AND site = :site"
        " ORDER BY id",
        {"site": site, "day": day.isoformat()},
    )
    return to_stored(db, rows)


def latest(db: Database, site: str, *, most: int) -> list[StoredNotice]:
    """The notices of a site that count from the latest days, the latest first."""
    rows = select(
        db,
        "SELECT * FROM notices WHERE site = ? ORDER BY day_on DESC, id DESC LIMIT ?",
        [site, most],
    )
    return to_stored(db, rows)


def follow_address(db: Database, notice_id: int, url: str) -> None:
    """The notice is at this address now; the former stays known as one more address of it.

    An address that is another notice's own is left to that one.
    """
    key = url_key(clean(url))
    with transaction(db):
        row = select_one(db, "SELECT url, url_key FROM notices WHERE id = ?", [notice_id])
        taken = select_one(
            db, "SELECT 1 FROM notices WHERE url_key = ? AND id <> ?", [key, notice_id]
        )
        if row is None or taken is not None or row["url_key"] == key:
            return
        db.execute(
            "UPDATE notices SET url = ?, url_key = ? WHERE id = ?", [clean(url), key, notice_id]
        )
        db.execute("DELETE FROM aliases WHERE url_key = ? AND notice_id = ?", [key, notice_id])
        db.execute(
            "INSERT OR IGNORE INTO aliases (url_key, url, notice_id) VALUES (?, ?, ?)",
            [row["url_key"], row["url"], notice_id],
        )


def withdraw_body(db: Database, notice_id: int, why: str) -> None:
    """What was stored as the text of a notice is none: it is read again, as if it never was."""
    with transaction(db):
        row = select_one(db, "SELECT warnings FROM notices WHERE id = ?", [notice_id])
        if row is None:
            return
        warnings = dict.fromkeys([*to_texts(row["warnings"]), why])
        db.execute(
            "UPDATE notices SET complete = 0, body_text = '', body_html = '', summary = '',"
            " content_hash = '', deadline_on = NULL, deadlines = '[]', contacts = '[]',"
            " amounts = '[]', topics = '[]', topic_words = '{}', repeals = '[]', warnings = ?"
            " WHERE id = ?",
            [from_texts(warnings), notice_id],
        )
        index.catch_up(db)
