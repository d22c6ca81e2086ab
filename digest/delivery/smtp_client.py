"""One SMTP connection, kept open from mail to mail; says how each attempt ended."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from digest.delivery.dkim_signer import signed
from digest.delivery.refusals import is_too_large, reason_of
from digest.delivery.smtp_connection import (
    FAILURES,
    SmtpSettings,
    check_settings,
    connect,
    error_words,
    reply_words,
    size_limit,
)

__all__ = ["Attempt", "SmtpClient", "SmtpSettings"]

Answer = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt ended, in the server's words.

    `unknown`: the mail was handed over, but the connection broke before the answer.
    `no_server`: there was nobody to hand it to, so the next address would fare no better.
    `bounced`: the server says that the mailbox is gone.
    `too_large`: refused for its size alone; `size_limit` is what the server announces, in bytes.
    `note`: what the operator should know of it all the same.
    """

    state: Literal["sent", "deferred", "refused", "unknown"]
    reply: str
    no_server: bool = False
    bounced: bool = False
    too_large: bool = False
    size_limit: int | None = None
    note: str = ""


class SmtpClient:
    """Connects at the first mail, again when the server hung up, and says goodbye at the end."""

    def __init__(self, settings: SmtpSettings) -> None:
        check_settings(settings)
        self.settings = settings
        self.smtp: smtplib.SMTP | None = None
        self.used = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._hang_up()

    def send(self, sender: str, recipient: str, content: bytes) -> Attempt:
        """Hand one mail over; `content` is CRLF-separated, ASCII but for an address that is not.

        Signed here when nobody has signed it and there is a signer. Never raises for the server.
        """
        content = signed(self.settings.signer, content)
        try:
            smtp = self._line()
            unfit = self._unfit(smtp, recipient, len(content))
            if unfit is not None:
                return unfit
            smtp, answer = self._mail(smtp, sender, recipient, len(content))
            self.used += 1
        except FAILURES as error:
            self._drop()
            return Attempt("deferred", error_words(self.settings, error), no_server=True)
        handed_over = False
        try:
            refusal = self._envelope(smtp, answer, recipient)
            if refusal is not None:
                return refusal
            handed_over = True
            smtp.send(_stuffed(content))
            code, reply = smtp.getreply()
        except FAILURES as error:
            self._drop()
            words = error_words(self.settings, error)
            return Attempt("unknown" if handed_over else "deferred", words)
        return self._judged(code, reply)

    def _line(self) -> smtplib.SMTP:
        """The connection, a new one when the old one has carried its share."""
        if 0 < self.settings.per_connection <= self.used:
            self._hang_up()
        if self.smtp is None:
            self.smtp = connect(self.settings)
            self.used = 0
        return self.smtp

    def _unfit(self, smtp: smtplib.SMTP, recipient: str, size: int) -> Attempt | None:
        """What the server said beforehand that it would not take."""
        limit = size_limit(smtp)
        if limit is not None and size > limit:
            words = (
                f"552 5.3.4 the mail has {size} bytes, the server announces {limit} as its limit"
            )
            return Attempt("refused", words, too_large=True, size_limit=limit)
        if not recipient.isascii() and not smtp.has_extn("smtputf8"):
            words = "550 5.6.7 the mail server does not offer SMTPUTF8, which this address needs"
            return Attempt("refused", words)
        return None

    def _mail(
        self, smtp: smtplib.SMTP, sender: str, recipient: str, size: int
    ) -> tuple[smtplib.SMTP, Answer]:
        """A connection on which MAIL was answered.

        Servers hang up on idle or busy connections. MAIL itself finds that out: nothing was
        handed over yet, so asking once more on a new connection repeats nothing.
        """
        if self.used:
            with suppress(*FAILURES):
                answer = smtp.mail(sender, _options(smtp, recipient, size))
                if answer[0] // 100 == 2 or self._about_size(answer):
                    return smtp, answer
            self._hang_up()
            smtp = self._line()
        return smtp, smtp.mail(sender, _options(smtp, recipient, size))

    def _envelope(self, smtp: smtplib.SMTP, answer: Answer, recipient: str) -> Attempt | None:
        """RCPT and DATA after the answer to MAIL; None when the server waits for the mail."""
        code, reply = answer
        if code // 100 != 2:
            return self._not_even_begun(smtp, answer, recipient)
        code, reply = smtp.rcpt(recipient)
        if code // 100 != 2:
            self._reset(smtp)
            return self._judged(code, reply, recipient_only=True)
        code, reply = smtp.docmd("DATA")
        if code == 354:
            return None
        self._reset(smtp)
        if code // 100 in {2, 3}:
            # Not an answer to DATA: whatever this server does, it did not take the mail.
            self._hang_up()
            return Attempt("deferred", reply_words(self.settings, code, reply))
        return self._judged(code, reply)

    def _not_even_begun(self, smtp: smtplib.SMTP, answer: Answer, recipient: str) -> Attempt:
        """MAIL was refused: about us, unless it is about the size or the kind of address.

        Worth another try when the operator mended it, or when the server is less busy; the
        next address would fare no better now.
        """
        words = reply_words(self.settings, *answer)
        self._reset(smtp)
        if self._about_size(answer):
            return Attempt("refused", words, too_large=True, size_limit=size_limit(smtp))
        if not recipient.isascii() and answer[0] // 100 == 5:
            return Attempt("refused", words)
        self._hang_up()
        return Attempt("deferred", words, no_server=True)

    def _judged(self, code: int, reply: bytes, *, recipient_only: bool = False) -> Attempt:
        words = reply_words(self.settings, code, reply)
        if code // 100 == 2:
            return Attempt("sent", words)
        if code == 421:
            self._hang_up()
        reason = reason_of(words)
        # Some say with a 5xx that it was too much or too soon: another time will do.
        if code // 100 != 5 or reason == "limited":
            return Attempt("deferred", words)
        limit = None if self.smtp is None else size_limit(self.smtp)
        # A bare 552 to RCPT is about a full mailbox.
        too_large = is_too_large(words, bare=not recipient_only)
        gone = reason == "gone"
        return Attempt("refused", words, bounced=gone, too_large=too_large, size_limit=limit)

    def _about_size(self, answer: Answer) -> bool:
        return answer[0] // 100 == 5 and is_too_large(reply_words(self.settings, *answer))

    def _reset(self, smtp: smtplib.SMTP) -> None:
        with suppress(*FAILURES):
            smtp.rset()

    def _hang_up(self) -> None:
        """Say goodbye, for as long as somebody listens."""
        if self.smtp is not None:
            with suppress(*FAILURES):
                self.smtp.quit()
        self._drop()

    def _drop(self) -> None:
        """Close a connection on which nothing more will be heard."""
        smtp, self.smtp, self.used = self.smtp, None, 0
        if smtp is not None:
            smtp.close()


def _options(smtp: smtplib.SMTP, recipient: str, size: int) -> list[str]:
    """What MAIL says of the mail, of what the server knows (RFC 1870, RFC 6531)."""
    options = [f"SIZE={size}"] if smtp.has_extn("size") else []
    return options if recipient.isascii() else [*options, "SMTPUTF8"]


def _stuffed(content: bytes) -> bytes:
    """RFC 5321 section 4.5.2: a line that begins with a dot gets another; a dot ends the mail."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    first = b"." if ended.startswith(b".") else b""
    return first + ended.replace(b"\n.", b"\n..") + b".\r\n"
