"""Sending alarms to the operator: one mail, and one JSON POST, for all that wait."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlite_utils import Database

from digest.delivery.alarm_text import REFUSED
from digest.delivery.channel import Channel, Means
from digest.delivery.channels import MAIL, open_channel
from digest.delivery.chat_bot import ChatBot
from digest.delivery.outcome import write_down
from digest.delivery.smtp_client import SmtpSettings
from digest.delivery.webhook import Answer, NotSentError
from digest.models.issue import DigestError
from storage.operation import alarms
from storage.operation.alarms import Alarm
from storage.operation.alarms import Channel as Way
from texts.messages import Language, in_language

HTTP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Operator:
    """Where alarms go; '' = not there. `smtp` None: no mail server is configured.

    `webhook_kind` is the channel that `webhook` is an address of.
    """

    email: str = ""
    webhook: str = ""
    smtp: SmtpSettings | None = None
    webhook_kind: str = "webhook"
    language: Language = "zh"

    @property
    def channels(self) -> list[Way]:
        """The ways that are configured."""
        ways: list[Way] = []
        if self.email and self.smtp is not None:
            ways.append("mail")
        if self.webhook:
            ways.append("webhook")
        return ways

    def open(self, way: Way) -> Channel[Any]:
        """The channel of a way; close it. Raises DigestError for a sender that is no address."""
        if way == "mail":
            return open_channel(MAIL, Means(smtp=self.smtp))
        bot = ChatBot(self.webhook_kind, "operator", self.webhook)
        return open_channel(self.webhook_kind, Means(bot=bot, post=_ask))


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


def hand_over(operator: Operator, way: Way, waiting: Sequence[Alarm], now: datetime) -> str:
    """Send these alarms by one way, in the operator's language; '' or what went wrong."""
    told = [_in_language(alarm, operator.language) for alarm in waiting]
    try:
        with closing(operator.open(way)) as channel:
            attempt = channel.alarm(told, operator.email, now)(now)
    except DigestError as error:
        return str(error)
    if attempt.state == "sent":
        return ""
    refused = way == "webhook" and attempt.state == "refused"
    # So that the next message is shorter, whatever number the service calls it.
    marked = attempt.reply.startswith(REFUSED) or not refused
    return attempt.reply if marked else f"errcode {attempt.reply}"


def _in_language(alarm: Alarm, language: Language) -> Alarm:
    title, text = in_language(alarm.title, language), in_language(alarm.text, language)
    return replace(alarm, title=title, text=text)


def _ask(url: str, body: bytes, _headers: dict[str, str]) -> Answer:
    """POST to the operator's own address, by the proxy of the environment if there is one."""
    try:
        return Answer(200, fetch(url, body))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, b"")
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise NotSentError(words(error)) from error


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
