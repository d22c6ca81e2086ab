"""Whether two texts say the same: what differs between them may be furniture, never a fact.

Notices written after one template differ in a drug, a company or a number only, and are as alike
as a repost is to its original. So texts are laid side by side, and every place where they differ
is judged: layout, a publisher's way to speak of itself, and the lines that one page merely has
before or after the text are no difference; anything else is. What goes on in the last line of the
other text, goes on counting (四、 after 三、) or states a figure in a sentence after it, belongs to
the text and is a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from pipelines.facts.dates import find_dates
from pipelines.keys import normal_text
from storage.folding import nfkc

# Lines around a text that belong to the page, by their first words.
FURNITURE_LINE = re.compile(
    r"^\W*(?:(?:信息|文章|稿件|文件|内容)?来源|转载自|转自|本文(?:来源|转自)|发布(?:时间|日期|机构|单位)|"
    r"发文(?:日期|机关|字号)|成文日期|时间|日期|作者|供稿|撰稿|责任?编辑|编辑|审核|校对|浏览(?:次数|量)?|"
    r"阅读(?:次数|量)?|点击(?:次数|数)?|字[号体]|打印|关闭|【?打印|分享(?:到)?|上一[篇条]|下一[篇条]|"
    r"相关(?:链接|阅读|附件|文章)|扫一扫|微信扫|索引号|主题(?:分类|词)|信息分类|有效性|"
    r"免责声明|版权声明|声明|当前位置|您(?:现在|当前)的?位置|返回|附件下载|原文链接|点击(?:下载|查看)|"
    r"阅读原文)(?=$|[\s:：】\]|｜>＞])"
)
# Lines of an editor inside a text: a placeholder of a picture, a shout.
EDITORS_LINE = re.compile(
    r"^\W*(?:图片|视频|音频|图\d{0,2}|划重点|敲黑板|重点来了|编者按|小编(?:注|按|提示)|导读|全文如下|点击图片)\W*$"
)
MAX_FURNITURE = 80
# What a change may consist of without changing what is said.
_IGNORED = re.compile(
    r"https?[a-z0-9]*|附件下载|点击下载|点击查看|下载|附件\d{0,2}|docx?|xlsx?|pdf|wps|zip|rar|"
    r"(?<![a-z])(?:www)|特此(?:通知|通告|公告|公示|说明|函告|函复)|[的了]"
)
_VARIANTS = str.maketrans("账录它像", "帐陆他象")
_OURSELVES = re.compile("(?:我|本)(?:[局委厅会院市省区县部所办]|中心)?|我们")
_BODIES_OF_STATE = (*"局委厅会院市省区县部所办", "中心")
_CHINESE = re.compile("[\u4e00-\u9fff]{0,14}")
_NUMERAL = re.compile(r"[\d〇零一二三四五六七八九十百千万亿a-z]")
# 一、 （二） 3. 4、 where a paragraph begins are layout; 2021年 and 1.5倍 are not.
_ENUMERATOR = re.compile(
    r"(?:^|(?<=[。;；:：]))(?:[(（][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、"
    r"|\d{1,2}[.、．](?!\d)|0\d(?=\s))\s*"
)
# The first of a list may follow any text; the second goes on with one.
_FIRST = re.compile(r"^[(（]?(?:一|0?1)(?![一二三四五六七八九十\d])")
_POINT = re.compile(r"(?<=\d)[.．](?=\d)")
# 3月16日至18日 and 3月16日—18日 are one way to write a span.
_DASH = re.compile(r"(?<=[\d年月日时])(?:[-—–－~～]{1,2}|至|到)(?=\d)")
# Matches shorter than this between two differences are chance.
_SHORTEST_MATCH = 6
# What may be added within a line: （来源：…） at its end; 本报讯 at its beginning.
_SHORT_WORD = 30
_END_OF_SENTENCE = ("。", ";")
_NEWS_LINE = re.compile(r"^.{0,30}(?:讯|电)(?:记者.{2,12})?$")
# What a page says around a text without making it another: a lead, a signature, a list of files.
_OWN_WORDS = 60
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
class _Laid:
    """A text to lay beside another: where its lines begin, which of them go on counting (二、),
    and which are sentences with a figure in them."""

    text: str
    lines: frozenset[int]
    counting: frozenset[int]
    stating: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Difference:
    """What each text has in one place; `is_edge`: only one has it, before or after the other."""

    one: str
    two: str
    is_edge: bool
    after: str


def compare(one: str, two: str) -> Agreement:
    """Lay two texts side by side. Pure."""
    # In one order, so that the alignment does not depend on who is asked about whom.
    first, second = sorted((_lay(one), _lay(two)), key=lambda laid: (laid.text, sorted(laid.lines)))
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
    return _lay(text).text


def _lay(text: str) -> _Laid:
    parts: list[str] = []
    lines, counting, stating, length = set(), set(), set(), 0
    for printed in text.splitlines():
        line = nfkc(printed).strip()
        if _is_furniture(line):
            continue
        bare = _bare(line)
        if bare:
            lines.add(length)
            if _ENUMERATOR.match(line) and not _FIRST.match(line):
                counting.add(length)
            if line.endswith(_END_OF_SENTENCE) and _NUMERAL.search(bare):
                stating.add(length)
        parts.append(bare)
        length += len(bare)
    return _Laid("".join(parts), frozenset(lines), frozenset(counting), frozenset(stating))


def _is_furniture(line: str) -> bool:
    if len(line) > MAX_FURNITURE:
        return False
    return bool(FURNITURE_LINE.match(line) or EDITORS_LINE.match(line))


def _bare(line: str) -> str:
    whole = normal_text(_with_plain_dates(_ENUMERATOR.sub("", line))).casefold()
    whole = _DASH.sub("\x01", _POINT.sub("\x02", whole))
    signs = (sign for sign in whole if sign.isalnum() or sign in "\x01\x02")
    return "".join(signs).replace("\x01", "-").replace("\x02", ".").translate(_VARIANTS)


def _with_plain_dates(line: str) -> str:
    """二〇二一年二月三日, 2021年02月03日 and 2021-02-03 as 2021年2月3日."""
    for found in reversed(find_dates(line)):
        day = found.on
        if not found.time:
            line = f"{line[: found.start]}{day.year}年{day.month}月{day.day}日{line[found.end :]}"
    return line


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


def _differences(one: _Laid, two: _Laid) -> Iterator[_Difference]:
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
    for a, a_end, b, b_end in spans:
        yield _Difference(
            one=one.text[a:a_end],
            two=two.text[b:b_end],
            is_edge=_is_edge(one, a, a_end, len(two.text) - b_end, b)
            or _is_edge(two, b, b_end, len(one.text) - a_end, a),
            after=one.text[a_end : a_end + 2],
        )


def _is_edge(longer: _Laid, start: int, end: int, rest: int, before: int) -> bool:
    """Whether the page of `longer` adds `start`..`end` before or after the text of the other.

    The other text has `before` characters in front of this place, and `rest` behind it. Where
    an addition begins as the text does, the alignment may have put it a little too far in.
    """
    text = longer.text
    if start == end:
        return False
    if before == start and text[:before] == text[end - before : end]:
        return _stands_before(longer, end - before)
    if len(text) - end == rest and text[start : start + rest] == text[end:]:
        return _stands_after(longer, start + rest)
    return False


def _stands_before(longer: _Laid, end: int) -> bool:
    added = longer.text[:end]
    return end in longer.lines or _is_short_word(added) or bool(_NEWS_LINE.search(added))


def _stands_after(longer: _Laid, start: int) -> bool:
    if start in longer.lines:
        return start not in longer.counting and all(line < start for line in longer.stating)
    return _is_short_word(longer.text[start:])


def _is_short_word(added: str) -> bool:
    return len(added) <= _SHORT_WORD and not _NUMERAL.search(added)


def _weight(piece: _Difference) -> int:
    """How many characters of difference count: some lines around a text are every page's."""
    length = max(len(piece.one), len(piece.two))
    return max(0, length - _OWN_WORDS) if piece.is_edge else length


def _is_fact(piece: _Difference) -> bool:
    one, two = _IGNORED.sub("", piece.one), _IGNORED.sub("", piece.two)
    if one == two:
        return False
    if piece.is_edge and (not one or not two):
        return False
    return not (
        _speaks_of_itself(one, two, piece.after)
        or _speaks_of_itself(two, one, piece.after)
        or _is_other_order(one, two, piece.after)
    )


def _speaks_of_itself(one: str, two: str, after: str) -> bool:
    """我局 here and 市科技局 there; 我 and 市科技, when the sign after them is the same."""
    if not _OURSELVES.fullmatch(one) or _NUMERAL.search(two) or not _CHINESE.fullmatch(two):
        return False
    return one == "我们" or (_is_body(one, after) and _is_body(two, after))


def _is_body(name: str, after: str) -> bool:
    whole = name + after
    return any(
        whole.startswith(body, at)
        for at in {max(0, len(name) - 1), len(name)}
        for body in _BODIES_OF_STATE
    )


def _is_other_order(one: str, two: str, after: str) -> bool:
    """The bodies that signed, each page naming its own first."""
    return sorted(one) == sorted(two) and _is_body(one, after) and _is_body(two, after)


def _said(piece: _Difference) -> str:
    return f"“{piece.one[:20]}”与“{piece.two[:20]}”不一致"
