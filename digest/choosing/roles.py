"""What a document does, as far as it matters to who reads it: `texts.kinds`, a little finer.

A notice that puts another document into the world (关于印发…的通知) is told from one that arranges
something (…工作的通知), and a title that names a document itself (…若干措施) from a headline.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from texts.kinds import Kind, kind_of
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
ROLES: tuple[Role, ...] = (
    *("发布", "征求意见", "文件", "规则", "申报", "解读", "通告", "公示", "名单", "更正"),
    *("会议", "动态", "事务", "消息"),
)

_ISSUES = re.compile(r"(?:印发|发布|公布|颁布|废止|修订|修改|调整)(?!会)")
# A headline can do it as well: 两部门联合印发《…》.
_ISSUES_A_BOOK = re.compile(r"(?:印发|发布|公布|颁布|出台)[^《,。:]{0,12}《")
_TAIL = re.compile(r"(?:\([^()]{0,40}\)|[\s,.。!])$")
_NAMES_A_DOCUMENT = re.compile(
    r"(?:措施|方案|意见|规划|计划|纲要|要点|标准|规范|原则|决定|公约|政策|名录|指引|指南)》?$"
)


# The office's own affairs: its purchases, its staff, its hours.
_OFFICE = re.compile(
    r"(?:中标|成交|废标|流标|磋商|询价|政府采购)(?:结果)?(?:公告|公示)|物业服务|公开招聘|拟聘|招募|"
    r"值班|停机维护|(?:春节|国庆|端午|中秋|节日|元旦|五一)[^,。]{0,8}期间.*(?:通知|公告|提示|安排)$"
)
_OF_MEDICINES = re.compile(r"集中采购|带量|集采|耗材")
_A_DRAFT = re.compile(r"(?:通知|公告|通告|函)\((?:公开)?征求意见稿\)$")
# It asks for applications without the word: …认定管理工作的通知, …政策兑现, 征集…需求.
_ASKS = re.compile(
    r"(?:申报|征集|遴选|认定|复核|推荐|兑现|揭榜|培育|评定)(?:[和及、]?(?:申报|复核|评价|管理))?"
    r"(?:\([^()]*\))?(?:工作)?(?:安排)?(?:的?(?:通知|公告|函))?$|"
    r"^[^,。:]{0,20}征集[^,。:]{2,30}(?:需求|项目|案例|课题|意愿)|兑现[^,。:]{2,40}的通知$|申报指南"
)
_ASKS_NOT = re.compile(r"名单|结果|公布|情况|会$")
# It names an application, and is about its rules: …申报要求变化的通知, …备案取消的通告.
_RULES_OF_ASKING = re.compile(
    r"规范|调整(?!工作)|中标|取消|注销|变化|有效期|裁量基准|反馈情况|考核的通知|口径|答疑"
)
_QUOTED = re.compile(r"“[^“”]{0,40}”")


@lru_cache(maxsize=4096)
def role_of(title: str) -> Role:
    """The role of the document with this title."""
    bare = fold_width(title)[:400]
    if _OFFICE.search(bare) and not _OF_MEDICINES.search(bare):
        return "事务"
    if _A_DRAFT.search(bare):
        return "征求意见"
    kind = kind_of(title)
    while (shorter := _TAIL.sub("", bare)) != bare:
        bare = shorter
    if kind == "" or kind == "通告" or kind == "名单" or kind == "申报":
        return _told_finer(kind, bare)
    return kind


def _told_finer(kind: Kind, bare: str) -> Role:
    if kind == "名单" and not kind_of(_QUOTED.sub("", bare)):
        return "消息"
    if kind == "申报":
        return "通告" if _RULES_OF_ASKING.search(bare) else "申报"
    if kind == "通告" and _ISSUES.search(bare):
        return "发布"
    if _ASKS.search(bare) and not _ASKS_NOT.search(bare):
        return "申报"
    if kind:
        return kind
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


def is_objection(title: str, what: str = "") -> bool:
    """Whether a deadline is the last day to object to what is announced: nobody has to act.

    `what` is what falls due, as far as it was read.
    """
    return what == "公示" or (not what and kind_of(title) == "公示")
