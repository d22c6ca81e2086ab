"""Pairs of neighbouring characters: the words of a language that is written without spaces."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from operator import add
from pathlib import Path

from texts.width import fold_width

EXAMPLE = Path(__file__).with_name("example_profile.toml")
_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[a-z]+")
_BETWEEN_TERMS = re.compile(r"[，,。；;、：:\s/|（）()《》“”]+")
_SHORTEST_TERM = 2


def example_profile() -> str:
    """The profile of a company that develops medicines, to begin with."""
    with EXAMPLE.open("rb") as file:
        return str(tomllib.load(file)["company"]["profile"])


def pairs_of(text: str) -> Iterator[str]:
    """Every two neighbouring Han characters, and every Latin word; no figures."""
    for run in _RUN.findall(fold_width(text).lower()):
        if run.isascii():
            yield run
        else:
            yield from map(add, run, run[1:])


def terms_of(profile: str) -> tuple[str, ...]:
    """The terms of a profile in words: what stands between its commas."""
    words = (word.lower() for word in _BETWEEN_TERMS.split(fold_width(profile)))
    return tuple(dict.fromkeys(word for word in words if len(word) >= _SHORTEST_TERM))
