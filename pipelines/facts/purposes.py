"""What a deadline is for: 申报, 征求意见, 公示 …, by the words around its day."""

from __future__ import annotations

import re

from pipelines.facts.acting import PURPOSES, is_errand
from pipelines.facts.due_words import DUE_BEFORE, SPAN_LABEL, UNTIL
from pipelines.facts.sentences import CELL, Sentence, blank
from pipelines.facts.terms import Term

_OBJECTIONS = re.compile(r"异议|公示期|公示时间|公示日期|公示截止|公示结束")
_REFUSED_LATE = re.compile(r"(?:逾期|过期|超期)[^,。;]{0,6}(?:不予|不再)[^,。;]{0,6}")


def purpose_of(sentence: Sentence, term: Term, title: str) -> str:
    """What the day is for: words after it, then before it, then the heading, then the title."""
    text = _REFUSED_LATE.sub(blank, sentence.bare)
    if PURPOSES[0][1].search(text):
        return "征求意见"
    if _OBJECTIONS.search(text) or ((term.is_span or term.computed) and "公示" in text):
        return "公示"
    before, after = text[: term.start], text[term.end :]
    sides = [(after, True), (before, False)]
    if DUE_BEFORE.search(before) or SPAN_LABEL.search(before) or CELL in text:
        sides.reverse()
    for part, nearest_first in sides:
        what = _nearest(part, nearest_first=nearest_first)
        if what:
            return what
    if is_errand(text) and UNTIL.match(after):
        return "办理"
    return _nearest(sentence.context) or _nearest(title) or _other(text)


def _nearest(part: str, *, nearest_first: bool = True) -> str:
    hits = [
        (hit.start() if nearest_first else -hit.end(), what)
        for what, pattern in PURPOSES
        for hit in pattern.finditer(part)
    ]
    return min(hits)[1] if hits else ""


def _other(text: str) -> str:
    return "办理" if is_errand(text) else "截止"
