"""How near a document is to what the company says of itself: BM25 over pairs of characters.

(Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.) The title counts three
times; rare pairs of the issue weigh more than common ones.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import add

from digest.choosing.document import READ, Document
from digest.choosing.pairs import pairs_of, terms_of

_K1 = 1.2
_B = 0.6
_TITLE_COUNTS = 3


@dataclass(frozen=True, slots=True)
class Relevance:
    """BM25 of one document, and the terms of the profile that it has, the weightiest first."""

    value: float = 0.0
    terms: tuple[str, ...] = ()


def relevances(documents: Sequence[Document], profiles: Sequence[str]) -> list[Relevance]:
    """For each document by its own profile, in their order; 0 where that is empty."""
    terms = {profile: terms_of(profile) for profile in dict.fromkeys(profiles)}
    pairs = {
        profile: tuple(dict.fromkeys(pair for term in words for pair in pairs_of(term)))
        for profile, words in terms.items()
    }
    wanted = frozenset(pair for some in pairs.values() for pair in some)
    if not wanted:
        return [Relevance()] * len(documents)
    words = tuple(pair for pair in wanted if pair.isascii() and len(pair) != 2)
    counts: list[Counter[str]] = []
    lengths: list[int] = []
    for document in documents:
        title, body = document.title.lower(), document.text[:READ].lower()
        counts.append(_counted(title, body, wanted, words))
        lengths.append(len(title) * _TITLE_COUNTS + len(body))
    usual = sum(lengths) / max(len(lengths), 1) or 1.0
    rarity = _rarity(wanted, counts)
    judged: list[Relevance] = []
    for document, profile, count, length in zip(documents, profiles, counts, lengths, strict=True):
        room = _K1 * (1 - _B + _B * length / usual)
        weights = {
            pair: rarity[pair] * count[pair] * (_K1 + 1) / (count[pair] + room)
            for pair in pairs[profile]
            if pair in count
        }
        named = _named(terms[profile], document, weights)
        judged.append(Relevance(sum(weights.values()), named))
    return judged


def _counted(title: str, body: str, wanted: frozenset[str], words: Sequence[str]) -> Counter[str]:
    """How often each wanted pair stands in a document, and each of the Latin `words`."""
    found = Counter(filter(wanted.__contains__, map(add, body, body[1:])))
    for pair in filter(wanted.__contains__, map(add, title, title[1:])):
        found[pair] += _TITLE_COUNTS
    for word in words:
        found[word] += body.count(word) + _TITLE_COUNTS * title.count(word)
    return +found


def _rarity(wanted: Iterable[str], counts: Sequence[Counter[str]]) -> dict[str, float]:
    total = len(counts)
    having = Counter(pair for count in counts for pair in count)
    return {
        pair: math.log(1 + (total - having[pair] + 0.5) / (having[pair] + 0.5)) for pair in wanted
    }


def _named(terms: Sequence[str], document: Document, weights: dict[str, float]) -> tuple[str, ...]:
    """Terms that stand whole in the document; those of the title first, then by weight."""
    title, body = document.title.lower(), document.text[:READ].lower()
    present = [term for term in terms if term in title or term in body]
    weight = {
        term: (term in title, sum(weights.get(pair, 0.0) for pair in pairs_of(term)))
        for term in present
    }
    return tuple(sorted(present, key=weight.__getitem__, reverse=True))
