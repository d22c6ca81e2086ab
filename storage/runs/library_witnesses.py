"""Documents that a library of many publishers has (国务院政策文件库), and whether the publisher's
own columns brought them.

Such a witness tells of its own page: its address in `witnesses` is that of the notice that tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlite_utils import Database

from storage.values import select, select_one, to_date

# The number alone tells a document where it names who gave it (工信部科〔2026〕3号); 2026年第3号 is
# given twice a year at some, to a 公告 and a 通告.
_BROUGHT = """
SELECT 1 FROM notices n JOIN notices t ON t.id = :id
WHERE n.site = :site AND n.id <> t.id AND (
    n.duplicate_of = t.id OR n.id = t.duplicate_of OR n.duplicate_of = t.duplicate_of
    OR (t.title_key <> '' AND n.title_key = t.title_key)
    OR (t.doc_number LIKE '%〔%' AND n.doc_number = t.doc_number))
LIMIT 1
"""
_NUMBERED = """
SELECT n.column, n.doc_number FROM notices n
JOIN columns c ON c.site = n.site AND c.name = n.column
WHERE n.site = ? AND n.doc_number <> '' AND c.enabled AND c.removed_at IS NULL
ORDER BY n.published_on DESC, n.id DESC LIMIT ?
"""


def watched_site(db: Database, names: Sequence[str]) -> str:
    """The id of the first of these publishers that is watched; "" for none."""
    for name in names:
        row = select_one(
            db, "SELECT id FROM sites WHERE name = ? AND enabled AND removed_at IS NULL", [name]
        )
        if row is not None:
            return str(row["id"])
    return ""


def numbered(db: Database, site: str, most: int) -> list[tuple[str, str]]:
    """(column, 文号) of the newest notices of a site's watched columns that bear one."""
    return [(row["column"], row["doc_number"]) for row in select(db, _NUMBERED, [site, most])]


def is_brought(db: Database, site: str, notice_id: int) -> bool:
    """Whether the site has a page of the document that this notice of another site is."""
    return select_one(db, _BROUGHT, {"id": notice_id, "site": site}) is not None


def day_of_document(db: Database, notice_id: int) -> date | None:
    """The day a notice was signed, else the one it was published on."""
    row = select_one(
        db,
        "SELECT coalesce(written_on, published_on) AS day FROM notices WHERE id = ?",
        [notice_id],
    )
    return to_date(row["day"]) if row and row["day"] else None
