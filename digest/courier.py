"""One SMTP connection, kept open from mail to mail; says how each attempt ended."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

from digest.bounces import is_hard
from digest.models import DigestError
from digest.safe_text import shorten

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
Answer = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail server. `security` none sends no password, except to this machine.

    `timeout` is in seconds; the password never appears in a repr or a message.
    """

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    reply_to: str = ""
    timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt ended, in the server's words.

    `unknown`: the mail was handed over, but the connection broke before the answer.
    `no_server`: there was nobody to hand it to, so the next address would fare no better.
    `bounced`: the server says that the mailbox is gone.
    """

    state: Literal["sent", "deferred", "refused", "unknown"]
    reply: str
    no_server: bool = False
    bounced: bool = False


class Courier:
    """Connects at the first mail, again when the server hung up, and says goodbye at the end."""

    def __init__(self, settings: SmtpSettings) -> None:
        if settings.security == "none" and settings.username and settings.host not in _LOOPBACK:
            raise DigestError(
                "smtp.security = none would send the password in the clear; "
                "use starttls or tls, or leave smtp.username empty"
            )
        self.settings = settings
        self.smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._hang_up()

    def carry(self, sender: str, recipient: str, content: bytes) -> Attempt:
        """Hand one mail over; `content` is CRLF-separated ASCII. Never raises for the server."""
        try:
            smtp, answer = self._open(sender)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Attempt("deferred", self._words(error), no_server=True)
        handed_over = False
        try:
            refusal = self._envelope(smtp, answer, recipient)
            if refusal is not None:
                return refusal
            handed_over = True
            smtp.send(_stuffed(content))
            code, reply = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Attempt("unknown" if handed_over else "deferred", self._words(error))
        return self._judged(code, reply)

    def _open(self, sender: str) -> tuple[smtplib.SMTP, Answer]:
        """A connection on which MAIL was answered.

        Servers hang up on idle or busy connections. MAIL itself finds that out: nothing was
        handed over yet, so asking once more on a new connection repeats nothing.
        """
        if self.smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                answer = self.smtp.mail(sender)
                if answer[0] != 421:
                    return self.smtp, answer
            self._hang_up()
        self.smtp = self._connect()
        return self.smtp, self.smtp.mail(sender)

    def _envelope(self, smtp: smtplib.SMTP, answer: Answer, recipient: str) -> Attempt | None:
        """RCPT and DATA after the answer to MAIL; None when the server waits for the mail."""
        code, reply = answer
        if code // 100 != 2:
            self._reset(smtp)
            # About us, not about the subscriber: worth another try when the operator mended it.
            return Attempt("deferred", self._reply(code, reply))
        code, reply = smtp.rcpt(recipient)
        if code // 100 == 2:
            code, reply = smtp.docmd("DATA")
            if code == 354:
                return None
        self._reset(smtp)
        return self._judged(code, reply)

    def _judged(self, code: int, reply: bytes) -> Attempt:
        if code // 100 == 2:
            return Attempt("sent", self._reply(code, reply))
        if code == 421:
            self._hang_up()
        words = self._reply(code, reply)
        if code // 100 == 5:
            return Attempt("refused", words, bounced=is_hard(words))
        return Attempt("deferred", words)

    def _connect(self) -> smtplib.SMTP:
        settings = self.settings
        # The default context checks the certificate and the host name.
        context = ssl.create_default_context()
        smtp: smtplib.SMTP
        if settings.security == "tls":
            smtp = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
        try:
            if settings.security == "starttls":
                smtp.starttls(context=context)
            if settings.username:
                smtp.login(settings.username, settings.password)
            smtp.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException):
            smtp.close()
            raise
        return smtp

    def _reset(self, smtp: smtplib.SMTP) -> None:
        with suppress(OSError, smtplib.SMTPException):
            smtp.rset()

    def _hang_up(self) -> None:
        smtp, self.smtp = self.smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _words(self, error: OSError | smtplib.SMTPException) -> str:
        if isinstance(error, smtplib.SMTPResponseException):
            text = error.smtp_error
            return self._reply(error.smtp_code, text if isinstance(text, bytes) else text.encode())
        return self._without_password(f"{type(error).__name__}: {error}")

    def _reply(self, code: int, reply: bytes) -> str:
        return self._without_password(f"{code} {reply.decode('utf-8', 'replace')}")

    def _without_password(self, text: str) -> str:
        """Servers have been seen to echo what they were told."""
        secret = self.settings.password
        return shorten(text.replace(secret, "***") if secret else text, 300)


def _stuffed(content: bytes) -> bytes:
    """RFC 5321 section 4.5.2: a line that begins with a dot gets another; a dot ends the mail."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    first = b"." if ended.startswith(b".") else b""
    return first + ended.replace(b"\n.", b"\n..") + b".\r\n"
