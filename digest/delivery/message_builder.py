"""Mails in bulk: what everybody with the same profile gets is rendered and encoded once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from china_time import SHANGHAI
from digest.composing.profile import Profile
from digest.delivery.channel import Channel, Handover
from digest.delivery.dkim_signer import DkimSigner, body_hash
from digest.delivery.header_folding import MAIL, MAIL_UTF8, encoded_words
from digest.delivery.issue_mail import Printed, address_to, build_shared
from digest.delivery.unsubscribe_links import UnsubscribeLinks
from digest.models.issue import Digest
from digest.safe_text import clean_line
from storage.models import Subscriber

# What a header may hold as it is. Everything else goes through the email package, which is
# twenty times slower and knows the whole grammar.
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}")
_PLAIN_ID = re.compile(r"<[A-Za-z0-9._-]+@[A-Za-z0-9.-]+>")

Choice = tuple[tuple[str, ...], ...]
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Light:
    """A mail without its Word file, because the server takes none larger than `limit` bytes."""

    limit: int | None = None

    def remark(self) -> str:
        """What the reader is told."""
        return (
            f"本期未附 Word 文件：邮件服务器拒收这样大的信{limit_words(self.limit)}。"
            "如需全文，请回复本信。"
        )


@dataclass(frozen=True, slots=True)
class Shared:
    """The part of a mail that is the same for many: its header lines, and all the rest."""

    head: bytes
    rest: bytes
    hash: str


class MessageBuilder:
    """The mails of one issue; memory grows with the profiles, not with the subscribers."""

    def __init__(
        self,
        digest: Digest,
        *,
        sender: str,
        reply_to: str,
        signer: DkimSigner | None = None,
        links: UnsubscribeLinks | None = None,
    ) -> None:
        self.links = links or UnsubscribeLinks()
        whole_url = self.links.whole_url(digest.week)
        foot = self.links.words(reply_to or sender)
        self.digest = replace(digest, whole_url=whole_url, foot=foot)
        self.sender = sender
        self.reply_to = reply_to
        self.signer = signer
        self._printed: dict[Profile, Printed] = {}
        self._shared: dict[tuple[Choice, Light | None], Shared] = {}

    def printed(self, person: Subscriber) -> Printed:
        """The issue as this subscriber's profile has it."""
        profile = Profile.of(person)
        if profile not in self._printed:
            self._printed[profile] = Printed(self.digest, profile)
        return self._printed[profile]

    def tell(
        self, channel: Channel[Any], person: Subscriber, message_id: str, now: datetime
    ) -> Handover:
        """The issue, ready to be handed over. Raises DigestError for a bad address."""
        return channel.issue(self, person, message_id, now)

    def has_nothing_for(self, person: Subscriber) -> bool:
        """Whether nothing of the issue fits what a subscriber chose."""
        digest = self.printed(person).digest
        return not (digest.total or digest.highlights.due or digest.corrections)

    def write(
        self, person: Subscriber, message_id: str, now: datetime, *, light: Light | None = None
    ) -> bytes:
        """One subscriber's mail, CRLF-separated, signed when there is a signer.

        ASCII, but for an address that is not. Raises DigestError for a bad address.
        """
        shared, own = self._same_for_all(person, light), own_headers(person, message_id, now)
        own += self.links.header_lines(person)
        if self.signer is None:
            return own + shared.head + shared.rest
        signature = self.signer.header(own + shared.head, shared.hash, now)
        return signature + own + shared.head + shared.rest

    def _same_for_all(self, person: Subscriber, light: Light | None) -> Shared:
        kinds = (person.sections, person.groups, person.keywords, person.topics)
        choice = (*kinds, person.formats)
        if (choice, light) not in self._shared:
            left = () if light is None else ("docx", "full")
            message = build_shared(
                self.printed(person),
                tuple(form for form in person.formats if form not in left),
                sender=self.sender,
                reply_to=self.reply_to,
                remark="" if light is None else light.remark(),
                own_way_out=self.links.personal,
            )
            head, _, body = message.as_bytes().partition(b"\r\n\r\n")
            hashed = "" if self.signer is None else body_hash(body)
            self._shared[choice, light] = Shared(head + b"\r\n", b"\r\n" + body, hashed)
        return self._shared[choice, light]


def limit_words(limit: int | None) -> str:
    """（上限 10.0 MB）, or nothing when the server does not say."""
    return "" if limit is None else f"（上限 {limit / MIB:.1f} MB）"


def own_headers(person: Subscriber, message_id: str, now: datetime) -> bytes:
    """To, Date and Message-ID. Raises DigestError when the address cannot stand in a header."""
    if _PLAIN_ADDRESS.fullmatch(person.address) and _PLAIN_ID.fullmatch(message_id):
        name = clean_line(person.name)
        if not name:
            return _lines(person.address, now, message_id)
        if not name.isascii():
            # RFC 2047 words hold no line end but the fold, and nothing that begins a header.
            coded = encoded_words(name, "To")
            return _lines(f"{coded}\r\n <{person.address}>", now, message_id)
    # RFC 6532: an address that is not ASCII stands in the header as it is.
    own = EmailMessage(policy=MAIL if person.address.isascii() else MAIL_UTF8)
    address_to(own, person, message_id=message_id, now=now)
    # Headers end with an empty line; the shared part goes on with its own headers.
    return own.as_bytes().removesuffix(b"\r\n")


def _lines(to: str, now: datetime, message_id: str) -> bytes:
    date = format_datetime(now.astimezone(SHANGHAI))
    return f"To: {to}\r\nDate: {date}\r\nMessage-ID: {message_id}\r\n".encode("ascii")
