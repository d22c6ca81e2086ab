"""What a search is narrowed to, and how that keeps it from reading the whole index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from storage.folding import fold
from storage.values import Row, from_date

# So few notices are read themselves, without asking the index.
FEW = 300
# Up to so many the index is asked only where they lie.
MANY = 20_000
# Ids further apart than this are asked for in two ranges.
_GAP = 2_000
_MOST_RANGES = 16
_LAST_ID = 2**62

_CONDITIONS = {
    "site": "m.site = :site",
    "section": "m.section = :section",
    "since": "m.published_on >= :since",
    "until": "m.published_on <= :until",
    "number": "instr(fold(m.doc_number), :number) > 0",
    "due_since": "m.deadline_on >= :due_since",
    "due_until": "m.deadline_on <= :due_until",
}
# Limits with an index of their own: which notices they leave is known without reading a text.
_INDEXED = ("site", "since", "until", "due_since", "due_until")


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit. Days are inclusive; `number` is a part of the 文号."""

    site: str | None = None
    section: str | None = None
    since: date | None = None
    until: date | None = None
    number: str | None = None
    due_since: date | None = None
    due_until: date | None = None

    @property
    def values(self) -> Row:
        """The parameters of the conditions that apply."""
        values: Row = {
            "site": self.site,
            "section": self.section,
            "since": from_date(self.since),
            "until": from_date(self.until),
            "number": fold(self.number) if self.number else None,
            "due_since": from_date(self.due_since),
            "due_until": from_date(self.due_until),
        }
        return {name: value for name, value in values.items() if value is not None}

    @property
    def condition(self) -> str:
        """AND … for the WHERE of a query on `notices m`."""
        return "".join(f" AND {_CONDITIONS[name]}" for name in self.values)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where to look: in ranges of ids, the newest first, or, if these are few, at `ids` alone."""

    ranges: Sequence[tuple[int, int]]
    ids: Sequence[int] | None = None


EVERYWHERE = Reach([(0, _LAST_ID)])


def reach_of(db: Database, limits: Limits) -> Reach:
    """Where the notices lie that the limits leave."""
    values = {name: value for name, value in limits.values.items() if name in _INDEXED}
    if not values:
        return EVERYWHERE
    conditions = " AND ".join(_CONDITIONS[name] for name in values)
    ids = [
        row[0]
        for row in db.conn.execute(
            f"SELECT m.id FROM notices m WHERE {conditions} LIMIT :most",  # noqa: S608 - constants
            values | {"most": MANY + 1},
        )
    ]
    if len(ids) > MANY:
        return EVERYWHERE
    ids.sort(reverse=True)
    return Reach(_ranges(ids), ids if len(ids) <= FEW else None)


def _ranges(ids: Sequence[int]) -> list[tuple[int, int]]:
    """Ranges that hold the ids (descending), cut at the gaps between them."""
    if not ids:
        return []
    ranges = []
    last = first = ids[0]
    for found in ids[1:]:
        if first - found > _GAP:
            ranges.append((first, last))
            last = found
        first = found
    ranges.append((first, last))
    return ranges if len(ranges) <= _MOST_RANGES else [(ids[-1], ids[0])]
