"""Sending alarms to the operator: one mail, and one JSON POST, for all that wait."""

from __future__ import annotations

import hashlib
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlite_utils import Database

from digest.alarms.watch import local
from digest.delivery.courier import Courier, SmtpSettings
from digest.delivery.header_address import address_of
from digest.models import SHANGHAI, DigestError
from digest.safe_text import clean_line
from storage import alarms
from storage.alarms import Alarm, Channel

KINDS = {"raised": "故障", "reminder": "仍未恢复", "recovered": "恢复", "event": "通知"}
HTTP_SECONDS = 10.0
# More than this in one message help nobody; the rest stays in `zhengxun status`.
MOST = 50
SUBJECT_LENGTH = 90


@dataclass(frozen=True, slots=True)
class Operator:
    """Where alarms go; '' = not there. `smtp` None: no mail server is configured."""

    email: str = ""
    webhook: str = ""
    smtp: SmtpSettings | None = None

    @property
    def channels(self) -> list[Channel]:
        """The ways that are configured."""
        ways: list[Channel] = []
        if self.email and self.smtp is not None:
            ways.append("mail")
        if self.webhook:
            ways.append("webhook")
        return ways


def send_alarms(db: Database, operator: Operator, *, now: datetime) -> list[str]:
    """Send what is due, by each way that has not taken it yet; the problems, for the log."""
    problems = []
    for channel in operator.channels:
        waiting = alarms.unsent(db, [channel], due_at=now)
        if not waiting:
            continue
        problem = hand_over(operator, channel, waiting, now)
        if problem:
            alarms.mark_failed(db, waiting, problem, now=now)
            problems.append(f"{channel}: {problem}")
        else:
            alarms.mark_sent(db, [alarm.id for alarm in waiting], channel, now=now)
    return problems


def hand_over(operator: Operator, channel: Channel, waiting: Sequence[Alarm], now: datetime) -> str:
    """Send these alarms by one way; '' or what went wrong."""
    if channel == "mail":
        return mail(operator, waiting, now)
    return post(operator.webhook, waiting)


def mail(operator: Operator, waiting: Sequence[Alarm], now: datetime) -> str:
    """One mail for all of them; '' or what went wrong."""
    settings = operator.smtp
    if settings is None:
        return "no mail server"
    try:
        sender = address_of(settings.sender, what="smtp.sender")
        recipient = address_of(operator.email, what="operator.email")
    except DigestError as error:
        return str(error)
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["Subject"] = subject_line(waiting)
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = format_datetime(now.astimezone(SHANGHAI))
    message["Message-ID"] = message_id(waiting, sender.domain)
    # No out-of-office reply to a machine (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail_text(waiting))
    with Courier(settings) as courier:
        attempt = courier.carry(sender.addr_spec, recipient.addr_spec, message.as_bytes())
    return "" if attempt.state == "sent" else attempt.reply


def message_id(waiting: Sequence[Alarm], domain: str) -> str:
    """The same for the same alarms: a mail sent again after a crash is no second mail."""
    told = [f"{one.id} {one.kind} {one.raised_at.isoformat()} {one.title}" for one in waiting]
    code = hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
    return f"<alarms-{code}@{domain}>"


def subject_line(waiting: Sequence[Alarm]) -> str:
    """The first alarm, and how many more."""
    more = f"（另有 {len(waiting) - 1} 条）" if len(waiting) > 1 else ""
    first = next((alarm for alarm in waiting if alarm.kind == "raised"), waiting[0])
    title = clean_line(f"[政讯] {KINDS[first.kind]}：{first.title}")
    return title[: SUBJECT_LENGTH - len(more)] + more


def mail_text(waiting: Sequence[Alarm]) -> str:
    """All of them, one paragraph each."""
    parts = []
    for alarm in waiting[:MOST]:
        head = f"【{KINDS[alarm.kind]}】{alarm.title}（{local(alarm.raised_at)}）"
        parts.append("\n".join([head, *(f"    {line}" for line in alarm.text.splitlines())]))
    if len(waiting) > MOST:
        parts.append(f"另有 {len(waiting) - MOST} 条")
    return "\n\n".join([*parts, "现状：zhengxun status"]) + "\n"


def post(url: str, waiting: Sequence[Alarm]) -> str:
    """One JSON POST for all of them; '' or what went wrong.

    `msgtype` and `text.content` are what the robots of WeCom and DingTalk read; `alarms` is for
    programs. Those robots answer 200 with an `errcode` other than 0 when they refuse.
    """
    body = {
        "msgtype": "text",
        "text": {"content": f"{subject_line(waiting)}\n\n{mail_text(waiting)}"},
        "alarms": [
            {
                "subject": alarm.subject,
                "kind": alarm.kind,
                "title": alarm.title,
                "text": alarm.text,
                "raised_at": alarm.raised_at.isoformat(),
            }
            for alarm in waiting
        ],
    }
    try:
        answer = fetch(url, json.dumps(body, ensure_ascii=False).encode())
    except (OSError, ValueError, http.client.HTTPException) as error:
        return words(error)
    try:
        code = json.loads(answer.decode("utf-8", "replace")).get("errcode", 0)
    except (ValueError, AttributeError):
        return ""  # an answer that is no JSON object is as good as any
    return "" if code == 0 else f"errcode {code}"


def fetch(url: str, body: bytes | None = None) -> bytes:
    """GET, or POST of JSON; the first bytes of the answer. Raises OSError, ValueError."""
    headers = {"User-Agent": "zhengxun"}
    if body is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
    if not url.startswith(("http://", "https://")):
        raise ValueError("not a web address")
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 # checked above
    with urllib.request.urlopen(request, timeout=HTTP_SECONDS) as answer:  # noqa: S310 # same
        content: bytes = answer.read(10_000)
        return content


def words(error: Exception) -> str:
    """What went wrong, without the address: its path may be a secret."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"HTTP {error.code}"
    reason = getattr(error, "reason", None) or error
    return f"{type(error).__name__}: {reason}"
