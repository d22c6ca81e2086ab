"""The notices of a column as its list showed them: what a later list is compared with."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlite_utils import Database

from storage.values import Row, select

# Of each column the newest notices; beside each what the crawl knew when it last asked for it.
_RECENT = """
SELECT n.key, n.url, n.title, coalesce(n.published_on, '') AS day, n.last_seen_at, n.first_seen_at,
       substr(n.body_text, 1, :characters) AS text,
       coalesce(json_extract(n.read_by, '$.body_html'), '') AS body_reader,
       (SELECT p.asked FROM saved_pages p WHERE p.notice_id = n.id AND p.kind = 'notice'
        ORDER BY p.id DESC LIMIT 1) AS asked
FROM notices n WHERE n.site = :site AND n.column = :column
ORDER BY n.published_on DESC, n.id DESC LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class Listing:
    """A notice, and the row of the list that led to it.

    `day` is YYYY-MM-DD or empty; `listed_title` and `listed_day` are as the list printed them,
    empty where no page was kept; `text` may be cut; `body_reader` read it; `last_listed_at` is a
    UTC instant as text, and so is `first_seen_at`.
    """

    key: str
    url: str
    title: str
    day: str
    listed_title: str
    listed_day: str
    text: str
    body_reader: str
    last_listed_at: str
    first_seen_at: str


def recent_listings(
    db: Database, site: str, column: str, *, most: int, characters: int
) -> list[Listing]:
    """The newest notices of a column, the newest first; at most `most`, of each so much text."""
    wanted = {"site": site, "column": column, "most": most, "characters": characters}
    return [_to_listing(row) for row in select(db, _RECENT, wanted)]


def _to_listing(row: Row) -> Listing:
    asked = json.loads(row["asked"]).get("notice", {}) if row["asked"] else {}
    return Listing(
        key=row["key"],
        url=row["url"],
        title=row["title"],
        day=row["day"],
        listed_title=asked.get("list_title", ""),
        listed_day=asked.get("list_date", ""),
        text=row["text"],
        body_reader=row["body_reader"],
        last_listed_at=row["last_seen_at"],
        first_seen_at=row["first_seen_at"],
    )
