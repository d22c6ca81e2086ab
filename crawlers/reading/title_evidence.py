"""The title of a page: which of its lines, by what its list, its head and its window say.

A heading is a title when another witness names it or when it stands where a title stands, above
the line with day and source. The site's name, the column's, a heading beside the text, or the words
of a share box agree with none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawlers.reading.day_evidence import has_day
from crawlers.reading.line_kinds import Kind
from crawlers.reading.outline import Line, Outline
from crawlers.reading.printed_dates import dates_in
from crawlers.reading.title_agreement import SAME, agreement, plain, same_title
from crawlers.reading.title_form import (
    first_line,
    is_title_form,
    second_line,
    without_badges,
)
from crawlers.reading.title_place import (
    LINES_TO_STAMP,
    SHORTEST_TITLE,
    candidates,
    named,
    stands_above_stamp,
    stands_above_text,
)
from crawlers.reading.title_window import OFFICE, window_names, window_segments

_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章节条]")
_HEADING_WEIGHT = {"h1": 2.0, "h2": 1.5, "h3": 1.0, "h4": 0.6, "h5": 0.4, "h6": 0.4}
_BADGE = re.compile(r"^\s{0,9}[【\[［(（][^】\]］)）]{1,6}[】\]］)）]")
_MOST_JOINED = 4
_FORM_WEIGHT = 1.0
_NEARLY = 0.9  # what a line with a title's form is worth, wherever it stands
_LATE = 1.5  # what it costs a heading to stand below sentences


@dataclass(frozen=True, slots=True)
class TitleHints:
    """Titles told by others than the printed line; empty where silent. `names`: of the
    site and the column."""

    listed: str = ""
    meta: str = ""
    social: str = ""
    window: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundTitle:
    """The title, the line it stands on (-1: none), and how sure: `score` from 3 on is a heading
    that others confirm. `agrees`: with the list's row, True where there is none."""

    text: str = ""
    line: int = -1
    last: int = -1
    score: float = 0.0
    agrees: bool = True


def find_title(outline: Outline, kinds: Sequence[Kind], witnesses: TitleHints) -> FoundTitle:
    """The likeliest title among the lines, else what the witnesses say."""
    feet = [
        plain(line.text) for line, kind in zip(outline.lines, kinds, strict=True) if kind == "foot"
    ]
    segments = [
        one
        for one in window_segments(witnesses.window, witnesses.names)
        if not any(plain(one) in foot for foot in feet)  # there the publisher names itself
    ]
    others = window_names(witnesses.window, witnesses.names)
    witnesses = replace(witnesses, names=(*witnesses.names, *others))
    words = [plain(one) for one in (witnesses.listed, witnesses.meta, witnesses.social, *segments)]
    words = [one for one in words if one]
    best = FoundTitle()
    before = 0
    for number, sentences, is_late in candidates(outline, kinds, words):
        found = _judged(outline, kinds, number, witnesses, segments)
        if is_late:
            found = replace(found, score=found.score - _LATE)
        is_again = sentences == before and plain(found.text) == plain(best.text) != ""
        if found.score > best.score or (is_again and found.score > 0):
            best = replace(found, score=max(found.score, best.score))
            before = sentences
    best = _completed(best, (witnesses.meta, witnesses.social, *segments))
    if best.score >= 2.0 or (best.score >= _NEARLY and is_title_form(best.text)):
        return best
    told = next((one for one in (witnesses.meta, witnesses.social, *segments) if one), "")
    if told and len(plain(told)) >= SHORTEST_TITLE:
        return FoundTitle(told, agrees=not witnesses.listed or same_title(told, witnesses.listed))
    return best if best.score >= 1.0 else FoundTitle()


def _completed(found: FoundTitle, told: Sequence[str]) -> FoundTitle:
    """A heading that is printed cut, as the page tells it whole elsewhere."""
    stem = plain(found.text.rstrip(".…· "))
    if not found.text.endswith(("...", "…", "···")) or len(stem) < SHORTEST_TITLE:
        return found
    whole = next((one for one in told if plain(one).startswith(stem) and plain(one) != stem), "")
    return replace(found, text=whole) if whole else found


def title_above(outline: Outline, kinds: Sequence[Kind], first: int, names: Sequence[str]) -> str:
    """The line right above a text, where nothing else tells the title; "" when it is none."""
    known = {plain(name) for name in names if name}
    for number in range(first - 1, max(-1, first - LINES_TO_STAMP), -1):
        line = outline.lines[number]
        if kinds[number] in {"stamp", "picture"}:
            continue
        is_title = kinds[number] == "short" and 8 <= len(line.text) <= 120 and not line.linked
        is_name = plain(line.text) in known or bool(OFFICE.match(line.text))
        is_name = is_name or plain(line.text).isdigit()
        return line.text if is_title and not is_name and line.text[-1] not in "：:" else ""
    return ""


def _judged(
    outline: Outline,
    kinds: Sequence[Kind],
    number: int,
    witnesses: TitleHints,
    segments: Sequence[str],
) -> FoundTitle:
    """One line, or the lines that a heading or a witness joins to it."""
    line = outline.lines[number]
    text, last = _joined(outline, number, (witnesses.listed, witnesses.meta, *segments[:1]))
    first = number
    alone = ""
    if last == number and not witnesses.listed:
        first, last = first_line(outline, number), second_line(outline, kinds, number)
        alone = without_badges(line) if first == last else ""
        text = alone or _whole(outline, first, last)
    words = plain(text)
    if words.isdigit():  # a day, set as large as a title
        return FoundTitle()
    listed = agreement(text, witnesses.listed)
    told = 5.0 * _sure(listed) + 3.0 * _sure(agreement(text, witnesses.meta))
    told += 2.0 * _sure(agreement(text, witnesses.social)) + _in_window(words, segments)
    placed = _HEADING_WEIGHT.get(line.heading, 0.0) + named(outline, line)
    placed += _FORM_WEIGHT * (kinds[number] == "short" and is_title_form(text))
    placed += max(
        1.5 * stands_above_stamp(outline, kinds, last),
        1.2 * stands_above_text(outline, kinds, last),
    )
    against = _against(outline, kinds, number, text, witnesses)
    if not told and not placed:
        return FoundTitle()
    score = told + placed - against
    words_alone = _without_badge(line, witnesses, segments) if first == last else ""
    words_alone = words_alone or alone
    agrees = not witnesses.listed or listed >= SAME
    return FoundTitle(words_alone or _without_day(text), first, last, score, agrees)


def _whole(outline: Outline, first: int, last: int) -> str:
    text = outline.lines[first].text
    for line in outline.lines[first + 1 : last + 1]:
        text = _append(text, line.text)
    return text


def _without_badge(line: Line, witnesses: TitleHints, segments: Sequence[str]) -> str:
    """The title where a label of its own element (征集中, 更正公告) stands beside it: what the
    other witnesses call the page, one piece of the line alone; "" where none does."""
    if len(line.pieces) < 2:
        return ""
    texts = ((node.tail if is_tail else node.text) or "" for node, is_tail in line.pieces)
    core = max((" ".join(text.split()) for text in texts), key=len)
    told = (_BADGE.sub("", witnesses.listed), witnesses.meta, witnesses.social, *segments)
    is_told = len(plain(core)) >= 8 and plain(core) in {plain(one) for one in told if one}
    return core if is_told else ""


def _sure(share: float) -> float:
    return share if share >= SAME else 0.0


def _in_window(words: str, segments: Sequence[str]) -> float:
    if len(words) < 6 or not segments:
        return 0.0
    if plain(segments[0]) == words:
        return 2.5
    return 2.0 if any(words in plain(one) or plain(one) in words for one in segments) else 0.0


def _against(
    outline: Outline, kinds: Sequence[Kind], number: int, text: str, witnesses: TitleHints
) -> float:
    line = outline.lines[number]
    score = 0.0
    if line.linked * 2 > len(text):
        score += 3.0
    if plain(text) in {plain(name) for name in witnesses.names if name} or OFFICE.match(text):
        score += 4.0
    if kinds[number] in {"stamp", "crumb"} and not line.heading:
        score += 3.0
    if kinds[number] == "text":
        score += 1.5 if line.heading else 2.5
    if line.hidden:
        score += 0.3
    if len(plain(text)) < 6:
        score += 1.0
    if _NUMBERED.match(text):
        score += 2.0
    return score + 1e-4 * number


def _joined(outline: Outline, number: int, told: Sequence[str]) -> tuple[str, int]:
    """The line with those after it that its heading, or a witness, shows to be one title."""
    lines = outline.lines
    line = lines[number]
    text, last = line.text, number
    for other in range(number + 1, min(number + _MOST_JOINED, len(lines))):
        if not plain(lines[other].text):
            break
        longer = _append(text, lines[other].text)
        in_heading = 0 <= line.heading_box == lines[other].heading_box
        is_told = any(plain(longer) in plain(one) for one in told if one) and len(text) >= 2
        if not is_told and (not in_heading or has_day(lines[other].text)):
            break
        text, last = longer, other
    return text, last


def _append(text: str, more: str) -> str:
    between = " " if re.search(r"[A-Za-z0-9]$", text) and re.match(r"[A-Za-z0-9]", more) else ""
    return f"{text}{between}{more}"


def _without_day(text: str) -> str:
    """A heading with its day behind it: 标题 ( 2026-05-11)."""
    days = dates_in(text)
    if not days or days[-1][0] < 6:
        return text
    start, end, _ = days[-1]
    rest = text[end:].strip(" )）]】日")
    if rest and len(rest) > 30:
        return text
    head = text[:start].rstrip(" (（[【")
    is_of_title = text[start - 1 : start] not in {" ", "(", "（", "[", "【", "\u3000"}
    return (
        text
        if is_of_title
        else re.sub(r"(?<!\s)\s*+(?:发布|发表)?(?:时间|日期)\s{0,9}[:：]?$", "", head)
    )
