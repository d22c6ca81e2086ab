"""What SQL that anybody may write can cost: SQLite's own limits, and those of our functions.

SQLite is stopped after `sql_time_limit_ms`, but only between two of its own steps: inside one call
of a function, of ours or of its own, no time limit is looked at. So what one call is given is
bounded instead.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from typing import Any

MOST_CHARACTERS = 1_000_000
"""Of one argument of a function of ours; the longest page kept is shorter."""

MOST_WORDS = 500
"""Characters of a search."""

_MIB = 1024 * 1024
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 64 * _MIB,
    # Matching costs the product of pattern and text.
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
}
# Of all that SQLite holds in this process, whoever asked for it.
_HEAP_BYTES = 512 * _MIB


def bound(connection: sqlite3.Connection) -> None:
    """Set SQLite's limits for one connection, and the one of its memory for the process."""
    for category, most in _LIMITS.items():
        connection.setlimit(category, most)
    connection.execute(f"PRAGMA hard_heap_limit = {_HEAP_BYTES}").fetchone()


def bounded(function: Callable[..., Any], most: int = MOST_CHARACTERS) -> Callable[..., Any]:
    """The function, given no more than the first `most` characters of each text."""

    @functools.wraps(function)
    def called(*values: Any) -> Any:
        return function(*(value[:most] if isinstance(value, str) else value for value in values))

    return called
