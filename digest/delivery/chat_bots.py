"""Chat bots: what their channels have in common, whatever the service is.

What each service takes is from its own documentation of custom bots, and stands in its file in
`channels/`.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import urlsplit

from china_time import SHANGHAI
from digest.delivery import alarm_text
from digest.delivery.channel import Channel, Handover, Means
from digest.delivery.chat_text import Dialect, correction_lines, essentials, news_text
from digest.delivery.correction_messages import CorrectionMessages
from digest.delivery.message_builder import MessageBuilder
from digest.delivery.smtp_client import Attempt
from digest.delivery.webhook import Answer, NotAnsweredError, NotSentError, post_json
from digest.models.correction import Correction
from digest.models.entry import Entry
from digest.models.issue import Digest
from digest.safe_text import shorten
from storage.models import Subscriber
from storage.operation.alarms import Alarm

if TYPE_CHECKING:
    # It renders mails: whoever only rings an alarm does not load that.
    from digest.delivery.bulletin_mail import MailSettings

Payload = dict[str, Any]

TIMEOUT = 15.0
# Parts of a URL that are shorter are no passwords.
MOST_SHOWN = 4
# Several services say one code both for nonsense and for haste (too many request).
_HASTE = "too many request"
_LATER_STATUS = frozenset({408, 425, 429})


class ChatChannel(Channel[Answer]):
    """A service that takes a JSON POST and answers one. A kind gives the numbers and `message`."""

    limit: ClassVar[int | None]
    # How the service's markdown is written.
    dialect: ClassVar[Dialect]
    # Codes of too many messages, or of a busy service: worth another try. All others refuse.
    later: ClassVar[Set[int]] = frozenset()
    # What the operator can mend, by the code with which the service refuses.
    advice: ClassVar[Mapping[int, str]] = {}

    def __init__(self, means: Means) -> None:
        if means.bot is None:
            raise ValueError(f"{self.kind} needs a bot")
        self.bot = means.bot
        self.ask = means.post or self._post

    @abstractmethod
    def message(self, title: str, text: str, *, urgent: bool) -> Payload:
        """The JSON that the service documents, around markdown of its dialect.

        `urgent`: a correction or an alarm, where the service has a colour for it.
        """

    def issue(
        self, issue: MessageBuilder, person: Subscriber, message_id: str, now: datetime
    ) -> Handover:
        """The essentials of the issue."""
        return self._handover(
            self.issue_payload(issue.printed(person).digest, message_id), message_id
        )

    def correction(
        self, correction: CorrectionMessages, person: Subscriber, message_id: str, now: datetime
    ) -> Handover:
        """What was wrong and what is right."""
        payload = self.correction_payload(correction.correction, message_id)
        return self._handover(payload, message_id)

    def bulletin(
        self,
        settings: MailSettings,
        person: Subscriber,
        entries: Sequence[Entry],
        message_id: str,
        now: datetime,
    ) -> Handover:
        """A line for each new notice."""
        news = f"{settings.title}·快讯：新发布 {len(entries)} 条"
        title = news if entries else f"已退订{settings.title}"
        return self._handover(self.bulletin_payload(title, entries, message_id, now), message_id)

    def alarm(self, waiting: Sequence[Alarm], to: str, now: datetime) -> Handover:
        """One message for all of them."""
        return self._handover(self.alarm_payload(waiting), "")

    def issue_payload(self, digest: Digest, message_id: str) -> Payload:
        """One issue, within the limit."""
        text = essentials(digest, self.dialect, limit=self.room)
        return self.message(f"{digest.title} {digest.week}", text, urgent=False)

    def correction_payload(self, correction: Correction, message_id: str) -> Payload:
        """One correction, within the limit."""
        text = self.dialect.joined(correction.heading, correction_lines(correction, self.room))
        return self.message(correction.heading, text, urgent=True)

    def bulletin_payload(
        self, title: str, entries: Sequence[Entry], message_id: str, now: datetime
    ) -> Payload:
        """New notices, within the limit."""
        today = now.astimezone(SHANGHAI).date()
        return self.message(
            title, news_text(title, entries, today, self.dialect, self.room), urgent=False
        )

    def alarm_payload(self, waiting: Sequence[Alarm]) -> Payload:
        """Alarms, shorter each time that they were refused."""
        title = alarm_text.subject_line(waiting)
        lines = alarm_text.short_text(waiting, alarm_text.bytes_left(waiting)).splitlines()
        return self.message(title, self.dialect.joined(title, lines), urgent=True)

    @property
    def room(self) -> int:
        """Bytes of text that a message may have."""
        return 1 << 30 if self.limit is None else self.limit

    def signed_url(self, now: datetime) -> str:
        """The address of one message; for services whose signature stands in it."""
        return self.bot.url

    def signature(self, now: datetime) -> Payload:
        """What a message gets beside it; for services whose signature stands in the body."""
        return {}

    def judge(self, said: Answer) -> Attempt:
        """The services answer 200 with an error code inside when they refuse."""
        fine, busy = _by_status(said)
        if busy:
            return Attempt("deferred", _status_words(said))
        try:
            answer = json.loads(said.body.decode("utf-8", "replace"))
            code = int(answer.get("errcode", answer.get("code", answer.get("StatusCode", -1))))
            words = str(answer.get("errmsg", answer.get("msg", answer.get("StatusMessage", ""))))
        except (ValueError, AttributeError, TypeError):
            if fine:
                return Attempt("deferred", f"HTTP {said.status}: the answer is no JSON object")
            return Attempt("refused", f"HTTP {said.status}")
        if fine and code == 0:
            return Attempt("sent", "0 ok")
        later = code in self.later or _HASTE in words.casefold()
        return Attempt("deferred" if later else "refused", self._reply(code, words))

    def _handover(self, payload: Payload, message_id: str) -> Handover:
        return lambda now: self._send(payload, message_id, now)

    def _send(self, payload: Payload, message_id: str, now: datetime) -> Attempt:
        """Post a message; never raises for what the other side does."""
        body = json.dumps(payload | self.signature(now), ensure_ascii=False).encode()
        try:
            # For a webhook of the operator's own: the same at every attempt.
            answer = self.ask(
                self.signed_url(now), body, {"Idempotency-Key": message_id.strip("<>")}
            )
        except NotSentError as error:
            return Attempt("refused" if error.forbidden else "deferred", str(error))
        except NotAnsweredError as error:
            return Attempt("unknown", str(error))
        return self.judge(answer)

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        return post_json(url, body, headers=headers, private=self.bot.private, timeout=TIMEOUT)

    def _reply(self, code: int, words: str) -> str:
        """The service's words and ours, without the bot's passwords."""
        advice = self.advice.get(code, "")
        said = f"{code} {words}" + (f"（{advice}）" if advice else "")
        parts = urlsplit(self.bot.url)
        # A key is in the query, or the end of the path.
        tail = parts.path.rpartition("/")[2]
        for secret in (self.bot.secret, tail, *parts.query.split("&")):
            bare = secret.partition("=")[2] or secret
            said = said.replace(bare, "***") if len(bare) > MOST_SHOWN else said
        return shorten(said, 300)


def judged_by_status(said: Answer) -> Attempt:
    """How it ended where only the HTTP status counts."""
    fine, busy = _by_status(said)
    state: Literal["sent", "deferred", "refused"] = "deferred" if busy else "refused"
    return Attempt("sent" if fine else state, _status_words(said))


def _status_words(said: Answer) -> str:
    later = f"; Retry-After: {said.retry_after}" if said.retry_after else ""
    return f"HTTP {said.status}{later}"


def _by_status(said: Answer) -> tuple[bool, bool]:
    fine = said.status // 100 == 2
    return fine, said.status // 100 == 5 or said.status in _LATER_STATUS
