"""Whether two texts say the same: what differs between them may be furniture, never a fact.

Notices written after one template differ in a drug, a company or a number only, and are as alike
as a repost is to its original. So texts are laid side by side, and every place where they differ
is judged: layout, a publisher's way to speak of itself, and the lines that one page merely has
before or after the text are no difference; anything else is. What goes on in the last line of the
other text, goes on counting (四、 after 三、) or states a figure in a sentence after it, belongs to
the text and is a difference, unless the other page says that its text goes on elsewhere and a
numbered part begins there. So is a preface with a will of its own: who forwards a notice and sets
a day for it has written another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from pipelines.matching.normal_form import (
    BODIES_OF_STATE,
    NUMERAL,
    NormalForm,
    as_list,
    normal_form,
)

# What a change may consist of without changing what is said.
_IGNORED = re.compile(
    r"https?[a-z0-9]*|附件下载|点击下载|点击查看|下载|附件\d{0,2}|docx?|xlsx?|pdf|wps|zip|rar|"
    r"(?<![a-z])(?:www)|特此(?:通知|通告|公告|公示|说明|函告|函复)|"
    r"此复|序号|(?:由此)?(?:给您)?(?:带来|造成)的?不便敬请谅解|[的了]"
)
_OURSELVES = re.compile("(?:我|本)(?:[局委厅会院市省区县部所办]|中心)?|我们")
_CHINESE = re.compile("[\u4e00-\u9fff]{0,14}")
# Matches shorter than this between two differences are chance.
_SHORTEST_MATCH = 6
# What may be added within a line: （来源：…） at its end; 本报讯 at its beginning.
_SHORT_WORD = 30
_NEWS_LINE = re.compile(r"^.{0,30}(?:讯|电)(?:记者.{2,12})?$")
# What a page says around a text without making it another: a lead, a signature, a list of files.
_OWN_WORDS = 60
# A day by which something must be done, as a text made ready has it.
_DUE = re.compile(r"(\d{1,2}月\d{1,2}日)(?:\d{1,2}时(?:\d{1,2}分)?)?(?:前|之前|以前)")
_ASKS = re.compile("(?<!申)请|须|务必|应")
_FORWARDS = re.compile("转发?给你们")
# Longest stretch laid side by side; two texts that differ over more are not called copies.
_LONGEST_STRETCH = 12_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two texts compare.

    `against` is the first difference that is a fact (`甲→乙`), or ''. `shared` is the share of
    the longer text that the other has too, 0..1.
    """

    against: str
    shared: float


@dataclass(frozen=True, slots=True)
class _Difference:
    """What each text has in one place.

    `is_edge`: only one has it, before or after the other; `is_left_out`: lines that tell whom to
    ask; `is_act`: it demands something that the other text does not.
    """

    one: str
    two: str
    is_edge: bool
    is_left_out: bool
    is_act: bool
    after: str


def compare(one: str, two: str) -> Agreement:
    """Lay two texts side by side. Pure."""
    as_printed = _compare(normal_form(one), normal_form(two))
    listed = as_list(one), as_list(two)
    if not as_printed.against or listed == (one, two):
        return as_printed
    with_lists = _compare(normal_form(listed[0]), normal_form(listed[1]))
    return as_printed if with_lists.against else with_lists


def _compare(one: NormalForm, two: NormalForm) -> Agreement:
    # In one order, so that the alignment does not depend on who is asked about whom.
    first, second = sorted((one, two), key=lambda laid: (laid.text, sorted(laid.lines)))
    if first.text == second.text:
        return Agreement("", 1.0)
    longest = max(len(first.text), len(second.text))
    if max(len(part) for part in _middles(first.text, second.text)) > _LONGEST_STRETCH:
        return Agreement("篇幅过长，未能逐字核对", 0.0)
    found = list(_differences(first, second))
    differing = sum(_weight(piece) for piece in found)
    against = next((_said(piece) for piece in found if _is_fact(piece)), "")
    return Agreement(against, max(0.0, 1 - differing / longest))


def plain(text: str) -> str:
    """The text without the page's furniture, layout, punctuation, and with one way of writing."""
    return normal_form(text).text


def _middles(one: str, two: str) -> tuple[str, str]:
    """What is left between the common beginning and the common end."""
    shortest = min(len(one), len(two))
    start = 0
    while start < shortest and one[start] == two[start]:
        start += 1
    end = 0
    while end < shortest - start and one[-1 - end] == two[-1 - end]:
        end += 1
    return one[start : len(one) - end], two[start : len(two) - end]


def _differences(one: NormalForm, two: NormalForm) -> Iterator[_Difference]:
    """The places where the texts differ, with short chance matches between them taken in."""
    spans: list[tuple[int, int, int, int]] = []
    for step in Levenshtein.opcodes(one.text, two.text):
        if step.tag == "equal":
            continue
        span = (step.src_start, step.src_end, step.dest_start, step.dest_end)
        if spans and step.src_start - spans[-1][1] < _SHORTEST_MATCH:
            start, _, other, _ = spans.pop()
            span = (start, step.src_end, other, step.dest_end)
        spans.append(span)
    for a, a_end, b, b_end in (_tightened(one.text, two.text, span) for span in spans):
        yield _Difference(
            one=one.text[a:a_end],
            two=two.text[b:b_end],
            is_edge=_is_edge(one, two, (a, a_end), (b, b_end))
            or _is_edge(two, one, (b, b_end), (a, a_end)),
            is_left_out=_is_left_out(one, a, a_end) or _is_left_out(two, b, b_end),
            is_act=_is_act(one, a, a_end, two.text) or _is_act(two, b, b_end, one.text),
            after=one.text[a_end : a_end + 2],
        )


def _tightened(one: str, two: str, span: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Without what both begin or end with: taking in a chance match may have left some."""
    a, a_end, b, b_end = span
    while a < a_end and b < b_end and one[a_end - 1] == two[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
    while a < a_end and b < b_end and one[a] == two[b]:
        a, b = a + 1, b + 1
    return a, a_end, b, b_end


def _is_edge(
    longer: NormalForm, other: NormalForm, added: tuple[int, int], place: tuple[int, int]
) -> bool:
    """Whether the page of `longer` adds something before or after the text of the other.

    Where an addition begins as the text does, the alignment may have put it a little too far in.
    """
    (start, end), text = added, longer.text
    before, rest = place[0], len(other.text) - place[1]
    if start == end:
        return False
    if before == start and text[:before] == text[end - before : end]:
        return _stands_before(longer, end - before)
    if len(text) - end == rest and text[start : start + rest] == text[end:]:
        if other.is_cut and start + rest in longer.parts:
            return True
        return _stands_after(longer, start + rest)
    return False


def _is_left_out(longer: NormalForm, start: int, end: int) -> bool:
    """Whether a place is whole lines that tell whom to ask, wherever the alignment put it."""
    text = longer.text
    while 0 < start < end and text[start - 1] == text[end - 1]:
        start, end = start - 1, end - 1
    while start < end:
        if start in longer.lines and (end in longer.lines or end == len(text)):
            return {line for line in longer.lines if start <= line < end} <= longer.contacts
        if end == len(text) or text[start] != text[end]:
            return False
        start, end = start + 1, end + 1
    return False


def _is_act(longer: NormalForm, start: int, end: int, other: str) -> bool:
    """Whether words around a text ask for something that the text itself does not."""
    added = longer.text[start:end]
    if _FORWARDS.search(added):
        return True
    addresses = start == 0 and any(at < end for at in longer.addressees)
    sets_a_day = any(day not in other for day in _DUE.findall(added))
    return (addresses or sets_a_day) and bool(_ASKS.search(added))


def _stands_before(longer: NormalForm, end: int) -> bool:
    added = longer.text[:end]
    return end in longer.lines or _is_short_word(added) or bool(_NEWS_LINE.search(added))


def _stands_after(longer: NormalForm, start: int) -> bool:
    if start in longer.lines:
        return start not in longer.counting and all(line < start for line in longer.stating)
    return _is_short_word(longer.text[start:])


def _is_short_word(added: str) -> bool:
    return len(added) <= _SHORT_WORD and not NUMERAL.search(added)


def _weight(piece: _Difference) -> int:
    """How many characters of difference count: some lines around a text are every page's."""
    length = max(len(piece.one), len(piece.two))
    return max(0, length - _OWN_WORDS) if piece.is_edge else length


def _is_fact(piece: _Difference) -> bool:
    one, two = _IGNORED.sub("", piece.one), _IGNORED.sub("", piece.two)
    if one == two:
        return False
    if (not one or not two) and (piece.is_edge or piece.is_left_out):
        return piece.is_act
    return not (
        _speaks_of_itself(one, two, piece.after)
        or _speaks_of_itself(two, one, piece.after)
        or _is_other_order(one, two, piece.after)
    )


def _speaks_of_itself(one: str, two: str, after: str) -> bool:
    """我局 here and 市科技局 there; 我 and 市科技, when the sign after them is the same."""
    if not _OURSELVES.fullmatch(one) or NUMERAL.search(two) or not _CHINESE.fullmatch(two):
        return False
    return one == "我们" or (_is_body(one, after) and _is_body(two, after))


def _is_body(name: str, after: str) -> bool:
    whole = name + after
    return any(
        whole.startswith(body, at)
        for at in {max(0, len(name) - 1), len(name)}
        for body in BODIES_OF_STATE
    )


def _is_other_order(one: str, two: str, after: str) -> bool:
    """The bodies that signed, each page naming its own first."""
    return sorted(one) == sorted(two) and _is_body(one, after) and _is_body(two, after)


def _said(piece: _Difference) -> str:
    return f"“{piece.one[:20]}”与“{piece.two[:20]}”不一致"
