"""Lines that belong to the site and not to the notice: share bars, counters, repost notes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from texts.width import fold_width

_PHRASE = re.compile(
    r"分享(?:到|至)?(?:微信|微博|QQ空间|QQ|朋友圈)?:?"
    r"|(?:新浪|腾讯)?微博|微信(?:好友)?|QQ(?:好友|空间)?|空间|人人网?|开心网|豆瓣|百度贴吧|朋友圈|更多"
    r"|扫一扫(?:[,]?(?:在)?(?:手机|微信)?(?:打开|浏览|查看|分享|关注|阅读)?(?:当前页面?|本页|此页)?)?(?:分享)?"
    r"|用?微信扫(?:一扫|描)?(?:二维码)?(?:分享|关注)?(?:至|到)?(?:好友和?)?(?:朋友圈)?"
    r"|(?:打印|关闭|收藏|保存|返回)(?:本页|窗口|此页|页面|本文|顶部|列表|首页)?|TOP"
    r"|(?:字体|字号|文字大小)(?:大小)?:?|大号?|中号?|小号?|默认|超大|特大"
    r"|(?:浏览|阅读|点击|访问)(?:次数|量|数|人次|率)?:?[0-9]*次?"
    r"|纠错|我要纠错|举报|点赞|在看|收藏|朗读|无障碍(?:浏览|阅读)?|简体?|繁体?|责任编辑:?"
    r"|[\[\]()|【】\s·:/、>+-]+"
)
_WORTH = re.compile(
    r"分享|扫一扫|微信扫|打印|关闭|字体|字号|浏览|阅读|点击|访问|返回|纠错|收藏|TOP|朗读"
)
_LONGEST = 60
# Most lines hold none of these words and need no closer look.
_MAYBE = re.compile(
    r"责任编辑|分享|扫一扫|微信扫|打印|关闭|字体|字号|浏览|阅读|点击|访问|返回|纠错|收藏|TOP|ＴＯＰ|朗读|"
    r"发布|发表|更新|位置|一[篇条页]"
)
_MAYBE_REPOST = re.compile(r"原文|下载|资料来源|转载自")
_STAMP_LINE = re.compile(
    r"^(?:(?:信息|文章|稿件)?来源:\S{0,30}\s+)?(?:(?:发布|发表|更新)(?:时间|日期)|最[后近]更新(?:时间|日期)?):\s*"
    r"[0-9][-0-9/.年月日: ]{7,24}"
    r"(?:\s*(?:(?:信息|文章|稿件)?来源|作者|字体|字号|浏览(?:次数|量)?|编辑|责任编辑):?.{0,30})?$"
)
_CRUMBS = re.compile(r"^(?:您(?:当前|现在)?(?:所在)?(?:的)?位置|当前位置)(?:是|:)")
_NEIGHBOUR = re.compile(r"^[(\[【]?责任编辑:.{1,12}$|^(?:上|下)一(?:篇|条|页):")
_ORIGINAL = re.compile(
    r"^(?:阅读原文|下载(?:相关)?附件|查看原文|原文链接|原文地址)(?:\s*+/\s*+(?:下载(?:相关)?附件|阅读原文))?"
    r"(?:\s{0,9}请(?:前往|访问|点击))?\s*+:?\s*+(?P<url>https?://[^\s\u4e00-\u9fff]++)?\s*+$"
)
_SOURCE = re.compile(
    r"^(?:资料来源|转载自)\s*:\s*(?P<name>[\u4e00-\u9fffA-Za-z0-9·()]{2,40}?)"
    r"(?:\s+(?:https?://)?[A-Za-z0-9.-]+\.[A-Za-z]{2,6}/?)?\s*$"
)


@dataclass(frozen=True, slots=True)
class RepostLine:
    """What a repost prints about its original: a link, or the original's publisher."""

    url: str = ""
    source: str = ""


def is_boilerplate(line: str) -> bool:
    """Whether a whole line is furniture of the page."""
    if len(line) > _LONGEST * 2 or not _MAYBE.search(line):
        return False
    folded = fold_width(line).strip()
    if _STAMP_LINE.match(folded) or _CRUMBS.match(folded) or _NEIGHBOUR.match(folded):
        return True
    if len(folded) > _LONGEST or not _WORTH.search(folded):
        return False
    return not _PHRASE.sub("", folded)


def read_repost_line(line: str, first_link: str = "") -> RepostLine | None:
    """`阅读原文/下载相关附件请前往:URL` and `资料来源:NAME host`, as i.tten.cn ends its reposts."""
    if len(line) > 400 or not _MAYBE_REPOST.search(line):
        return None
    folded = fold_width(line).strip()
    match = _ORIGINAL.match(folded)
    if match is not None:
        url = match["url"] or first_link
        return RepostLine(url=url) if url else None
    match = _SOURCE.match(folded)
    return RepostLine(source=_publisher(match["name"])) if match is not None else None


def _publisher(name: str) -> str:
    return re.sub(r"(?:门户|官方)?网站$", "", name) or name
