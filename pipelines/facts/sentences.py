"""The sentences of a text that may hold a day, each with the short heading above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from texts.width import fold_width

CELL = " | "
"""What stands between the cells of a table's row."""

_WORTH_READING = re.compile(
    r"[0-9一二三四五六七八九十]\s{0,4}[日号]|[0-9][-/.][0-9]|月底|日起|工作日|[天周月]"
)
# Nobody prints a longer sentence; what pretends to be one is read in pieces.
_SENTENCE = re.compile(r"[^。;!?]{1,1000}")
_BOOK = re.compile(r"《[^《》〈〉]{0,200}(?:〈[^〈〉]{0,100}〉[^《》〈〉]{0,100})?》")
_URL = re.compile(r"(?:https?://|www\.)[^\s\u4e00-\u9fff]+")

_HEADING = re.compile(r"时间|期限|时限|截止|日期|公示期|申报|报名|征求意见|报送|要求|安排|日程")
_SALUTATION_WITHIN = 8


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as printed and folded; `context` is the short heading above it."""

    printed: str
    folded: str
    bare: str
    context: str


def may_hold_a_day(folded: str) -> bool:
    """Whether a text is worth looking at for days and terms."""
    return bool(_WORTH_READING.search(folded))


def without_books(folded: str) -> str:
    """The words outside 《…》: what is inside belongs to another document."""
    return _BOOK.sub(blank, folded)


def salutation(text: str) -> str:
    """The line that says whom the office addresses, when one of the first lines does."""
    for line in text.split("\n", _SALUTATION_WITHIN)[:_SALUTATION_WITHIN]:
        folded = fold_width(line[:400]).rstrip()
        if folded.endswith(":"):
            return folded
    return ""


def sentences_of(text: str) -> Iterator[Sentence]:
    """Every sentence worth looking at, in order, with addresses and 《…》 blanked in `bare`."""
    context = ""
    for line in text.split("\n"):
        folded = fold_width(line)
        if _WORTH_READING.search(folded):
            clear = _URL.sub(blank, folded)
            above = context
            for match in _SENTENCE.finditer(clear):
                start, end = match.span()
                bare = _BOOK.sub(blank, match[0])
                yield Sentence(line[start:end], match[0], bare, above)
                above = match[0] if _is_heading(match[0]) else context
        context = folded if _is_heading(folded) and CELL not in folded else ""


def _is_heading(folded: str) -> bool:
    return len(folded) <= 24 and bool(_HEADING.search(folded))


def blank(match: re.Match[str]) -> str:
    """As many spaces as were matched, so that offsets stay."""
    return " " * len(match[0])
