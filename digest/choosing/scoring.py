"""The score of each entry, with its three strongest reasons in Chinese."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.choosing.document import Document
from digest.choosing.learning import Taught
from digest.choosing.priors import prior
from digest.choosing.relevance import Relevance, relevances
from texts.width import fold_width

REASONS = 3
_MOST_RELEVANT = 5.0
_HALF_RELEVANT = 25.0
_PRIOR = 0.4
_DUE = 0.3
_EFFECTIVE = 0.8
_REPLACES = 1.5
_NUMBERED = 0.4
_LATE = -0.3
_REVISED = -0.6
_SERIES = -1.5
_SERIES_FROM = 3
_VARIES = re.compile(r"[0-9a-z]+|[一二三四五六七八九十百]+")
_OBJECT = re.compile(r":.*$")


@dataclass(frozen=True, slots=True)
class Score:
    """How much an entry matters, in points, and why: the three that weighed most."""

    value: float = 0.0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taste:
    """What is known of the readers: the company's profile in words, those of chapters by their
    id, and what the editor's acts taught."""

    profile: str = ""
    chapters: Mapping[str, str] = field(default_factory=dict)
    taught: Taught = field(default_factory=Taught)

    def of(self, chapter: str) -> str:
        """The profile that counts in a chapter."""
        return "，".join(part for part in (self.profile, self.chapters.get(chapter, "")) if part)


def score_all(documents: Sequence[Document], taste: Taste) -> dict[int, Score]:
    """The score of each document by its id."""
    relevant = relevances(documents, [taste.of(document.chapter) for document in documents])
    frames = [_frame(document) for document in documents]
    alike = Counter(frames)
    return {
        document.id: _score(document, near, alike[frame], taste)
        for document, near, frame in zip(documents, relevant, frames, strict=True)
    }


def _frame(document: Document) -> tuple[str, str, str]:
    """A title without what varies in a series: 临床试验默示许可：…, 第…批拟入库…名单的公示."""
    bare = _OBJECT.sub(":", fold_width(document.title).lower())
    return document.chapter, document.site, _VARIES.sub("", bare)


def _score(document: Document, relevance: Relevance, alike: int, taste: Taste) -> Score:
    role = document.role
    near = _MOST_RELEVANT * relevance.value / (relevance.value + _HALF_RELEVANT)
    learned = taste.taught.points(document.chapter, document.title)
    parts = [
        (_PRIOR * prior(document.chapter, role), _role_words(role)),
        (near, _term_words(relevance)),
        (learned, _learned_words(document, taste, learned)),
        *_facts(document, alike),
    ]
    strongest = sorted(parts, key=lambda part: -abs(part[0]))
    said = [words for points, words in strongest if words and abs(points) >= 0.15]
    return Score(round(sum(points for points, _ in parts), 3), tuple(said[:REASONS]))


def _facts(document: Document, alike: int) -> list[tuple[float, str]]:
    due, effective = document.due_on, document.effective_on
    asks = due is not None and not document.objection
    return [
        (_DUE if asks else 0.0, f"须于 {due:%m-%d} 前办理" if due else ""),
        (_EFFECTIVE if effective else 0.0, f"{effective:%m-%d} 起施行" if effective else ""),
        (_REPLACES if document.replaces else 0.0, f"替代已刊登的{document.replaces}"),
        (_NUMBERED if document.doc_number else 0.0, "有文号"),
        (_SERIES if alike >= _SERIES_FROM else 0.0, f"同类成批 {alike} 条"),
        (_LATE if document.late else 0.0, "补发"),
        (_REVISED if document.revised else 0.0, "仅有更新"),
    ]


def _role_words(role: str) -> str:
    return {"发布": "发布文件", "征求意见": "征求意见稿", "文件": "政策文件"}.get(role, role)


def _term_words(relevance: Relevance) -> str:
    if not relevance.terms:
        return "与公司业务用语相近"
    return f"命中“{'”“'.join(relevance.terms[:2])}”"


def _learned_words(document: Document, taste: Taste, learned: float) -> str:
    kept, left = taste.taught.roles.get((document.chapter, document.role), (0, 0))
    if learned > 0:
        return f"曾保留同类 {kept} 次" if kept else "与曾保留的相近"
    return f"曾删去同类 {left} 次" if left else "与曾删去的相近"
