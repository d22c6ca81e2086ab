"""Deadlines: the days by which readers must act, each with what it is for.

A date is a deadline only if words next to it say so. Signatures, days of entry into force,
periods that figures refer to and things told of the past are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.facts.acting import (
    PURPOSES,
    asks_to_act,
    comes_again,
    gathers,
    is_counted,
    is_eligibility,
    is_for_the_house,
    is_own_plan,
    is_stopped,
    lasts,
    names_an_act,
)
from pipelines.facts.due_words import (
    AFTER_TERM,
    CLOSES,
    COUNTED,
    DUE_BEFORE,
    DUE_LABEL,
    EXTENDED,
    NOT_THIS_DAY,
    OPEN_UNTIL,
    PERFORMS,
    POSTMARK,
    SPAN_LABEL,
    TIME_LABEL,
    UNTIL,
)
from pipelines.facts.purposes import purpose_of
from pipelines.facts.sentences import (
    CELL,
    Sentence,
    may_hold_a_day,
    salutation,
    sentences_of,
    without_books,
)
from pipelines.facts.terms import (
    COUNTED_FROM,
    PERIOD,
    RELATIVE,
    WITHIN,
    Term,
    find_terms,
    relative_end,
)
from storage.models import Deadline
from texts.kinds import kind_of
from texts.width import fold_width

_ARTICLE = re.compile(r"\s{0,4}第[0-9一二三四五六七八九十百]{1,5}条")
_SNIPPET = 60


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a page tells about itself and a sentence does not repeat.

    `asks`: its title asks for something; `rules`: it lays down how things are always done;
    `stops`: it tells of holidays or downtime.
    """

    title: str
    published: date | None
    base: date | None
    asks: bool
    rules: bool
    stops: bool


def find_deadlines(
    title: str, text: str, *, published: date | None, base: date | None = None
) -> tuple[Deadline, ...]:
    """Every deadline of a notice, earliest first.

    `published` supplies left-out years and sorts out the past; `base` (default: `published`)
    is the day from which 自发布之日起 counts, which for a repost is the original's day.
    """
    frame = _frame(title, published, base or published)
    if is_for_the_house(salutation(text)):
        return ()
    found: dict[tuple[date, str], Deadline] = {}
    for sentence in sentences_of(text):
        for deadline in _of_sentence(sentence, frame):
            found.setdefault((deadline.on, deadline.what), deadline)
    return tuple(sorted(found.values(), key=lambda deadline: deadline.on))


def nearest_deadline(
    deadlines: tuple[Deadline, ...], *, published: date | None, today: date
) -> date | None:
    """The earliest deadline on or after publication; without a publication day, after today."""
    first = published or today
    return min((one.on for one in deadlines if one.on >= first), default=None)


def _frame(title: str, published: date | None, base: date | None) -> _Frame:
    folded, kind = fold_width(title), kind_of(title)
    asks = (
        not folded
        or kind in ("征求意见", "申报", "公示", "会议")
        or names_an_act(without_books(folded))
    )
    return _Frame(folded, published, base, asks, kind in ("规则", "解读"), is_stopped(folded))


def _of_sentence(sentence: Sentence, frame: _Frame) -> Iterator[Deadline]:
    if not may_hold_a_day(sentence.bare) or is_for_the_house(sentence.bare):
        return
    terms = find_terms(sentence.bare, frame.published)
    for term in terms:
        if _binds(sentence, term, frame):
            what = purpose_of(sentence, term, frame.title)
            yield Deadline(term.on, what, _snippet(sentence, term), computed=term.computed)
    if len(terms) == 1 and not terms[0].is_span:
        yield from _counted_from(sentence, terms[0], frame)
    elif not terms and frame.base is not None:
        yield from _from_publication(sentence, frame, frame.base)


def _binds(sentence: Sentence, term: Term, frame: _Frame) -> bool:
    before, after = sentence.bare[: term.start], sentence.bare[term.end :]
    if comes_again(before) or lasts(sentence.context + before) or _is_down(before, after, frame):
        return False
    if CELL in sentence.folded:
        return _cell_is_due(sentence, term, frame)
    due = _span_is_due if term.is_span else _day_is_due
    return due(sentence, term, frame)


def _is_down(before: str, after: str, frame: _Frame) -> bool:
    """Whether the day belongs to a holiday or a service that stops, not to who must act."""
    clause = before[before.rfind(",") + 1 :] + ",".join(after.split(",")[:2])
    return is_stopped(clause) and (frame.stops or not re.search(r"[请应须]", before))


def _cell_is_due(sentence: Sentence, term: Term, frame: _Frame) -> bool:
    """A row of a table: 公示截止日期 | 2021-02-09, or 企业填报 | 5月10日—5月31日."""
    start = sentence.bare.rfind(CELL, 0, term.start)
    labels = sentence.bare[:start] if start > 0 else sentence.context
    end = sentence.bare.find(CELL, term.end)
    cell = sentence.bare[max(start, 0) : end if end > 0 else None]
    closes = bool(DUE_LABEL.search(labels) or UNTIL.match(sentence.bare, term.end))
    if not (term.is_span or closes or DUE_BEFORE.search(cell[: term.start - max(start, 0)])):
        return False
    if frame.published is not None and term.on < frame.published:
        return False
    return any(one.search(labels) for _, one in PURPOSES) or (
        asks_to_act(sentence.bare) and frame.asks and not is_own_plan(labels)
    )


def _day_is_due(sentence: Sentence, term: Term, frame: _Frame) -> bool:
    before, after = sentence.bare[: term.start], sentence.bare[term.end :]
    if frame.published is not None and term.on < frame.published:
        return False
    if not before.strip() and DUE_LABEL.search(sentence.context):
        return True
    if DUE_BEFORE.search(before):
        return _is_labelled(sentence, before, after)
    if EXTENDED.search(before) or OPEN_UNTIL.search(before):
        return _asks(sentence) and not gathers(before)
    until = UNTIL.match(after)
    if until is None or is_eligibility(before, after[until.end() :]):
        return False
    if until["word"] in CLOSES:
        return _closes(sentence, before, until["word"], frame)
    if is_own_plan(before):
        return False
    asked = asks_to_act(sentence.context + sentence.bare, after)
    return asked or (frame.asks and TIME_LABEL.search(before) is not None)


def _is_labelled(sentence: Sentence, before: str, after: str) -> bool:
    """截止 before a day: a term of somebody's, unless 截至 opens a count or tells of the past."""
    if is_eligibility(before, after) or (COUNTED.search(before) and is_counted(after)):
        return False
    if re.search(r"[已仍]", before[-12:]):
        return False
    return _asks(sentence) or bool(DUE_LABEL.search(before))


def _closes(sentence: Sentence, before: str, word: str, frame: _Frame) -> bool:
    """填报于2月28日关闭, 预约将于12月4日截止, 以邮戳日期3月1日为准."""
    if word == "为准" or word.startswith("为最后"):
        return bool(POSTMARK.search(before)) or word.startswith("为最后")
    if re.search(r"原定?\s?$", before) or (frame.stops and not _asks(sentence)):
        return False
    return any(one.search(sentence.context + before) for _, one in PURPOSES)


def _span_is_due(sentence: Sentence, term: Term, frame: _Frame) -> bool:
    before = sentence.context + sentence.bare[: term.start]
    after = sentence.bare[term.end :]
    if not _asks(sentence) or (frame.rules and not PERFORMS.search(before)):
        return False
    named = bool(SPAN_LABEL.search(before))
    if not named and (gathers(before) or is_eligibility(before, after) or is_own_plan(before)):
        return False
    labelled = named or bool(sentence.context)
    return labelled or frame.published is None or term.on >= frame.published


def _asks(sentence: Sentence) -> bool:
    return asks_to_act(sentence.context + sentence.bare)


def _counted_from(sentence: Sentence, start: Term, frame: _Frame) -> Iterator[Deadline]:
    """公示7天，自2月5日起; 自2月5日起5个工作日: the printed first day counts."""
    match = COUNTED_FROM.match(sentence.bare, start.end)
    if match is None and re.match(r"\s?(?:起|开始)", sentence.bare[start.end :]):
        match = PERIOD.search(sentence.bare)
    yield from _relative(sentence, match, frame, start.on - timedelta(days=1))


def _from_publication(sentence: Sentence, frame: _Frame, base: date) -> Iterator[Deadline]:
    """Terms without a printed day. A rule's terms begin anew in every case: they have none."""
    if frame.rules or _ARTICLE.match(sentence.bare):
        return
    match = RELATIVE.search(sentence.bare)
    if match is not None and NOT_THIS_DAY.search(match["base"]):
        return
    if match is None:
        match = PERIOD.search(sentence.bare)
        if match is not None and not (frame.asks or PERFORMS.search(sentence.bare)):
            return
    if match is None and "请" in sentence.bare:
        match = WITHIN.search(sentence.bare)
        if match is not None and NOT_THIS_DAY.search(sentence.bare, 0, match.start()):
            return
    yield from _relative(sentence, match, frame, base)


def _relative(
    sentence: Sentence, match: re.Match[str] | None, frame: _Frame, base: date
) -> Iterator[Deadline]:
    if match is None or AFTER_TERM.match(match["after"]) or "施行" in match["after"]:
        return
    if comes_again(sentence.bare[: match.start("count")]):
        return
    asked = _asks(sentence) or DUE_LABEL.search(sentence.bare)
    if not asked and not any(pattern.search(frame.title) for _, pattern in PURPOSES):
        return
    if lasts(sentence.bare[: match.start("count")]):
        return
    on = relative_end(match, base)
    if on is not None:
        term = Term(on, match.start("count"), match.end(), computed=True)
        what = purpose_of(sentence, term, frame.title)
        yield Deadline(on, what, _snippet(sentence, term), computed=True)


def _snippet(sentence: Sentence, term: Term) -> str:
    """The printed words around the day, from the start of their clause."""
    printed = sentence.printed
    if len(printed) <= _SNIPPET:
        return printed.strip()
    start = max(sentence.folded.rfind(",", 0, term.start), term.start - 20, -1) + 1
    return printed[start : max(start + _SNIPPET, term.end)].strip()
