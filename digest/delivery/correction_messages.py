"""Corrections on their way: the mail that answers the issue's, and the post of a chat bot."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from digest.delivery.chat_bots import LIMITS, ChatBot, Kind, feishu_signature, post
from digest.delivery.chat_text import plain
from digest.delivery.dkim_signer import DkimSigner, body_hash
from digest.delivery.issue_mail import list_headers
from digest.delivery.message_builder import Light, own_headers
from digest.delivery.smtp_client import Attempt
from digest.delivery.unsubscribe_links import UnsubscribeLinks
from digest.models.correction import Correction
from digest.rendering.render_correction import correction_document, correction_text
from digest.rendering.render_html import mail_page
from digest.safe_text import shorten
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

    def write(
        self, person: Subscriber, message_id: str, now: datetime, *, light: Light | None = None
    ) -> bytes:
        """One subscriber's mail, CRLF-separated, signed when there is a signer.

        It answers the issue's mail to this subscriber. `light` is for mails with files; this one
        has none. Raises DigestError for a bad address.
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


def post_correction(
    bot: ChatBot, correction: Correction, *, message_id: str, now: datetime
) -> Attempt:
    """Post a correction to a chat bot; never raises for what the other side does."""
    return post(bot, _payload(bot, correction, message_id, now), message_id, now)


def _payload(
    bot: ChatBot, correction: Correction, message_id: str, now: datetime
) -> dict[str, Any]:
    """The JSON that the bot's service documents. Raises KeyError for a kind nobody described."""
    makers: dict[Kind, Callable[[], dict[str, Any]]] = {
        "webhook": lambda: _document(correction, message_id),
        "wecom": lambda: _wecom(correction),
        "dingtalk": lambda: _dingtalk(correction),
        "feishu": lambda: _feishu(correction) | feishu_signature(bot.secret, now),
    }
    return makers[bot.kind]()


def _document(correction: Correction, message_id: str) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "title": correction.heading,
        "week": correction.week,
        "correction": correction_document(correction.record),
    }


def _wecom(correction: Correction) -> dict[str, Any]:
    text = _markdown(correction, LIMITS["wecom"])
    content = f"## {plain(correction.heading)}\n{text}"
    return {"msgtype": "markdown", "markdown": {"content": content}}


def _dingtalk(correction: Correction) -> dict[str, Any]:
    # A single line end joins two lines in DingTalk's markdown; two make a paragraph.
    text = _markdown(correction, LIMITS["dingtalk"]).replace("\n", "\n\n")
    body = f"### {plain(correction.heading)}\n\n{text}"
    return {"msgtype": "markdown", "markdown": {"title": correction.heading, "text": body}}


def _feishu(correction: Correction) -> dict[str, Any]:
    title = {"tag": "plain_text", "content": correction.heading}
    card = {
        "config": {"wide_screen_mode": True},
        "header": {"template": "red", "title": title},
        "elements": [{"tag": "markdown", "content": _markdown(correction, LIMITS["feishu"])}],
    }
    return {"msg_type": "interactive", "card": card}


def _markdown(correction: Correction, limit: int) -> str:
    lines = [plain(line) for line in correction.lines]
    for item in correction.items:
        lines += [
            f"- {plain(item.title)}",
            f"误：{plain(shorten(' '.join(item.wrong), 200))}",
            f"正：{plain(shorten(' '.join(item.right), 200))}",
        ]
    text = "\n".join(lines)
    # A Chinese character takes three, and the heading needs room.
    most = limit // 4
    return text if len(text) <= most else text[: most - 12] + "…（全文见邮件）"
