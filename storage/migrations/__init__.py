"""The history of the schema, one SQL file a step, in the order of their names.

Add a file with the next number; never change one that was released: its name is recorded in
every store that applied it. What every column means is in schema.json, and from there in
docs/schema.md.
"""

from __future__ import annotations

from importlib import resources

from sqlite_utils import Database, Migrations

migrations = Migrations("zhengxun")


def pending(db: Database) -> list[str]:
    """Names of the migrations this store still needs."""
    applied = set(_applied(db))
    return [name for name in _STEPS if name not in applied]


def unknown(db: Database) -> list[str]:
    """Names of applied migrations this version has never heard of: a newer one made them."""
    return [name for name in _applied(db) if name not in _STEPS]


def newest() -> str:
    """Name of the last migration of this version: stores of one name have one form."""
    return list(_STEPS)[-1]


def apply(db: Database) -> None:
    """Bring the store to the current schema. Call inside a transaction."""
    migrations.apply(db)


def _applied(db: Database) -> list[str]:
    """In the order in which they were applied. Not by sqlite-utils, which makes objects of tables
    and rows: a visit opens the store often, and that was a third of it."""
    table = migrations.migrations_table
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    if db.execute(known, [table]).fetchone() is None:
        return []
    rows = db.execute(
        f"SELECT name FROM {table} WHERE migration_set = ? ORDER BY rowid",  # noqa: S608 - its name
        [migrations.name],
    )
    return [name for (name,) in rows]


def _read_steps() -> dict[str, str]:
    files = [item for item in resources.files(__name__).iterdir() if item.name.endswith(".sql")]
    texts = {file.name.removesuffix(".sql"): file.read_text(encoding="utf-8") for file in files}
    return dict(sorted(texts.items()))


def _register(name: str, script: str) -> None:
    @migrations(name=name)
    def step(db: Database) -> None:
        db.executescript(script)


_STEPS = _read_steps()
for _name, _script in _STEPS.items():
    _register(_name, _script)
