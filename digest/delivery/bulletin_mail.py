"""The mails outside the weekly issue: 快讯, and the confirmation that a subscription has ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from email.message import EmailMessage
from typing import Protocol

from china_time import SHANGHAI
from digest.delivery.dkim_signer import DkimSigner, body_hash
from digest.delivery.header_address import address_of
from digest.delivery.header_folding import MAIL, MAIL_UTF8
from digest.delivery.issue_mail import address_to
from digest.delivery.unsubscribe_links import UnsubscribeLinks
from digest.models.entry import Entry
from digest.rendering.templates import templates
from digest.safe_text import clean_line, shorten
from digest.wording import deadline_line, meta_parts
from storage.models import Subscriber

# So many with all that is known of them; the next ones with title and link, the rest is counted.
MOST_ENTRIES = 60
MOST_TITLES = 300
_SUBJECT_TITLE = 50
_SUMMARY = 120


class MailSettings(Protocol):
    """Whose mails they are."""

    @property
    def title(self) -> str: ...
    @property
    def company(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def reply_to(self) -> str: ...
    @property
    def links(self) -> UnsubscribeLinks: ...
    @property
    def signer(self) -> DkimSigner | None: ...


def write_news(
    bulletin_settings: MailSettings,
    person: Subscriber,
    entries: Sequence[Entry],
    message_id: str,
    now: datetime,
) -> bytes:
    """New notices with the reason for each. Raises DigestError for a bad address."""
    more = f" 等 {len(entries)} 条" if len(entries) > 1 else ""
    subject = f"{bulletin_settings.title}·快讯：{shorten(entries[0].title, _SUBJECT_TITLE)}{more}"
    message = _message(bulletin_settings, person, subject, message_id, now)
    message["Auto-Submitted"] = "auto-generated"
    foot = bulletin_settings.links.words(bulletin_settings.reply_to or bulletin_settings.sender)
    left = len(entries) - MOST_TITLES
    rest = f"另有 {left} 条未列出，见周报。" if left > 0 else ""
    today = now.astimezone(SHANGHAI).date()
    shown, titles = entries[:MOST_ENTRIES], entries[MOST_ENTRIES:MOST_TITLES]
    total = len(entries)
    lines = [f"{bulletin_settings.title}·快讯：新发布 {total} 条", "", *_lines(shown, today)]
    lines += [f"· {entry.title} {entry.url}" for entry in titles]
    lines += [*[rest] * bool(rest), "周报照常发送；原文以发布机关网站为准。", foot, ""]
    message.set_content("\n".join(lines), cte="base64")
    page = templates().get_template("bulletin.html.jinja")
    html = page.render(
        bulletin_settings=bulletin_settings,
        entries=shown,
        titles=titles,
        total=total,
        rest=rest,
        foot=foot,
        today=today,
    )
    message.add_alternative(html, subtype="html", cte="base64")
    return _sealed(
        bulletin_settings, bulletin_settings.links.header_lines(person) + message.as_bytes(), now
    )


def _lines(entries: Sequence[Entry], today: date) -> Iterator[str]:
    for number, entry in enumerate(entries, start=1):
        yield f"{number}、{entry.title}"
        summary = shorten(entry.summary, _SUMMARY)
        facts = (" · ".join(meta_parts(entry)), deadline_line(entry, today), summary, entry.url)
        yield from (f"    {line}" for line in facts if line)
        yield ""


def write_ended(
    bulletin_settings: MailSettings, person: Subscriber, message_id: str, now: datetime
) -> bytes:
    """The confirmation. Raises DigestError for a bad address."""
    message = _message(
        bulletin_settings, person, f"已退订{bulletin_settings.title}", message_id, now
    )
    # RFC 3834: so that no automatic answer answers it.
    message["Auto-Submitted"] = "auto-replied"
    replies = address_of(
        bulletin_settings.reply_to or bulletin_settings.sender, what="smtp.sender"
    ).addr_spec
    message.set_content(
        f"{person.address} 已退订{bulletin_settings.title}，此后不再发送。\n\n"
        f"如非本人要求，或希望重新订阅，请写信至 {replies}。\n",
        cte="base64",
    )
    return _sealed(bulletin_settings, message.as_bytes(), now)


def _message(
    bulletin_settings: MailSettings,
    person: Subscriber,
    subject: str,
    message_id: str,
    now: datetime,
) -> EmailMessage:
    # RFC 6532: an address that is not ASCII stands in the header as it is.
    message = EmailMessage(policy=MAIL if person.address.isascii() else MAIL_UTF8)
    origin = address_of(bulletin_settings.sender, what="smtp.sender")
    message["From"] = origin
    if bulletin_settings.reply_to:
        message["Reply-To"] = address_of(bulletin_settings.reply_to, what="smtp.reply_to")
    # `email` decodes =?…?= in what it is given: a title must not become a second header.
    message["Subject"] = clean_line(subject).replace("=?", "= ?")
    message["List-Id"] = f"<bulletin.{origin.domain}>"
    message["Content-Language"] = "zh-CN"
    address_to(message, person, message_id=message_id, now=now)
    return message


def _sealed(bulletin_settings: MailSettings, content: bytes, now: datetime) -> bytes:
    """The mail, signed when there is a signer."""
    if bulletin_settings.signer is None:
        return content
    head, _, body = content.partition(b"\r\n\r\n")
    return bulletin_settings.signer.header(head + b"\r\n", body_hash(body), now) + content
