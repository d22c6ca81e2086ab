"""What a kind of document is worth before its subject is known: `priors.toml`, per chapter."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import cast, get_args

from digest.choosing.roles import Role


def prior(chapter: str, role: Role) -> float:
    """Points for a role in a chapter (by its id)."""
    tables = _tables()
    return tables.get(chapter, {}).get(role, tables["default"][role])


@cache
def _tables() -> dict[str, dict[str, float]]:
    """The tables of the file. Raises ValueError for an unknown role or one without a default."""
    with Path(__file__).with_name("priors.toml").open("rb") as file:
        tables = tomllib.load(file)
    roles = set(get_args(Role))
    if set(tables["default"]) != roles or any(set(table) - roles for table in tables.values()):
        raise ValueError("priors.toml: every role has a default, and there are no other roles")
    return cast(dict[str, dict[str, float]], tables)
