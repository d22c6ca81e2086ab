"""Which entries are told in full and which in a line. Nothing is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice

from digest.choosing.document import Document
from digest.choosing.scoring import Score

LEAD = 15
"""Entries of an issue in full, when nothing is configured; what is certain may make them more."""
LEAST = 2
"""Of them in each chapter, if it has so many."""
_SOON = timedelta(days=14)
_UNCERTAIN = 3
_ANNOUNCED = re.compile(r"(?:公告|通告|令)\s*(?:[（(][^（）()]{0,40}[）)]\s*)*$")


@dataclass(frozen=True, slots=True)
class Room:
    """How many entries are told in full: the best `lead` in all, or a number of its own for a
    chapter. A certain one that is not among the best is told in full as well."""

    lead: int = LEAD
    chapters: Mapping[str, int] = field(default_factory=dict)


def is_certain(document: Document, today: date) -> bool:
    """Whether an entry is told in full whatever its score.

    Outsiders must act within 14 days, or a document is issued, or a 公告 made, with the day from
    which it holds. A 公示 asks nobody to act: who may object to it is who knows the ones named.
    Its last day stands among the nearest ones; that it names somebody watched for tells it in
    full too, where lists are read.
    """
    due = document.due_on
    if due is not None and not document.objection and due - today <= _SOON:
        return True
    if document.effective_on is None:
        return False
    announced = document.role == "通告" and _ANNOUNCED.search(document.title)
    return document.role == "发布" or bool(announced)


def unfolded(
    documents: Sequence[Document], scores: Mapping[int, Score], room: Room, today: date
) -> set[int]:
    """The ids of the entries told in full: the best, and all that is certain.

    A chapter has its own number of the best, or its share of what is for all by their score, but
    at least `LEAST`. Certain ones take their places like others; that they are many crowds nobody
    out who is better.
    """
    best: set[int] = set()
    free: list[Document] = []
    taken: dict[str, int] = {}
    for document in sorted(documents, key=lambda one: -scores[one.id].value):
        chapter, own = document.chapter, room.chapters.get(document.chapter)
        if taken.get(chapter, 0) < (LEAST if own is None else own):
            best.add(document.id)
            taken[chapter] = taken.get(chapter, 0) + 1
        elif own is None:
            free.append(document)
    shared = sum(count for chapter, count in taken.items() if chapter not in room.chapters)
    best |= {document.id for document in free[: max(room.lead - shared, 0)]}
    return best | {document.id for document in documents if is_certain(document, today)}


def uncertain(
    values: Mapping[int, float], chosen: Collection[int], certain: Callable[[int], bool]
) -> list[int]:
    """At most three entries that an editor may want to judge: nearest to the fold, on either
    side of it, and not certain. `values`: the points of each by its id.

    `certain` is asked of the few that the answer hangs on: it takes longer than all the rest.
    """
    ranked = sorted(values, key=lambda one: values[one])
    inside = next((one for one in ranked if one in chosen and not certain(one)), None)
    outside = next((one for one in ranked[::-1] if one not in chosen and not certain(one)), None)
    if inside is None or outside is None:
        return []
    fold = (values[inside] + values[outside]) / 2
    nearest = sorted(values, key=lambda one: (abs(values[one] - fold), one))
    return list(islice((one for one in nearest if not certain(one)), _UNCERTAIN))
