"""The gold set: pages in tests/gold, each beside a TOML of what a person reads on it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GOLD = Path(__file__).parent.parent / "tests" / "gold"


@dataclass(frozen=True, slots=True)
class GoldNotice:
    """One notice page and its facts. `described`: a platform's patterns are meant to read it.

    `declared` is the charset of the HTTP header, empty where the server names none. `deadlines`
    are (ISO day, what for), `attachments` (name, absolute address), `body` pieces of its text.
    """

    name: str
    page: bytes
    what: str
    url: str
    platform: str
    described: bool
    site_name: str
    group: str
    declared: str
    list_title: str
    list_date: str
    title: str
    published_on: str
    published_time: str
    doc_number: str
    issuers: tuple[str, ...]
    deadlines: tuple[tuple[str, str], ...]
    attachments: tuple[tuple[str, str], ...]
    image_only: bool
    body: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldList:
    """One list answer. `kind`: html, unit, search, cde or feed; `rows` (title, address, day)."""

    name: str
    page: bytes
    what: str
    url: str
    platform: str
    described: bool
    kind: str
    declared: str
    pinned: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...]


def load_notices(folder: Path = GOLD) -> list[GoldNotice]:
    """Every notice of the set, by name."""
    return [GoldNotice(**facts) for facts in _facts(folder / "notices")]


def load_lists(folder: Path = GOLD) -> list[GoldList]:
    """Every list of the set, by name."""
    return [GoldList(**facts) for facts in _facts(folder / "lists")]


def _facts(folder: Path) -> list[dict[str, Any]]:
    found = []
    for path in sorted(folder.glob("*.toml")):
        facts = {
            key: _frozen(value) for key, value in tomllib.loads(path.read_text("utf-8")).items()
        }
        (page,) = (other for other in folder.glob(f"{path.stem}.*") if other.suffix != ".toml")
        found.append({"name": path.stem, "page": page.read_bytes(), **facts})
    return found


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value
