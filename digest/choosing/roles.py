"""What a document does, as far as it matters to who reads it: `texts.kinds`, a little finer.

A notice that puts another document into the world (关于印发…的通知) is told from one that arranges
something (…工作的通知), and a title that names a document itself (…若干措施) from a headline.
"""

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
    "消息",
]
ROLES: tuple[Role, ...] = (
    *("发布", "征求意见", "文件", "规则", "申报", "解读", "通告", "公示", "名单", "更正"),
    *("会议", "动态", "消息"),
)

_ISSUES = re.compile(r"(?:印发|发布|公布|颁布|废止|修订|修改|调整)(?!会)")
# A headline can do it as well: 两部门联合印发《…》.
_ISSUES_A_BOOK = re.compile(r"(?:印发|发布|公布|颁布|出台)[^《,。:]{0,12}《")
_TAIL = re.compile(r"(?:\([^()]{0,40}\)|[\s,.。!])$")
_NAMES_A_DOCUMENT = re.compile(
    r"(?:措施|方案|意见|规划|计划|纲要|要点|标准|规范|原则|决定|公约|政策|名录|指引|指南)》?$"
)


@lru_cache(maxsize=4096)
def role_of(title: str) -> Role:
    """The role of the document with this title."""
    kind = kind_of(title)
    bare = fold_width(title)[:400]
    if kind == "通告":
        return "发布" if _ISSUES.search(bare) else "通告"
    if kind:
        return kind
    while (shorter := _TAIL.sub("", bare)) != bare:
        bare = shorter
    if _ISSUES_A_BOOK.search(bare):
        return "发布"
    return "文件" if _NAMES_A_DOCUMENT.search(bare) else "消息"


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
