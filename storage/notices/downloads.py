"""Downloaded files by address, so that none is asked for twice."""

from __future__ import annotations

from sqlite_utils import Database

from storage.models import Attachment
from storage.values import select_one
from texts.folding import clean

_NEWEST = """
SELECT url, name, type, bytes, sha256, path, text, note, extent, gist FROM attachments
WHERE url = ? AND sha256 IS NOT NULL ORDER BY id DESC LIMIT 1
"""
_PICTURE = """
SELECT b.url, '' AS name, f.type, f.sha256, f.path
FROM body_pictures b JOIN picture_files f ON f.sha256 = b.sha256 WHERE b.url = ? LIMIT 1
"""


def known_file(db: Database, url: str) -> Attachment | None:
    """The newest download of this address, whichever notice named it; None = never downloaded."""
    row = select_one(db, _NEWEST, [clean(url)])
    return None if row is None else Attachment(**row)


def known_picture(db: Database, url: str) -> Attachment | None:
    """The downloaded picture of a body at this address, without its size; None = there is none."""
    row = select_one(db, _PICTURE, [clean(url)])
    return None if row is None else Attachment(**row)
