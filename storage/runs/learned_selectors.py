"""Selectors that were learned for a column, until its catalogue works again or takes them over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from storage.database import transaction
from storage.values import (
    Row,
    from_instant,
    from_json,
    select,
    select_one,
    to_instant,
    to_instant_or_none,
)
from texts.folding import clean

LearnedKind = Literal["list", "page"]


@dataclass(frozen=True, slots=True)
class Learned:
    """Selectors of a list (`kind` list) or of notice pages (page), by which known notices were
    found again.

    `selectors` is the catalogue's name of a selector to CSS. `overrides`: they stand before the
    platform's own. `runs_agreed` counts crawls, `accepted_at` is an operator's word. `evidence`
    is in Chinese.
    """

    site: str
    column: str
    kind: LearnedKind
    selectors: dict[str, tuple[str, ...]]
    overrides: bool
    evidence: str
    learned_at: datetime
    used_at: datetime
    runs_agreed: int = 0
    accepted_at: datetime | None = None


def list_learned(db: Database, site: str | None = None) -> list[Learned]:
    """What is learned of a site, or of all, in the order of their names."""
    rows = select(
        db,
        "SELECT * FROM learned_readers WHERE :site IS NULL OR site = :site"
        " ORDER BY site, column, kind",
        {"site": site},
    )
    return [_to_learned(row) for row in rows]


def keep_learned(
    db: Database,
    site: str,
    column: str,
    kind: LearnedKind,
    selectors: dict[str, tuple[str, ...]],
    *,
    overrides: bool,
    evidence: str,
    agrees: bool,
    now: datetime,
) -> None:
    """A crawl read with these selectors, and what it read did (`agrees`) join up with what was
    known. The count of agreeing crawls begins again with other selectors than before."""
    text = from_json(selectors)
    at = from_instant(now)
    with transaction(db):
        known = select_one(
            db,
            "SELECT selectors FROM learned_readers WHERE site = ? AND column = ? AND kind = ?",
            [site, column, kind],
        )
        if known is not None and known["selectors"] == text:
            db.execute(
                "UPDATE learned_readers SET used_at = ?, runs_agreed = runs_agreed + ?"
                " WHERE site = ? AND column = ? AND kind = ?",
                [at, int(agrees), site, column, kind],
            )
            return
        db.execute(
            "INSERT OR REPLACE INTO learned_readers (site, column, kind, selectors, overrides,"
            " evidence, learned_at, used_at, runs_agreed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [site, column, kind, text, int(overrides), clean(evidence), at, at, int(agrees)],
        )


def forget_learned(db: Database, site: str, column: str, kind: LearnedKind) -> None:
    """The catalogue's own readers work again."""
    with transaction(db):
        db.execute(
            "DELETE FROM learned_readers WHERE site = ? AND column = ? AND kind = ?",
            [site, column, kind],
        )


def accept_learned(db: Database, site: str, column: str | None, now: datetime) -> list[Learned]:
    """An operator looked at what was learned of a site, or of one column, and takes it as it is.

    What was accepted now; what had been before is not among it.
    """
    with transaction(db):
        waiting = [
            one
            for one in list_learned(db, site)
            if one.accepted_at is None and column in {None, one.column}
        ]
        db.execute(
            "UPDATE learned_readers SET accepted_at = :now WHERE site = :site"
            " AND accepted_at IS NULL AND (:column IS NULL OR column = :column)",
            {"now": from_instant(now), "site": site, "column": column},
        )
    return waiting


def _to_learned(row: Row) -> Learned:
    return Learned(
        site=row["site"],
        column=row["column"],
        kind=row["kind"],
        selectors={name: tuple(css) for name, css in json.loads(row["selectors"]).items()},
        overrides=bool(row["overrides"]),
        evidence=row["evidence"],
        learned_at=to_instant(row["learned_at"]),
        used_at=to_instant(row["used_at"]),
        runs_agreed=row["runs_agreed"],
        accepted_at=to_instant_or_none(row["accepted_at"]),
    )
