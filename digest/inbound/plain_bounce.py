"""Bounces in a server's own words, without the status part of RFC 3464.

What tells them from answers by machines and from letters: a mail system writes them, they say that
a mail could not be delivered, and they repeat it. An out-of-office answer, a receipt or a challenge
has our Message-ID too, and often no return path; none of them says that a mail failed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from digest.delivery.refusals import reason_of
from digest.inbound.mail_parts import has_null_path, header, is_automatic, sender_of
from digest.inbound.unsubscribe_requests import ANSWER
from digest.safe_text import shorten


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a mail came back, in the server's words; `gone`: for lack of the mailbox."""

    gone: bool
    reply: str


_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|post-?master|mail-daemon|mdaemon|mail(?:er)?[-_.]?system|bounce[sd]?)"
    r"(?:[@+-]|$)",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail delivery (?:sub)?system|mailer.daemon|system administrator|microsoft ?exchange"
    r"|microsoft outlook|系统退信|退信|邮件系统|系统管理员|邮件投递",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"undeliver|non-?deliver|not (?:be |been )?deliver|fail(?:ed|ure)[^.\n]{0,20}deliver"
    r"|deliver[^.\n]{0,30}(?:fail|status)|returned (?:mail|to sender)|mail returned|returning"
    r"|failure notice|mail delivery|could ?n['o]t (?:be )?(?:deliver|sen[dt])|did not reach"
    r"|permanent (?:fatal )?error|rejected"
    r"|退信|退回|投递[^。\n]{0,8}失败|传递失败|发送失败|递送失败|未(?:能)?(?:送达|传递|投递|递送)"
    r"|無法(?:送達|傳遞|投遞|遞送)|无法(?:送达|传递|投递|递送|发送到)|不能送达|投递不成功|未成功",
    re.IGNORECASE,
)
_LATE = re.compile(
    r"\bdelay|will (?:continue|keep|be retried|retry|try)|still (?:being|trying)|not yet been"
    r"|attempts will continue|no action is required|延迟|延遲|延误|仍在(?:尝试|重试|投递)"
    r"|继续(?:尝试|重试)|正在重试|无需(?:重发|操作)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"auto(?:matic)?[- ]?(?:re(?:ply|sponse)|answer)|out[- ]of[- ](?:the[- ])?office|vacation"
    r"|on leave|^(?:auto|ooo)\b|自动(?:回复|答复|应答|回信)|自動(?:回覆|答覆|回復)|外出|休假|请假"
    r"|不在办公室|^(?:read|not read|return receipt)\b|^(?:已读|已讀|未读|已阅读|阅读回执|回执)",
    re.IGNORECASE,
)
# A challenge, a mail that is held, and one that arrived have not failed, unless a code says so.
_ASKS = re.compile(
    r"verif|confirm|challenge|approv|moderat|quarantine|\bheld\b|success|验证|驗證|确认|確認|审核|審核"
    r"|隔离|(?<![不未])成功|已送达|已送達",
    re.IGNORECASE,
)
# A reply of SMTP where it stands: with its text behind it, not in a number or an address.
_CODE = re.compile(
    r"(?<![\w.@+-])(?:[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}(?![\w.@-])"
    r"|#?[45]\.[0-7]\.\d{1,2}(?![\w.@-])|[45]\d\d(?=[ -][^\W\d]))"
)
# Where a server says why, in the forms of providers.
_WHY = re.compile(
    r"(?:退信(?:原因|代码|信息)|失败原因|错误(?:信息|原因|代码)|拒收原因|原因|reason|said|responded"
    r"|error(?: message)?|diagnostic[- ]code|remote server (?:returned|response))"
    r"[^\n:：]{0,20}[:：]",
    re.IGNORECASE,
)
# Where the mail that came back begins: its words are ours.
_COPY = re.compile(
    r"^(?:(?:received|return-path|dkim-signature):"
    r"|-{2,} ?(?:below|original|this is a copy|forwarded|the (?:header|following)))",
    re.IGNORECASE | re.MULTILINE,
)
# What a server said goes on over lines, until the form of a provider comes to its next point.
_NEXT = re.compile(r"\n[ \t]*\n|\n\s*[\u4e00-\u9fff]{2,10}[:：]")
_MOST_SAID = 200
_MOST_PLACES = 12


def read(message: Message, subject: str, text: str, *, repeats_ours: bool) -> Failure | None:
    """Why a mail came back; None for every other mail. `text` is what the mail itself says.

    `repeats_ours`: it has the mail that came back, or its Message-ID, in its text.
    """
    if ANSWER.match(subject) or _AWAY.search(subject):
        return None
    start = _COPY.search(text)
    own = text[: start.start()] if start is not None else text
    if _ASKS.search(subject) and not _says_for_good(own):
        return None
    system = _is_mail_system(message)
    named = bool(_FAILED.search(subject))
    if _LATE.search(subject) or (_LATE.search(own) and not _says_for_good(own)):
        return None
    if system or (named and (repeats_ours or is_automatic(message))):
        return _why(own, required=not (named or _FAILED.search(own)))
    # A stranger's name and subject: only a server's reply to RCPT shows what it is.
    if has_null_path(message) and repeats_ours and _CODE.search(own):
        return _why(own, required=True)
    return None


def _is_mail_system(message: Message) -> bool:
    name = header(message, "From").partition("<")[0]
    return bool(_DAEMON.match(sender_of(message)) or _DAEMON_NAME.search(name))


def _says_for_good(text: str) -> bool:
    return any(said[:1].lstrip("#") == "5" for said in _coded(text))


def _why(text: str, *, required: bool) -> Failure | None:
    """The reason given; None when there is none and one is `required`."""
    places = list(_places(text))
    for said in places:
        reason = reason_of(said)
        if reason != "unclear" and (
            not required or _CODE.match(said) or reason in {"gone", "full"}
        ):
            return Failure(reason == "gone", _on_line(said))
    if places and (not required or _CODE.search(text)):
        return Failure(False, _on_line(places[0]))
    # Without a code or a reason that is called one, only what is said of a mailbox counts.
    reason = reason_of(text[:2000])
    if required and reason not in {"gone", "full"}:
        return None
    return Failure(reason == "gone", _on_line(text))


def _places(text: str) -> Iterator[str]:
    """Where a reason stands: at a code, else behind a word that announces one."""
    yield from _coded(text)
    for count, found in enumerate(_WHY.finditer(text)):
        if count >= _MOST_PLACES:
            return
        said = text[found.end() : found.end() + _MOST_SAID].strip()
        if said:
            yield said.split("\n", 1)[0] if "\n" in said else said


def _coded(text: str) -> Iterator[str]:
    for count, found in enumerate(_CODE.finditer(text)):
        if count >= _MOST_PLACES:
            return
        yield _NEXT.split(text[found.start() : found.start() + _MOST_SAID])[0]


def _on_line(text: str) -> str:
    return shorten(" ".join(text[:1000].split()), 300)
