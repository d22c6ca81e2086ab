"""Values and tables as TOML has them, for a sources.toml to be pasted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def tables(name: str, site: Mapping[str, Any], *columns: Mapping[str, Any]) -> str:
    """A site's table and those of its columns; a site without keys of its own has none."""
    lines = [f"[{name}]", *_lines(site), ""] if site else []
    for column in columns:
        lines += [f"[[{name}.columns]]", *_lines(column), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items()]


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _value(value: object) -> str:
    """JSON's strings, numbers and lists are TOML's too; its objects are not."""
    if isinstance(value, Mapping):
        inside = (f"{_key(str(key))} = {_value(part)}" for key, part in value.items())
        return "{ " + ", ".join(inside) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
