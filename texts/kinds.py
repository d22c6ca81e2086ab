"""What a document does, read from the grammar of its title: it announces, asks, lists, tells.

A title names its own act at its end (…的通知, …意见的公告, …名单公示) or at its beginning
(公开征求对…的意见); words inside 《…》 belong to another document. A notice that puts another
document into the world (发布: 关于印发…的通知) is told from one that arranges something (通告:
…工作的通知), and a title that names a document itself (文件: …若干措施) from a headline ('').
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from texts.width import fold_width

Kind = Literal[
    "征求意见",
    "公示",
    "解读",
    "更正",
    "规则",
    "名单",
    "申报",
    "会议",
    "动态",
    "发布",
    "通告",
    "文件",
    "",
]

_BOOK = re.compile(r"[《〈][^《》〈〉]{0,200}[》〉]")
_TAIL = re.compile(r"(?:\([^()]{0,40}\)|【[^【】]{0,40}】|[\s,.。!])$")
_MOST_TAILS = 12
_RULES = (
    r"(?:办法|细则|规定|条例|程序|规程|制度|规则|准则|须知|指引|(?<!申报)指南|导则|"
    r"守则|章程|裁量基准|工作机制|意见箱)"
)
_IS_RULES = re.compile(
    rf"{_RULES}(?:\([^()]{{0,30}}\))?(?:\s?修订说明|全文|正文)?$"
    r"|中华人民共和国[^ ]{2,20}法(?:\(|$)"
)
_EXPLAINS = re.compile(
    r"解读|读懂|问答|答记者问|知多少|怎么|如何|为什么|是什么|要点|摘编|回顾|盘点|吗$|[?]"
)
_CORRECTS = re.compile(r"更正|勘误|更名")
_CONSULTS = re.compile(
    r"(?:公开|再次)?(?:征求|征集|听取)[^,。;]{0,60}?(?:意见|建议)(?!稿|的?(?:函|通知)?(?:汇总|采纳|反馈情况))|"
    r"(?:意见|建议)征集(?!情况|结果)|(?:意见|建议)的(?:公告|通知|公示|函|启事)$|征求意见$"
)
_PUBLISHES = re.compile(r"公示(?:公告|表|通告|名单|信息)?$|公示\s?[:-]|拟[一-龥]{1,10}公示|公示期")
_CALLS = re.compile(
    r"(?:组织|开展|做好|启动|受理|继续|接受|补充|延长|延期|关于|进行|抓紧|参加|办理|征集|填报)"
    r"[^,。;]{0,50}?(?:申报|推荐|提名|遴选|征集|填报|申请|报送|报名|评选|揭榜|评价|考核|摸底|调查|统计|备案(?!后|情况|主体))(?!人|情况)|"
    r"^(?:征集|申报)|(?:申报|申请)(?:指南|通知|公告|工作)|招标|采购|招聘|选派|参展|参会|大赛"
)
_ANNOUNCES = re.compile(r"(?:通知|公告|通告|函|启事|申报指南|提示|提醒|公布|倡议|安排)$")
_LISTS = re.compile(
    r"名单|名录|目录|清单|结果|(?:项目|计划)?立项|认定(?:的)?(?:通知|公告)|拟立项|受理品种|信息公布"
)
_ENDS_IN_LIST = re.compile(r"(?:名单|名录|清单|结果)(?:的)?(?:公告|通知|公布|通告)?$")
_TELLS = re.compile(r"[:,]")
_GATHERS = re.compile(
    r"会议|培训|研讨会|推进会|座谈会|论坛|宣讲|对接会|说明会|推广会|年会|大会|讲座"
)
_HELD = re.compile(r"召开|举办|举行|圆满|顺利|闭幕|开幕|落幕")
_ISSUES = re.compile(r"(?:印发|发布|公布|施行|实施|废止|修订|修改|批准|同意)")
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
_PUTS_OUT = re.compile(r"(?:印发|发布|公布|颁布|废止|修订|修改|调整)(?!会)")
# A headline can do it as well: 两部门联合印发《…》.
_PUTS_OUT_A_BOOK = re.compile(r"(?:印发|发布|公布|颁布|出台)[^《,。:]{0,12}《")
_IS_A_DOCUMENT = re.compile(
    r"(?:措施|方案|意见|规划|计划|纲要|要点|标准|规范|原则|决定|公约|政策|名录|指引|指南)》?$"
)


@lru_cache(maxsize=8192)
def kind_of(title: str) -> Kind:
    """What the document with this title does; empty when its title does not say."""
    folded = fold_width(title)[:400]
    if _A_DRAFT.search(folded):
        return "征求意见"
    kind = _by_grammar(folded)
    if kind in ("申报", "名单", "通告", ""):
        return _told_finer(kind, _without_tail(folded))
    return kind


def _told_finer(kind: Kind, whole: str) -> Kind:
    """An application from its rules, an announcement by what it announces."""
    if kind == "名单" and not _by_grammar(_QUOTED.sub("", whole)):
        return ""
    if kind == "申报":
        return "通告" if _RULES_OF_ASKING.search(whole) else "申报"
    if kind == "通告" and _PUTS_OUT.search(whole):
        return "发布"
    if _ASKS.search(whole) and not _ASKS_NOT.search(whole):
        return "申报"
    if kind:
        return kind
    if _PUTS_OUT_A_BOOK.search(whole):
        return "发布"
    return "文件" if _IS_A_DOCUMENT.search(whole) else ""


def _by_grammar(title: str) -> Kind:
    whole = _without_tail(title)
    bare = _without_tail(_BOOK.sub("《》", whole))
    announces = bool(_ANNOUNCES.search(bare))
    if _CORRECTS.search(bare):
        return "更正"
    if _GATHERS.search(bare) and _HELD.search(bare) and not announces:
        return "动态"
    if _EXPLAINS.search(bare) and not announces:
        return "解读"
    if _PUBLISHES.search(bare):
        return "公示"
    if _CONSULTS.search(bare):
        return "征求意见"
    return _of_the_rest(whole, bare, announces)


def _without_tail(title: str) -> str:
    """The title without what is appended in brackets: （试行）, （2021年第7号）."""
    for _ in range(_MOST_TAILS):
        shorter = _TAIL.sub("", title)
        if shorter == title:
            break
        title = shorter
    return title


def _of_the_rest(whole: str, bare: str, announces: bool) -> Kind:
    if (
        not announces
        and not _TELLS.search(bare)
        and (_IS_RULES.search(whole) or re.search(rf"{_RULES}》$", whole))
    ):
        return "规则"
    if _GATHERS.search(bare):
        return "会议" if announces else "动态"
    if _ENDS_IN_LIST.search(bare) or (
        _LISTS.search(bare) and (_ISSUES.search(bare) or not _CALLS.search(bare))
    ):
        return "名单"
    if _ISSUES.search(bare) and announces and not re.search(r"申报指南", whole):
        return "通告"
    if _CALLS.search(bare) and (announces or bare.startswith(("征集", "申报", "关于"))):
        return "申报"
    if announces:
        return "通告"
    return "动态" if _HELD.search(bare) else ""
