"""What the editor's acts taught: naive Bayes over pairs of titles and what these do, per chapter.

A chapter with few labels leans on all chapters together. Nothing is learned from fewer than
`ENOUGH` labels; from then on their weight grows with their number.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from digest.choosing.pairs import pairs_of
from digest.choosing.roles import Role, role_of

ENOUGH = 20
_OWN_HALF = 200
"""Labels of its own from which a chapter counts as much as all chapters together."""
# As if every feature had been wanted and not wanted so often before anything was said: what a few
# labels say weighs little, and more with their number.
_SMOOTHING = 4.0
_SEEN = 2
"""Fewer labels than this with a pair say nothing of it."""
_PAIRS, _ROLE = 0.3, 0.8
_DAMPED = 0.3
_MOST = 3.0


@dataclass(frozen=True, slots=True)
class Label:
    """One document that an editor wanted (`kept`) or did not; `weight` below 1 is a weak word."""

    chapter: str
    title: str
    kept: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of what was wanted, and of what was not, has a feature."""

    kept: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    kept_total: float = 0.0
    left_total: float = 0.0

    @property
    def total(self) -> float:
        """All labels, weak ones in part."""
        return self.kept_total + self.left_total

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(
            self.kept + other.kept,
            self.left + other.left,
            self.kept_total + other.kept_total,
            self.left_total + other.left_total,
        )

    def log_odds(self, feature: str) -> float:
        """How much the feature speaks for a document; 0 for one that was hardly seen."""
        if self.kept[feature] + self.left[feature] < _SEEN:
            return 0.0
        return _odds(self.kept[feature], self.left[feature], self)

    def judge(self, features: Sequence[str]) -> float:
        """Points for a document with these features, as far as they are known."""
        known = [odds for odds in map(self.log_odds, features) if odds]
        # The pairs of a title are not independent: many of them say the same once more.
        return _PAIRS * sum(known) / len(known) ** _DAMPED if known else 0.0


def _odds(kept: float, left: float, among: Counts) -> float:
    wanted = (kept + _SMOOTHING) / (among.kept_total + 2 * _SMOOTHING)
    unwanted = (left + _SMOOTHING) / (among.left_total + 2 * _SMOOTHING)
    return math.log(wanted / unwanted)


@dataclass(frozen=True, slots=True)
class Taught:
    """All that was learned; `roles` counts what was wanted and not, by chapter and role."""

    chapters: dict[str, Counts] = field(default_factory=dict)
    pooled: Counts = field(default_factory=Counts)
    roles: dict[tuple[str, Role], tuple[int, int]] = field(default_factory=dict)

    def points(self, chapter: str, title: str) -> float:
        """What was learned of documents like this one; 0 as long as too little was."""
        own = self.chapters.get(chapter, Counts())
        if max(own.total, self.pooled.total) < ENOUGH:
            return 0.0
        features = features_of(title)
        share = own.total / (own.total + _OWN_HALF) if own.total >= ENOUGH else 0.0
        judged = share * own.judge(features) + (1 - share) * self.pooled.judge(features)
        kept, left = self.roles.get((chapter, role_of(title)), (0, 0))
        judged += _ROLE * _odds(kept, left, self.pooled)
        return max(-_MOST, min(_MOST, judged))


def learn(labels: Iterable[Label]) -> Taught:
    """Count what the labels say; under two seconds for 100,000 of them.

    What a title does is only counted of strong labels: it is most of the work.
    """
    piles: dict[tuple[str, bool, float], list[Label]] = {}
    for label in labels:
        piles.setdefault((label.chapter, label.kept, label.weight), []).append(label)
    chapters: dict[str, Counts] = {}
    roles: dict[tuple[str, Role], tuple[int, int]] = {}
    for (chapter, kept, weight), pile in piles.items():
        does = Counter(role_of(label.title) for label in pile) if weight >= 1 else Counter()
        for role, often in does.items():
            wanted, unwanted = roles.get((chapter, role), (0, 0))
            roles[chapter, role] = (wanted + often * kept, unwanted + often * (not kept))
        found = _pairs_in(pile)
        one = _weighed(found, weight)
        counts = Counts(one, Counter(), weight * len(pile), 0.0)
        if not kept:
            counts = Counts(Counter(), one, 0.0, weight * len(pile))
        chapters[chapter] = chapters[chapter].plus(counts) if chapter in chapters else counts
    pooled = Counts()
    for counts in chapters.values():
        pooled = pooled.plus(counts)
    return Taught(chapters, pooled, roles)


def features_of(title: str) -> tuple[str, ...]:
    """What is counted of a title, beside what it does: its pairs, once each."""
    return tuple(dict.fromkeys(pairs_of(title)))


def _pairs_in(pile: Sequence[Label]) -> Counter[str]:
    """The pairs of all titles at once: most of them stand once in a title."""
    return Counter(pairs_of("\n".join(label.title for label in pile)))


def _weighed(found: Counter[str], weight: float) -> Counter[str]:
    if weight >= 1:
        return found
    # A Counter may hold fractions, whatever its type says.
    return Counter({feature: weight * often for feature, often in found.items()})
