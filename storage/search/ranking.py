"""Which notices answer a search, best first, without reading more than is needed.

The order: words in the title, in the number (文号), in the text, only in the text of files or in
pictures; the newest first within each. Ranking by bm25 would read every hit, and every notice
holds common words: the index is read from its newest end instead, and left once there are enough
hits. It knows short pieces only: whether a longer word stands in a text is looked up there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlite_utils import Database

from storage.search.index import is_exact, match_all
from storage.search.limits import Limits, Reach, reach_of
from storage.search.picture_texts import picture_texts
from storage.values import Row, marks, reading, select, stream
from texts.folding import holds_all

# Up to this many hits the order is exact; of more, the newest stored are ranked.
MOST_RANKED = 200
# SQLite allows 999 parameters in its oldest builds.
_BATCH = 500
_TITLE, _NUMBER, _TEXT, _FILE = range(4)

_FIELDS = "m.id, m.published_on, m.title, m.doc_number"
_NAMED = f"""
SELECT {_FIELDS} FROM notices_fts_titles f CROSS JOIN notices m ON m.id = f.rowid
WHERE notices_fts_titles MATCH :match AND f.rowid BETWEEN :first AND :last
"""  # noqa: S608 - constants
_TEXTS = f"""
SELECT {_FIELDS}, :body AS body_text FROM notices_fts f CROSS JOIN notices m ON m.id = f.rowid
WHERE notices_fts MATCH :match AND f.rowid BETWEEN :first AND :last
"""  # noqa: S608 - constants
_WHOLE = f"SELECT {_FIELDS}, m.body_text FROM notices m WHERE m.id IN "  # noqa: S608 - constants
_WAITING = "SELECT notice_id FROM search_queue"
_NEWEST_FIRST = " ORDER BY f.rowid DESC"
_FILES = """
SELECT DISTINCT a.notice_id FROM notices_fts_files f CROSS JOIN attachments a ON a.id = f.rowid
WHERE notices_fts_files MATCH :match AND a.removed_at IS NULL ORDER BY f.rowid DESC
"""
_PICTURES = """
SELECT a.notice_id FROM notices_fts_pictures i CROSS JOIN picture_files f ON f.id = i.rowid
JOIN attachments a ON a.sha256 = f.sha256
WHERE notices_fts_pictures MATCH :match AND a.removed_at IS NULL
UNION SELECT b.notice_id FROM notices_fts_pictures i CROSS JOIN picture_files f ON f.id = i.rowid
JOIN body_pictures b ON b.sha256 = f.sha256 WHERE notices_fts_pictures MATCH :match
ORDER BY 1 DESC
"""
_FILE_TEXTS = """
SELECT notice_id, text FROM attachments
WHERE removed_at IS NULL AND text IS NOT NULL AND notice_id IN ({0})
"""


class _Hits:
    """The notices found so far, each at the best place a word stands in it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._found: dict[int, tuple[int, Row]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, notice_id: int) -> bool:
        return notice_id in self._found

    @property
    def are_enough(self) -> bool:
        """More than are ranked exactly."""
        return len(self) > self.most

    def count_up_to(self, place: int) -> int:
        """How many stand at this place or a better one."""
        return sum(at <= place for at, _ in self._found.values())

    def take(self, place: int, rows: Iterable[Row]) -> None:
        """Add rows until there are enough."""
        for row in rows:
            self._found.setdefault(row["id"], (place, row))
            if self.are_enough:
                return

    def ranked(self) -> list[int]:
        """All ids: by place, the newest first."""
        newest = sorted(
            self._found.values(),
            key=lambda hit: (hit[1]["published_on"] or "", hit[1]["id"]),
            reverse=True,
        )
        return [row["id"] for _, row in sorted(newest, key=lambda hit: hit[0])]


def best_hits(db: Database, words: Sequence[str], limits: Limits, most: int) -> list[int]:
    """Ids of the notices that hold every word (folded), themselves or with their files."""
    wanted = list(words)
    hits = _Hits(max(most, MOST_RANKED))
    reach = reach_of(db, limits)
    with reading(db):
        if reach.ids is not None:
            _take_known(hits, wanted, _read(db, reach.ids, limits))
        else:
            waiting = [row[0] for row in db.conn.execute(_WAITING)]
            _take_known(hits, wanted, _read(db, waiting, limits))
            for place, column in ((_TITLE, "title"), (_NUMBER, "doc_number")):
                hits.take(place, _named(db, column, wanted, limits, reach))
                if hits.count_up_to(place) >= most:
                    return hits.ranked()[:most]
            hits.take(_TEXT, _texts(db, wanted, limits, reach))
        if not hits.are_enough:
            hits.take(_FILE, _with_files(db, hits, wanted, limits))
    return hits.ranked()[:most]


def _read(db: Database, ids: Sequence[int], limits: Limits) -> list[Row]:
    """Notices themselves, with their texts."""
    sql = f"{_WHOLE}({','.join(map(str, ids))}){limits.condition}"
    return select(db, sql, limits.values) if ids else []


def _take_known(hits: _Hits, words: list[str], rows: Iterable[Row]) -> None:
    """Look for the words in notices the index is not asked about."""
    for row in rows:
        if holds_all([row["title"]], words):
            hits.take(_TITLE, [row])
        elif holds_all([row["doc_number"]], words):
            hits.take(_NUMBER, [row])
        elif _holds(row, words):
            hits.take(_TEXT, [row])


def _named(
    db: Database, column: str, words: list[str], limits: Limits, reach: Reach
) -> Iterator[Row]:
    """Notices with all the words in the title, or in the number."""
    match = f"{column} : ({match_all(words)})"
    exact = is_exact(words)
    for row in _stream(db, _NAMED, match, limits, reach):
        if exact or holds_all([row[column]], words):
            yield row


def _texts(db: Database, words: list[str], limits: Limits, reach: Reach) -> Iterator[Row]:
    """Notices with all the words somewhere."""
    exact = is_exact(words)
    sql = _TEXTS.replace(":body", "''" if exact else "m.body_text")
    for row in _stream(db, sql, match_all(words), limits, reach):
        if exact or _holds(row, words):
            yield row


def _stream(db: Database, sql: str, match: str, limits: Limits, reach: Reach) -> Iterator[Row]:
    """Rows of the index, the newest first, read as they are asked for."""
    for first, last in reach.ranges:
        yield from stream(
            db,
            sql + limits.condition + _NEWEST_FIRST,
            limits.values | {"match": match, "first": first, "last": last},
        )


def _with_files(db: Database, hits: _Hits, words: list[str], limits: Limits) -> Iterator[Row]:
    """Notices that hold the words only together with their files."""
    known = len(words) == 1 and is_exact(words)
    ids = [notice_id for notice_id in _with_file_of(db, words) if notice_id not in hits]
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        rows = _read(db, batch, limits)
        files: dict[int, list[str]] = defaultdict(list)
        if not known:
            for row in select(db, _FILE_TEXTS.format(marks(batch)), batch):
                files[row["notice_id"]].append(row["text"])
            for number, texts in picture_texts(db, batch).items():
                files[number] += [one.text for one in texts]
        for row in rows:
            if known or _holds(row, words, files[row["id"]]):
                yield row


def _with_file_of(db: Database, words: list[str]) -> list[int]:
    """Notices with a file that may hold one of the words."""
    found: dict[int, None] = {}
    for word in words:
        for sql in (_FILES, _PICTURES):
            rows = db.conn.execute(sql, {"match": match_all([word])})
            found |= dict.fromkeys(row[0] for row in rows)
    return list(found)


def _holds(row: Row, words: list[str], files: Sequence[str] = ()) -> bool:
    return holds_all([row["title"], row["doc_number"], row["body_text"], *files], words)
