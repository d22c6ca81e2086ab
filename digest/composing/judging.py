"""How much each entry of an issue matters, and which of them are told in a line only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from digest.choosing.document import READ, Document
from digest.choosing.folding import Room, is_certain, uncertain, unfolded
from digest.choosing.learning import Label, Taught, learn
from digest.choosing.roles import addresses_outsiders, is_objection
from digest.choosing.scoring import Score, Taste, score_all
from digest.choosing.stories import stories_among
from digest.composing.chapters import Placed, chapter_of
from digest.models.issue import Chapter, Entry
from storage.issues.judgements import Judgement
from storage.models import Edit

WEAK = 0.1
"""What an entry counts that went out as it was, where an act of the editor counts 1."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the configuration says of the readers: the company in words, for the whole issue and
    for chapters by their id, and how many entries are told in full; `watch`: names that are looked
    for in lists; `model`: whose summaries stand in place of ours, empty for nobody's."""

    profile: str = ""
    profiles: Mapping[str, str] = field(default_factory=dict)
    room: Room = field(default_factory=Room)
    watch: Sequence[str] = ()
    model: str = ""


def taught_by(judgements: Iterable[Judgement]) -> Taught:
    """What the acts of earlier weeks teach."""
    return learn(
        Label(one.chapter, one.title, one.kept, 1.0 if one.strong else WEAK) for one in judgements
    )


def judge(
    placed: Sequence[Placed],
    chapters: Sequence[Chapter],
    choice: Choice,
    taught: Taught,
    today: date,
    issued: Collection[str] = (),
) -> list[Placed]:
    """The entries with score, reasons and depth: in full first, the best first, then the others
    as they came. What explains or reports another entry stands under it.

    `issued` names documents of earlier issues (文号 or title) that one of these may replace.
    """
    documents = [
        document_of(item.entry, chapter_of(item, chapters), today, issued) for item in placed
    ]
    scores = score_all(documents, Taste(choice.profile, choice.profiles, taught))
    under = stories_among(documents)
    heads = [document for document in documents if document.id not in under]
    full = unfolded(heads, scores, choice.room, today)
    judged = [_marked(item, scores[item.entry.id], full, under) for item in placed]
    return sorted(judged, key=_depth)


def document_of(entry: Entry, chapter: str, today: date, issued: Collection[str] = ()) -> Document:
    """What is judged of an entry in a chapter."""
    notice = entry.stored.notice
    due = [
        item
        for item in entry.deadlines
        if item.on >= today and addresses_outsiders(entry.title, item.what)
    ]
    asked = [item.on for item in due if not is_objection(entry.title, item.what)]
    replaced = [name for name in notice.repeals if any(one in name for one in issued)]
    return Document(
        id=entry.id,
        chapter=chapter,
        title=entry.title,
        text=notice.body_text[:READ],
        site=notice.site,
        doc_number=entry.doc_number,
        due_on=min(asked or (item.on for item in due), default=None),
        objection=bool(due) and not asked,
        effective_on=notice.effective_on,
        replaces=replaced[0] if replaced else "",
        late=entry.late,
        revised=entry.revised,
    )


def to_be_asked(
    placed: Sequence[Placed], chapters: Sequence[Chapter], today: date, acts: Sequence[Edit]
) -> tuple[int, ...]:
    """The ids of the entries that an editor is asked to judge, three at most a week; one that was
    judged makes room for none."""
    heads = [item for item in placed if item.entry.under is None]
    if not any(item.entry.score for item in heads):
        return ()
    done = {act.document for act in acts} | {act.notice_id for act in acts}
    by_id = {item.entry.id: item for item in heads}
    values = {one: item.entry.score for one, item in by_id.items()}
    full = {one for one, item in by_id.items() if not item.entry.folded}

    @cache
    def certain(one: int) -> bool:
        item = by_id[one]
        return is_certain(document_of(item.entry, chapter_of(item, chapters), today), today)

    return tuple(one for one in uncertain(values, full, certain) if one not in done)


def _marked(item: Placed, score: Score, full: Collection[int], under: Mapping[int, int]) -> Placed:
    entry = replace(
        item.entry,
        score=score.value,
        reasons=score.reasons,
        folded=item.entry.id not in full,
        under=under.get(item.entry.id),
    )
    return replace(item, entry=entry)


def _depth(item: Placed) -> tuple[bool, float]:
    entry = item.entry
    return entry.folded, 0.0 if entry.folded else -entry.score
