"""Which notices answer a search, best first, without reading more of the index than needed.

The order: words in the title, in the number (文号), in the text, only in the text of files; the
newest first within each. Ranking by bm25 would read every hit, and every notice holds common
words: the index is read from its newest end instead, and left once there are enough hits.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from storage.search_index import fold
from storage.values import Row, select

# Up to this many hits the order is exact. A word with more is looked for in the titles of the
# newest notices stored, then in the newest texts.
MOST_RANKED = 200
NEWEST = 4_000

_LIMITS = """
  AND (:site IS NULL OR m.site = :site)
  AND (:section IS NULL OR m.section = :section)
  AND (:since IS NULL OR m.published_on >= :since)
  AND (:until IS NULL OR m.published_on <= :until)
"""
_HITS = f"""
SELECT m.id, m.published_on, m.title, m.doc_number
FROM notices_fts CROSS JOIN notices m ON m.id = notices_fts.rowid
WHERE notices_fts MATCH :match AND notices_fts.rowid > :floor {_LIMITS}
ORDER BY notices_fts.rowid DESC LIMIT :most
"""  # noqa: S608 - constants
# Every word must be somewhere in the notice or in its files.
_ONE_WORD = """
SELECT * FROM (
    SELECT rowid FROM notices_fts WHERE notices_fts MATCH :word{0}
    UNION SELECT a.notice_id FROM notices_fts_files f JOIN attachments a ON a.id = f.rowid
    WHERE notices_fts_files MATCH :word{0} AND a.removed_at IS NULL)
"""
_ONLY_FILES = """
SELECT a.notice_id FROM notices_fts_files f JOIN attachments a ON a.id = f.rowid
WHERE notices_fts_files MATCH :word0 AND a.removed_at IS NULL
"""
_WITH_FILES = "SELECT m.id, m.published_on, m.title, m.doc_number FROM notices m WHERE m.id IN"


def best_hits(db: Database, words: Sequence[str], limits: Row, most: int) -> list[int]:
    """Ids of the notices that hold every word (folded).

    `limits` has site, section, since, until; None means any.
    """
    phrases = [phrase(word) for word in words]
    enough = max(most, MOST_RANKED)
    parameters = limits | {"match": " AND ".join(phrases), "floor": 0, "most": enough + 1}
    hits = select(db, _HITS, parameters)
    if len(hits) > enough:
        hits = _in_newest_titles(db, parameters, hits[0]["id"]) + hits
    else:
        hits += _in_files(db, phrases, limits, {row["id"] for row in hits})
    ranked = sorted(hits, key=lambda row: (row["published_on"] or "", row["id"]), reverse=True)
    ranked.sort(key=lambda row: _place(row, words))
    return list(dict.fromkeys(row["id"] for row in ranked))[:most]


def phrase(word: str) -> str:
    """The FTS5 phrase of single characters for a folded word."""
    return '"' + " ".join(word).replace('"', '""') + '"'


def _in_newest_titles(db: Database, parameters: Row, newest: int) -> list[Row]:
    match = f"{{title}} : ({parameters['match']})"
    return select(db, _HITS, parameters | {"match": match, "floor": newest - NEWEST})


def _in_files(db: Database, phrases: list[str], limits: Row, found: set[int]) -> list[Row]:
    """Notices that hold the words only together with their files."""
    if len(phrases) == 1:
        ids = _ONLY_FILES
    else:
        ids = " INTERSECT ".join(_ONE_WORD.format(place) for place in range(len(phrases)))
    words = {f"word{place}": text for place, text in enumerate(phrases)}
    rows = select(db, f"{_WITH_FILES} ({ids}) {_LIMITS}", limits | words)
    return [row | {"in_files": True} for row in rows if row["id"] not in found]


def _place(row: Row, words: Sequence[str]) -> int:
    if row.get("in_files"):
        return 3
    for place, text in enumerate((row["title"], row["doc_number"])):
        folded = fold(text)
        if all(word in folded for word in words):
            return place
    return 2
