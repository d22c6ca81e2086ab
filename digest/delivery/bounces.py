"""What a mail server's refusal says about a mailbox."""

from __future__ import annotations

import re

# Mailbox gone in so many issues one after the other: the subscriber is suspended. One refusal
# may be a mistake of the server's; three weeks of them are none.
SUSPEND_AFTER = 3
# Came back from so many issues one after the other, whatever the reason: full for a month.
SUSPEND_AFTER_SOFT = 5

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_BASIC = re.compile(r"^\s*(\d{3})\b")
# RFC 3463: 5.1.x bad address, 5.2.1 mailbox disabled. Not 5.2.2 (full), 5.3.4 (too big),
# 5.7.x (policy, spam): these say nothing about whether the mailbox is there.
_GONE = frozenset({(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)})
# RFC 5321 section 4.2.3: no such mailbox; user not local; name not allowed.
_GONE_BASIC = frozenset({"550", "551", "553"})
# RFC 3463: 5.3.4 too big for the system, 5.2.3 for the mailbox.
_TOO_LARGE = frozenset({(3, 4), (2, 3)})


def is_hard(reply: str) -> bool:
    """Whether a server's refusal says that the mailbox is gone: '550 5.1.1 no such user'.

    The enhanced code (RFC 3463) decides when there is one, because servers refuse for policy
    with 550 too.
    """
    enhanced = _ENHANCED.search(reply)
    if enhanced is not None:
        family, subject, detail = (int(part) for part in enhanced.groups())
        return family == 5 and (subject, detail) in _GONE
    basic = _BASIC.match(reply)
    return basic is not None and basic[1] in _GONE_BASIC


def is_too_large(reply: str, *, bare: bool = True) -> bool:
    """Whether a refusal is about the size of the mail alone: '552 5.3.4 message too big'.

    `bare`: a 552 without an enhanced code counts too; it may mean a full mailbox instead.
    """
    enhanced = _ENHANCED.search(reply)
    if enhanced is not None:
        family, subject, detail = (int(part) for part in enhanced.groups())
        return family == 5 and (subject, detail) in _TOO_LARGE
    basic = _BASIC.match(reply)
    return bare and basic is not None and basic[1] == "552"
