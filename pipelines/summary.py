"""Two or three sentences that say what a notice is, for whom and until when. Rules, no model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.dates import find_dates
from pipelines.width import fold_width
from storage.models import Deadline

LONGEST = 160
"""Characters; a summary is never longer."""

_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_SALUTATION = re.compile(
    r"^(?:各|有关|相关|机关|局|直属|市有关)[^。，：:]{0,60}[:：]\s*|^[^。，]{2,40}(?:单位|企业|部门|申请人|同志)[:：]\s*$"
)
_PREAMBLE = re.compile(
    r"^(?:为|为了|根据|按照|依据|依照|为贯彻|为落实|为进一步|为深入|遵照|结合|经)[^。]{4,}?[，,]\s*(?="
    r"(?:现|特|我|市|本|国家|经研究|药审中心|决定|拟|请|兹|组织|起草|制定|将|开展|财政部|工业和信息化部|北京|天津))"
)
_BACKGROUND = re.compile(r"^(?:为|为了|根据|按照|依据|以习近平|深入贯彻|全面贯彻|近年来|随着|当前)")
_CUES = (
    (re.compile(r"征求意见|公开征求|公示|申报|受理|报名|缴费|报送|截止|逾期"), 3),
    (re.compile(r"现(?:将|就|予|印发|发布|公布|面向|向|在)|特此|决定|印发|制定|起草|联合"), 2),
    (re.compile(r"奖补|补助|资助|支持|给予|安排|不超过|以上|亿元|万元"), 2),
    (re.compile(r"适用|对象|范围|条件|企业|申请人|单位"), 1),
    (re.compile(r"不得|施行|实施|废止|有效期"), 1),
)
_EMPTY_WORDS = re.compile(
    r"^(?:特此(?:通知|公告|通告|公示)|感谢|欢迎|请认真|请遵照|联系|附件|电话|邮|地址|抄送)"
)
_SHORT_LINE = 14
_READ_SENTENCES = 60


def summarise(title: str, text: str, deadlines: Sequence[Deadline] = ()) -> str:
    """A summary of at most LONGEST characters; empty when there is no text."""
    whole = " ".join(part for part in (_strip(line) for line in text.split("\n")) if part)
    if len(whole) <= LONGEST and not _BACKGROUND.match(whole):
        return whole
    sentences = _candidates(title, text)
    if not sentences:
        return _cut(whole, LONGEST)
    due = _due_phrase(deadlines)
    room = LONGEST - len(due)
    return _compose(sentences, room) + due


def _candidates(title: str, text: str) -> list[tuple[int, int, str]]:
    """(score, place, words) of the sentences worth choosing from."""
    found: list[tuple[int, int, str]] = []
    title_letters = re.sub(r"\W", "", title)
    for place, match in enumerate(_SENTENCE.finditer(text)):
        words = _strip(match[0])
        letters = re.sub(r"\W", "", words)
        if len(words) < _SHORT_LINE or letters in title_letters or _EMPTY_WORDS.match(words):
            continue
        found.append((_score(words, place), place, _PREAMBLE.sub("", words)))
        if place > _READ_SENTENCES:
            break
    return found


def _strip(line: str) -> str:
    return _SALUTATION.sub("", re.sub(r"\s+", " ", line).strip())


def _score(words: str, place: int) -> int:
    score = sum(weight for pattern, weight in _CUES if pattern.search(words))
    if find_dates(fold_width(words)):
        score += 1
    if _BACKGROUND.match(words) and not _PREAMBLE.match(words):
        score -= 3
    return score * 4 - place


def _compose(sentences: list[tuple[int, int, str]], room: int) -> str:
    """The best sentences that fit, in printed order; the first one is cut if it must be."""
    chosen: dict[int, str] = {}
    left = room
    for _, place, words in sorted(sentences, key=lambda one: (-one[0], one[1])):
        if words in chosen.values():
            continue
        if len(words) <= left:
            chosen[place] = words
            left -= len(words)
        elif not chosen:
            chosen[place] = _cut(words, left)
            left = 0
        if len(chosen) == 3 or left < _SHORT_LINE:
            break
    return "".join(_ended(chosen[place]) for place in sorted(chosen))[:room]


def _due_phrase(deadlines: Sequence[Deadline]) -> str:
    """`（征求意见截止 2021-02-18）` for up to two deadlines."""
    if not deadlines:
        return ""
    named = [
        f"{one.what if one.what != '截止' else ''}截止 {one.on.isoformat()}"
        for one in deadlines[:2]
    ]
    return f"（{'，'.join(named)}）"


def _ended(words: str) -> str:
    return words if words.endswith(("。", "！", "？", "；", "…", "：")) else words + "。"


def _cut(words: str, room: int) -> str:
    """Shorten at the end of a clause where one is near, else anywhere, marked with …"""
    if len(words) <= room:
        return words
    head = words[: room - 1]
    comma = max(head.rfind("，"), head.rfind("、"), head.rfind("；"), head.rfind("。"))
    return (head[:comma] if comma > room // 2 else head) + "…"
