"""A mail server for the demo and the tests: keeps each mail as a file, sends nothing on.

It behaves like a good server until it is told to misbehave, at any stage of the conversation.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from weakref import WeakSet

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from digest.delivery.sink_server import SinkServer

_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9@._+-]")
MECHANISMS = ("CRAM-MD5", "LOGIN", "PLAIN")

# Where the conversation stands. DATA is the command, END the end of the mail before it is kept,
# KEPT after that and before it is said.
Stage = Literal[
    "CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "END", "KEPT", "RSET", "QUIT"
]


@dataclass(frozen=True, slots=True)
class Received:
    """One accepted mail."""

    sender: str
    recipients: tuple[str, ...]
    path: Path

    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.path.read_bytes(), policy=SMTP_POLICY)


class Sink:
    """Listens on a free port of 127.0.0.1 while the `with` block runs.

    What it demands and offers: `login` is the only user and password accepted, by one of
    `mechanisms`; `tls` with STARTTLS demanded, or `tls_at_once`; `size` bytes a mail at most,
    said beforehand when `announce_size`; addresses that are not ASCII when `smtputf8`.

    How it misbehaves, which may be changed meanwhile. Addresses in `refuse` get 550, in `defer`
    451, in `answers` what stands there; for those in `drop_after_data` the first mail is kept, but
    the connection is cut instead of answering. By stage: `cut` (how many of the next ones end in
    a cut connection), `say` (what the next ones are answered instead of being carried out) and
    `slow` (seconds before each answer).
    """

    def __init__(
        self,
        folder: Path,
        *,
        refuse: Iterable[str] = (),
        defer: Iterable[str] = (),
        drop_after_data: Iterable[str] = (),
        login: tuple[str, str] | None = None,
        mechanisms: Iterable[str] = MECHANISMS,
        tls: ssl.SSLContext | None = None,
        tls_at_once: bool = False,
        size: int | None = None,
        announce_size: bool = True,
        smtputf8: bool = True,
    ) -> None:
        self.folder = folder
        self.refuse = set(refuse)
        self.defer = set(defer)
        self.drop_after_data = set(drop_after_data)
        self.login = login
        self.announces_size = announce_size
        self.answers: dict[str, str] = {}
        self.cut: dict[Stage, int] = {}
        self.say: dict[Stage, list[str]] = {}
        self.slow: dict[Stage, float] = {}
        self.received: list[Received] = []
        self.connections = 0
        self.logins: list[str] = []
        self.hellos: list[str] = []
        options: dict[str, Any] = {
            "authenticator": self._authenticate,
            "auth_require_tls": tls is not None and not tls_at_once,
            "auth_exclude_mechanism": set(MECHANISMS) - set(mechanisms if login else ()),
            "enable_SMTPUTF8": smtputf8,
        }
        if size is not None:
            options["data_size_limit"] = size
        if tls is not None:
            options |= (
                {"ssl_context": tls}
                if tls_at_once
                else {"tls_context": tls, "require_starttls": True}
            )
        self._controller = _FreePort(_Handler(self), self, **options)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._controller.start()
        # The controller has knocked once to see whether it works.
        self.connections = 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        hanging_up = self._controller.hang_up()
        asyncio.run_coroutine_threadsafe(hanging_up, self._controller.loop).result()
        self._controller.stop()

    def keep(self, envelope: Envelope) -> Received:
        """Write one mail to the folder, numbered and named by its first recipient."""
        recipients = tuple(envelope.rcpt_tos)
        name = _NOT_IN_NAME.sub("_", recipients[0])[:80]
        path = self.folder / f"{len(self.received) + 1:03d}-{name}.eml"
        content = envelope.content or b""
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        mail = Received(str(envelope.mail_from), recipients, path)
        self.received.append(mail)
        return mail

    def cuts(self, stage: Stage) -> bool:
        """Whether the connection is to be cut at this stage, this time."""
        if self.cut.get(stage, 0) <= 0:
            return False
        self.cut[stage] -= 1
        return True

    def says(self, stage: Stage) -> str:
        """What is to be answered at this stage, this time; '' = as a good server does."""
        waiting = self.say.get(stage, [])
        return waiting.pop(0) if waiting else ""

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, how: str, data: LoginPassword
    ) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        self.logins.append(how)
        return AuthResult(success=given == self.login, handled=False)


class _Handler:
    """aiosmtpd's hooks, by the names it looks for."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    async def handle_EHLO(  # noqa: N802
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        answers: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.sink.hellos.append(hostname)
        if self.sink.announces_size:
            return answers
        return [answer for answer in answers if not answer.startswith("250-SIZE")]

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address in self.sink.refuse:
            return "550 5.1.1 no such mailbox"
        if address in self.sink.defer:
            return "451 4.7.1 greylisted, try again later"
        if address in self.sink.answers:
            return self.sink.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SinkServer, _session: Session, envelope: Envelope
    ) -> str:
        instead = await server.misbehaves("END")
        if instead is not None:
            return instead
        mail = self.sink.keep(envelope)
        dropped = self.sink.drop_after_data & set(mail.recipients)
        self.sink.drop_after_data -= dropped
        if dropped or self.sink.cuts("KEPT"):
            server.hang_up()
        await asyncio.sleep(self.sink.slow.get("KEPT", 0.0))
        return "250 OK: kept"

    async def auth_CRAM__MD5(self, server: SinkServer, _arguments: list[str]) -> AuthResult:  # noqa: N802
        """RFC 2195; aiosmtpd itself knows LOGIN and PLAIN."""
        self.sink.logins.append("CRAM-MD5")
        return AuthResult(success=await server.knows_secret(self.sink.login), handled=False)


class _FreePort(Controller):
    """aiosmtpd's controller, told which port the system chose."""

    def __init__(self, handler: _Handler, sink: Sink, **options: Any) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=0, **options)
        self.sink = sink

        self.calls: WeakSet[SinkServer] = WeakSet()

    def factory(self) -> SMTP:
        call = SinkServer(self.handler, self.sink, **self.SMTP_kwargs)
        self.calls.add(call)
        return call

    async def hang_up(self) -> None:
        """End the calls that still run, and let the loop close what they used."""
        for call in list(self.calls):
            if call.transport is not None:
                call.hang_up()
        await asyncio.sleep(0)

    def _trigger_server(self) -> None:
        server = self.server
        assert isinstance(server, asyncio.Server)  # noqa: S101 # what create_server returns
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]
