"""A mail as it came in, taken apart: headers, parts and their text, whatever is wrong with them.

Everything in it is hostile: times and sizes are bounded, and nothing is believed but what stands.
"""

from __future__ import annotations

import html
import re
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from digest.delivery.mail_charsets import decoded, decoded_header

MOST_PARTS = 60
MOST_TEXT = 100_000
# message/rfc822, delivery-status and their kin are taken as files, not entered: reports arrive in
# base64 and quoted-printable, though the RFCs forbid it, and what somebody forwards is not theirs.
_MESSAGE_TYPE = re.compile(rb"^(content-type:[ \t]*(?:\r?\n[ \t]+)?)message/", re.I | re.M)
_NESTED = "x-message"
_TAG = re.compile(r"<[^<>]*>")
_LINE_TAG = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|/td)\b[^<>]*>", re.IGNORECASE)


def parse(content: bytes) -> Message:
    """The mail; `message/…` inside it is called `x-message/…` and is a part without parts."""
    return message_from_bytes(_MESSAGE_TYPE.sub(rb"\1" + _NESTED.encode() + b"/", content))


def parts_of(message: Message) -> list[Message]:
    """The mail and its parts, in order; forwarded mails are one part each."""
    return [part for _, part in zip(range(MOST_PARTS), message.walk(), strict=False)]


def kind_of(part: Message) -> str:
    """text/plain, or for a nested message its subtype: message/rfc822, message/delivery-status."""
    return part.get_content_type().replace(f"{_NESTED}/", "message/")


def text_of(part: Message) -> str:
    """What a part says; markup becomes lines of text."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    text = decoded(payload[:MOST_TEXT], str(part.get_content_charset("") or ""))
    if part.get_content_type() != "text/html":
        return text
    return html.unescape(_TAG.sub(" ", _LINE_TAG.sub("\n", text)))


def words_of(parts: list[Message]) -> str:
    """What the mail itself says: its plain text, or else its page as text."""
    for kind in ("text/plain", "text/html"):
        own = [text_of(part) for part in parts if part.get_content_type() == kind]
        text = "\n".join(own)[:MOST_TEXT]
        if text.strip():
            return text
    return ""


def header(message: Message, name: str) -> str:
    """The first of the headers with this name, on one line; '' when there is none."""
    return next(iter(headers(message, name)), "")


def headers(message: Message, name: str) -> list[str]:
    """Some programs write bare UTF-8 or GBK into headers; `email` gives that as surrogates."""
    return [
        " ".join(decoded(str(value)[:10_000].encode("utf-8", "surrogateescape")).split())
        for key, value in message.raw_items()
        if key.casefold() == name.casefold()
    ]


def subject_of(message: Message) -> str:
    """The subject, its encoded words read."""
    return decoded_header(header(message, "Subject")[:2000])


def sender_of(message: Message) -> str:
    """The one address in the one From; '' when there are several."""
    lines = headers(message, "From")
    found = [address for _, address in getaddresses(lines) if address]
    return found[0] if len(lines) == 1 and len(found) == 1 else ""


def is_automatic(message: Message) -> bool:
    """RFC 3834: no person wrote it, or nobody there reads an answer."""
    submitted = header(message, "Auto-Submitted").casefold()
    return (
        submitted not in {"", "no"}
        or header(message, "Precedence").casefold() in {"bulk", "junk", "list", "auto_reply"}
        or has_null_path(message)
        or message.get("List-Id") is not None
        or any(message.get(name) is not None for name in ("X-Autoreply", "X-Autorespond"))
    )


def has_null_path(message: Message) -> bool:
    """Whether an answer to it would go to nobody: reports and automatic answers."""
    return header(message, "Return-Path").strip() == "<>"
