"""Two or three sentences that say what a notice is, for whom and until when. Rules, no model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.facts.dates import find_dates
from pipelines.facts.width import fold_width
from storage.models import Deadline

LONGEST = 160
"""Characters; a summary is never longer."""

_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_SALUTATION = re.compile(
    r"^(?:各|有关|相关|机关|局|直属|市有关)[^。，：:]{0,60}[:：]\s*|^[^。，]{2,40}(?:单位|企业|部门|申请人|同志)[:：]\s*$"
)
_SALUTATION_LINE = re.compile(r"^(?:各|有关|相关|机关|局|直属|市有关)[^。]{0,600}[:：]\s*$")
_PREAMBLE = re.compile(
    r"^(?:为|根据|按照|依据|依照|遵照|结合|经|深入贯彻|认真贯彻|全面贯彻|认真落实)[^。]{4,}?[，,]\s*(?="
    r"(?:现|特|我|市|本|国家|经研究|药审中心|决定|拟|请|兹|组织|起草|制定|将|开展|北京|天津"
    r"|[\u4e00-\u9fff]{2,8}(?:部|局|委|中心)[、，,联]))"
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
    r"^(?:特此(?:通知|公告|通告|公示)|感谢|欢迎|请认真|请遵照|联系|附件|电话|邮|(?:通讯|通信)?地址"
    r"|抄送|提出异议的|任何(?:单位|个人|机构)|单位提出|个人提出|我们?局?(?:将|真诚)|征集到的"
    r"|[(（](?:联系|此件))|@|(?:联系人|电话|邮箱|邮编|地址)[:：]|匿名|^\d+[、.]《"
    r"|(?:局|部|委|中心|委员会|办公室)$|^\d+\. \[|^[0-9 年月日]+$"
)
# 3.电话：…, 4.传真：…: how to answer is no summary, however it is numbered.
_CONTACT_LINE = re.compile(
    r"^[0-9]{1,2}[.．、]\s*(?:电子邮箱|邮箱|电话|传真|联系|通[讯信]地址|地址|邮寄|信函|网址)"
)
_LISTED = re.compile(r"^(?:[0-9]{1,2}[.．、]|[(（][0-9]{1,2}[)）])")
_CELLS = " | "
_HEADLINE = re.compile(r"^[一二三四五六七八九十]{1,3}、|^[(（][一二三四五六七八九十]{1,3}[)）]")
_SHORT_LINE = 14
_WORTH_ADDING = 8
_ENOUGH = 50
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
    told = {one.printed.rstrip("。；") for one in deadlines[:2]}
    sentences = [one for one in sentences if not _repeats(one[2], told)] or sentences
    return _compose(sentences, LONGEST - len(due)) + due


def _repeats(words: str, told: set[str]) -> bool:
    """Whether a short sentence says no more than the deadline appended to the summary."""
    return len(words) < 40 and any(words.startswith(printed) for printed in told)


def _candidates(title: str, text: str) -> list[tuple[int, int, str]]:
    """(score, place, words) of the sentences worth choosing from."""
    found: list[tuple[int, int, str]] = []
    title_letters = re.sub(r"\W", "", title)
    body = "\n".join(line for line in text.split("\n") if not _SALUTATION_LINE.match(line))
    for place, match in enumerate(_SENTENCE.finditer(body)):
        words = _strip(match[0])
        letters = re.sub(r"\W", "", words)
        if len(words) < _SHORT_LINE or letters in title_letters or _says_nothing(words):
            continue
        found.append((_score(words, place), place, _PREAMBLE.sub("", words)))
        if place > _READ_SENTENCES:
            break
    return found


def _says_nothing(words: str) -> bool:
    heading = _HEADLINE.match(words) and len(words) < 30
    if _CELLS in words or _CONTACT_LINE.match(words):
        return True
    return bool(_EMPTY_WORDS.search(words) or heading) or words.endswith(("：", ":"))


def _strip(line: str) -> str:
    return _SALUTATION.sub("", re.sub(r"\s+", " ", line).strip())


def _score(words: str, place: int) -> int:
    score = sum(weight for pattern, weight in _CUES if pattern.search(words))
    if find_dates(fold_width(words)):
        score += 1
    if _LISTED.match(words):
        score -= 2
    if _BACKGROUND.match(words) and not _PREAMBLE.match(words):
        score -= 3
    return score * 4 - place


def _compose(sentences: list[tuple[int, int, str]], room: int) -> str:
    """The best sentences that fit, in printed order; the first one is cut if it must be."""
    chosen: dict[int, str] = {}
    left = room
    for score, place, words in sorted(sentences, key=lambda one: (-one[0], one[1])):
        if words in chosen.values() or (room - left > _ENOUGH and score + place < _WORTH_ADDING):
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
    words = words.rstrip("，、, ")
    return words if words.endswith(("。", "！", "？", "；", "…", "：")) else words + "。"


def _cut(words: str, room: int) -> str:
    """Shorten at the end of a clause where one is near, else anywhere, marked with …"""
    if len(words) <= room:
        return words
    head = words[: room - 1]
    comma = max(head.rfind("，"), head.rfind("、"), head.rfind("；"), head.rfind("。"))
    return (head[:comma] if comma > room // 2 else head) + "…"
