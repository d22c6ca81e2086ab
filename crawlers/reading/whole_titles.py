"""Titles of list rows that are printed cut or counted, and where their rows hold them whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from lxml import etree

from crawlers.reading.printed_dates import find_date

_CUT = re.compile(r"(?<!\.)\.{2,6}\s?$|…{1,3}\s?$|(?<!·)·{3}\s?$")
_TWICE = re.compile(r"^(.{4,80}?)\s?(?:\.{3}|…{1,2})\s?(?=\1)")
_COUNTED = re.compile(
    r"^[\[(（]?(\d{1,4})(?:[\])）]?[.、．:：)）]\s{0,3}(?=\D)|[.、．]?\s{1,3}(?=\S))"
)
_TELLING = frozenset(("title", "alt", "aria-label"))
_DATA = re.compile(r"title|content|text|name")
_LABEL = re.compile(r"\s?(?:发布|更新|公开|时间|日期){1,2}\s?[:：].{0,40}$")
_LABEL_BEFORE = re.compile(r"^\s?(?:文章|信息|公告)?(?:标题|题目|名称)\s?[:：]\s?")
_LEAST = 4  # letters of a cut title by which its whole is known
_MOST_PARTS = 60
_MOST_TEXTS = 20
_LONGEST = 300
_LONGEST_NAME = 60
_FEWEST = 3


def is_cut(title: str) -> bool:
    """Whether a title is printed cut: 关于组织申报…"""
    return bool(_CUT.search(title))


def whole_title(printed: str, box: etree._Element) -> str:
    """The whole of a cut title, from an attribute or hidden words in its row; `printed` where the
    row does not hold it. A title that stands cut and whole in one link is taken once."""
    twice = _TWICE.match(printed)
    if twice:
        return printed[twice.end() :]
    if not is_cut(printed):
        return printed
    stem = _letters(_CUT.sub("", printed))
    if len(stem) < _LEAST:
        return printed
    cut, shown = "".join(printed.split()), len(_CUT.sub("", printed))
    wholes = (one for one in _told(box) if len(one) > shown and _letters(one).startswith(stem))
    # What only holds the cut title again, with a bullet or the day, is no whole.
    return next((one for one in wholes if cut not in "".join(one.split())), printed)


def without_counts(titles: Sequence[str]) -> list[str]:
    """The titles without the numbers that count the rows: 1. …, 2. …; a number that only some
    begin with belongs to them."""
    found = [_COUNTED.match(title) for title in titles]
    numbers = [int(match[1]) for match in found if match is not None]
    if len(titles) < _FEWEST or len(numbers) < len(titles):
        return list(titles)
    if any(later - one != 1 for one, later in pairwise(numbers)):
        return list(titles)
    return [
        title[match.end() :].strip() for title, match in zip(titles, found, strict=True) if match
    ]


def _told(box: etree._Element) -> Iterator[str]:
    for node in islice(box.iter("*"), _MOST_PARTS):
        for name, value in node.attrib.items():
            is_data = str(name).startswith("data-") and _DATA.search(str(name)[:_LONGEST_NAME])
            if name in _TELLING or is_data:
                yield _tidy(str(value))
        if node is not box:
            yield _tidy("".join(islice(map(str, node.itertext()), _MOST_TEXTS)))


def _tidy(text: str) -> str:
    words = " ".join(text[:_LONGEST].split())
    words = _LABEL.sub("", _LABEL_BEFORE.sub("", words))
    day = find_date(words)
    return words.removesuffix(day).rstrip(" [(（") if day and words.endswith(day) else words


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text)
