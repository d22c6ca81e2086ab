"""Lets Datasette's own search box, and the canned query, find Chinese words.

The index holds single characters, so a word must be asked for as a phrase of its characters.
"""

from __future__ import annotations

import sqlite3

from datasette import hookimpl

from storage.search import match_expression, split_words


def zh_query(words: str | None) -> str:
    """The FTS5 expression for words as typed; without a word one that matches nothing."""
    wanted = split_words(words or "")
    return match_expression(wanted) if wanted else '""'


@hookimpl(trylast=True)  # type: ignore[untyped-decorator] # datasette ships no types
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Replace Datasette's escape_fts, after Datasette has defined it."""
    conn.create_function("escape_fts", 1, zh_query)
    conn.create_function("zh_query", 1, zh_query)
