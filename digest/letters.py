"""Mails in bulk: what everybody with the same profile gets is rendered and encoded once."""

from __future__ import annotations

import re
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from digest.mail import Printed, address_to, build_shared
from digest.models import SHANGHAI, Digest
from digest.profile import Profile
from digest.safe_text import clean_line
from storage.models import Subscriber

# What a header may hold as it is. Everything else goes through the email package, which is
# twenty times slower and knows the whole grammar.
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}")
_PLAIN_ID = re.compile(r"<[A-Za-z0-9._-]+@[A-Za-z0-9.-]+>")

Choice = tuple[tuple[str, ...], ...]


class Letters:
    """The mails of one issue; memory grows with the profiles, not with the subscribers."""

    def __init__(self, digest: Digest, *, sender: str, reply_to: str) -> None:
        self.digest = digest
        self.sender = sender
        self.reply_to = reply_to
        self._printed: dict[Profile, Printed] = {}
        self._shared: dict[Choice, bytes] = {}

    def printed(self, person: Subscriber) -> Printed:
        """The issue as this subscriber's profile has it."""
        profile = Profile.of(person)
        if profile not in self._printed:
            self._printed[profile] = Printed(self.digest, profile)
        return self._printed[profile]

    def write(self, person: Subscriber, message_id: str, now: datetime) -> bytes:
        """One subscriber's mail, CRLF-separated ASCII. Raises DigestError for a bad address."""
        return own_headers(person, message_id, now) + self._same_for_all(person)

    def _same_for_all(self, person: Subscriber) -> bytes:
        choice = (person.sections, person.groups, person.keywords, person.formats)
        if choice not in self._shared:
            shared = build_shared(
                self.printed(person), person.formats, sender=self.sender, reply_to=self.reply_to
            )
            self._shared[choice] = shared.as_bytes()
        return self._shared[choice]


def own_headers(person: Subscriber, message_id: str, now: datetime) -> bytes:
    """To, Date and Message-ID. Raises DigestError when the address cannot stand in a header."""
    if _PLAIN_ADDRESS.fullmatch(person.address) and _PLAIN_ID.fullmatch(message_id):
        name = clean_line(person.name)
        if not name:
            return _lines(person.address, now, message_id)
        if not name.isascii():
            # RFC 2047 words hold no line end but the fold, and nothing that begins a header.
            coded = Header(name, "utf-8", header_name="To").encode(linesep="\r\n")
            return _lines(f"{coded}\r\n <{person.address}>", now, message_id)
    own = EmailMessage(policy=SMTP)
    address_to(own, person, message_id=message_id, now=now)
    # Headers end with an empty line; the shared part goes on with its own headers.
    return own.as_bytes().removesuffix(b"\r\n")


def _lines(to: str, now: datetime, message_id: str) -> bytes:
    date = format_datetime(now.astimezone(SHANGHAI))
    return f"To: {to}\r\nDate: {date}\r\nMessage-ID: {message_id}\r\n".encode("ascii")
