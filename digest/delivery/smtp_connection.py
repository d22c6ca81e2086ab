"""The mail server: what is known of it, how a connection is made, what it says it takes."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from digest.delivery.dkim_signer import DkimSigner
from digest.delivery.ehlo_name import greeting_name
from digest.delivery.mail_charsets import decoded
from digest.models.issue import DigestError
from digest.safe_text import shorten
from storage.readers.attempts import Cap

# What a server, or a name that cannot be looked up, can do to us.
FAILURES = (OSError, smtplib.SMTPException, UnicodeError)
# Keeps smtplib from looking for our name itself: it is known once we are connected.
_UNSAID = "localhost"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail server. `security` none sends no password, except to this machine.

    `timeout` is in seconds; `per_connection`, `per_minute` and `per_hour` are mails, 0 = as many
    as there are. `ca_file`: who vouches for its certificate, when that is not a public authority.
    `signer` None: the server signs, or nobody. `hello`: the name said in
    EHLO; '' = this machine's. The password never appears in a repr or a message.
    """

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    reply_to: str = ""
    timeout: float = 60.0
    ca_file: str = ""
    per_connection: int = 0
    per_minute: int = 0
    per_hour: int = 0
    signer: DkimSigner | None = None
    hello: str = ""

    @property
    def caps(self) -> tuple[Cap, ...]:
        """How much the server takes in a minute and in an hour."""
        spans = ((self.per_minute, timedelta(minutes=1)), (self.per_hour, timedelta(hours=1)))
        return tuple(Cap(most, span) for most, span in spans if most)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a look at the server found; `problem` '' when it took our login.

    `size_limit` in bytes, None when it announces none.
    """

    problem: str = ""
    size_limit: int | None = None
    smtputf8: bool = False


def check_settings(settings: SmtpSettings) -> None:
    """Raise DigestError for what can only be mended by the operator."""
    if settings.security == "none" and settings.username and settings.host not in _LOOPBACK:
        raise DigestError(
            "smtp.security = none would send the password in the clear; "
            "use starttls or tls, or leave smtp.username empty"
        )
    if not (settings.username + settings.password).isascii():
        raise DigestError("smtp.username or the password holds signs that SMTP cannot carry")


def connect(settings: SmtpSettings) -> smtplib.SMTP:
    """A connection that is encrypted, logged in, and has said EHLO.

    Raises one of FAILURES.
    """
    # The default context checks the certificate and the host name.
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    smtp: smtplib.SMTP
    if settings.security == "tls":
        smtp = smtplib.SMTP_SSL(
            settings.host, settings.port, _UNSAID, timeout=settings.timeout, context=context
        )
    else:
        smtp = smtplib.SMTP(settings.host, settings.port, _UNSAID, timeout=settings.timeout)
    try:
        smtp.local_hostname = greeting_name(settings.hello, _own_address(smtp))
        if settings.security == "starttls":
            smtp.starttls(context=context)
        if settings.username:
            # CRAM-MD5, PLAIN and LOGIN, whichever the server offers, in this order.
            smtp.login(settings.username, settings.password)
        smtp.ehlo_or_helo_if_needed()
    except FAILURES:
        smtp.close()
        raise
    return smtp


def _own_address(smtp: smtplib.SMTP) -> str:
    """This machine's address on the connection."""
    return str(smtp.sock.getsockname()[0]) if smtp.sock is not None else ""


def look(settings: SmtpSettings) -> Greeting:
    """Connect and log in as for a mail, ask what the server takes, send nothing."""
    try:
        check_settings(settings)
        smtp = connect(settings)
        with smtp:
            smtp.noop()
            return Greeting("", size_limit(smtp), smtp.has_extn("smtputf8"))
    except DigestError as error:
        return Greeting(str(error))
    except smtplib.SMTPAuthenticationError as error:
        said = error_words(settings, error)
        return Greeting(f"the server refuses user name or password ({said})")
    except FAILURES as error:
        return Greeting(error_words(settings, error))


def size_limit(smtp: smtplib.SMTP) -> int | None:
    """The largest mail in bytes, as announced (RFC 1870); 0 and nothing mean no limit."""
    announced = smtp.esmtp_features.get("size", "").split()
    return int(announced[0]) or None if announced and announced[0].isdecimal() else None


def error_words(
    settings: SmtpSettings, error: OSError | smtplib.SMTPException | UnicodeError
) -> str:
    """What went wrong, on one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return reply_words(
            settings, error.smtp_code, text if isinstance(text, bytes) else text.encode()
        )
    return _without_password(settings, f"{type(error).__name__}: {error}")


def reply_words(settings: SmtpSettings, code: int, reply: bytes) -> str:
    """A reply of the server, on one line."""
    return _without_password(settings, f"{code} {decoded(reply)}")


def _without_password(settings: SmtpSettings, text: str) -> str:
    """Servers have been seen to echo what they were told."""
    secret = settings.password
    return shorten(text.replace(secret, "***") if secret else text, 300)
