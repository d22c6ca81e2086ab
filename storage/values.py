"""How Python values are written in the database, and read back.

Instants are UTC in Python's ISO form with +00:00: `+` sorts before `.`, so the texts sort as
the instants do, with and without fractions. Dates are YYYY-MM-DD.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlite_utils import Database

from storage.errors import explained, path_of
from texts.folding import clean

Row = dict[str, Any]
Parameters = Sequence[Any] | Mapping[str, Any]


@contextmanager
def reading(db: Database) -> Iterator[None]:
    """What SQLite says of the file inside is raised as StorageError."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise explained(error, path_of(db)) from error


def select(db: Database, sql: str, parameters: Parameters = ()) -> list[Row]:
    """All rows of a query as dictionaries. Raises StorageError when the file is damaged."""
    with reading(db):
        return list(stream(db, sql, parameters))


def stream(db: Database, sql: str, parameters: Parameters = ()) -> Iterator[Row]:
    """The rows of a query, read as they are asked for; use it inside `reading`."""
    cursor = db.conn.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    for values in cursor:
        yield dict(zip(names, values, strict=True))


def select_one(db: Database, sql: str, parameters: Parameters = ()) -> Row | None:
    """The first row of a query, or None."""
    return next(iter(select(db, sql, parameters)), None)


def marks(values: Sized) -> str:
    """`?,?,?` for an IN list."""
    return ",".join("?" * len(values))


def from_instant(instant: datetime) -> str:
    """UTC text. Raises ValueError for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone")
    return instant.astimezone(UTC).isoformat()


def to_instant(text: str) -> datetime:
    """The aware UTC instant of a stored text."""
    return datetime.fromisoformat(text).astimezone(UTC)


def to_instant_or_none(text: str | None) -> datetime | None:
    """As `to_instant`; NULL is None."""
    return None if text is None else to_instant(text)


def from_date(day: date | None) -> str | None:
    """YYYY-MM-DD, or NULL."""
    return None if day is None else day.isoformat()


def to_date(text: str | None) -> date | None:
    """The date of a stored text; NULL is None."""
    return None if text is None else date.fromisoformat(text)


def from_json(value: object) -> str:
    """JSON with Chinese left readable for analysts."""
    return clean(json.dumps(value, ensure_ascii=False))


def from_texts(values: Iterable[str]) -> str:
    """A JSON list of texts."""
    return from_json(list(values))


def to_texts(text: str) -> tuple[str, ...]:
    """The tuple of a stored JSON list of texts."""
    if text == "[]":  # as most are
        return ()
    return tuple(str(value) for value in json.loads(text))


def one_line(text: str, limit: int = 500) -> str:
    """The text on one line, at most `limit` characters: for replies of foreign servers."""
    return " ".join(clean(text).split())[:limit]
