"""Full-text search: every word is found wherever it stands, one character or twenty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from storage.search_index import fold
from storage.values import Row, from_date, select, to_date

# A hit in the title outweighs dozens in the text; bm25 levels off, hence the large numbers.
_WEIGHTS = "100.0, 20.0, 1.0"
_MOST_WORDS = 20
_LONGEST_WORD = 100
_EXCERPT_BEFORE = 20
_EXCERPT_LENGTH = 80

# Every word must be somewhere in the notice or in its files. Notices that hold all words
# themselves come first; ranked first, read after: sorting must not carry the texts along.
_ONE_WORD = """
SELECT * FROM (
    SELECT rowid FROM notices_fts WHERE notices_fts MATCH :word{0}
    UNION SELECT a.notice_id FROM notices_fts_files f JOIN attachments a ON a.id = f.rowid
    WHERE notices_fts_files MATCH :word{0} AND a.removed_at IS NULL)
"""
_SEARCH = f"""
SELECT n.id, n.title, n.url, n.published_on, n.site, n.doc_number, n.body_text
FROM (
    SELECT m.id, own.score
    FROM notices m LEFT JOIN (
        SELECT rowid, bm25(notices_fts, {_WEIGHTS}) AS score
        FROM notices_fts WHERE notices_fts MATCH :match
    ) own ON own.rowid = m.id
    WHERE m.id IN ({{ids}})
      AND (:site IS NULL OR m.site = :site)
      AND (:section IS NULL OR m.section = :section)
      AND (:since IS NULL OR m.published_on >= :since)
      AND (:until IS NULL OR m.published_on <= :until)
    ORDER BY own.score IS NULL, own.score, m.published_on DESC, m.id DESC
    LIMIT :limit
) best JOIN notices n ON n.id = best.id
ORDER BY best.score IS NULL, best.score, n.published_on DESC, n.id DESC
"""  # noqa: S608 - constants
_FILES = "SELECT text FROM attachments WHERE notice_id = ? AND removed_at IS NULL ORDER BY position"


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A notice that contains all the words; the first hit stands in 【】 in the excerpt."""

    id: int
    title: str
    url: str
    published_on: date | None
    site: str
    excerpt: str


def search(
    db: Database,
    words: str,
    *,
    limit: int = 20,
    site: str | None = None,
    section: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[SearchHit]:
    """Notices that contain every word, themselves or in the text of their files, best first.

    Words are substrings; width and case do not matter.

    `since` and `until` are days of publication, inclusive. Nothing that a person can type
    raises; without a word there are no hits.
    """
    wanted = split_words(words)
    if not wanted or limit <= 0:
        return []
    parameters = {
        "match": match_expression(wanted),
        "site": site,
        "section": section,
        "since": from_date(since),
        "until": from_date(until),
        "limit": limit,
    } | {f"word{place}": match_expression([word]) for place, word in enumerate(wanted)}
    ids = " INTERSECT ".join(_ONE_WORD.format(place) for place in range(len(wanted)))
    return [
        SearchHit(
            id=row["id"],
            title=row["title"],
            url=row["url"],
            published_on=to_date(row["published_on"]),
            site=row["site"],
            excerpt=_excerpt_of(db, row, wanted),
        )
        for row in select(db, _SEARCH.format(ids=ids), parameters)
    ]


def split_words(words: str) -> list[str]:
    """The words, folded as the index folds them; white space separates."""
    folded = (fold(word)[:_LONGEST_WORD] for word in words.split())
    return [word for word in dict.fromkeys(folded) if word][:_MOST_WORDS]


def match_expression(words: list[str]) -> str:
    """The FTS5 query for folded words: each a phrase of single characters, all of them."""
    return " AND ".join('"' + " ".join(word).replace('"', '""') + '"' for word in words)


def excerpt(texts: list[str], words: list[str]) -> str:
    """A piece of the first text that contains one of the folded words, the hit in 【】."""
    for text in texts:
        spots = [spot for word in words if (spot := _find(text, word)) is not None]
        if spots:
            return _cut(text, *min(spots))
    return _one_line(texts[0][:_EXCERPT_LENGTH]) if texts else ""


def _excerpt_of(db: Database, row: Row, words: list[str]) -> str:
    """From the notice if it holds one of the words, else from its files."""
    texts = [row["body_text"], row["title"], row["doc_number"]]
    if not _holds_any(texts, words):
        files = [file["text"] or "" for file in select(db, _FILES, [row["id"]])]
        texts = [text for text in files if _holds_any([text], words)] or texts
    return excerpt(texts, words)


def _holds_any(texts: list[str], words: list[str]) -> bool:
    folded = [fold(text) for text in texts]
    return any(word in text for word in words for text in folded)


def _cut(text: str, start: int, end: int) -> str:
    first = max(0, start - _EXCERPT_BEFORE)
    last = max(end, first + _EXCERPT_LENGTH)
    marked = f"{text[first:start]}【{text[start:end]}】{text[end:last]}"
    return ("…" if first else "") + _one_line(marked) + ("…" if last < len(text) else "")


def _find(text: str, word: str) -> tuple[int, int] | None:
    """Where a folded word stands in a text as printed: start and end."""
    folded = fold(text)
    if len(folded) == len(text):
        start = folded.find(word)
        return None if start < 0 else (start, start + len(word))
    # Folding changed the length (① is one, ㈠ three): fold by character to keep the places.
    pieces = [fold(char) for char in text]
    start = "".join(pieces).find(word)
    if start < 0:
        return None
    return _place(pieces, start), _place(pieces, start + len(word) - 1) + 1


def _place(pieces: list[str], position: int) -> int:
    """The index of the piece that holds a position of the joined text."""
    length = 0
    for index, piece in enumerate(pieces):
        length += len(piece)
        if position < length:
            return index
    return len(pieces) - 1


def _one_line(text: str) -> str:
    return " ".join(text.split())
