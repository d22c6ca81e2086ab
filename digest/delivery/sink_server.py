"""The conversation of the embedded mail server, with the places where it can go wrong."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any, AnyStr, Protocol, cast

from aiosmtpd.smtp import SMTP, Session, syntax

_CHALLENGE = b"<1612515600.1@sink.invalid>"


class Faults(Protocol):
    """What the server is told to do wrong, by stage."""

    login: tuple[str, str] | None
    connections: int

    @property
    def slow(self) -> Any: ...
    def cuts(self, stage: Any) -> bool: ...
    def says(self, stage: Any) -> str: ...


class SinkServer(SMTP):
    """aiosmtpd's server, which asks its sink before it carries out a command."""

    def __init__(self, handler: object, faults: Faults, **options: Any) -> None:
        self.faults = faults
        self.has_greeted = False
        super().__init__(handler, **options)

    async def push(self, status: AnyStr) -> None:
        """Every answer goes through here; the first one is the greeting."""
        if not self.has_greeted:
            self.has_greeted = True
            self.faults.connections += 1
            instead = await self.misbehaves("CONNECT")
            if instead is not None:
                await super().push(instead)
                return
        await super().push(status)

    async def misbehaves(self, stage: str) -> str | None:
        """Be slow, then cut the connection or give an answer in place of the right one.

        '' after a cut: nobody hears it. None: go on as a good server does.
        """
        await asyncio.sleep(self.faults.slow.get(stage, 0.0))
        if self.faults.cuts(stage):
            self.hang_up()
            return ""
        return self.faults.says(stage) or None

    def hang_up(self) -> None:
        """Cut the connection at once, without a word; one that is ending ends by itself.

        Python 3.11.2 cannot abort a TLS connection that was closed.
        """
        transport = cast(asyncio.Transport, self.transport)
        if not transport.is_closing():
            transport.abort()

    async def knows_secret(self, login: tuple[str, str] | None) -> bool:
        """CRAM-MD5: whether the answer to a challenge proves the password."""
        answer = await self.challenge_auth(_CHALLENGE)
        if login is None or not isinstance(answer, bytes):
            return False
        proof = hmac.new(login[1].encode(), _CHALLENGE, "md5").hexdigest()
        return answer == f"{login[0]} {proof}".encode()

    async def _instead(self, stage: str) -> bool:
        said = await self.misbehaves(stage)
        if said:
            await self.push(said)
            if said.startswith("421"):
                cast(asyncio.Transport, self.transport).close()
        return said is not None

    @syntax("EHLO hostname")
    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if not await self._instead("EHLO"):
            await super().smtp_EHLO(hostname)

    @syntax("STARTTLS", when="tls_context")
    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if not await self._instead("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    @syntax("AUTH <mechanism>")
    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if not await self._instead("AUTH"):
            await super().smtp_AUTH(arg)

    @syntax("MAIL FROM: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if await self._instead("MAIL"):
            return
        if self.faults.login is not None and not cast(Session, self.session).authenticated:
            await self.push("530 5.7.0 log in first")
            return
        await super().smtp_MAIL(arg)

    @syntax("RCPT TO: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if not await self._instead("RCPT"):
            await super().smtp_RCPT(arg)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if not await self._instead("DATA"):
            await super().smtp_DATA(arg)

    @syntax("RSET")
    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        if not await self._instead("RSET"):
            await super().smtp_RSET(arg)

    @syntax("QUIT")
    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        if not await self._instead("QUIT"):
            await super().smtp_QUIT(arg)
