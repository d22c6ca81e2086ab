"""Which entries are told in full and which in a line. Nothing is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from digest.choosing.document import Document
from digest.choosing.scoring import Score

LEAD = 15
"""Entries of an issue in full beside the certain ones, when nothing is configured."""
LEAST = 2
"""Of them in each chapter, if it has so many."""
_SOON = timedelta(days=14)
_UNCERTAIN = 3


@dataclass(frozen=True, slots=True)
class Room:
    """How many entries are told in full beside the certain ones: `lead` in all, or a number of its
    own for a chapter."""

    lead: int = LEAD
    chapters: Mapping[str, int] = field(default_factory=dict)


def is_certain(document: Document, today: date) -> bool:
    """Whether an entry is told in full whatever its score: outsiders must act within 14 days, or
    it is announced with the day from which it holds."""
    if document.due_on is not None and document.due_on - today <= _SOON:
        return True
    return document.effective_on is not None and document.role in ("发布", "通告")


def unfolded(
    documents: Sequence[Document], scores: Mapping[int, Score], room: Room, today: date
) -> set[int]:
    """The ids of the entries told in full: all that is certain, and the best of the others.

    A chapter has its own number of these, or its share of what is for all by their score, but
    at least `LEAST`.
    """
    certain = {document.id for document in documents if is_certain(document, today)}
    chosen: set[int] = set()
    free: list[Document] = []
    taken: dict[str, int] = {}
    for document in sorted(documents, key=lambda one: -scores[one.id].value):
        if document.id in certain:
            continue
        chapter, own = document.chapter, room.chapters.get(document.chapter)
        if taken.get(chapter, 0) < (LEAST if own is None else own):
            chosen.add(document.id)
            taken[chapter] = taken.get(chapter, 0) + 1
        elif own is None:
            free.append(document)
    shared = sum(count for chapter, count in taken.items() if chapter not in room.chapters)
    chosen |= {document.id for document in free[: max(room.lead - shared, 0)]}
    return chosen | certain


def uncertain(
    documents: Sequence[Document], scores: Mapping[int, Score], chosen: set[int], today: date
) -> list[int]:
    """At most three entries that an editor may want to judge: nearest to the fold, on either
    side of it, and not certain."""
    open_ones = [one for one in documents if not is_certain(one, today)]
    inside = [scores[one.id].value for one in open_ones if one.id in chosen]
    outside = [scores[one.id].value for one in open_ones if one.id not in chosen]
    if not inside or not outside:
        return []
    fold = (min(inside) + max(outside)) / 2
    nearest = sorted(open_ones, key=lambda one: (abs(scores[one.id].value - fold), one.id))
    return [one.id for one in nearest[:_UNCERTAIN]]
