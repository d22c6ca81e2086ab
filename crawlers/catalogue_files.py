"""Reads the files of the catalogue, and lays the operator's over ours."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from errors import ZhengxunError


class CatalogueError(ZhengxunError):
    """The catalogue cannot be used. One line a mistake: file, site, key, what is allowed."""


def wants_built_in(switches: Mapping[str, Any], path: Path | None) -> bool:
    """What the operator's table `[catalogue]` says. Raises CatalogueError."""
    wanted = switches.get("built_in", True)
    if not isinstance(wanted, bool) or set(switches) - {"built_in"}:
        raise CatalogueError(f"{path}: [catalogue]: holds built_in = true or false, nothing else")
    return wanted


def read_tables(path: Path) -> dict[str, dict[str, Any]]:
    """The sites of a file as written, by id. Raises CatalogueError."""
    try:
        text = path.read_text(encoding="utf-8")
        # One machine hands another a site as JSON.
        tables = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: not readable as TOML: {error}") from error
    except OSError as error:
        raise CatalogueError(f"{path}: {error.strerror}") from error
    loose = [name for name, table in tables.items() if not isinstance(table, dict)]
    if loose:
        lines = [f"{path}: {name}: stands outside a site; sites are tables [id]" for name in loose]
        raise CatalogueError("\n".join(lines))
    return tables


def merged_site(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Ours with theirs over it: key by key, columns by their names."""
    merged = {**ours, **theirs}
    new = theirs.get("columns")
    old = ours.get("columns")
    if not isinstance(new, list) or not isinstance(old, list):
        return merged
    columns = {column.get("name", ""): column for column in old}
    for column in new:
        name = column.get("name", "") if isinstance(column, dict) else ""
        known = columns.get(name)
        columns[name or f"column {len(columns) + 1}"] = (
            _merge_tables(known, column) if known else column
        )
    return {**merged, "columns": list(columns.values())}


def _merge_tables(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Key by key; the sub-tables (selectors, params, extra) too."""
    merged = {**ours, **theirs}
    for key, value in theirs.items():
        if isinstance(value, dict) and isinstance(ours.get(key), dict):
            merged[key] = {**ours[key], **value}
    return merged
