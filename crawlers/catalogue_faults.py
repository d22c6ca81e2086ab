"""Turns what is wrong with a catalogue file into lines an operator can act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_Place = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a site's table came from: the built-in file, and the operator's with its own part."""

    file: Path
    own_file: Path | None
    own: Mapping[str, Any]

    def guilty(self, table: Mapping[str, Any], place: _Place) -> Path:
        """The operator's file if the key at fault stands in it, the built-in one otherwise."""
        if self.own_file is not None and _stands_in(self.own, table, place):
            return self.own_file
        return self.file


def duplicate_columns(tables: Mapping[str, Mapping[str, Any]], path: Path) -> list[str]:
    """A line for each column name used twice in one site of one file."""
    faults = []
    for site, table in tables.items():
        columns = table.get("columns")
        if not isinstance(columns, list):
            continue
        names = Counter(column.get("name") for column in columns if isinstance(column, dict))
        faults += [
            f"{path}: [{site}] columns: two columns are named {name!r}; names must differ"
            for name, times in names.items()
            if name and times > 1
        ]
    return faults


def unknown_sections(
    tables: Mapping[str, Mapping[str, Any]], path: Path, known: Sequence[str]
) -> list[str]:
    """A line for each site or column that is filed under a chapter that does not exist."""
    faults = []
    for site, table in tables.items():
        columns = table.get("columns")
        own = [(f"[{site}] section", table.get("section"))]
        for column in columns if isinstance(columns, list) else ():
            if isinstance(column, dict):
                place = f'[{site}] column "{column.get("name", "")}" section'
                own.append((place, column.get("section")))
        for place, section in own:
            if not known or not isinstance(section, str) or not section or section in known:
                continue
            close = get_close_matches(section, known, n=1)
            guess = f"did you mean {close[0]!r}?" if close else f"chapters: {', '.join(known)}"
            faults.append(f"{path}: {place}: there is no chapter {section!r}; {guess}")
    return faults


def fault_lines(
    error: ValidationError,
    site: str,
    table: Mapping[str, Any],
    sources: Sources,
    allowed_keys: Mapping[str, Sequence[str]],
) -> list[str]:
    """One line a mistake: file, site, key, what is allowed.

    `allowed_keys` lists the keys of a site (""), of its "columns" and of their "selectors".
    """
    lines = []
    for fault in error.errors():
        place = fault["loc"]
        where = " ".join(part for part in (f"[{site}]", _spell(table, place)) if part)
        advice = _advice(fault, allowed_keys)
        # A missing key stands nowhere: whoever wrote the table forgot it.
        stands = place[:-1] if fault["type"] == "missing" else place
        lines.append(f"{sources.guilty(table, stands)}: {where}: {advice}")
    return lines


def _spell(table: Mapping[str, Any], place: _Place) -> str:
    """A place in words: columns "通知公告" selectors.rows."""
    if len(place) > 1 and place[0] == "columns" and isinstance(place[1], int):
        name = _column_at(table, place[1]).get("name") or f"#{place[1] + 1}"
        key = ".".join(str(part) for part in place[2:])
        return f'column "{name}" {key}'.rstrip()
    return ".".join(str(part) for part in place)


def _column_at(table: Mapping[str, Any], index: int) -> Mapping[str, Any]:
    column = table["columns"][index]
    return column if isinstance(column, dict) else {}


def _stands_in(own: Mapping[str, Any], table: Mapping[str, Any], place: _Place) -> bool:
    if not own:
        return False
    if not place:
        return True
    if len(place) > 1 and place[0] == "columns" and isinstance(place[1], int):
        name = _column_at(table, place[1]).get("name")
        columns = own.get("columns")
        mine = [c for c in columns if isinstance(c, dict)] if isinstance(columns, list) else []
        keys = place[2:3]
        return any(c.get("name") == name and all(key in c for key in keys) for c in mine)
    return place[0] in own


def _advice(fault: ErrorDetails, allowed_keys: Mapping[str, Sequence[str]]) -> str:
    kind, place = fault["type"], fault["loc"]
    if kind == "extra_forbidden":
        table = next(
            (name for name in reversed(list(allowed_keys)) if name and name in place[:-1]), ""
        )
        allowed = allowed_keys[table]
        close = get_close_matches(str(place[-1]), allowed, n=1)
        guess = f"did you mean {close[0]!r}?" if close else f"allowed: {', '.join(allowed)}"
        return f"no such key; {guess}"
    if kind == "missing":
        return "missing; it must be given"
    if kind == "literal_error":
        expected = fault["ctx"]["expected"].replace(" or ", ", ")
        close = get_close_matches(str(fault["input"]), expected.replace("'", "").split(", "), n=1)
        guess = f"; did you mean {close[0]!r}?" if close else ""
        return f"{fault['input']!r} is not one of {expected}{guess}"
    if kind == "value_error":
        return f"{fault['input']!r}: " * bool(place) + str(fault["ctx"]["error"])
    return f"{fault['msg']} (found {fault['input']!r})"
