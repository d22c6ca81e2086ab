"""Mails of the desk: the one-time link, and the preview an editor sends to themselves."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from app.context import Context
from app.mail_server import mail_server
from china_time import SHANGHAI, local_minute
from digest.delivery.header_address import address_of
from digest.delivery.header_folding import MAIL
from digest.delivery.smtp_client import Attempt, SmtpClient
from digest.models.issue import Digest
from digest.rendering.render_html import render_mail_html
from digest.rendering.render_text import render_text
from digest.safe_text import clean_line
from storage.desk.people import Person


def link_of(context: Context, token: str) -> str:
    """The address at which a one-time link is used."""
    return f"{context.config.desk.origin}/welcome/{token}"


def send_link(context: Context, person: Person, token: str, until: datetime) -> Attempt | None:
    """Mail a one-time link; how it ended, None without a mail server. Raises DigestError."""
    title = context.config.digest.title
    words = (
        f"{person.name or person.address}：\n\n"
        f"您可以使用{title}的编辑台。请打开下面的链接设置口令：\n\n{link_of(context, token)}\n\n"
        f"链接只能用一次，{local_minute(until)}（北京时间）前有效。\n"
        "不是您要的？不必理会，也不要转发。\n"
    )
    return _send(context, person.address, f"[政讯] {title}编辑台：设置口令", words, "")


def send_preview(context: Context, person: Person, digest: Digest) -> Attempt | None:
    """Mail the coming issue to one person as readers would get it; None without a mail server.

    Raises DigestError.
    """
    subject = f"[试发] {digest.title} {digest.week}"
    return _send(context, person.address, subject, render_text(digest), render_mail_html(digest))


def _send(context: Context, to: str, subject: str, text: str, html: str) -> Attempt | None:
    smtp = mail_server(context)
    if smtp is None:
        return None
    sender, recipient = address_of(smtp.sender, what="smtp.sender"), address_of(to, what="address")
    message = EmailMessage(policy=MAIL)
    message["From"], message["To"] = sender, recipient
    message["Subject"] = clean_line(subject).replace("=?", "= ?")
    message["Date"] = format_datetime(context.config.clock().astimezone(SHANGHAI))
    message["Message-ID"] = make_msgid("desk", sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="base64")
    if html:
        message.add_alternative(html, subtype="html", cte="base64")
    with SmtpClient(smtp) as client:
        return client.send(sender.addr_spec, recipient.addr_spec, message.as_bytes())
