"""Where a line stands that may be a title: above its stamp or its text, in a box named so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crawlers.reading.day_evidence import has_day
from crawlers.reading.line_kinds import Kind, is_dateline, is_link_row
from crawlers.reading.outline import Line, Outline
from crawlers.reading.title_agreement import LONGEST_TITLE, plain
from crawlers.reading.title_form import TITLE_NAMES, is_title_form

SHORTEST_TITLE = 4
"""Characters: what is shorter is no title."""

LINES_TO_STAMP = 4
"""Lines below a title among which its stamp is looked for."""

_BESIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|foot|footer|logo|banner|crumbs?|side|sidebar|share|related|hot)",
    re.IGNORECASE,
)
_SIGNS = 3  # characters of a line for each letter of the title that it repeats
_PLACE = re.compile(r"^\W{0,3}您?(?:现在|当前)?的?(?:所在)?位置\s?[:：]")
_MOST_BEFORE = 1  # sentences above a title: a summary, a warning; not the text
_SHORTEST_LINK = 8  # characters of a link that may be a title: shorter ones are menus


def candidates(
    outline: Outline, kinds: Sequence[Kind], told: Sequence[str]
) -> Iterator[tuple[int, int, bool]]:
    """The lines that may be the title, each with the number of sentences above it and whether it
    stands late, below several. `told`: what others call the page, its words alone."""
    sentences = 0
    longest = _SIGNS * max(map(len, told), default=0)
    for number, line in enumerate(outline.lines):
        kind = kinds[number]
        if kind == "text":
            sentences += not (number > 0 and is_link_row(outline.lines[number - 1]))
        elif kind == "link" and not line.heading and len(line.text) < _SHORTEST_LINK:
            continue
        is_late = sentences > _MOST_BEFORE
        if is_late and not line.heading and kind != "short":
            continue
        if is_late:
            is_told = len(line.text) <= longest and _is_told(line, told)
            is_late = not is_told or _is_signature(kinds, outline, number)
        if is_late and not line.heading and not _is_title_below(outline, kinds, number):
            continue
        if _may_be(outline, kinds, number, line, told):
            yield number, sentences, is_late


def named(outline: Outline, line: Line) -> float:
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


def stands_above_stamp(outline: Outline, kinds: Sequence[Kind], number: int) -> float:
    """Whether day or source stand in the lines below: 1 right below, less farther down."""
    below = outline.lines[number + 1 : number + 1 + LINES_TO_STAMP]
    for distance, line in enumerate(below):
        if kinds[number + 1 + distance] == "text":
            return 0.0
        is_stamp = kinds[number + 1 + distance] == "stamp" or has_day(line.text)
        if is_stamp and not line.linked * 2 > len(line.text):
            return 1.0 - 0.2 * distance
    return 0.0


def stands_above_text(outline: Outline, kinds: Sequence[Kind], number: int) -> bool:
    """Whether a sentence stands right below, or below those whom it speaks to."""
    below = number + 1
    if below + 1 < len(kinds) and kinds[below] == "short":
        below += outline.lines[below].text[-1:] in "：:"
    return below < len(kinds) and kinds[below] == "text"


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
    return is_title and stands_above_stamp(outline, kinds, number) == 1.0


def _may_be(
    outline: Outline, kinds: Sequence[Kind], number: int, line: Line, told: Sequence[str]
) -> bool:
    """Whether a closer look pays: most lines are menus or text."""
    if not SHORTEST_TITLE <= len(line.text) <= LONGEST_TITLE or kinds[number] in {
        "foot",
        "neighbour",
    }:
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
    if stands_above_text(outline, kinds, number) or stands_above_stamp(outline, kinds, number):
        return True
    return named(outline, line) > 0
