"""What a mail in our mailbox is: a report of a mail that came back, a wish to leave, or neither.

Everything in it is hostile: nothing here decides more than what the mail claims.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Literal

from digest.delivery.bounces import is_hard
from digest.replies.leaving import find_token
from digest.safe_text import shorten

# What the email package raises on mails that nobody's program wrote.
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_MOST_PARTS = 60
_MOST_TEXT = 100_000
# Our Message-IDs: make_message_id in mail.py, and those of bulletins.
_OUR_ID = re.compile(r"<zhengxun\.[a-z0-9.-]{3,150}@[A-Za-z0-9.-]{1,190}>")
_CODE = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b|(?<![\d.])[45]\d\d(?=[ -])")
_DAEMON = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|mdaemon)(@|$)", re.IGNORECASE)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|delivery (status|failure)|returned mail|failure notice|mail delivery"
    r"|退信|投递失败|无法投递|发送失败|未送达",
    re.IGNORECASE,
)
_GONE_WORDS = re.compile(
    r"user unknown|unknown user|no such user|user (does not|doesn't) exist|mailbox not found"
    r"|用户不存在|无此用户|收件人不存在|地址不存在|邮箱不存在|账号不存在|帐号不存在",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"^\s*((re|回复|答复|回覆)\s*[:：]\s*)+", re.IGNORECASE)
_LEAVE_WORDS = frozenset({"退订", "取消订阅", "unsubscribe", "td"})


class UnreadableError(Exception):
    """A mail that the email package cannot make sense of."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail came back: which (its Message-ID, a token from its headers), from whom, and why."""

    kind: Literal["hard", "soft"]
    message_id: str
    recipient: str
    token: str
    reply: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants to leave: with a token, or only by the sender's word. `automatic`: no person
    wrote it, so nobody is to be answered."""

    token: str
    sender: str
    automatic: bool


def read_message(content: bytes) -> Returned | Wish | None:
    """What a mail is; None for everything that is not for us. Raises UnreadableError."""
    try:
        message = message_from_bytes(content)
        parts = _parts(message)
        return _report(message, parts) or _plain_bounce(message, parts) or _wish(message)
    except _BROKEN as error:
        raise UnreadableError(f"{type(error).__name__}: {error}") from error


def _parts(message: Message) -> list[Message]:
    return [part for _, part in zip(range(_MOST_PARTS), message.walk(), strict=False)]


def _report(message: Message, parts: list[Message]) -> Returned | None:
    """A delivery status notification (RFC 3464) about a mail that failed for good.

    A mail that is only late (Action: delayed) has not come back.
    """
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in _blocks(part):
            if _header(fields, "Action").casefold() == "failed":
                return _failed(message, parts, fields)
    return None


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields: first about the mail, then one for each recipient."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Message))
    elif isinstance(payload, str):
        for text in re.split(r"\r?\n\r?\n", payload[:_MOST_TEXT]):
            yield message_from_bytes(text.encode("utf-8", "replace"))


def _failed(message: Message, parts: list[Message], fields: Message) -> Returned:
    status = _header(fields, "Status")
    said = re.sub(r"^[a-z-]+\s*;\s*", "", _header(fields, "Diagnostic-Code"), flags=re.IGNORECASE)
    vague = status in {"", "5.0.0", "5.5.0"}
    hard = is_hard(status) or (vague and (is_hard(said) or bool(_GONE_WORDS.search(said))))
    original = _original(parts)
    named = _address(_header(fields, "Original-Recipient")) or _address(
        _header(fields, "Final-Recipient")
    )
    return Returned(
        "hard" if hard else "soft",
        _message_id(original, message, parts),
        named,
        find_token(_header(original, "List-Unsubscribe")) if original is not None else "",
        shorten(f"{status} {said}".strip(), 300),
    )


def _original(parts: list[Message]) -> Message | None:
    """The headers of the mail that came back, where the report repeats them."""
    for part in parts:
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload:
            inner = payload[0]
            return inner if isinstance(inner, Message) else None
        if kind == "text/rfc822-headers":
            return message_from_bytes(_text(part).encode("utf-8", "replace"))
    return None


def _message_id(original: Message | None, message: Message, parts: list[Message]) -> str:
    """Our Message-ID: from the repeated headers, or wherever the mail has it."""
    places = [_header(original, "Message-ID")] if original is not None else []
    places += [_header(message, name) for name in ("In-Reply-To", "References")]
    places += [_text(part) for part in parts if part.get_content_maintype() == "text"]
    for place in places:
        found = _OUR_ID.search(place)
        if found is not None:
            return found[0]
    return ""


def _plain_bounce(message: Message, parts: list[Message]) -> Returned | None:
    """A bounce in a server's own words, if it repeats our Message-ID."""
    sender = _sender(message)
    empty = _header(message, "Return-Path").strip() == "<>"
    if not (empty or _DAEMON.match(sender) or _BOUNCE_SUBJECT.search(_subject(message))):
        return None
    if any(part.get_content_type() == "message/delivery-status" for part in parts):
        return None
    original = _original(parts)
    message_id = _message_id(original, message, parts)
    if not message_id:
        return None
    text = "\n".join(_text(part) for part in parts if part.get_content_type() == "text/plain")
    text = text or "\n".join(_text(part) for part in parts)
    code = _CODE.search(text)
    said = text[code.start() : code.start() + 200] if code else text[:200]
    hard = is_hard(said) if code else False
    hard = hard or (not _enhanced(said) and bool(_GONE_WORDS.search(text)))
    reply = shorten(" ".join(said.split()), 300)
    return Returned("hard" if hard else "soft", message_id, "", "", reply)


def _enhanced(text: str) -> bool:
    return re.match(r"[45]\.\d{1,3}\.\d{1,3}", text) is not None


def _wish(message: Message) -> Wish | None:
    subject = unicodedata.normalize("NFKC", _subject(message)).strip()
    plain = _ANSWER.sub("", subject).strip().casefold()
    token = find_token(subject) if "unsubscribe" in plain else ""
    if not token and plain not in _LEAVE_WORDS:
        return None
    return Wish(token, _sender(message), _is_automatic(message))


def _is_automatic(message: Message) -> bool:
    """RFC 3834: no person wrote it, or nobody there reads an answer."""
    submitted = _header(message, "Auto-Submitted").casefold()
    return (
        submitted not in {"", "no"}
        or _header(message, "Precedence").casefold() in {"bulk", "junk", "list", "auto_reply"}
        or _header(message, "Return-Path").strip() == "<>"
        or message.get("List-Id") is not None
    )


def _sender(message: Message) -> str:
    """The one address in the one From; '' when there are several."""
    lines = _headers(message, "From")
    found = [address for _, address in getaddresses(lines) if address]
    return found[0] if len(lines) == 1 and len(found) == 1 else ""


def _address(text: str) -> str:
    """'rfc822; li@example.com' -> li@example.com"""
    return text.rpartition(";")[2].strip().strip("<>")[:254]


def _subject(message: Message) -> str:
    raw = _header(message, "Subject")[:2000]
    return " ".join(str(make_header(decode_header(raw))).split())


def _header(message: Message, name: str) -> str:
    """The first of the headers with this name, on one line; '' when there is none."""
    return next(iter(_headers(message, name)), "")


def _headers(message: Message, name: str) -> list[str]:
    """Some programs write bare UTF-8 or GBK into headers; `email` gives that as surrogates."""
    found = []
    for key, value in message.raw_items():
        if key.casefold() == name.casefold():
            raw = str(value)[:10_000].encode("utf-8", "surrogateescape")
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                text = raw.decode("gb18030", "replace")
            found.append(" ".join(text.split()))
    return found


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload[:_MOST_TEXT].decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return payload[:_MOST_TEXT].decode("utf-8", "replace")
