"""Deadlines on sentences labelled by hand: a gate, and a forecast that must not fall."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from pipelines.facts.deadlines import find_deadlines

GOLD = Path(__file__).parents[1] / "gold_deadlines"
CASES = {
    name: tomllib.loads((GOLD / f"{name}.toml").read_text(encoding="utf-8"))["cases"]
    for name in ("open", "held")
}


def found_in(title: str, text: str, published: str) -> list[str]:
    """The days found, sorted, each once."""
    found = find_deadlines(title, text, published=date.fromisoformat(published))
    return sorted({one.on.isoformat() for one in found})


@pytest.mark.parametrize("name", ["open", "held"])
def test_no_day_is_missed_and_none_invented(name: str) -> None:
    wrong = [
        (title, text, due, got)
        for _, published, title, text, due in CASES[name]
        if (got := found_in(title, text, published)) != sorted(due)
    ]
    assert wrong == []


def test_the_gold_set_is_large_enough_to_say_something() -> None:
    counts = {name: len(cases) for name, cases in CASES.items()}
    assert sum(counts.values()) >= 120
    assert all(any(not due for *_, due in cases) for cases in CASES.values())
    assert abs(counts["open"] - counts["held"]) <= 1
