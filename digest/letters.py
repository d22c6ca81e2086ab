"""Mails in bulk: what everybody with the same profile gets is rendered and encoded once."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from digest.mail import Printed, address_to, build_shared
from digest.models import Digest
from digest.profile import Profile
from storage.models import Subscriber


class Letters:
    """The mails of one issue; memory grows with the profiles, not with the subscribers."""

    def __init__(self, digest: Digest, *, sender: str, reply_to: str) -> None:
        self.digest = digest
        self.sender = sender
        self.reply_to = reply_to
        self._printed: dict[Profile, Printed] = {}
        self._shared: dict[tuple[Profile, tuple[str, ...]], bytes] = {}

    def printed(self, person: Subscriber) -> Printed:
        """The issue as this subscriber's profile has it."""
        profile = Profile.of(person)
        if profile not in self._printed:
            self._printed[profile] = Printed(self.digest, profile)
        return self._printed[profile]

    def write(self, person: Subscriber, message_id: str, now: datetime) -> bytes:
        """One subscriber's mail, CRLF-separated ASCII. Raises DigestError for a bad address."""
        own = EmailMessage(policy=SMTP)
        address_to(own, person, message_id=message_id, now=now)
        # Headers end with an empty line; the shared part goes on with its own headers.
        return own.as_bytes().removesuffix(b"\r\n") + self._same_for_all(person)

    def _same_for_all(self, person: Subscriber) -> bytes:
        key = (Profile.of(person), person.formats)
        if key not in self._shared:
            shared = build_shared(
                self.printed(person), person.formats, sender=self.sender, reply_to=self.reply_to
            )
            self._shared[key] = shared.as_bytes()
        return self._shared[key]
