"""Corrections on their way: the mail that answers the issue's."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from typing import Any

from digest.delivery.channel import Channel, Handover
from digest.delivery.dkim_signer import DkimSigner, body_hash
from digest.delivery.issue_mail import list_headers
from digest.delivery.message_builder import own_headers
from digest.delivery.unsubscribe_links import UnsubscribeLinks
from digest.models.correction import Correction
from digest.rendering.render_correction import correction_text
from digest.rendering.render_html import mail_page
from storage.models import Subscriber

_ID = re.compile(r"<[A-Za-z0-9._-]+@[A-Za-z0-9.-]+>")


class CorrectionMessages:
    """The mails of one correction: the same text for everybody who was sent the issue."""

    def __init__(
        self,
        correction: Correction,
        *,
        sender: str,
        reply_to: str,
        signer: DkimSigner | None = None,
        links: UnsubscribeLinks | None = None,
    ) -> None:
        self.links = links or UnsubscribeLinks()
        self.correction = correction
        self.sender = sender
        self.reply_to = reply_to
        self.signer = signer

    def tell(
        self, channel: Channel[Any], person: Subscriber, message_id: str, now: datetime
    ) -> Handover:
        """The correction, ready to be handed over. Raises DigestError for a bad address."""
        return channel.correction(self, person, message_id, now)

    def has_nothing_for(self, _person: Subscriber) -> bool:
        """Never: whoever was sent the issue is sent its correction."""
        return False

    def write(self, person: Subscriber, message_id: str, now: datetime) -> bytes:
        """One subscriber's mail, CRLF-separated, signed when there is a signer.

        It answers the issue's mail to this subscriber. Raises DigestError for a bad address.
        """
        own = own_headers(person, message_id, now)
        answered = self.correction.replies_to.get(person.id, "")
        if _ID.fullmatch(answered):
            own += f"In-Reply-To: {answered}\r\nReferences: {answered}\r\n".encode("ascii")
        own += self.links.header_lines(person)
        head, body, hashed = self._shared
        if self.signer is None:
            return own + head + body
        return self.signer.header(own + head, hashed, now) + own + head + body

    @cached_property
    def _shared(self) -> tuple[bytes, bytes, str]:
        """Header lines, all the rest, and its hash: the same for everybody."""
        foot = self.links.words(self.reply_to or self.sender)
        page = mail_page("correction_mail.html.jinja", correction=self.correction, foot=foot)
        message = list_headers(
            self.correction.subject,
            sender=self.sender,
            reply_to=self.reply_to,
            own_way_out=self.links.personal,
        )
        # base64 keeps every line short and ASCII, so no relay has a reason to rewrite it.
        message.set_content(f"{correction_text(self.correction)}{foot}\n", cte="base64")
        message.add_alternative(page, subtype="html", cte="base64")
        head, _, body = message.as_bytes().partition(b"\r\n\r\n")
        return head + b"\r\n", b"\r\n" + body, "" if self.signer is None else body_hash(body)
