"""Topics from a controlled vocabulary, with the words that matched."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.facts.width import fold_width

_OFTEN = 2
_READ = 20_000


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a notice and the words found for it, the commonest first."""

    name: str
    words: tuple[str, ...]


def find_topics(title: str, text: str) -> tuple[Topic, ...]:
    """Topics named in the title, or at least twice in the text; in the vocabulary's order."""
    vocabulary, pattern = _vocabulary()
    in_title = set(pattern.findall(fold_width(title).upper()))
    counts = Counter(pattern.findall(fold_width(text[:_READ]).upper()))
    counts.update(dict.fromkeys(in_title, _OFTEN))
    topics = []
    for name, words in vocabulary.items():
        found = [word for word in words if counts[word]]
        if sum(counts[word] for word in found) >= _OFTEN:
            topics.append(Topic(name, tuple(sorted(found, key=lambda word: -counts[word]))))
    return tuple(topics)


def topic_names() -> tuple[str, ...]:
    """The vocabulary, in its order."""
    return tuple(_vocabulary()[0])


@cache
def _vocabulary() -> tuple[dict[str, list[str]], re.Pattern[str]]:
    with Path(__file__).with_name("topics.toml").open("rb") as file:
        topics: dict[str, list[str]] = tomllib.load(file)["topics"]
    words = sorted({word for group in topics.values() for word in group}, key=len, reverse=True)
    # Words overlap (中小企业 in 创新型中小企业): the look-ahead finds each wherever it begins.
    return topics, re.compile(f"(?=({'|'.join(map(re.escape, words))}))")
