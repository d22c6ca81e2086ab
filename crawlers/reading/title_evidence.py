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
from crawlers.reading.line_kinds import Kind, is_dateline, is_link_row
from crawlers.reading.outline import Line, Outline
from crawlers.reading.printed_dates import dates_in
from crawlers.reading.title_agreement import LONGEST_TITLE, SAME, agreement, plain, same_title
from crawlers.reading.title_form import (
    TITLE_NAMES,
    first_line,
    is_title_form,
    second_line,
    without_badges,
)
from crawlers.reading.title_window import OFFICE, window_names, window_segments

_BESIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|foot|footer|logo|banner|crumbs?|side|sidebar|share|related|hot)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^\W{0,3}您?(?:现在|当前)?的?(?:所在)?位置\s?[:：]")
_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章节条]")
_HEADING_WEIGHT = {"h1": 2.0, "h2": 1.5, "h3": 1.0, "h4": 0.6, "h5": 0.4, "h6": 0.4}
_BADGE = re.compile(r"^\s{0,9}[【\[［(（][^】\]］)）]{1,6}[】\]］)）]")
_MOST_JOINED = 4
_SHORTEST = 4
_MOST_BEFORE = 1  # sentences above a title: a summary, a warning; not the text
_FORM_WEIGHT = 1.0
_NEARLY = 0.9  # what a line with a title's form is worth, wherever it stands
_LATE = 1.5  # what it costs a heading to stand below sentences
_LINES_TO_STAMP = 4


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
    sentences = before = 0
    for number, line in enumerate(outline.lines):
        is_summary = number > 0 and is_link_row(outline.lines[number - 1])
        sentences += kinds[number] == "text" and not is_summary
        is_late = sentences > _MOST_BEFORE
        if is_late and not line.heading and kinds[number] != "short":
            continue
        is_late = is_late and (not _is_told(line, words) or _is_signature(kinds, outline, number))
        if is_late and not line.heading and not _is_title_below(outline, kinds, number):
            continue
        if not _may_be(outline, kinds, number, line, words):
            continue
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
    if told and len(plain(told)) >= _SHORTEST:
        return FoundTitle(told, agrees=not witnesses.listed or same_title(told, witnesses.listed))
    return best if best.score >= 1.0 else FoundTitle()


def _completed(found: FoundTitle, told: Sequence[str]) -> FoundTitle:
    """A heading that is printed cut, as the page tells it whole elsewhere."""
    stem = plain(found.text.rstrip(".…· "))
    if not found.text.endswith(("...", "…", "···")) or len(stem) < _SHORTEST:
        return found
    whole = next((one for one in told if plain(one).startswith(stem) and plain(one) != stem), "")
    return replace(found, text=whole) if whole else found


def title_above(outline: Outline, kinds: Sequence[Kind], first: int, names: Sequence[str]) -> str:
    """The line right above a text, where nothing else tells the title; "" when it is none."""
    known = {plain(name) for name in names if name}
    for number in range(first - 1, max(-1, first - _LINES_TO_STAMP), -1):
        line = outline.lines[number]
        if kinds[number] in {"stamp", "picture"}:
            continue
        is_title = kinds[number] == "short" and 8 <= len(line.text) <= 120 and not line.linked
        is_name = plain(line.text) in known or bool(OFFICE.match(line.text))
        return line.text if is_title and not is_name and line.text[-1] not in "：:" else ""
    return ""


def _is_told(line: Line, words: Sequence[str]) -> bool:
    return len(line.text) <= LONGEST_TITLE and plain(line.text) in words


def _is_signature(kinds: Sequence[Kind], outline: Outline, number: int) -> bool:
    """Whether a line below sentences stands above a day and nothing else: who signed, not a title
    that the page says again."""
    following = kinds[number + 1 : number + 5]
    is_dated = number + 1 < len(kinds) and is_dateline(outline.lines[number + 1])
    return is_dated and "text" not in following and not outline.lines[number].heading


def _is_title_below(outline: Outline, kinds: Sequence[Kind], number: int) -> bool:
    """Whether a line has a title's form and its stamp, though sentences stand above it: the
    introduction of an office beside a notice."""
    line = outline.lines[number]
    is_title = kinds[number] == "short" and not line.linked and is_title_form(line.text)
    return is_title and _stands_above_stamp(outline, kinds, number) == 1.0


def _may_be(
    outline: Outline, kinds: Sequence[Kind], number: int, line: Line, told: Sequence[str]
) -> bool:
    """Whether a closer look pays: most lines are menus or text."""
    if not _SHORTEST <= len(line.text) <= LONGEST_TITLE or kinds[number] in {"foot", "neighbour"}:
        return False
    if _PLACE.match(line.text):
        return False
    words = plain(line.text)
    if any(words in one or one in words for one in told) and len(words) >= 2:
        return True
    if line.heading:
        return True
    if kinds[number] != "short" or line.linked or len(words) < 6 or line.text[-1] in "：:":
        return False
    if is_title_form(line.text):
        return True
    if _stands_above_text(outline, kinds, number) or _stands_above_stamp(outline, kinds, number):
        return True
    return _named(outline, line) > 0


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
    listed = agreement(text, witnesses.listed)
    told = 5.0 * _sure(listed) + 3.0 * _sure(agreement(text, witnesses.meta))
    told += 2.0 * _sure(agreement(text, witnesses.social)) + _in_window(words, segments)
    placed = _HEADING_WEIGHT.get(line.heading, 0.0) + _named(outline, line)
    placed += _FORM_WEIGHT * (kinds[number] == "short" and is_title_form(text))
    placed += max(
        1.5 * _stands_above_stamp(outline, kinds, last),
        1.2 * _stands_above_text(outline, kinds, last),
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


def _named(outline: Outline, line: Line) -> float:
    """What the names of the line's box say of it."""
    score = 0.0
    box = line.owner
    for _ in range(3):
        if box < 0:
            break
        node, box = outline.boxes[box].node, outline.boxes[box].parent
        names = f"{node.get('class') or ''} {node.get('id') or ''}"
        if not score and TITLE_NAMES.search(names):
            score = 1.0
        if node.tag in {"nav", "footer", "aside"} or _BESIDE_NAMES.search(names):
            score -= 1.5
            break
    return score


def _stands_above_stamp(outline: Outline, kinds: Sequence[Kind], number: int) -> float:
    """Whether day or source stand in the lines below: 1 right below, less farther down."""
    below = outline.lines[number + 1 : number + 1 + _LINES_TO_STAMP]
    for distance, line in enumerate(below):
        if kinds[number + 1 + distance] == "text":
            return 0.0
        is_stamp = kinds[number + 1 + distance] == "stamp" or has_day(line.text)
        if is_stamp and not line.linked * 2 > len(line.text):
            return 1.0 - 0.2 * distance
    return 0.0


def _stands_above_text(outline: Outline, kinds: Sequence[Kind], number: int) -> bool:
    """Whether a sentence stands right below, or below those whom it speaks to."""
    below = number + 1
    if below + 1 < len(kinds) and kinds[below] == "short":
        below += outline.lines[below].text[-1:] in "：:"
    return below < len(kinds) and kinds[below] == "text"


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
