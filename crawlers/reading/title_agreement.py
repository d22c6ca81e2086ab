"""Whether two titles are of one document."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST_TITLE = 300
"""Characters: what is longer is no title."""

_WHOLE_WORDS = 8  # characters of a title that is part of another and no chance
_MOST_OF_IT = 0.6
SAME = 0.72
"""Agreement from which two titles are of one document."""

_NOT_WORDS = re.compile(r"[\W_]+")
_CUT = re.compile(r"(?:(?<!\.)\.{2,}|(?<!…)…+)\s{0,9}$")


def plain(text: str) -> str:
    """The words of a text alone, for comparing."""
    return _plain_line(text) if len(text) <= LONGEST_TITLE else _NOT_WORDS.sub("", text).lower()


@lru_cache(maxsize=2048)
def _plain_line(text: str) -> str:
    """Of a short text: a page's lines are compared with many others."""
    return _NOT_WORDS.sub("", text).lower()


def agreement(one: str, other: str) -> float:
    """How far two titles are the same, 0 to 1; one that is cut agrees with its whole."""
    first, second = plain(_uncut(one)), plain(_uncut(other))
    is_cut = bool(_CUT.search(one) or _CUT.search(other))
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    short, long = sorted((first, second), key=len)
    if short in long:
        share = len(short) / len(long)
        if len(short) >= _WHOLE_WORDS and (is_cut or share >= _MOST_OF_IT):
            return 0.95
        return max(0.75, share) if len(short) >= _WHOLE_WORDS or share >= 0.5 else share
    return _dice(short, long)


def _uncut(text: str) -> str:
    return _CUT.sub("", text) if ".." in text or "…" in text else text


def same_title(one: str, other: str) -> bool:
    """Whether two titles are of one document."""
    return agreement(one, other) >= SAME


def _dice(one: str, other: str) -> float:
    pairs = len(one) + len(other) - 2
    if 2 * (min(len(one), len(other)) - 1) < SAME * pairs:
        return 0.0  # so unlike in length that they cannot be the same
    first = {one[i : i + 2] for i in range(len(one) - 1)}
    second = {other[i : i + 2] for i in range(len(other) - 1)}
    return 2 * len(first & second) / max(1, len(first) + len(second))
