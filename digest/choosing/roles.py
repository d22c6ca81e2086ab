"""What a document does, as far as it matters to who reads it: its kind, or that it concerns only
the office that wrote it (事务)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from texts.kinds import kind_of
from texts.width import fold_width

Role = Literal[
    "发布",
    "征求意见",
    "文件",
    "规则",
    "申报",
    "解读",
    "通告",
    "公示",
    "名单",
    "更正",
    "会议",
    "动态",
    "事务",
    "消息",
]

# The office's own affairs: its purchases, its staff, its hours.
_OFFICE = re.compile(
    r"(?:中标|成交|废标|流标|磋商|询价|政府采购)(?:结果)?(?:公告|公示)|物业服务|公开招聘|拟聘|招募|"
    r"值班|停机维护|(?:春节|国庆|端午|中秋|节日|元旦|五一)[^,。]{0,8}期间.*(?:通知|公告|提示|安排)$"
)
_OF_MEDICINES = re.compile(r"集中采购|带量|集采|耗材")


@lru_cache(maxsize=4096)
def role_of(title: str) -> Role:
    """The role of the document with this title."""
    bare = fold_width(title)[:400]
    if _OFFICE.search(bare) and not _OF_MEDICINES.search(bare):
        return "事务"
    return kind_of(title) or "消息"


def addresses_outsiders(title: str, what: str = "") -> bool:
    """Whether a deadline is one that people outside the office must meet.

    `what` is what falls due. A title that asks (申报, 征求意见, 公示 with its objections) says so
    by itself; other notices do by what falls due, but never a meeting, an explanation or a
    report, which repeat somebody else's day.
    """
    kind = kind_of(title)
    if kind in ("申报", "征求意见", "公示"):
        return True
    if kind in ("动态", "解读", "规则", "会议"):
        return False
    return what in ("申报", "征求意见", "公示", "缴费")


def is_objection(title: str, what: str = "") -> bool:
    """Whether a deadline is the last day to object to what is announced: nobody has to act.

    `what` is what falls due, as far as it was read.
    """
    return what == "公示" or (not what and kind_of(title) == "公示")
