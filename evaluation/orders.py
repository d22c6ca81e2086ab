"""Orders of a labelled week: ours, cold or taught, and what it is compared with."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from digest.choosing.document import Document
from digest.choosing.folding import Room, unfolded
from digest.choosing.learning import Label, learn
from digest.choosing.relevance import relevances
from digest.choosing.scoring import Score, Taste, score_all
from digest.choosing.stories import stories_among
from evaluation.weeks import LabelledWeek

A_WEEK = 20
"""A week teaches twenty: the ten that were chosen, and the ten best placed of the others."""

Order = list[int]


def by_score(week: LabelledWeek, taste: Taste, lead: int = Room().lead) -> tuple[Order, set[int]]:
    """Our order, the best first, and what is told in full; what stands under an entry comes
    right after it."""
    scores = score_all(week.documents, taste)
    under = stories_among(week.documents)
    heads = [one for one in week.documents if one.id not in under]
    full = unfolded(heads, scores, Room(lead), week.today)
    order = _ranked(heads, scores)
    stories: dict[int, list[int]] = {}
    for story, head in under.items():
        stories.setdefault(head, []).append(story)
    listed = [one for head in order for one in (head, *stories.get(head, ()))]
    return listed, full | {story for story, head in under.items() if head in full}


def by_chance(week: LabelledWeek, seed: int) -> Order:
    """The entries shuffled."""
    order = [one.id for one in week.documents]
    random.Random(seed).shuffle(order)  # noqa: S311 - a yardstick, no secret
    return order


def as_issued(week: LabelledWeek) -> Order:
    """As an issue without scores has them: chapters and headings as they come, newest first."""
    newest = sorted(week.documents, key=lambda one: week.published[one.id], reverse=True)
    return [one.id for one in sorted(newest, key=lambda one: one.chapter)]


def by_profile(week: LabelledWeek, taste: Taste) -> Order:
    """By nearness to the profile alone."""
    near = relevances(week.documents, [taste.of(one.chapter) for one in week.documents])
    values = {one.id: Score(value.value) for one, value in zip(week.documents, near, strict=True)}
    return _ranked(week.documents, values)


def taught(weeks: Sequence[LabelledWeek], left_out: int, taste: Taste, labels: int) -> Taste:
    """The taste after so many labels of the weeks that follow the one left out, round the end."""
    learned = taste
    given: list[Label] = []
    for step in range(1, labels // A_WEEK + 1):
        week = weeks[(left_out + step) % len(weeks)]
        order, _ = by_score(week, learned)
        others = [one for one in order if one not in week.chosen][: A_WEEK - len(week.chosen)]
        wanted = {*week.chosen, *others}
        given += [
            Label(one.chapter, one.title, one.id in week.chosen)
            for one in week.documents
            if one.id in wanted
        ]
        learned = Taste(taste.profile, taste.chapters, learn(given))
    return learned


def _ranked(documents: Sequence[Document], scores: Mapping[int, Score]) -> Order:
    return [one.id for one in sorted(documents, key=lambda one: -scores[one.id].value)]
