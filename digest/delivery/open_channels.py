"""Every destination of one pass: the mail server, and each bot of the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from digest.delivery.channel import Channel, Means
from digest.delivery.channels import MAIL, open_channel
from digest.delivery.chat_bot import ChatBot
from digest.delivery.smtp_client import SmtpSettings
from storage.models import Subscriber


class OpenChannels:
    """The channels by destination, opened for one pass and closed with it.

    Raises DigestError for a sender that is no address.
    """

    def __init__(self, smtp: SmtpSettings | None, bots: Sequence[ChatBot]) -> None:
        mail = open_channel(MAIL, Means(smtp=smtp))
        self.channels: dict[str, Channel[Any]] = {MAIL: mail}
        self.channels |= {bot.address: open_channel(bot.kind, Means(bot)) for bot in bots}
        # Bots that are one at the service, under several names, share its caps.
        first = {bot.url: bot.address for bot in reversed(bots)}
        self.routes = {MAIL: MAIL} | {bot.address: first[bot.url] for bot in bots}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for channel in self.channels.values():
            channel.close()

    def of(self, person: Subscriber) -> tuple[Channel[Any], str]:
        """A subscriber's channel, and the route by which its caps are counted."""
        destination = MAIL if person.channel == MAIL else person.address
        return self.channels[destination], self.routes[destination]
