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
from email.utils import format_datetime
from functools import partial

from sqlite_utils import Database

from china_time import SHANGHAI
from digest.alerts.alarm_text import cut, mail_text, short_text, size_of, subject_line
from digest.delivery.header_address import address_of
from digest.delivery.header_folding import MAIL
from digest.delivery.outcome import write_down
from digest.delivery.smtp_client import SmtpClient, SmtpSettings
from digest.models.issue import DigestError
from storage.operation import alarms
from storage.operation.alarms import Alarm, Channel

HTTP_SECONDS = 10.0
# text.content of WeCom's bots, in bytes of UTF-8, is the least that a bot takes.
TEXT_BYTES = 2048
# A message of DingTalk's has 20,000 bytes with all that is in it.
BODY_BYTES = 18_000
# The least that is worth sending to a bot that refuses what it was sent.
LEAST_BYTES = 256
_DETAIL_BYTES = 1000
# How the answer of a bot begins that read a message and does not want it.
_REFUSED = ("errcode", "HTTP 4")


@dataclass(frozen=True, slots=True)
class Operator:
    """Where alarms go; '' = not there. `smtp` None: no mail server is configured."""

    email: str = ""
    webhook: str = ""
    smtp: SmtpSettings | None = None

    @property
    def channels(self) -> list[Channel]:
        """The ways that are configured."""
        links: list[Channel] = []
        if self.email and self.smtp is not None:
            links.append("mail")
        if self.webhook:
            links.append("webhook")
        return links


def send_alarms(db: Database, operator: Operator, *, now: datetime) -> list[str]:
    """Send what is due, by each way that has not taken it yet; the problems, for the log."""
    problems = []
    for channel in operator.channels:
        waiting = alarms.due(db, channel, now=now)
        if not waiting:
            continue
        problem = hand_over(operator, channel, waiting, now)
        if problem:
            alarms.mark_failed(db, waiting, problem, now=now)
            problems.append(f"{channel}: {problem}")
        else:
            told = [alarm.id for alarm in waiting]
            write_down(partial(alarms.mark_sent, db, told, channel, now=now))
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
    message = EmailMessage(policy=MAIL.clone(cte_type="7bit"))
    message["Subject"] = subject_line(waiting)
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = format_datetime(now.astimezone(SHANGHAI))
    message["Message-ID"] = message_id(waiting, sender.domain)
    # No out-of-office reply to a machine (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail_text(waiting))
    with SmtpClient(settings) as smtp_client:
        attempt = smtp_client.send(sender.addr_spec, recipient.addr_spec, message.as_bytes())
    return "" if attempt.state == "sent" else attempt.reply


def message_id(waiting: Sequence[Alarm], domain: str) -> str:
    """The same for the same alarms: a mail sent again after a crash is no second mail."""
    told = [f"{one.id} {one.kind} {one.raised_at.isoformat()} {one.title}" for one in waiting]
    code = hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
    return f"<alarms-{code}@{domain}>"


def post(url: str, waiting: Sequence[Alarm]) -> str:
    """One JSON POST for all of them; '' or what went wrong.

    `msgtype` and `text.content` are what the bots of WeCom and DingTalk read, within their
    limits; `alarms` is for programs. Those bots answer 200 with an `errcode` other than 0 when
    they refuse. What was refused before goes out shorter each time.
    """
    refusals = max(alarm.attempts if _is_refusal(alarm) else 0 for alarm in waiting)
    limit = max(TEXT_BYTES >> refusals, LEAST_BYTES)
    body: dict[str, object] = {"msgtype": "text", "text": {"content": short_text(waiting, limit)}}
    body |= _documents(waiting, BODY_BYTES - size_of(json.dumps(body, ensure_ascii=False)))
    try:
        answer = fetch(url, json.dumps(body, ensure_ascii=False).encode())
    except (OSError, ValueError, http.client.HTTPException) as error:
        return words(error)
    try:
        code = json.loads(answer.decode("utf-8", "replace")).get("errcode", 0)
    except (ValueError, AttributeError):
        return ""  # an answer that is no JSON object is as good as any
    return "" if code == 0 else f"errcode {code}"


def _is_refusal(alarm: Alarm) -> bool:
    return alarm.last_reply.startswith(_REFUSED)


def _documents(waiting: Sequence[Alarm], room: int) -> dict[str, object]:
    """The alarms as far as they fit into `room` bytes of JSON, and how many are left out."""
    shown: list[dict[str, str]] = []
    for alarm in waiting:
        document = {
            "subject": alarm.subject,
            "kind": alarm.kind,
            "title": alarm.title,
            "text": cut(alarm.text, _DETAIL_BYTES),
            "raised_at": alarm.raised_at.isoformat(),
        }
        room -= size_of(json.dumps(document, ensure_ascii=False)) + 2
        if room < 0:
            break
        shown.append(document)
    return {"alarms": shown, "left_out": len(waiting) - len(shown)}


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
