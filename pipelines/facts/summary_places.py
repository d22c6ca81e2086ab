"""Where the sentences of a body stand: below which heading, and whether inside of an item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NUMBER = re.compile(
    r"^(?:[0-9]{1,2}[.．、]\s{0,4}|[(（][0-9一二三四五六七八九十]{1,3}[)）]\s{0,4}|[一二三四五六七八九十]{1,3}、\s{0,4}"
    r"|第[0-9一二三四五六七八九十百]{1,5}条\s{0,4}|[①-⑳]\s{0,4})"
)
_SENTENCE = re.compile(r"[^。！？\n]{1,2000}[。！？]?")
_ITEM = re.compile(r"^(?:[(（][0-9一二三四五六七八九十]{1,3}[)）]|[0-9]{1,2}[.．、])")
_ENDED = ("。", "！", "；", ";")
_SHORT = 24
_SEVERAL = 3
# What stands below tells why something is done, not what.
_BACKDROP = re.compile(r"(?:背景|意义|重要性|必要性|指导思想|保障措施|组织保障|组织领导)$")
_LABEL = re.compile(r"^[一二三四五六七八九十]{1,3}、([^，。：:]{0,4}(?:对象|范围|数量|名额))$")

_AS_FOLLOWS = re.compile(
    r"[，,](?:现(?:就|将|对))?有关(?:事项|情况|要求|工作)?(?:通知|公告|通告|公示|安排|告知)?如下[。：:]?$"
)
_BACKGROUND = re.compile(r"^(?:为|根据|按照|依据)")


@dataclass(frozen=True, slots=True)
class Placed:
    """A sentence as printed. `label`: the heading right above that says what it is of; `item`: it
    goes on inside of a numbered item; `backdrop`: it stands below 背景 or the like."""

    words: str
    label: str = ""
    item: bool = False
    backdrop: bool = False


def placed_sentences(body: str) -> Iterator[Placed]:
    """The sentences of a body, in order."""
    label, backdrop = "", False
    for line in body.split("\n"):
        words = line.strip()
        if not words:
            continue
        if NUMBER.match(words) and len(words) <= _SHORT and not words.endswith(_ENDED):
            found = _LABEL.match(words)
            label, backdrop = found[1] if found else "", bool(_BACKDROP.search(words))
            yield Placed(words)
            continue
        inside = False
        for match in _SENTENCE.finditer(line):
            yield Placed(match[0], label, inside, backdrop)
            label = ""
            inside = inside or (bool(_ITEM.match(match[0].strip())) and len(match[0]) <= _SHORT)


def contents(body: str) -> str:
    """…提出以下措施：支持人才引进、支持技术创新。: a line that leads to items, with the headings of
    these; empty when fewer than three items have one."""
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    for place, line in enumerate(lines):
        if line.endswith(("：", ":")):
            heads = []
            for item in lines[place + 1 :]:
                number = _ITEM.match(item)
                head, _, rest = item[number.end() if number else 0 :].partition("。")
                if not number or not rest or len(head) > _SHORT or "，" in head:
                    break
                heads.append(head)
            if len(heads) >= _SEVERAL:
                return f"{line}{'、'.join(heads)}。"
    return ""


def without_announcement(words: str) -> str:
    """A sentence without 有关事项通知如下 at its end, unless only background would be left."""
    cut = _AS_FOLLOWS.sub("。", words)
    return words if _BACKGROUND.match(re.split("[，,]", cut)[-1]) else cut
