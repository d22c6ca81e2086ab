"""Wishes to leave, as people write them: in the subject, or as an answer to a mail of ours."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from digest.delivery.unsubscribe_links import find_token

# Re:, Re[2]:, 回复(3)：, 转发：; a mail program puts one before the other.
ANSWER = re.compile(
    r"^\s*+(?:re|fwd?|fw|sv|aw|回复|答复|回覆|答覆|回信|转发|轉發|转寄|轉寄)"
    r"\s*+(?:[\[(（]?\d{1,3}[\])）]?\s*+)?[:：]\s*+",
    re.IGNORECASE,
)
# Labels that servers put before a subject: [External], 【外部邮件】.
_LABEL = re.compile(r"^\s*[\[【(（][^\[\]【】()（）]{1,20}[\]】)）]\s*(?=\S)")
_SIMPLIFIED = str.maketrans(
    "訂閱閲請謝幫們週報郵煩佈發給會務種這將為貴從刪終",
    "订阅阅请谢帮们周报邮烦布发给会务种这将为贵从删终",
)
# Greetings, thanks, and what the request is about. Longer words stand before those they begin with.
_AROUND = re.compile(
    r"您好|你好|大家好|尊敬的|编辑部|编辑|编者|老师|麻烦|烦请|敬请|恳请|拜托|帮忙|帮|谢谢|多谢|感谢|辛苦"
    r"|请|我们|我司|我方|本人|我|想要|需要|希望|申请|要求|要|想|给|把|将|为|贵公司|贵司|贵刊|贵部|您|你们|你"
    r"|政讯周报|政讯快讯|政讯|周报|快讯|电子|邮件|邮箱|信件|来信|资讯|简报|期刊|刊物|服务|推送|通知"
    r"|这个|这份|这些|该|此|本|的|了|吧|啦|哦|一下|尽快|立即|马上|以后|今后|从|所有|全部|一切|任何|各类"
    r"|\b(?:hi|hello|dear|sirs?|madam|please|pls|kindly|thanks?|thx|thank|you|me|my|us|i|want|would"
    r"|like|wish|to|from|this|the|your|these|all|e-?mails?|address|mailing|list|newsletters?|weekly"
    r"|digest|now|and|regards|best)\b",
    re.IGNORECASE,
)
_WISHES = (
    "退订",
    *(
        "取消订阅",
        "停止订阅",
        "终止订阅",
        "不再订阅",
        "不订阅",
        "不订",
        "取消订购",
        "解除订阅",
        "删除订阅",
        "订阅取消",
    ),
    *(
        "停发",
        "停止发送",
        "不发送",
        "不再发送",
        "不再发",
        "别再发",
        "勿再发",
        "勿发",
        "停止接收",
        "不接收",
        "取消接收",
    ),
    *("不再接收", "不再收到", "不再收", "拒收", "移除订阅", "取消发送", "退阅"),
    *("unsubscribe", "unsubscription", "unsub", "stop", "remove", "removed", "optout", "opt-out"),
    *("cancelsubscription", "cancelmysubscription", "stopsending", "td"),
)
_QUOTE = re.compile(
    r"^\s*(?:>|-{2,}\s*(?:原始|original|转发|forwarded|回复)|_{5,}|-{8,}|={5,}|--\s*$"
    r"|(?:发件人|发送人|寄件者|发送时间|发送日期|from|sent|date)\s*[:：]"
    r"|(?:在|于).{4,120}(?:写道|来信)|on\b.{0,60}\d{4}.{0,120}|at \d{4}-"
    r"|.{0,120}(?:写道|wrote)\s*[:：]\s*$"
    r"|发自我的|来自我的|发送自|从我的.{1,20}发送|sent from|获取 ?outlook|get outlook)",
    re.IGNORECASE,
)
_NO_LETTER = re.compile(r"[\W_]+")
_SPOKEN = re.compile(
    r"退订|退阅|取消.{0,4}订阅|停止订阅|不再(?:订阅|需要)|不(?:想|要|愿).{0,6}(?:收到|接收|发)|别再发"
    r"|勿再发|停发|拒收|(?:删除|移除|移出).{0,8}(?:名单|列表)|(?:名单|列表).{0,4}(?:删除|移除|移出)"
    r"|unsubscri|opt.?out|stop sending|remove me"
)
_MOST_LINES = 40
_LONGEST = 80
# So much beside the request is a letter that a person should read.
_LETTER = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A request, with the token it bears or ''; `letter`: it says more than that."""

    token: str
    letter: bool


def read_request(subject: str, text: str) -> Found | None:
    """The request in a subject, or as the first thing that the writer's own words say."""
    own = own_lines(text)
    plain = _unfolded(subject)
    token = find_token(subject) if "unsubscribe" in plain.casefold() else ""
    if token or is_request(plain) or is_request(_LABEL.sub("", plain)):
        return Found(token, _is_letter(own))
    for number, line in enumerate(own):
        if is_request(line):
            return Found("", _is_letter([*own[:number], *own[number + 1 :]]))
        if _bare(line):
            return None
    return None


def mentions_unsubscribing(subject: str, text: str) -> bool:
    """Whether somebody writes of leaving at all, in whatever words."""
    spoken = "\n".join([_unfolded(subject), *own_lines(text)]).translate(_SIMPLIFIED)
    return _SPOKEN.search(spoken.casefold()) is not None


def is_request(text: str) -> bool:
    """Whether a line asks to be let go and says nothing else: 请退订，谢谢！

    A question, or a word that is not known, makes it none.
    """
    if len(text) > _LONGEST or re.search(r"[?？]", text):
        return False
    bare = _bare(text)
    return bool(bare) and _ALL_WISHES.fullmatch(bare) is not None


def own_lines(text: str) -> list[str]:
    """The lines that the writer of a mail wrote: until the mail that is answered begins."""
    lines = []
    for line in text.splitlines()[:_MOST_LINES]:
        if _QUOTE.match(line):
            break
        if line.strip():
            lines.append(line.strip())
    return lines


def _unfolded(subject: str) -> str:
    """A subject without what programs put before it."""
    plain = unicodedata.normalize("NFKC", subject).strip()
    for _ in range(8):
        shorter = ANSWER.sub("", plain)
        if shorter == plain:
            break
        plain = shorter
    return plain


def _bare(text: str) -> str:
    """A line without signs, greetings and what the request is about; traditional as simplified."""
    plain = unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED).casefold()
    return _NO_LETTER.sub("", _AROUND.sub("", plain))


def _is_letter(lines: list[str]) -> bool:
    left = [line for line in lines if not is_request(line)]
    return sum(len(_bare(line)) for line in left) >= _LETTER


_BARE_WISHES = sorted({_bare(request) for request in _WISHES}, key=len, reverse=True)
# A request may be said twice; each is compared as `_bare` leaves it.
_ALL_WISHES = re.compile(f"(?:{'|'.join(_BARE_WISHES)}){{1,4}}")
