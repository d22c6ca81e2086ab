"""What a page asked for by posting, as a column of the catalogue says it (`crawlers.records`)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

_PLAIN = re.compile(r"[\w-]{1,80}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a page made, and the answer it got."""

    url: str
    method: str
    body: str
    kind: str
    """The Content-Type of what was sent."""
    answer: str


def sent_with(asked: Asked) -> tuple[str, dict[str, str]] | None:
    """The column's `send`, and what is sent by name; None for what no column can say."""
    if asked.method == "GET":
        return "query", {}
    if asked.method != "POST":
        return None
    body = asked.body.strip()
    if "json" in asked.kind or body[:1] == "{":
        fields = _fields_of(body)
        return None if fields is None else ("json", fields)
    fields = dict(parse_qsl(body, keep_blank_values=True))
    return ("form", fields) if all(map(_PLAIN.fullmatch, fields)) else None


def _fields_of(body: str) -> dict[str, str] | None:
    """The fields of a JSON body whose values are words and whole numbers, sent as they came."""
    try:
        value: Any = json.loads(body or "{}")
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    said = {name: one for name, one in value.items() if one is not None}
    plain = all(type(one) in {str, int} and _PLAIN.fullmatch(name) for name, one in said.items())
    return {name: str(one) for name, one in said.items()} if plain else None
