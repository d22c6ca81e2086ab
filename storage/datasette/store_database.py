"""The store as Datasette opens it: counted so that a large one answers too, and bounded.

Whoever may ask may ask for anything: what one answer holds in memory has an end, and an answer
that was cut there says so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from datasette.database import Database, QueryInterrupted, Results
from datasette.utils import sqlite_timelimit

# Of one table, in milliseconds: the index of a million rows takes 60 when it is not in memory.
_COUNT_MS = 500


MOST_FILE_ROWS = 50_000
_MOST_BYTES = 64 * 1024 * 1024
_PORTION = 200


@dataclass
class FileAnswer:
    """What a request for a file may bring, and whether there would have been more."""

    most_rows: int = MOST_FILE_ROWS
    is_cut: bool = False

    @property
    def words(self) -> str:
        """What the file says when it was cut."""
        return f"只列出前面的行（每个文件最多 {self.most_rows:,} 行），结果还有更多"


ASKED_FILE: ContextVar[FileAnswer | None] = ContextVar("asked_file", default=None)
"""Set while a request for a file is answered; a page shows fewer rows."""


class InternalDatabase(Database):  # type: ignore[misc] # datasette ships no types
    """Datasette's own tables, in memory; `close` closes its connections too."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """One more connection, kept for `close`; Datasette keeps those of files only."""
        connection: sqlite3.Connection = super().connect(write)
        self._all_file_connections.append(connection)
        return connection


class StoreDatabase(Database):  # type: ignore[misc] # datasette ships no types
    """Counts no hidden tables.

    Those of the search have no index of their own, and SQLite cannot be stopped while it counts the
    pages of a table: seconds, for numbers nobody reads.
    """

    async def execute(
        self,
        sql: str,
        params: Mapping[str, Any] | Sequence[Any] | None = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,
    ) -> Results:
        """The rows of a query that anybody wrote (`truncate`): as many as fit."""
        if not truncate:
            return await super().execute(
                sql, params, truncate, custom_time_limit, page_size, log_sql_errors
            )
        asked = ASKED_FILE.get()
        most = asked.most_rows if asked else self.ds.max_returned_rows
        if most == page_size:
            most += 1
        limit = min(custom_time_limit or self.ds.sql_time_limit_ms, self.ds.sql_time_limit_ms)

        def read(connection: sqlite3.Connection) -> Results:
            with sqlite_timelimit(connection, limit):
                try:
                    cursor = connection.execute(sql, params if params is not None else {})
                    rows = list(_bounded(cursor, most))
                    is_cut = cursor.fetchone() is not None
                except MemoryError as error:
                    raise sqlite3.OperationalError("结果太大，内存不够：请缩小范围") from error
                except sqlite3.DatabaseError as error:
                    if error.args == ("interrupted",):
                        raise QueryInterrupted(error, sql, params) from error
                    raise
            return Results(rows, is_cut, cursor.description)

        found = await self.execute_fn(read)
        if asked and found.truncated:
            asked.is_cut = True
        return found

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """Rows of each table; None where it was not counted. The caller's limit is too short."""
        hidden = set(await self.hidden_table_names())
        names = await self.table_names()
        return {name: None if name in hidden else await self._count(name) for name in names}

    async def _count(self, table: str) -> int | None:
        sql = f"select count(*) from [{table}]"  # noqa: S608 - a name out of the store itself
        try:
            answer = await self.execute(sql, custom_time_limit=_COUNT_MS)
        except (QueryInterrupted, sqlite3.DatabaseError):
            return None
        return int(answer.single_value())


def _bounded(cursor: sqlite3.Cursor, most: int) -> Iterator[Any]:
    """So many rows, and fewer when they are long."""
    left, size = most, 0
    while left > 0 and size < _MOST_BYTES:
        rows = cursor.fetchmany(1 if size > _MOST_BYTES // 8 else min(_PORTION, left))
        if not rows:
            return
        for row in rows:
            size += sum(len(cell) for cell in tuple(row) if isinstance(cell, str | bytes))
            yield row
        left -= len(rows)
