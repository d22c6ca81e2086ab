"""Mail: the issue in the formats its reader chose, by one SMTP connection a pass."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from china_time import SHANGHAI
from digest.delivery.alarm_text import mail_text, subject_line
from digest.delivery.bulletin_mail import MailSettings, write_ended, write_news
from digest.delivery.channel import Channel, Handover, Means
from digest.delivery.correction_messages import CorrectionMessages
from digest.delivery.header_address import address_of
from digest.delivery.header_folding import MAIL
from digest.delivery.message_builder import Light, MessageBuilder, limit_words
from digest.delivery.smtp_client import Attempt, SmtpClient
from digest.models.entry import Entry
from storage.models import Subscriber
from storage.operation.alarms import Alarm


class Mail(Channel[Attempt]):
    """The mail server. A server that is missing is not asked again in the same pass."""

    kind = "mail"
    limit = None

    def __init__(self, means: Means) -> None:
        smtp = means.smtp
        self.caps = () if smtp is None else smtp.caps
        self.sender = None if smtp is None else address_of(smtp.sender, what="smtp.sender")
        self.smtp_client = None if smtp is None else SmtpClient(smtp)

    @property
    def is_open(self) -> bool:
        """Whether there is a mail server."""
        return self.smtp_client is not None

    def issue(
        self, issue: MessageBuilder, person: Subscriber, message_id: str, now: datetime
    ) -> Handover:
        """The chosen formats; without the Word file, and saying so, where all is too large."""
        content = issue.write(person, message_id, now)

        def lighter(limit: int | None, at: datetime) -> bytes:
            return issue.write(person, message_id, at, light=Light(limit))

        return lambda at: self.send(person.address, content, at, lighter)

    def correction(
        self, correction: CorrectionMessages, person: Subscriber, message_id: str, now: datetime
    ) -> Handover:
        """It answers the mail of the issue."""
        content = correction.write(person, message_id, now)
        return lambda at: self.send(person.address, content, at)

    def bulletin(
        self,
        settings: MailSettings,
        person: Subscriber,
        entries: Sequence[Entry],
        message_id: str,
        now: datetime,
    ) -> Handover:
        """Its own mail."""
        if entries:
            content = write_news(settings, person, entries, message_id, now)
        else:
            content = write_ended(settings, person, message_id, now)
        return lambda at: self.send(person.address, content, at)

    def alarm(self, waiting: Sequence[Alarm], to: str, now: datetime) -> Handover:
        """One mail for all of them. Raises DigestError for a bad address of the operator's."""
        recipient = address_of(to, what="operator.email")
        message = EmailMessage(policy=MAIL.clone(cte_type="7bit"))
        message["Subject"] = subject_line(waiting)
        message["From"] = self.sender
        message["To"] = recipient
        message["Date"] = format_datetime(now.astimezone(SHANGHAI))
        domain = "" if self.sender is None else self.sender.domain
        message["Message-ID"] = _alarm_id(waiting, domain)
        # No out-of-office reply to a machine (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail_text(waiting))
        return lambda at: self.send(recipient.addr_spec, message.as_bytes(), at)

    def judge(self, said: Attempt) -> Attempt:
        """As the SMTP client read the server's replies; one that is missing is remembered."""
        self.outage = said.reply if said.no_server else self.outage
        return said

    def send(
        self,
        address: str,
        content: bytes,
        now: datetime,
        lighter: Callable[[int | None, datetime], bytes] | None = None,
    ) -> Attempt:
        """Hand over; what is too large goes as `lighter` makes it: nothing was taken before."""
        if self.smtp_client is None or self.sender is None:
            return Attempt("deferred", "no mail server", no_server=True)
        if self.outage:
            return Attempt("deferred", self.outage, no_server=True)
        result = self.smtp_client.send(self.sender.addr_spec, address, content)
        if not result.too_large or lighter is None:
            return self.judge(result)
        limit = result.size_limit
        result = self.smtp_client.send(self.sender.addr_spec, address, lighter(limit, now))
        if result.state == "sent":
            note = f"邮件超过服务器的大小上限{limit_words(limit)}，未附 Word 文件"
            result = replace(result, note=note)
        return self.judge(result)

    def close(self) -> None:
        """Say goodbye to the server."""
        if self.smtp_client is not None:
            self.smtp_client.__exit__(None, None, None)


def _alarm_id(waiting: Sequence[Alarm], domain: str) -> str:
    """The same for the same alarms: a mail sent again after a crash is no second mail."""
    told = [f"{one.id} {one.kind} {one.raised_at.isoformat()} {one.title}" for one in waiting]
    code = hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
    return f"<alarms-{code}@{domain}>"
