"""The sentences of a body, numbered for a model, each with what must not be forgotten of its place.

Rows of tables are left out: cut out of its table a cell says anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.facts.sentences import CELL
from texts.width import fold_width

MOST = 60
LONGEST = 600
"""Characters; a longer sentence is not shown to the model, so that it cannot cite it."""
MOST_CHARACTERS = 6000

_OPENING, _CLOSING = frozenset("（(《〈“‘【〔[「『"), frozenset("）)》〉”’】〕]」』")
_END = frozenset("。！？!?")
_SHORT_HEADING, _LONG_HEADING = 24, 40
NUMBERING = re.compile(
    r"(?:第[一二三四五六七八九十百零0-9]{1,6}[条章节](?=\s)|[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十])"
    r"|\([一二三四五六七八九十0-9]{1,3}\)|[0-9]{1,2}[.、](?![0-9])|[①-⑳])\s*"
)
_LEVELS = (
    re.compile(r"第\S{1,6}章"),
    re.compile(r"第\S{1,6}节"),
    re.compile(r"第\S{1,6}条"),
    re.compile(r"[一二三四五六七八九十]{1,3}、"),
    re.compile(r"\([一二三四五六七八九十]{1,3}\)"),
    re.compile(r"[0-9]{1,2}[.、]"),
)
_LOWEST = 50
_NEUTRAL = re.compile(r"(?:通知|事项)如下:$")
# Under a heading like 不予受理的情形 a sentence means the opposite of what it says.
_REVERSES = re.compile(
    r"不(?![少超低高断])|未|无效|非|禁|除外|排除|暂停|停止|撤销|废止|取消|限制|违|拒|否决|错误|误区|谣|负面"
    r"|例外|反例|案例|假[设冒]|虚假"
)
_LIMITS_LAST = re.compile(r"\s*(?:但|不过|然而|唯|除|例外|否则|(?:上述|以上|前款)[^。]*(?:不|除))")


@dataclass(frozen=True, slots=True)
class Numbered:
    """One sentence as printed. `reversed`: it stands under a heading that may turn it round;
    `limited`: the sentence after it takes something of it back."""

    text: str
    reversed: bool = False
    limited: bool = False


def numbered_sentences(text: str) -> list[Numbered]:
    """The sentences that a model is shown, in printed order, numbered from 1 by their place."""
    found: list[Numbered] = []
    size = 0
    told = list(_told(text))
    for place, (words, is_reversed) in enumerate(told):
        after = told[place + 1][0] if place + 1 < len(told) else ""
        size += len(words)
        if len(found) == MOST or size > MOST_CHARACTERS:
            break
        if len(words) <= LONGEST:
            found.append(Numbered(words, is_reversed, bool(_LIMITS_LAST.match(after))))
    return found


def _told(text: str) -> Iterator[tuple[str, bool]]:
    """Each sentence, and whether a heading above it may turn it round."""
    above: list[tuple[float, bool]] = []
    last = 0
    for line in text.split("\n"):
        words = " ".join(line.split())
        if not words or CELL in line:
            continue
        folded = fold_width(words)
        level = _level(folded)
        if level is not None:
            above = [one for one in above if one[0] < level]
            last = level
        under = any(turns for _, turns in above)
        for place, sentence in enumerate(_split(words)):
            yield sentence, under
            under = under or _turns_rest(sentence, first=place == 0 and level is not None)
        if is_heading(folded, level):
            # What ends in a colon governs the items below it, until one as high as itself.
            rank = last + 0.5 if level is None else level
            above.append((rank, bool(_REVERSES.search(folded)) and not _NEUTRAL.search(folded)))


def _turns_rest(sentence: str, *, first: bool) -> bool:
    """Whether a sentence is a heading, or leads to items, that may turn the rest of its line."""
    lead, colon, _ = fold_width(sentence).partition(":")
    heads = bool(colon) or (first and _is_short(sentence))
    return heads and bool(_REVERSES.search(lead))


def _level(folded: str) -> int | None:
    """How deep the numbering of a line is; None without any."""
    if not NUMBERING.match(folded):
        return None
    return next((place for place, one in enumerate(_LEVELS) if one.match(folded)), _LOWEST)


def is_heading(folded: str, level: int | None) -> bool:
    """Whether a line stands above others: it ends in a colon, or is numbered and no sentence."""
    if folded.endswith(":"):
        return True
    numbered = level is not None and len(folded) <= _LONG_HEADING
    return numbered and not folded.endswith(("。", ";", "!", "?", ","))


def _is_short(sentence: str) -> bool:
    return len(sentence) <= _SHORT_HEADING and "，" not in sentence


def _split(line: str) -> Iterator[str]:
    """A line's sentences; what stands in brackets or quotation marks is not cut."""
    depth, start = 0, 0
    for place, mark in enumerate(line):
        if mark in _OPENING:
            depth += 1
        elif mark in _CLOSING:
            depth = max(0, depth - 1)
        elif mark in _END and not depth:
            yield line[start : place + 1].strip()
            start = place + 1
    if line[start:].strip():
        yield line[start:].strip()
