"""What a mail in our mailbox is: a bounce, a request to unsubscribe, or neither.

Answers by a machine (out of office, receipts, challenges) and letters by people are neither.
Everything in it is hostile: nothing here decides more than what the mail claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.errors import MessageError
from email.message import Message
from typing import Literal

from digest.delivery.refusals import is_hard
from digest.delivery.unsubscribe_links import find_token
from digest.inbound import plain_bounce
from digest.inbound.mail_parts import (
    MOST_TEXT,
    header,
    headers,
    is_automatic,
    kind_of,
    parse,
    parts_of,
    sender_of,
    subject_of,
    text_of,
    words_of,
)
from digest.inbound.unsubscribe_requests import mentions_unsubscribing, read_request
from digest.safe_text import shorten

# What the email package raises on mails that nobody's program wrote.
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
# Our Message-IDs: make_message_id in mail.py, and those of bulletins.
_OUR_ID = re.compile(r"<zhengxun\.[a-z0-9.-]{3,150}@[A-Za-z0-9.-]{1,190}>")
_STATUS = {"message/delivery-status", "message/global-delivery-status"}
_RECEIPT = {"message/disposition-notification", "message/global-disposition-notification"}
_WHOLE = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
# RFC 6533 section 3: signs of an address in a report that is ASCII.
_CODED_SIGN = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_MOST_NAMED = 5


class UnreadableError(Exception):
    """A mail that the email package cannot make sense of."""


@dataclass(frozen=True, slots=True)
class BounceReport:
    """A mail came back: which (its Message-ID, a token from its headers), from whom, and why.

    A bounce in a server's own words names its `writer`, and in `others` further addresses that
    may be the recipient's.
    """

    kind: Literal["hard", "soft"]
    message_id: str
    recipient: str
    token: str
    reply: str
    writer: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnsubscribeRequest:
    """Somebody wants to leave: with a token, or only by the sender's word. `automatic`: no person
    wrote it, so nobody is to be answered. `letter`: it says more, so a person should read it."""

    token: str
    sender: str
    automatic: bool
    letter: bool = False


def read_message(content: bytes) -> BounceReport | UnsubscribeRequest | None:
    """What a mail is; None for everything that is not for us. Raises UnreadableError."""
    try:
        message = parse(content)
        parts = parts_of(message)
        kinds = {kind_of(part) for part in parts}
        if kinds & _STATUS:
            return _report(message, parts)
        if kinds & _RECEIPT or "disposition-notification" in header(message, "Content-Type"):
            return None
        return _plain_bounce(message, parts) or _wish(message, parts)
    except _BROKEN as error:
        raise UnreadableError(f"{type(error).__name__}: {error}") from error


def unclear_request(content: bytes) -> str:
    """Who writes of leaving in words that are no plain request; '' when nobody does."""
    try:
        message = parse(content)
        parts = parts_of(message)
        if is_automatic(message) or kind_of(message) == "multipart/report":
            return ""
        spoken = mentions_unsubscribing(subject_of(message), words_of(parts))
        return sender_of(message) if spoken else ""
    except _BROKEN:
        return ""


def _report(message: Message, parts: list[Message]) -> BounceReport | None:
    """A delivery status notification (RFC 3464, RFC 6533) about a mail that failed for good.

    A mail that is only late (Action: delayed) has not come back.
    """
    for part in parts:
        if kind_of(part) in _STATUS:
            for fields in _blocks(part):
                if _has_failed(fields):
                    return _failed(message, parts, fields)
    return None


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields: first about the mail, then one for each recipient."""
    for text in _BLANK_LINE.split(text_of(part)[:MOST_TEXT]):
        yield message_from_string(text.lstrip())


def _has_failed(fields: Message) -> bool:
    action = header(fields, "Action").casefold()
    return action.startswith("failed") or (not action and header(fields, "Status").startswith("5"))


def _failed(message: Message, parts: list[Message], fields: Message) -> BounceReport:
    status = header(fields, "Status")
    said = re.sub(r"^[a-z0-9-]+\s*;\s*", "", header(fields, "Diagnostic-Code"), flags=re.IGNORECASE)
    original = _original(parts)
    named = _address(header(fields, "Original-Recipient")) or _address(
        header(fields, "Final-Recipient")
    )
    return BounceReport(
        "hard" if is_hard(said, status) else "soft",
        _message_id(original, message, parts),
        named,
        find_token(header(original, "List-Unsubscribe")) if original is not None else "",
        shorten(f"{status} {said}".strip(), 300),
    )


def _original(parts: list[Message]) -> Message | None:
    """The headers of the mail that came back, where the report repeats them."""
    for part in parts:
        name = str(part.get_filename("") or "").casefold()
        if kind_of(part) in _WHOLE or name.endswith(".eml"):
            return message_from_string(text_of(part).lstrip())
    return None


def _message_id(original: Message | None, message: Message, parts: list[Message]) -> str:
    """Our Message-ID: from the repeated headers, or wherever the mail has it."""
    places = [header(original, "Message-ID")] if original is not None else []
    places += [header(message, name) for name in ("In-Reply-To", "References")]
    places += [text_of(part) for part in parts if part.get_content_maintype() == "text"]
    for place in places:
        found = _OUR_ID.search(place)
        if found is not None:
            return found[0]
    return ""


def _plain_bounce(message: Message, parts: list[Message]) -> BounceReport | None:
    """A bounce in a server's own words, if it shows which mail came back, or names for whom."""
    text = words_of(parts)
    original = _original(parts)
    repeated = original is not None or _OUR_ID.search(text) is not None
    found = plain_bounce.read(message, subject_of(message), text, repeats_ours=repeated)
    if found is None:
        return None
    message_id = _message_id(original, message, parts)
    ours = {name.casefold() for name in _addresses(" ".join(headers(message, "To")))}
    own = {*ours, sender_of(message).casefold()}
    named = [one for one in _addresses(text) if one.casefold() not in own]
    if original is not None:
        named = [*_addresses(header(original, "To")), *named]
    named = list(dict.fromkeys(named))[:_MOST_NAMED]
    if not message_id and not named:
        return None
    kind: Literal["hard", "soft"] = "hard" if found.gone else "soft"
    first, others = ("", ()) if message_id else (named[0], tuple(named[1:]))
    return BounceReport(kind, message_id, first, "", found.reply, sender_of(message), others)


def _wish(message: Message, parts: list[Message]) -> UnsubscribeRequest | None:
    subject = subject_of(message)
    found = read_request(subject, words_of(parts))
    if found is None:
        return None
    return UnsubscribeRequest(found.token, sender_of(message), is_automatic(message), found.letter)


def _address(text: str) -> str:
    """'rfc822; li@example.com' -> li@example.com"""
    plain = _CODED_SIGN.sub(lambda sign: chr(min(int(sign[1], 16), 0x10FFFF)), text)
    return plain.rpartition(";")[2].strip().strip("<>")[:254]


def _addresses(text: str) -> list[str]:
    return re.findall(
        r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", text
    )
