"""The texts that were recognised in the pictures and scans of notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlite_utils import Database

from storage.models import PictureText
from storage.values import marks, select

_BATCH = 400
_TEXTS = """
SELECT b.notice_id, '' AS name, f.sha256, f.text, f.confidence, 0 AS part, b.position
FROM body_pictures b JOIN picture_files f ON f.sha256 = b.sha256
WHERE f.text <> '' AND b.notice_id IN ({0})
UNION ALL
SELECT a.notice_id, a.name, f.sha256, f.text, f.confidence, 1, a.position
FROM attachments a JOIN picture_files f ON f.sha256 = a.sha256
WHERE f.text <> '' AND a.removed_at IS NULL AND a.notice_id IN ({0})
ORDER BY 1, 6, 7
"""


def picture_texts(db: Database, notice_ids: Sequence[int]) -> dict[int, tuple[PictureText, ...]]:
    """By the id of the notice, only of those where anything was recognised: the pictures of the
    body first, then its files."""
    found: dict[int, list[PictureText]] = defaultdict(list)
    for start in range(0, len(notice_ids), _BATCH):
        ids = list(notice_ids[start : start + _BATCH])
        for row in select(db, _TEXTS.format(marks(ids)), ids * 2):
            found[row["notice_id"]].append(
                PictureText(row["name"], row["sha256"], row["text"], row["confidence"] or 0.0)
            )
    return {number: tuple(texts) for number, texts in found.items()}
