"""Labelled weeks: invented entries, and what two choosers would have put before their readers."""

from __future__ import annotations

import json
import math
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from digest.choosing.document import Document
from digest.choosing.roles import addresses_outsiders, is_objection
from digest.choosing.scoring import Taste

WEEKS = Path(__file__).parent.parent / "tests" / "curation"


@dataclass(frozen=True)
class LabelledWeek:
    """The entries of one week in the order of their sites, and the ten of the chooser who judges.

    `first` and `second` are what each of two choosers named, the best first: ten that must be
    read, and about as many that come next.
    """

    name: str
    today: date
    documents: tuple[Document, ...]
    published: Mapping[int, str]
    chosen: frozenset[int]
    first: tuple[int, ...]
    second: tuple[int, ...]


def load_weeks(folder: Path = WEEKS) -> list[LabelledWeek]:
    """The labelled weeks, the oldest first, judged by the first chooser; copies of a document are
    joined, as the store does."""
    copies, near = (_read(folder / name) for name in ("reposts.json", "near.json"))
    second = tomllib.loads((folder / "second_chooser.toml").read_text(encoding="utf-8"))
    weeks = [_read(path) for path in sorted(folder.glob("2*-W*.json"))]
    return [
        _week(
            week,
            copies,
            (*week["chosen"], *near[week["week"]]),
            (*second[week["week"]]["ten"], *second[week["week"]]["next"]),
        )
        for week in weeks
    ]


def load_taste(folder: Path = WEEKS) -> Taste:
    """The company's profile, written before the weeks were."""
    words = tomllib.loads((folder / "profile.toml").read_text(encoding="utf-8"))
    chapters = {name: table["profile"] for name, table in words["chapters"].items()}
    return Taste(words["profile"], chapters)


def ndcg(order: Sequence[int], chosen: Iterable[int], k: int = 10) -> float:
    """Discounted gain of the first `k`, 1 when all of them were chosen. One that is named twice
    among the chosen counts twice."""
    grades = Counter(chosen)
    gain = sum(grades[one] / math.log2(place + 2) for place, one in enumerate(order[:k]))
    ideal = sorted(grades.values(), reverse=True)[:k]
    return gain / sum(grade / math.log2(place + 2) for place, grade in enumerate(ideal))


def recall(order: Sequence[int], chosen: frozenset[int], k: int) -> float:
    """Which part of the chosen stands among the first `k`."""
    return len(chosen & set(order[:k])) / len(chosen)


def _week(
    read: dict[str, Any], copies: Mapping[str, str], first: Sequence[str], second: Sequence[str]
) -> LabelledWeek:
    today = date.fromisoformat(read["to"])
    entries = [entry for entry in read["entries"] if entry["id"] not in copies]
    numbers = {entry["id"]: number for number, entry in enumerate(entries, start=1)}
    return LabelledWeek(
        read["week"],
        today,
        tuple(_document(entry, numbers[entry["id"]], today) for entry in entries),
        {numbers[entry["id"]]: entry["published_on"] for entry in entries},
        frozenset(numbers[one] for one in read["chosen"]),
        tuple(numbers[one] for one in first),
        tuple(numbers[one] for one in second),
    )


def _document(entry: dict[str, Any], number: int, today: date) -> Document:
    deadline, effective = (
        date.fromisoformat(entry[name]) if entry[name] else None
        for name in ("deadline_on", "effective_on")
    )
    asks = deadline is not None and deadline >= today and addresses_outsiders(entry["title"])
    return Document(
        number,
        entry["section"],
        entry["title"],
        entry["body_text"],
        entry["site"],
        entry["doc_number"],
        deadline if asks else None,
        is_objection(entry["title"]),
        effective,
    )


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
