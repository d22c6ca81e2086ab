"""Several pages, one document: what may belong together, and the links that say it does.

A group is a representative (duplicate_of NULL) and the pages that point to it. Links are never
longer than one step. Which pages belong together is decided in `pipelines.dedupe`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from storage.database import transaction
from storage.models import StoredNotice
from storage.notices.notices import find_by_url, get_notice
from storage.notices.row_mapping import load, to_stored
from storage.values import from_date, from_instant, marks, select, select_one, to_instant
from texts.folding import clean
from texts.normal_forms import url_key

# SQLite allows 999 parameters in its oldest builds.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two pages that ought to be one document and say different things."""

    a: int
    b: int
    why: str
    found_at: datetime


def with_url(db: Database, url: str) -> StoredNotice | None:
    """The page at this address, its own or an alias; http and https are the same."""
    return find_by_url(db, url)


def naming_original(db: Database, url: str) -> list[StoredNotice]:
    """Pages that print this address as their original."""
    rows = select(
        db,
        "SELECT * FROM notices WHERE original_url_key = ? AND original_url_key <> '' ORDER BY id",
        [url_key(clean(url))],
    )
    return to_stored(db, rows)


def with_doc_number(
    db: Database, doc_number: str, exclude_id: int | None = None
) -> list[StoredNotice]:
    """Other pages with this 文号, as normalised."""
    if not doc_number:
        return []
    rows = select(
        db,
        "SELECT * FROM notices WHERE doc_number = ? AND doc_number <> ''"
        " AND id IS NOT ? ORDER BY id",
        [clean(doc_number), exclude_id],
    )
    return to_stored(db, rows)


def with_title_on(
    db: Database,
    title_key: str,
    exclude_id: int | None = None,
    *,
    on: date | None = None,
    near: date | None = None,
    within: int = 0,
) -> list[StoredNotice]:
    """Other pages with this bare title (`texts.normal_forms.title_key`).

    `on` narrows to a day, `near` to `within` days around one (`notices.day_on`).
    """
    if not title_key:
        return []
    first = last = on
    if near is not None:
        first, last = near - timedelta(days=within), near + timedelta(days=within)
    days = " AND day_on BETWEEN :first AND :last" if first else ""
    rows = select(
        db,
        "SELECT * FROM notices WHERE title_key = :key AND id IS NOT :id"  # noqa: S608 - constants
        f"{days} ORDER BY day_on, id",
        {"key": title_key, "id": exclude_id, "first": from_date(first), "last": from_date(last)},
    )
    return to_stored(db, rows)


def begun_with(
    db: Database, beginning: str, day: date, exclude_id: int | None = None
) -> list[StoredNotice]:
    """Other pages of a day (`notices.day_on`) whose bare titles begin with this one."""
    rows = select(
        db,
        "SELECT * FROM notices WHERE title_key >= ? AND title_key < ? AND day_on = ?"
        " AND id IS NOT ? ORDER BY id",
        [beginning, beginning + chr(sys.maxunicode), from_date(day), exclude_id],
    )
    return to_stored(db, rows)


def link(db: Database, notice_id: int, of: int, why: str) -> None:
    """The page, and all that point to it, are the document that `of` belongs to."""
    with transaction(db):
        representative = _representative(db, of)
        if representative == notice_id:
            return
        get_notice(db, notice_id)
        db.execute(
            "UPDATE notices SET duplicate_of = ? WHERE duplicate_of = ?",
            [representative, notice_id],
        )
        db.execute(
            "UPDATE notices SET duplicate_of = ?, duplicate_why = ? WHERE id = ?",
            [representative, clean(why), notice_id],
        )


def promote(db: Database, notice_id: int) -> None:
    """Make the page the representative of its group: the original turned up after a repost."""
    with transaction(db):
        former = _representative(db, notice_id)
        if former == notice_id:
            return
        why = get_notice(db, notice_id).duplicate_why
        db.execute(
            "UPDATE notices SET duplicate_of = NULL, duplicate_why = '' WHERE id = ?", [notice_id]
        )
        db.execute(
            "UPDATE notices SET duplicate_of = ? WHERE duplicate_of = ?", [notice_id, former]
        )
        db.execute(
            "UPDATE notices SET duplicate_of = ?, duplicate_why = ? WHERE id = ?",
            [notice_id, why, former],
        )


def unlink(db: Database, notice_id: int) -> None:
    """The page is a document of its own after all; the others of its group stay together."""
    with transaction(db):
        others = [item.id for item in group_of(db, notice_id) if item.id != notice_id]
        if others and get_notice(db, notice_id).duplicate_of is None:
            promote(db, others[0])
        db.execute(
            "UPDATE notices SET duplicate_of = NULL, duplicate_why = '' WHERE id = ?", [notice_id]
        )


def group_of(db: Database, notice_id: int) -> list[StoredNotice]:
    """All pages of the document, the representative first."""
    representative = _representative(db, notice_id)
    rows = select(
        db,
        "SELECT * FROM notices WHERE id = :id OR duplicate_of = :id"
        " ORDER BY duplicate_of IS NOT NULL, id",
        {"id": representative},
    )
    return to_stored(db, rows)


def has_copies(db: Database, notice_id: int) -> bool:
    """Whether other pages point to this one."""
    found = select_one(db, "SELECT 1 FROM notices WHERE duplicate_of = ? LIMIT 1", [notice_id])
    return found is not None


def groups_of(db: Database, pages: Sequence[StoredNotice]) -> dict[int, list[StoredNotice]]:
    """`group_of` for many pages at once: id of the page -> all pages of its document."""
    known = {page.id: page for page in pages}
    heads = list(dict.fromkeys(page.duplicate_of or page.id for page in known.values()))
    members: dict[int, list[int]] = {head: [head] for head in heads}
    for start in range(0, len(heads), _BATCH):
        batch = heads[start : start + _BATCH]
        links = select(
            db,
            "SELECT id, duplicate_of FROM notices"  # noqa: S608 - question marks
            f" WHERE duplicate_of IN ({marks(batch)}) ORDER BY id",
            batch,
        )
        for link in links:
            members[link["duplicate_of"]].append(link["id"])
    wanted = {page for group in members.values() for page in group}
    known |= load(db, sorted(wanted - known.keys()))
    groups = {head: [known[page] for page in group] for head, group in members.items()}
    return {page.id: groups[page.duplicate_of or page.id] for page in pages}


def record_conflict(db: Database, a: int, b: int, why: str, now: datetime) -> None:
    """Two pages contradict each other. Saying it again changes nothing."""
    with transaction(db):
        db.execute(
            "INSERT OR IGNORE INTO conflicts (a, b, why, found_at) VALUES (?, ?, ?, ?)",
            [min(a, b), max(a, b), clean(why), from_instant(now)],
        )


def list_conflicts(db: Database) -> list[Conflict]:
    """All contradictions, the newest first."""
    rows = select(db, "SELECT a, b, why, found_at FROM conflicts ORDER BY found_at DESC, id DESC")
    return [Conflict(row["a"], row["b"], row["why"], to_instant(row["found_at"])) for row in rows]


def _representative(db: Database, notice_id: int) -> int:
    return get_notice(db, notice_id).duplicate_of or notice_id
