"""Topics from a controlled vocabulary, with the words that matched.

What a document is about is told by its words, what it does by its title alone: an approval whose
text speaks of 项目申报 calls for none, and rules that speak of 公示 publish nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from texts.kinds import kind_of
from texts.width import fold_width

_OFTEN = 2
_READ = 20_000
_OPENING = 1_000
# 公告, 通知公告: such a title leaves it to the text.
_SAYS_NOTHING = 6
_PERFORMS = re.compile(
    r"现(?:面向|向|就|将|予|对|组织|开展|公开)?[^。;]{0,60}?(公示|征求|申报)(?!稿|过|后|结果)"
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a notice and the words found for it, the commonest first."""

    name: str
    words: tuple[str, ...]


def find_topics(title: str, text: str) -> tuple[Topic, ...]:
    """Topics named in the title, or at least twice in the text; in the vocabulary's order."""
    vocabulary, acts, pattern = _vocabulary()
    in_title = set(pattern.findall(fold_width(title).upper()))
    kind = kind_of(title) if len(title) > _SAYS_NOTHING else _kind_of_text(text)
    counts = Counter(pattern.findall(fold_width(text[:_READ]).upper()))
    counts.update(dict.fromkeys(in_title, _OFTEN))
    topics = []
    for name, words in vocabulary.items():
        if name in acts:
            found = [word for word in words if word in in_title]
            if kind in acts[name] or ("title" in acts[name] and found):
                topics.append(Topic(name, tuple(found) or (kind,)))
            continue
        found = [word for word in words if counts[word]]
        if sum(counts[word] for word in found) >= _OFTEN:
            topics.append(Topic(name, tuple(sorted(found, key=lambda word: -counts[word]))))
    return tuple(topics)


def _kind_of_text(text: str) -> str:
    """The act of a notice whose title names none, from its opening words: 现…予以公示."""
    match = _PERFORMS.search(fold_width(text[:_OPENING]))
    return {"公示": "公示", "征求": "征求意见", "申报": "申报"}[match[1]] if match else ""


def topic_names() -> tuple[str, ...]:
    """The vocabulary, in its order."""
    return tuple(_vocabulary()[0])


@cache
def _vocabulary() -> tuple[dict[str, list[str]], dict[str, list[str]], re.Pattern[str]]:
    with Path(__file__).with_name("topics.toml").open("rb") as file:
        written = tomllib.load(file)
    topics: dict[str, list[str]] = written["topics"]
    words = sorted({word for group in topics.values() for word in group}, key=len, reverse=True)
    # Words overlap (中小企业 in 创新型中小企业): the look-ahead finds each wherever it begins.
    return topics, written["acts"], re.compile(f"(?=({'|'.join(map(re.escape, words))}))")
