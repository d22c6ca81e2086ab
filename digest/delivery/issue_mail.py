"""The mail that carries an issue: headers no page can inject into, text, HTML, attachments."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cached_property, lru_cache

from china_time import SHANGHAI
from digest.composing.highlights import short_title, weightiest
from digest.composing.profile import Profile, personal
from digest.delivery.header_address import address_of
from digest.delivery.header_folding import MAIL
from digest.delivery.unsubscribe_links import signed_id
from digest.models.issue import NOTHING_NEW, Digest
from digest.rendering.render_html import mail_pictures, render_mail_html
from digest.rendering.render_text import render_text
from digest.safe_text import clean_line, shorten
from storage.models import Subscriber

SUBJECT_LENGTH = 90
# The text part repeats the HTML; past this size it names titles only.
MAX_TEXT_BYTES = 60_000
_DOCX = "vnd.openxmlformats-officedocument.wordprocessingml.document"
_NOT_IN_ID = re.compile(r"[^a-z0-9.-]+")


class Printed:
    """One personal issue, each form rendered at most once."""

    def __init__(self, digest: Digest, profile: Profile) -> None:
        self.digest = personal(digest, profile)

    @cached_property
    def subject(self) -> str:
        """The week and the weightiest titles, on one line."""
        return subject_line(self.digest)

    @cached_property
    def text(self) -> str:
        """For mail programs without HTML; shorter than the attached file."""
        for summary in (160, 0):
            text = render_text(self.digest, bodies=False, summary=summary)
            if len(text.encode()) <= MAX_TEXT_BYTES:
                break
        return text

    @cached_property
    def html(self) -> str:
        """The mail page."""
        return render_mail_html(self.digest)

    @cached_property
    def docx(self) -> bytes:
        """The Word file."""
        # What writes Word files and calendars takes 10 MB; who sends no issue goes without.
        from digest.rendering.docx.document import render_docx

        return render_docx(self.digest)

    @cached_property
    def full(self) -> bytes:
        """The Word file with all texts; empty when the other one has them all."""
        from digest.rendering.docx.document import render_docx

        return render_docx(self.digest.in_full()) if self.digest.is_folded else b""

    @cached_property
    def ics(self) -> bytes:
        """The calendar; empty when nothing falls due."""
        from digest.rendering.render_ics import has_deadlines, render_ics

        return render_ics(self.digest) if has_deadlines(self.digest) else b""


def build_message(
    printed: Printed,
    subscriber: Subscriber,
    *,
    message_id: str,
    sender: str,
    reply_to: str,
    now: datetime,
) -> EmailMessage:
    """One subscriber's mail. `now` is the Date header.

    Raises DigestError when the sender or the address cannot stand in a header.
    """
    message = build_shared(printed, subscriber.formats, sender=sender, reply_to=reply_to)
    address_to(message, subscriber, message_id=message_id, now=now)
    return message


def build_shared(
    printed: Printed,
    formats: tuple[str, ...],
    *,
    sender: str,
    reply_to: str,
    remark: str = "",
    own_way_out: bool = False,
) -> EmailMessage:
    """What is the same for everybody with one profile and the same formats.

    `remark`: a sentence about this mail that its reader should see first. `own_way_out`: each
    mail has a List-Unsubscribe of its own; without, a person reads what is sent to unsubscribe.
    """
    message = list_headers(
        printed.subject, sender=sender, reply_to=reply_to, own_way_out=own_way_out
    )
    _set_content(message, printed, formats, remark)
    return message


def list_headers(subject: str, *, sender: str, reply_to: str, own_way_out: bool) -> EmailMessage:
    """A mail to the readers, without content: what its headers say for everybody."""
    message = EmailMessage(policy=MAIL)
    origin = address_of(sender, what="smtp.sender")
    replies = address_of(reply_to, what="smtp.reply_to") if reply_to else origin
    message["From"] = origin
    if reply_to:
        message["Reply-To"] = replies
    message["Subject"] = _literal(subject)
    # RFC 3834: no out-of-office reply to a machine; Precedence is for programs older than that.
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "list"
    message["List-Id"] = f"<weekly.{origin.domain}>"
    if not own_way_out:
        message["List-Unsubscribe"] = f"<mailto:{replies.addr_spec}?subject=unsubscribe>"
    message["Content-Language"] = "zh-CN"
    return message


def address_to(
    message: EmailMessage, subscriber: Subscriber, *, message_id: str, now: datetime
) -> None:
    """Add the headers that are one subscriber's own. `now` is the Date header.

    Raises DigestError when the address cannot stand in a header.
    """
    message["To"] = _recipient(subscriber)
    message["Date"] = format_datetime(now.astimezone(SHANGHAI))
    message["Message-ID"] = message_id


def subject_line(digest: Digest) -> str:
    """政讯周报 2021-W05（01/30~02/05）：title；title；title 等 8 条"""
    span = f"{digest.from_on:%m/%d}~{digest.to_on:%m/%d}"
    head = clean_line(f"{digest.title} {digest.week}（{span}）")
    if not digest.total:
        return f"{head}：{NOTHING_NEW}"
    tail = f" 等 {digest.total} 条" if digest.total > 3 else ""
    titles = weightiest(digest, 3)
    room = (SUBJECT_LENGTH - len(head) - len(tail)) // len(titles)
    named = "；".join(shorten(short_title(entry.title), max(room - 1, 12)) for entry in titles)
    return f"{head}：{named}{tail}"


def make_message_id(
    issue_id: int,
    week: str,
    subscriber_id: int,
    sender: str,
    key: bytes = b"",
    *,
    made_at: datetime | None = None,
) -> str:
    """The same for every attempt, so a mail that arrives twice can be told to be one.

    `made_at`, when the issue was composed, keeps one made anew after a copy of the store was put
    back apart: its number is the same, its content need not be.
    With a `key` nobody can guess it who has not seen the mail, so a bounce that has it is real.
    """
    domain = _domain(sender)
    name = _NOT_IN_ID.sub("-", f"zhengxun.{week.lower()}.issue{issue_id}.to{subscriber_id}")
    made = "" if made_at is None else made_at.isoformat()
    return f"<{signed_id(key, name, made)}@{domain}>"


@lru_cache(maxsize=8)
def _domain(sender: str) -> str:
    return address_of(sender, what="smtp.sender").domain


def _recipient(subscriber: Subscriber) -> Address:
    address = address_of(subscriber.address, what="the subscriber's address", utf8=True)
    return Address(_literal(clean_line(subscriber.name)), address.username, address.domain)


def _literal(text: str) -> str:
    """Text that `email` will not decode: it reads =?utf-8?q?=0d=0a?= as a line break."""
    return text.replace("=?", "= ?")


def _set_content(
    message: EmailMessage, printed: Printed, formats: tuple[str, ...], remark: str
) -> None:
    text = f"{remark}\n\n{printed.text}" if remark else printed.text
    # base64 keeps every line short and ASCII, so no relay has a reason to rewrite it.
    message.set_content(text, cte="base64")
    if "html" in formats:
        page = render_mail_html(printed.digest, remark=remark) if remark else printed.html
        message.add_alternative(page, subtype="html", cte="base64")
        _add_pictures(message, printed)
    name = clean_line(f"{printed.digest.title}{printed.digest.week}").replace("/", "-")
    week = printed.digest.week
    if "docx" in formats:
        _attach(message, printed.docx, f"application/{_DOCX}", f"{name}.docx", f"{week}.docx")
    if "full" in formats and printed.full:
        kind = f"application/{_DOCX}"
        _attach(message, printed.full, kind, f"{name}全文.docx", f"{week}-full.docx")
    if "ics" in formats and printed.ics:
        _attach(message, printed.ics, "text/calendar", f"{name}截止日期.ics", f"{week}.ics")


def _add_pictures(message: EmailMessage, printed: Printed) -> None:
    page = message.get_body(("html",))
    if page is None:
        return
    for cid, picture in mail_pictures(printed.digest, printed.html).items():
        page.add_related(picture, maintype="image", subtype="png", cid=f"<{cid}>", cte="base64")


def _attach(message: EmailMessage, content: bytes, kind: str, name: str, plain: str) -> None:
    # Older Outlook and Foxmail read the name in Content-Type only. It has to be ASCII there:
    # with a Chinese one, `email` folds the media type itself into an encoded word.
    kind, _, subtype = kind.partition("/")
    parameters = {"name": plain} | ({"charset": "utf-8"} if kind == "text" else {})
    message.add_attachment(
        content, maintype=kind, subtype=subtype, filename=name, params=parameters, cte="base64"
    )
