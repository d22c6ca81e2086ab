"""What the editor's acts taught: naive Bayes over the pairs of titles, per chapter.

A chapter with few labels leans on all chapters together. Nothing is learned from fewer than
`ENOUGH` labels; from then on the weight grows with their number.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from digest.choosing.pairs import pairs_of
from digest.choosing.roles import Role, role_of

ENOUGH = 20
_HALF_WEIGHT = 40
_OWN_HALF = 20
_SMOOTHING = 0.5
_MOST = 3.0


@dataclass(frozen=True, slots=True)
class Label:
    """One document that an editor wanted (`kept`) or did not; `weight` below 1 is a weak word."""

    chapter: str
    title: str
    site: str
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
        """How much the feature speaks for a document; 0 for one that was never seen."""
        wanted = (self.kept[feature] + _SMOOTHING) / (self.kept_total + 2 * _SMOOTHING)
        unwanted = (self.left[feature] + _SMOOTHING) / (self.left_total + 2 * _SMOOTHING)
        seen = self.kept[feature] + self.left[feature]
        return math.log(wanted / unwanted) * seen / (seen + 1) if seen else 0.0

    def judge(self, features: Sequence[str]) -> float:
        """Points for a document with these features, as far as they are known."""
        known = [odds for odds in map(self.log_odds, features) if odds]
        return sum(known) / math.sqrt(len(known)) if known else 0.0


@dataclass(frozen=True, slots=True)
class Taught:
    """All that was learned; `roles` counts what was wanted and not, by chapter and role."""

    chapters: dict[str, Counts] = field(default_factory=dict)
    pooled: Counts = field(default_factory=Counts)
    roles: dict[tuple[str, Role], tuple[int, int]] = field(default_factory=dict)

    def points(self, chapter: str, title: str, site: str) -> float:
        """What was learned of documents like this one; 0 as long as too little was."""
        own = self.chapters.get(chapter, Counts())
        if max(own.total, self.pooled.total) < ENOUGH:
            return 0.0
        features = features_of(title, site)
        share = own.total / (own.total + _OWN_HALF) if own.total >= ENOUGH else 0.0
        judged = share * own.judge(features) + (1 - share) * self.pooled.judge(features)
        weight = self.pooled.total / (self.pooled.total + _HALF_WEIGHT)
        return weight * max(-_MOST, min(_MOST, judged))


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
        found.update({f"={role}": often for role, often in does.items()})
        found.update(f"@{label.site}" for label in pile)
        one = _weighed(found, weight)
        counts = Counts(one, Counter(), weight * len(pile), 0.0)
        if not kept:
            counts = Counts(Counter(), one, 0.0, weight * len(pile))
        chapters[chapter] = chapters[chapter].plus(counts) if chapter in chapters else counts
    pooled = Counts()
    for counts in chapters.values():
        pooled = pooled.plus(counts)
    return Taught(chapters, pooled, roles)


def features_of(title: str, site: str) -> tuple[str, ...]:
    """What is counted of a document: the pairs of its title, what it does, where it came from."""
    return tuple({*pairs_of(title), f"={role_of(title)}", f"@{site}"})


def _pairs_in(pile: Sequence[Label]) -> Counter[str]:
    """The pairs of all titles at once: most of them stand once in a title."""
    return Counter(pairs_of("\n".join(label.title for label in pile)))


def _weighed(found: Counter[str], weight: float) -> Counter[str]:
    if weight >= 1:
        return found
    # A Counter may hold fractions, whatever its type says.
    return Counter({feature: weight * often for feature, often in found.items()})
