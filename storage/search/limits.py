"""What a search is narrowed to, and how that keeps it from reading the whole index."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlite_utils import Database

from storage.values import Row, from_date
from texts.folding import fold

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


_WITHIN = "m.id IN (SELECT value FROM json_each(:within))"


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit. Days are inclusive; `number` is a part of the 文号.

    `within` is the only ids there may be, `also` a further condition on `notices m` in SQL, with
    `parameters` of names that are not ours.
    """

    site: str | None = None
    section: str | None = None
    since: date | None = None
    until: date | None = None
    number: str | None = None
    due_since: date | None = None
    due_until: date | None = None
    within: Sequence[int] | None = None
    also: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def named(self) -> Row:
        """The parameters of the limits that have a name, of those that apply."""
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
    def values(self) -> Row:
        """The parameters of `condition`."""
        ids = {} if self.within is None else {"within": json.dumps(list(self.within))}
        return self.named | ids | dict(self.parameters)

    @property
    def condition(self) -> str:
        """AND … for the WHERE of a query on `notices m`."""
        conditions = [_CONDITIONS[name] for name in self.named]
        conditions += [_WITHIN] if self.within is not None else []
        conditions += [self.also] if self.also else []
        return "".join(f" AND {condition}" for condition in conditions)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where to look: in ranges of ids, the newest first, or, if these are few, at `ids` alone."""

    ranges: Sequence[tuple[int, int]]
    ids: Sequence[int] | None = None


EVERYWHERE = Reach([(0, _LAST_ID)])


def reach_of(db: Database, limits: Limits) -> Reach:
    """Where the notices lie that the limits leave."""
    if limits.within is not None:
        return _reach(limits.within)
    values = {name: value for name, value in limits.named.items() if name in _INDEXED}
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
    return EVERYWHERE if len(ids) > MANY else _reach(ids)


def _reach(ids: Sequence[int]) -> Reach:
    newest_first = sorted(ids, reverse=True)
    return Reach(_ranges(newest_first), newest_first if len(ids) <= FEW else None)


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
