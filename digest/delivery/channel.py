"""What every channel can do, mail and chat bots alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from digest.delivery.smtp_client import Attempt, SmtpSettings
from digest.delivery.webhook import Answer

if TYPE_CHECKING:
    from digest.delivery.bulletin_mail import MailSettings
    from digest.delivery.chat_bot import ChatBot
    from digest.delivery.correction_messages import CorrectionMessages
    from digest.delivery.message_builder import MessageBuilder
    from digest.models.entry import Entry
    from storage.models import Subscriber
    from storage.operation.alarms import Alarm
    from storage.readers.attempts import Cap

Said = TypeVar("Said")
# A message that is made, and goes out when it is called, with the instant.
Handover = Callable[[datetime], Attempt]
# POST a body with headers to an address; raises NotSentError and NotAnsweredError.
Post = Callable[[str, bytes, dict[str, str]], Answer]


@dataclass(frozen=True, slots=True)
class Means:
    """What a channel is opened with: a bot, or the mail server (None: mails wait).

    `post` replaces the way to a bot's address.
    """

    bot: ChatBot | None = None
    smtp: SmtpSettings | None = None
    post: Post | None = None


class Channel(ABC, Generic[Said]):
    """One way on which people are told; an instance is one destination, opened for one pass.

    A kind is one class in `channels/`, and known wherever channels are asked for. Messages are
    made first and handed over later: a row is claimed in between. Making one raises DigestError
    when the recipient's address cannot be written to.
    """

    kind: ClassVar[str]
    # Largest message in bytes of UTF-8; None: the other side says so, or takes any.
    limit: ClassVar[int | None]
    # How often the other side may be asked.
    caps: Sequence[Cap]
    # Why nobody there can be asked in this pass; '' while it answers.
    outage: str = ""

    @abstractmethod
    def __init__(self, means: Means) -> None: ...

    @property
    def is_open(self) -> bool:
        """Whether it is configured, so that anything can be sent."""
        return True

    @abstractmethod
    def issue(
        self, issue: MessageBuilder, person: Subscriber, message_id: str, now: datetime
    ) -> Handover:
        """One week's digest, as this subscriber chose it."""

    @abstractmethod
    def correction(
        self, correction: CorrectionMessages, person: Subscriber, message_id: str, now: datetime
    ) -> Handover:
        """A 更正 of an issue that this subscriber was sent."""

    @abstractmethod
    def bulletin(
        self,
        settings: MailSettings,
        person: Subscriber,
        entries: Sequence[Entry],
        message_id: str,
        now: datetime,
    ) -> Handover:
        """快讯: new notices, each with the reason why; without any, that the subscription ended."""

    @abstractmethod
    def alarm(self, waiting: Sequence[Alarm], to: str, now: datetime) -> Handover:
        """What the operator is to hear; `to` is the operator's address, where there is one."""

    @abstractmethod
    def judge(self, said: Said) -> Attempt:
        """How it ended, by what the other side said."""

    def close(self) -> None:
        """Hang up."""
        return
