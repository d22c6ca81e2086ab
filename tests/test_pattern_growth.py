"""No pattern costs much more than the length of its input, whatever that input is.

Every regular expression of the rooms meets repetitions of its own pieces, longer and longer.
From the length at which it takes noticeable time on, four times the length may take four times
as long, not sixteen. Times are processor time, the quickest of several rounds.
"""

from __future__ import annotations

import gc
import re
from collections import deque
from collections.abc import Iterator
from time import process_time
from typing import Any

import pytest

from tests.pattern_census import Found, all_patterns
from tests.pattern_inputs import Attack, attacks_on, possessive_groups

LONGEST = 8_192
NOTICEABLE = 0.004
"""Seconds: what costs less at LONGEST is not worth a judgement."""

MOST = 8.0
"""Times as long for four times the input: linear is 4, quadratic 16."""

# Small steps first: an exponential pattern is met before it takes for ever.
_LENGTHS = (12, 17, 24, 32, 45, 64, 90, 128, 512, 2_048, LONGEST)
_ROUNDS = 3


@pytest.fixture(autouse=True)
def _no_collections() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def seconds(found: Found, text: str) -> float:
    """Processor time of asking once for every match, as the rooms ask."""
    asked: Any = text
    if isinstance(found.pattern.pattern, bytes):
        asked = text.encode("utf-8")
    started = process_time()
    if found.anchored:
        found.pattern.match(asked)
        found.pattern.fullmatch(asked)
    else:
        deque(found.pattern.finditer(asked), maxlen=0)
    return process_time() - started


def grows_too_fast(found: Found, attack: Attack) -> str:
    """What is wrong with the pattern under this attack; empty when nothing is."""
    for length in _LENGTHS:
        if seconds(found, attack.text(length)) > NOTICEABLE:
            return judged(found, attack, length)
    return ""


def judged(found: Found, attack: Attack, length: int) -> str:
    """The verdict at a length that takes noticeable time, tried again before it counts."""
    for _ in range(_ROUNDS):
        whole, quarter = (quickest(found, attack, length // part) for part in (1, 4))
        ratio = whole / max(quarter, 1e-6)
        if whole < NOTICEABLE or ratio <= MOST:
            return ""
    shown = attack.text(20)
    cost = f"{whole:.3f} s, {ratio:.0f} times a quarter"
    return f"{found.place}: {length} characters like {shown!r}: {cost}"


def quickest(found: Found, attack: Attack, length: int) -> float:
    """The best of several rounds, in seconds."""
    text = attack.text(length)
    return min(seconds(found, text) for _ in range(_ROUNDS))


def fault_of(found: Found) -> str:
    """The first attack under which a pattern grows too fast; empty when there is none."""
    made = attacks_on(found.pattern.pattern, found.pattern.flags)
    faults = (grows_too_fast(found, attack) for attack in made)
    return next((fault for fault in faults if fault), "")


PATTERNS = all_patterns()


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_cost_grows_with_the_length(found: Found) -> None:
    assert fault_of(found) == ""


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_nothing_wider_than_a_character_is_repeated_possessively(found: Found) -> None:
    """Python before 3.11.5 (Debian 12 has 3.11.2) matches such groups wrongly, without a word."""
    assert possessive_groups(found.pattern.pattern, found.pattern.flags) == []


def test_a_group_repeated_possessively_is_caught() -> None:
    assert possessive_groups(r"a(?:(?!b).)*+b", 0)
    assert not possessive_groups(r"a[^b]*+b\s{0,4}+.++", 0)


def test_the_census_finds_the_patterns_of_every_room() -> None:
    rooms = {found.place.split("/")[0] for found in PATTERNS}
    assert {"crawlers", "pipelines", "digest", "storage", "texts", "app"} <= rooms
    assert len(PATTERNS) > 200


@pytest.mark.parametrize(
    "written",
    [
        r"\s*\d+号",
        r"(?:a*)*b",
        r"(?:<!--.*?-->|\s)*<html",
        r"[^。]*(?:前|止)[^。]*$",
        r"《[^》]*》",
        r"(\w+\s?)+;",
    ],
)
def test_a_pattern_that_grows_too_fast_is_caught(written: str) -> None:
    assert fault_of(Found("here", re.compile(written), anchored=False))


@pytest.mark.parametrize("written", [r"\s{0,4}\d{1,9}号", r"《[^《》]{0,200}》", r"[0-9a-f]+"])
def test_a_bounded_pattern_is_not_accused(written: str) -> None:
    assert fault_of(Found("here", re.compile(written), anchored=False)) == ""
