"""What the search box of a table finds, among the rows the other conditions of the page leave.

Every other notice may hold a common word, so the box lists the best of them only, and says so. The
conditions are part of the search, not applied to what it found: no hit is out of reach.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datasette.utils import sqlite_timelimit
from sqlite_utils import Database

from storage.errors import StorageError
from storage.search.index import is_exact
from storage.search.limits import MANY, Limits
from storage.search.ranking import best_hits
from storage.search.search import SearchHit, hits_of, split_words

# So many are listed of words that the index answers alone; of longer ones, which are looked for in
# the texts, as many as `storage.search.ranking` ranks exactly.
MOST = 1_000
MOST_OF_LONG = 200
# So many are shown above the table, ranked, with the place where the word stands.
_MOST_RANKED = 5
_PATIENCE_MS = 500
_INTERRUPTED = "interrupted"
_ROWS = 'SELECT DISTINCT "{column}" FROM "{table}"{where} LIMIT {most}'
_AMONG = 'EXISTS (SELECT 1 FROM "{table}" WHERE "{column}" = m.id{conditions})'


@dataclass(frozen=True, slots=True)
class Asked:
    """A table or view and its column with the ids of notices, and the conditions on its rows."""

    table: str
    column: str
    conditions: Sequence[str] = ()
    parameters: Mapping[str, object] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether every notice is among the rows."""
        return self.table == "notices" and not self.conditions


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of notices, best first, at most `most`; whether there are more; the best few."""

    most: int
    ids: Sequence[int]
    is_cut: bool
    best: Sequence[SearchHit]

    @property
    def as_json(self) -> str:
        """The ids for json_each()."""
        return json.dumps(list(self.ids), separators=(",", ":"))


class TooLongError(Exception):
    """The search was given up: the rows that are left are looked at one by one."""


def find(connection: sqlite3.Connection, typed: str, asked: Asked, limit_ms: int) -> Found:
    """The best notices with all the words, in the order of `zhengxun search`.

    Needs the functions of `storage.search.index.register`. Raises StorageError, and TooLongError
    after `limit_ms`.
    """
    wanted = split_words(typed)
    most = MOST if is_exact(wanted) else MOST_OF_LONG
    if not wanted:
        return Found(most, [], False, [])
    db = Database(connection, execute_plugins=False)
    limits = _limits(connection, asked)
    try:
        with sqlite_timelimit(connection, limit_ms):
            ids = best_hits(db, wanted, limits, most + 1)
    except (StorageError, sqlite3.OperationalError) as error:
        if _INTERRUPTED not in {str(error), str(error.__cause__)}:
            raise
        raise TooLongError from error
    shown = ids[:most]
    return Found(most, shown, len(ids) > most, hits_of(db, shown[:_MOST_RANKED], wanted))


def _limits(connection: sqlite3.Connection, asked: Asked) -> Limits:
    """The ids themselves if they are not many and soon known, or the conditions."""
    if asked.is_everything:
        return Limits()
    parameters = dict(asked.parameters or {})
    ids = _ids(connection, asked, parameters)
    if ids is not None:
        return Limits(within=ids)
    conditions = "".join(f" AND {condition}" for condition in asked.conditions)
    among = _AMONG.format(table=asked.table, column=asked.column, conditions=conditions)
    return Limits(also=among, parameters=parameters)


def _ids(
    connection: sqlite3.Connection, asked: Asked, parameters: Mapping[str, object]
) -> list[int] | None:
    where = f" WHERE {' AND '.join(asked.conditions)}" if asked.conditions else ""
    sql = _ROWS.format(table=asked.table, column=asked.column, where=where, most=MANY + 1)
    try:
        with sqlite_timelimit(connection, _PATIENCE_MS):
            ids = [row[0] for row in connection.execute(sql, parameters) if row[0] is not None]
    except sqlite3.OperationalError as error:
        if str(error) != _INTERRUPTED:
            raise
        return None
    return ids if len(ids) <= MANY else None
