"""What a mail server's refusal says, and about whom: the mailbox, the mail, or us."""

from __future__ import annotations

import re
from typing import Literal

from digest.delivery.refusal_words import (
    FULL,
    GONE,
    LARGE,
    LIMITED,
    LIMITED_NETEASE,
    NETEASE,
    OURS,
    SENDING,
)

# Mailbox gone in so many issues one after the other: the subscriber is suspended. One refusal
# may be a mistake of the server's; three weeks of them are none.
SUSPEND_AFTER = 3
# Came back from so many issues one after the other, whatever the reason: full for a month.
SUSPEND_AFTER_SOFT = 5

# gone: the mailbox is not there. full: there, without room. large: refused for its size.
# limited: too much, too fast, or not now. ours: our address, name, content or reputation.
Reason = Literal["gone", "full", "large", "limited", "ours", "unclear"]
Code = tuple[int, int, int]

# Addresses, links and network addresses hold words and numbers that are nobody's answer.
_NOT_WORDS = re.compile(
    r"<[^<>\s]{1,400}>|https?://\S+|[^\s@]{1,64}@\S+|\b\d{1,3}(?:\.\d{1,3}){3}\b", re.IGNORECASE
)
# RFC 3463 codes stand behind the basic code, or alone in a report; qmail, Cisco and Exchange put
# a # before theirs, wherever they stand.
_ENHANCED = re.compile(
    r"(?:^\s*(?:[245]\d\d[ -]\s*)?#?|#\s?)([245])\.(\d{1,3})\.(\d{1,3})(?![.\d@-])"
)
_BASIC = re.compile(r"^\s*([245]\d\d)(?=[\s#-]|$)")
# As a bounce is kept: the status of its report, then what the server said.
_STATUS_FIRST = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\s+(?=[245]\d\d[\s#-])")
# RFC 3463: 5.1.x bad address, 5.2.1 mailbox disabled. Not 5.2.2 (full), 5.3.4 (too big),
# 5.7.x (policy, spam): these say nothing about whether the mailbox is there.
_GONE = frozenset({(5, 1, 0), (5, 1, 1), (5, 1, 2), (5, 1, 3), (5, 1, 6), (5, 1, 10), (5, 2, 1)})
# Codes that say no more than that it failed: words decide.
_VAGUE = frozenset({(5, 0, 0), (5, 5, 0)})
# RFC 3463: 5.3.4 too big for the system, 5.2.3 for the mailbox.
_TOO_LARGE = frozenset({(5, 3, 4), (5, 2, 3)})
# Exchange Online has no such address: it says so with these words and 5.4.1.
_NOT_IN_EXCHANGE = re.compile(r"recipient address rejected: access denied", re.IGNORECASE)


def reason_of(reply: str, status: str = "") -> Reason:
    """What a refusal is about: '550 5.1.1 no such user' is gone, '550 Ip frequency limited' not.

    Providers refuse for haste, content and black lists with 550 too, and some with 5.1.1 or
    5.2.1: what the words say of us outweighs every code, and a bare 550 without words says
    nothing of the mailbox. `status`: the code of a report, when it stands apart from the words.
    """
    apart = _STATUS_FIRST.match(reply)
    if apart is not None:
        status, reply = status or apart[1], reply[apart.end() :]
    words = spoken(reply)
    code = enhanced_code(status) or enhanced_code(reply)
    if code in _TOO_LARGE:
        return "large"
    if _NOT_IN_EXCHANGE.search(words) and code is not None and code[:2] in {(5, 1), (5, 4)}:
        return "gone"
    of_us = _about_us(words)
    if of_us is not None:
        return of_us
    if code is not None and code not in _VAGUE:
        return "gone" if code in _GONE else "unclear"
    return "gone" if GONE.search(words) else "unclear"


def _about_us(words: str) -> Reason | None:
    """What the words say of the mail or its sender; None when that is nothing."""
    netease = NETEASE.search(words)
    if netease is not None:
        return "limited" if netease[1] in LIMITED_NETEASE else "ours"
    if LARGE.search(words):
        return "large"
    if FULL.search(words) and not SENDING.search(words):
        return "full"
    # 421 and the other 4xx: not now.
    if LIMITED.search(words) or basic_code(words).startswith("4"):
        return "limited"
    return "ours" if OURS.search(words) else None


def spoken(reply: str) -> str:
    """A reply without the addresses, links and network addresses in it."""
    return _NOT_WORDS.sub(" ", reply)


def enhanced_code(reply: str) -> Code | None:
    """The code of RFC 3463 where a server puts it; what stands in addresses is none."""
    found = _ENHANCED.search(spoken(reply))
    return None if found is None else (int(found[1]), int(found[2]), int(found[3]))


def basic_code(reply: str) -> str:
    """The three digits at its beginning; '' when there are none."""
    found = _BASIC.match(reply)
    return "" if found is None else found[1]


def is_hard(reply: str, status: str = "") -> bool:
    """Whether a refusal for good says that the mailbox is gone."""
    return reason_of(reply, status) == "gone"


def is_about_us(reply: str, status: str = "") -> bool:
    """Whether a refusal is about us or about now, and says nothing of the reader."""
    return reason_of(reply, status) in {"limited", "ours", "large"}


def is_too_large(reply: str, *, bare: bool = True) -> bool:
    """Whether a refusal is about the size of the mail alone: '552 5.3.4 message too big'.

    `bare`: a 552 without an enhanced code counts too, unless it speaks of a full mailbox.
    """
    reason = reason_of(reply)
    if reason == "large":
        return True
    coded = enhanced_code(reply) is not None
    return bare and not coded and basic_code(reply) == "552" and reason in {"unclear", "ours"}


def limits_us(reply: str) -> bool:
    """Whether the operator should know of this limit: more than a 4xx of a server that is busy."""
    if reason_of(reply) != "limited":
        return False
    return not basic_code(reply).startswith("4") or NETEASE.search(reply) is not None
