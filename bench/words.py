"""What is searched for: pieces of the texts, as common as they are there, and worse."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise


def pieces(clauses: Sequence[str], length: int, count: int) -> list[str]:
    """Words cut from the clauses at random, the same at each run."""
    chance = random.Random(f"pieces-{length}")  # noqa: S311 - not a secret
    long_enough = [clause for clause in clauses if len(clause) > length]
    words = []
    for _ in range(count):
        clause = chance.choice(long_enough)
        start = chance.randrange(len(clause) - length + 1)
        words.append(clause[start : start + length])
    return words


def chains(clauses: Sequence[str], length: int, count: int) -> list[str]:
    """Words of which every pair of characters is common and the whole is in hardly a text.

    Each character follows the one before it as often as in the clauses.
    """
    chance = random.Random(f"chains-{length}")  # noqa: S311 - not a secret
    follows: dict[str, list[str]] = defaultdict(list)
    for clause in clauses:
        for one, two in pairwise(clause):
            follows[one].append(two)
    words: list[str] = []
    while len(words) < count:
        word = chance.choice(clauses)[0]
        while len(word) < length and word[-1] in follows:
            word += chance.choice(follows[word[-1]])
        if len(word) == length:
            words.append(word)
    return words
