"""Full-text search: every word is found wherever it stands, one character or twenty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from storage.models import RECOGNISED
from storage.search.limits import Limits
from storage.search.picture_texts import picture_texts
from storage.search.ranking import best_hits
from storage.values import Row, marks, select, to_date
from texts.folding import fold, holds, holds_all

_MOST_WORDS = 20
_LONGEST_WORD = 100
_EXCERPT_BEFORE = 20
_EXCERPT_LENGTH = 80
# SQLite allows 999 parameters in its oldest builds.
_BATCH = 500

_TEXTS = "SELECT id, title, url, published_on, site, doc_number, body_text FROM notices"
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
    number: str | None = None,
    due_since: date | None = None,
    due_until: date | None = None,
) -> list[SearchHit]:
    """Notices that contain every word, themselves or in the text of their files, best first.

    Words are substrings; width and case do not matter.

    `since` and `until` are days of publication, `due_since` and `due_until` of the deadline,
    inclusive; `number` is a part of the 文号. Nothing that a person can type raises; without a
    word there are no hits.
    """
    wanted = split_words(words)
    if not wanted or limit <= 0:
        return []
    limits = Limits(site, section, since, until, number, due_since, due_until)
    return hits_of(db, best_hits(db, wanted, limits, limit), wanted)


def hits_of(db: Database, found: Sequence[int], wanted: list[str]) -> list[SearchHit]:
    """The notices of these ids, in their order, each with a piece that holds a folded word."""
    texts: dict[int, Row] = {}
    for start in range(0, len(found), _BATCH):
        ids = found[start : start + _BATCH]
        rows = select(db, f"{_TEXTS} WHERE id IN ({marks(ids)})", ids)
        texts |= {row["id"]: row for row in rows}
    return [_hit(db, texts[notice_id], wanted) for notice_id in found if notice_id in texts]


def _hit(db: Database, row: Row, wanted: list[str]) -> SearchHit:
    return SearchHit(
        id=row["id"],
        title=row["title"],
        url=row["url"],
        published_on=to_date(row["published_on"]),
        site=row["site"],
        excerpt=_excerpt_of(db, row, wanted),
    )


def split_words(words: str) -> list[str]:
    """The words, folded as the index folds them; white space separates."""
    folded = (fold(word)[:_LONGEST_WORD] for word in words.split())
    return [word for word in dict.fromkeys(folded) if word][:_MOST_WORDS]


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
    if not _hold_any(texts, words):
        files = [file["text"] or "" for file in select(db, _FILES, [row["id"]])]
        texts = [text for text in files if _hold_any([text], words)] or texts
    if not _hold_any(texts, words):
        found = picture_texts(db, [row["id"]]).get(row["id"], ())
        shown = [one.text for one in found if _hold_any([one.text], words)]
        return RECOGNISED + excerpt(shown, words) if shown else excerpt(texts, words)
    return excerpt(texts, words)


def _hold_any(texts: list[str], words: list[str]) -> bool:
    return any(holds_all(texts, [word]) for word in words)


def _cut(text: str, start: int, end: int) -> str:
    first = max(0, start - _EXCERPT_BEFORE)
    last = max(end, first + _EXCERPT_LENGTH)
    marked = f"{text[first:start]}【{text[start:end]}】{text[end:last]}"
    return ("…" if first else "") + _one_line(marked) + ("…" if last < len(text) else "")


def _find(text: str, word: str) -> tuple[int, int] | None:
    """Where a folded word stands in a text as printed: start and end."""
    # Folding a long text is most of the time of a search, and most texts hold the word as it is.
    start = text.find(word)
    if start >= 0:
        return start, start + len(word)
    if not holds(text, word):
        return None
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
