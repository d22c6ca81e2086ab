"""What a refusal says about a mailbox, from the server's answer or from a bounce mail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from digest.safe_text import shorten

# Mailbox gone in so many issues one after the other: the subscriber is suspended. One refusal
# may be a mistake of the server's; three weeks of them are none.
SUSPEND_AFTER = 3

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_BASIC = re.compile(r"^\s*(\d{3})\b")
# RFC 3463: 5.1.x bad address, 5.2.1 mailbox disabled. Not 5.2.2 (full), 5.3.4 (too big),
# 5.7.x (policy, spam): these say nothing about whether the mailbox is there.
_GONE = frozenset({(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)})
# RFC 5321 section 4.2.3: no such mailbox; user not local; name not allowed.
_GONE_BASIC = frozenset({"550", "551", "553"})
_MESSAGE_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient in a delivery status notification (RFC 3464).

    `hard`: the mailbox is gone. `message_id` is that of our mail, '' when it was not returned.
    """

    recipient: str
    hard: bool
    status: str
    words: str
    message_id: str = ""


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


def read_bounces(content: bytes) -> list[Bounce]:
    """The failed recipients of a bounce mail; empty for any other mail and for mere delays."""
    message = message_from_bytes(content, policy=SMTP)
    if message.get_content_type() != "multipart/report":
        return []
    found: list[Bounce] = []
    message_id = _returned_id(message)
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = [block for block in part.get_payload() if isinstance(block, EmailMessage)]
            found.extend(_failed(block, message_id) for block in blocks if _is_failure(block))
    return found


def _is_failure(block: EmailMessage) -> bool:
    return str(block.get("Action", "")).strip().lower() == "failed"


def _failed(block: EmailMessage, message_id: str) -> Bounce:
    recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
    status = str(block.get("Status", "")).strip()
    words = str(block.get("Diagnostic-Code", "")).partition(";")[2].strip()
    return Bounce(
        recipient=recipient.rpartition(";")[2].strip(),
        hard=is_hard(status) if status and status != "5.0.0" else is_hard(words),
        status=status,
        words=shorten(words or status, 300),
        message_id=message_id,
    )


def _returned_id(message: EmailMessage) -> str:
    for part in message.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            payload = part.get_payload()
            first = payload[0] if isinstance(payload, list) else payload
            text = first.as_string() if isinstance(first, EmailMessage) else str(first)
            for line in text.splitlines():
                if line.lower().startswith("message-id:"):
                    match = _MESSAGE_ID.search(line)
                    return match[0] if match else ""
    return ""
