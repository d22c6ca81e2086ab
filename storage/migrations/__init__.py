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
    return [migration.name for migration in migrations.pending(db)]


def unknown(db: Database) -> list[str]:
    """Names of applied migrations this version has never heard of: a newer one made them."""
    return [m.name for m in migrations.applied(db) if m.name not in _STEPS]


def newest() -> str:
    """Name of the last migration of this version: stores of one name have one form."""
    return list(_STEPS)[-1]


def apply(db: Database) -> None:
    """Bring the store to the current schema. Call inside a transaction."""
    migrations.apply(db)


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
