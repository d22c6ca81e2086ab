"""A mail server for the demo and the tests: keeps each mail as a file, sends nothing on."""

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
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9@._+-]")


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

    Addresses in `refuse` get 550, in `defer` 451; for those in `drop_after_data` the first
    mail is kept, but the connection is cut instead of answering. `login` is the only user and
    password accepted, `tls` offers STARTTLS. The three sets may be changed meanwhile, and so may
    `cut` (how many of the next EHLO, MAIL, RCPT or DATA commands end in a cut connection; "KEPT"
    cuts after a mail was kept) and `slowness` (seconds before each answer to a mail).
    """

    def __init__(
        self,
        folder: Path,
        *,
        refuse: Iterable[str] = (),
        defer: Iterable[str] = (),
        drop_after_data: Iterable[str] = (),
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.folder = folder
        self.refuse = set(refuse)
        self.defer = set(defer)
        self.drop_after_data = set(drop_after_data)
        self.login = login
        self.cut: dict[str, int] = {}
        self.slowness = 0.0
        self.received: list[Received] = []
        self.connections = 0
        options: dict[str, Any] = {"tls_context": tls}
        if login is not None:
            options |= {
                "authenticator": self._authenticate,
                "auth_required": True,
                "auth_require_tls": tls is not None,
            }
        self._controller = _FreePort(_Handler(self), hostname="127.0.0.1", port=0, **options)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
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

    def cuts(self, stage: str, server: SMTP) -> bool:
        """Cut the connection now if this stage is to be cut; whether it was."""
        if self.cut.get(stage, 0) <= 0:
            return False
        self.cut[stage] -= 1
        cast(asyncio.Transport, server.transport).abort()
        return True

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: LoginPassword
    ) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.login, handled=False)


class _Handler:
    """aiosmtpd's hooks, by the names it looks for."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    async def handle_EHLO(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        answers: list[str],
    ) -> list[str]:
        self.sink.cuts("EHLO", server)
        self.sink.connections += 1
        session.host_name = hostname
        return answers

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.sink.cuts("MAIL", server)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        self.sink.cuts("RCPT", server)
        if address in self.sink.refuse:
            return "550 5.1.1 no such mailbox"
        if address in self.sink.defer:
            return "451 4.7.1 greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.sink.cuts("DATA", server):
            return "451 cut"
        await asyncio.sleep(self.sink.slowness)
        mail = self.sink.keep(envelope)
        self.sink.cuts("KEPT", server)
        dropped = self.sink.drop_after_data & set(mail.recipients)
        if dropped:
            self.sink.drop_after_data -= dropped
            cast(asyncio.Transport, server.transport).abort()
        return "250 OK: kept"


class _FreePort(Controller):
    """aiosmtpd's controller, told which port the system chose."""

    def _trigger_server(self) -> None:
        server = cast(asyncio.Server, self.server)
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]
