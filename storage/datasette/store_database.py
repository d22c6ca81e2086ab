"""The store as Datasette opens it, counted so that a large one answers too."""

from __future__ import annotations

import sqlite3

from datasette.database import Database, QueryInterrupted

# Of one table, in milliseconds: the index of a million rows takes 60 when it is not in memory.
_COUNT_MS = 500


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
