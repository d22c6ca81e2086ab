"""One folder of an IMAP mailbox (RFC 3501), as imaplib reads it: new messages, one by one.

Only the beginning of a message is fetched, so its size is no matter; what stands in a folder is
changed only when the operator asked for it.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Literal, Self

from digest.delivery.mail_charsets import decoded
from digest.models.issue import DigestError
from digest.safe_text import shorten

# A report of a failed mail says all that matters before it repeats the mail.
MOST_BYTES = 256 * 1024
# So many UIDs at most are asked for at once: imaplib reads lines of a million signs at most.
_WINDOW = 20_000
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ARRIVED = re.compile(
    rb'INTERNALDATE "([ \d]\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4})"'
)
_BROKEN = (OSError, imaplib.IMAP4.error)


class MailboxError(DigestError):
    """The mailbox cannot be read; one line in the server's words."""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """The mailbox. `after`: what happens to a message that was understood. `timeout` in seconds;
    the password never appears in a repr or a message."""

    host: str
    port: int = 993
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    after: Literal["leave", "seen", "move", "delete"] = "leave"
    move_to: str = ""
    timeout: float = 60.0

    @property
    def name(self) -> str:
        """What the mailbox is called in the store."""
        return f"{self.username}@{self.host}/{self.folder}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The first bytes of a message, and when it arrived (UTC)."""

    content: bytes
    arrived_at: datetime


class Folder:
    """The configured folder while the `with` block runs. Every method may raise MailboxError."""

    def __init__(self, settings: ImapSettings) -> None:
        if settings.security == "none" and settings.host not in _LOOPBACK:
            raise MailboxError(
                "mailbox.security = none would send the password in the clear; use tls or starttls"
            )
        if not settings.folder.isascii() or not settings.move_to.isascii():
            raise MailboxError("mailbox.folder and move_to: use a folder with an ASCII name")
        self.settings = settings
        self.uidvalidity = 0
        self.uidnext: int | None = None
        self._imap: imaplib.IMAP4 | None = None
        self._abilities: frozenset[str] = frozenset()

    def __enter__(self) -> Self:
        try:
            self._imap = self._connect()
            self._select(self._imap)
        except _BROKEN as error:
            self._leave()
            raise self._explained(error) from error
        except MailboxError:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leave()

    def new_uids(self, last: int, *, since: date | None = None) -> Iterator[int]:
        """UIDs after `last`, the lowest first; with `since`, of what arrived from that day on."""
        begin = last + 1
        end = self.uidnext - 1 if self.uidnext else None
        while end is None or begin <= end:
            until = "*" if end is None else str(min(begin + _WINDOW - 1, end))
            words = ["UID", f"{begin}:{until}"]
            if since is not None:
                words += ["SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"]
            answer = self._command("SEARCH", *words)
            found = {
                int(word) for line in answer if isinstance(line, bytes) for word in line.split()
            }
            # `n:*` names the last message too when its UID is below n.
            yield from sorted(uid for uid in found if uid >= begin)
            if end is None:
                return
            begin += _WINDOW

    def fetch(self, uid: int) -> Fetched | None:
        """A message without marking it as read; None when it is gone meanwhile."""
        answer = self._command("FETCH", str(uid), f"(INTERNALDATE BODY.PEEK[]<0.{MOST_BYTES}>)")
        for item in answer:
            if isinstance(item, tuple):
                around = b" ".join(part for part in answer if isinstance(part, bytes))
                return Fetched(bytes(item[1]), _arrived(bytes(item[0]) + around))
        return None

    def finish(self, uid: int) -> None:
        """Do with an understood message what the operator asked for."""
        after = self.settings.after
        if after == "seen":
            self._command("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
        elif after == "delete":
            self._delete(uid)
        elif after == "move":
            if self._can("MOVE"):
                self._command("MOVE", str(uid), _quoted(self.settings.move_to))
                return
            self._command("COPY", str(uid), _quoted(self.settings.move_to))
            self._delete(uid)

    def _delete(self, uid: int) -> None:
        """Mark as deleted; removed for good only where that can be said of this message alone."""
        self._command("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        if self._can("UIDPLUS"):
            self._command("EXPUNGE", str(uid))

    def _connect(self) -> imaplib.IMAP4:
        settings = self.settings
        context = ssl.create_default_context()
        if settings.security == "tls":
            imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                settings.host, settings.port, ssl_context=context, timeout=settings.timeout
            )
        else:
            imap = imaplib.IMAP4(settings.host, settings.port, timeout=settings.timeout)
        try:
            if settings.security == "starttls":
                imap.starttls(context)
            imap.login(settings.username, settings.password)
            # Before the login servers tell only half of what they can, and imaplib asks then.
            told = imap.capability()[1]
            words = b" ".join(line for line in told if isinstance(line, bytes))
            self._abilities = frozenset(words.decode("ascii", "replace").upper().split())
            # RFC 2971. NetEase (163.com, 126.com) refuses to open a folder to who says nothing.
            if self._can("ID"):
                imap.xatom("ID", '("name" "zhengxun" "version" "1")')
        except _BROKEN:
            imap.shutdown()
            raise
        return imap

    def _select(self, imap: imaplib.IMAP4) -> None:
        kind, data = imap.select(
            _quoted(self.settings.folder), readonly=self.settings.after == "leave"
        )
        if kind != "OK":
            raise MailboxError(f"{self.settings.name}: {_text(data)}")
        self.uidvalidity = _number(imap.response("UIDVALIDITY")[1]) or 0
        self.uidnext = _number(imap.response("UIDNEXT")[1])

    def _can(self, word: str) -> bool:
        return word in self._abilities

    def _command(self, name: str, *words: str) -> Sequence[object]:
        if self._imap is None:
            raise MailboxError("the mailbox is not open")
        try:
            kind, data = self._imap.uid(name, *words)
        except _BROKEN as error:
            raise self._explained(error) from error
        if kind != "OK":
            raise MailboxError(f"{self.settings.name}: {name}: {_text(data)}")
        return list(data)

    def _explained(self, error: Exception) -> MailboxError:
        """The server's words; some echo what they were told."""
        text = error.args[0] if error.args else error
        words = decoded(text) if isinstance(text, bytes) else str(error)
        secret = self.settings.password
        plain = words.replace(secret, "***") if secret else words
        return MailboxError(f"mailbox {self.settings.name}: {shorten(plain, 200)}")

    def _leave(self) -> None:
        imap, self._imap = self._imap, None
        if imap is not None:
            with suppress(*_BROKEN):
                imap.logout()
            # After a cut, logout fails before it closes the socket.
            with suppress(OSError):
                imap.shutdown()


def _quoted(folder: str) -> str:
    plain = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _number(data: Sequence[object] | None) -> int | None:
    last = data[-1] if data else None
    return int(last) if isinstance(last, bytes) and last.isdigit() else None


def _text(data: Sequence[object]) -> str:
    words = b" ".join(part for part in data if isinstance(part, bytes))
    return shorten(decoded(words), 200)


def _arrived(line: bytes) -> datetime:
    """INTERNALDATE, or the beginning of time when the server does not say."""
    found = _ARRIVED.search(line)
    if found is None:
        return datetime.fromtimestamp(0, UTC)
    day, month, year, hour, minute, second, zone = (part.decode() for part in found.groups())
    number = _MONTHS.index(month) + 1 if month in _MONTHS else 1
    text = f"{year}-{number:02d}-{int(day):02d}T{hour}:{minute}:{second}{zone[:3]}:{zone[3:]}"
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
