"""What a person decided about pages that may be one document. A settled case stays settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from storage.database import transaction
from storage.models import StoredNotice
from storage.notices.row_mapping import load
from storage.values import from_instant, select, select_one

Decision = Literal["same", "different"]


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Two pages that contradict each other, and that nobody has decided about yet."""

    a: StoredNotice
    b: StoredNotice
    why: str


def record_settlement(db: Database, a: int, b: int, verdict: Decision, now: datetime) -> None:
    """Two pages are one document, or are not; the last word counts."""
    with transaction(db):
        db.execute(
            "INSERT INTO settlements (a, b, verdict, settled_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (a, b) DO UPDATE SET verdict = excluded.verdict,"
            " settled_at = excluded.settled_at",
            [min(a, b), max(a, b), verdict, from_instant(now)],
        )


def are_settled_apart(db: Database, some: Iterable[int], others: Iterable[int]) -> bool:
    """Whether a person said of a page of each that they are two documents."""
    theirs = set(others)
    return any(theirs & _settled_apart_from(db, notice_id) for notice_id in some)


def settlement_of(db: Database, a: int, b: int) -> Decision | None:
    """What a person decided about two pages, if anybody did."""
    row = select_one(
        db, "SELECT verdict FROM settlements WHERE a = ? AND b = ?", [min(a, b), max(a, b)]
    )
    if row is None:
        return None
    return "same" if row["verdict"] == "same" else "different"


def open_cases(db: Database) -> list[OpenCase]:
    """Contradictions nobody settled, the newest first.

    Settled are also those between pages joined meanwhile, and between two documents that a
    person told apart by other pages of theirs; gone are those whose numbers were corrected.
    """
    rows = select(
        db,
        "SELECT c.a, c.b, c.why FROM conflicts c"
        " JOIN notices x ON x.id = c.a JOIN notices y ON y.id = c.b"
        " WHERE NOT EXISTS (SELECT 1 FROM settlements s WHERE s.a = c.a AND s.b = c.b)"
        " AND x.doc_number = y.doc_number"
        " AND coalesce(x.duplicate_of, x.id) <> coalesce(y.duplicate_of, y.id)"
        " ORDER BY c.found_at DESC, c.id DESC",
    )
    pages = load(db, sorted({row[side] for row in rows for side in ("a", "b")}))
    return [
        OpenCase(pages[row["a"]], pages[row["b"]], row["why"])
        for row in rows
        if not are_settled_apart(db, _group(db, row["a"]), _group(db, row["b"]))
    ]


def _group(db: Database, notice_id: int) -> list[int]:
    """The pages of the document of a page."""
    rows = select(
        db,
        "SELECT n.id FROM notices n JOIN notices p ON p.id = ?"
        " WHERE n.id = coalesce(p.duplicate_of, p.id)"
        " OR n.duplicate_of = coalesce(p.duplicate_of, p.id)",
        [notice_id],
    )
    return [row["id"] for row in rows]


def _settled_apart_from(db: Database, notice_id: int) -> set[int]:
    rows = select(
        db,
        "SELECT b AS other FROM settlements WHERE a = :id AND verdict = 'different'"
        " UNION ALL SELECT a FROM settlements WHERE b = :id AND verdict = 'different'",
        {"id": notice_id},
    )
    return {row["other"] for row in rows}
