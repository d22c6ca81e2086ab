"""How a reader changes or ends a subscription: tokens, the headers and the words of each mail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from digest.models.issue import DigestError
from storage.models import Subscriber
from storage.readers.subscribers import get_subscriber

KEY_FILE = "subscription.key"
_KEY_BYTES = 32
# 120 bits of the MAC, in letters that survive a program that changes their case.
_MAC_BYTES = 15
# A letter first: the %20 before it in a mailto address must not run into the number.
_TOKEN = re.compile(r"z([1-9][0-9]{0,11})-([a-z2-7]{24})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnsubscribeLinks:
    """How to leave, as configured. `mailbox`: the address whose mail we read; `public_url`:
    where our own page answers; `archive_url`: where readers find whole issues; '' = not there."""

    key: bytes = field(default=b"", repr=False)
    mailbox: str = ""
    public_url: str = ""
    archive_url: str = ""

    @property
    def personal(self) -> bool:
        """Whether each subscriber has a way of their own, which no person has to read."""
        return bool(self.mailbox or self.public_url)

    def whole_url(self, week: str) -> str:
        """The page of a whole issue in the archive; '' without one."""
        return f"{self.archive_url}/issues/{week}/index.html" if self.archive_url else ""

    def header_lines(self, person: Subscriber) -> bytes:
        """The same as `headers`, as they stand in a mail; a short line for each address."""
        folded = {
            name: value.replace(", ", ",\r\n ") for name, value in self.headers(person).items()
        }
        return "".join(f"{name}: {value}\r\n" for name, value in folded.items()).encode("ascii")

    def headers(self, person: Subscriber) -> dict[str, str]:
        """List-Unsubscribe and List-Unsubscribe-Post (RFC 2369, RFC 8058) of one subscriber.

        Empty when neither way is configured. Both must be signed: RFC 8058 section 4.
        """
        targets = []
        if self.public_url:
            targets.append(f"<{self.page(person)}>")
        if self.mailbox:
            subject = quote(f"unsubscribe {make_token(self.key, person)}")
            targets.append(f"<mailto:{self.mailbox}?subject={subject}>")
        made = {"List-Unsubscribe": ", ".join(targets)} if targets else {}
        if self.public_url:
            made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return made

    def page(self, person: Subscriber) -> str:
        """The address of one subscriber's own page."""
        return f"{self.public_url}/s/{make_token(self.key, person)}"

    def words(self, replies: str) -> str:
        """What the foot of a mail says; the same for everybody. `replies`: where answers go."""
        if self.mailbox:
            return (
                "退订：用收到本邮件的地址发送主题为“退订”的邮件至 "
                f"{self.mailbox}，或点邮件程序的“退订”。更改订阅内容：请回复本邮件。"
            )
        if self.public_url:
            return "更改订阅或退订：点邮件程序的“退订”，或回复本邮件告知编者。"
        return f"更改或停止订阅：请回复本邮件，或写信至 {parseaddr(replies)[1]}。"


def make_token(key: bytes, person: Subscriber) -> str:
    """What proves that its holder got a mail of ours to this subscriber: z12-abc….

    Another address is another token; it opens nothing but this one subscription.
    """
    return f"z{person.id}-{_mac(key, person.id, person.address)}"


def find_token(text: str) -> str:
    """The first token in a text; '' when there is none."""
    found = _TOKEN.search(text)
    return found[0].lower() if found else ""


def holder_of(db: Database, key: bytes, token: str) -> Subscriber | None:
    """Whose token it is, in any state; None for one we did not make.

    A wrong signature and an unknown subscriber take the same path.
    """
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    number = int(match[1])
    person = get_subscriber(db, number)
    address = person.address if person is not None else ""
    right = hmac.compare_digest(_mac(key, number, address), match[2].lower())
    return person if right and person is not None and person.channel == "mail" else None


def load_key(data: Path) -> bytes:
    """The key of the tokens, made the first time; only its owner may read the file.

    Raises DigestError when others may, and when it cannot be read or made.
    """
    path = data / KEY_FILE
    try:
        if not path.exists():
            data.mkdir(parents=True, exist_ok=True)
            _make_key(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        key = path.read_bytes()
    except OSError as error:
        raise DigestError(f"{path}: {error.strerror}; let this user read and write it") from error
    if mode & 0o077:
        raise DigestError(f"{path}: others may read it; run: chmod 600 {path}")
    if len(key) != _KEY_BYTES:
        raise DigestError(f"{path} is damaged; restore it, or delete it (old links then end)")
    return key


def _make_key(path: Path) -> None:
    """Two processes may come at once: the first link wins, and neither reads half a key."""
    partial = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(partial, path)
    finally:
        partial.unlink()


def signed_id(key: bytes, name: str, made: str = "") -> str:
    """What stands before the @ of a Message-ID: the name, and with a key what proves it ours.

    `made`: when or of what the mail was made. A copy of the store that is put back gives the same
    names again; what proves them is another.
    """
    text = f"zhengxun message {name} {made}".rstrip()
    return f"{name}.{_letters(key, text)}" if key else name


def _mac(key: bytes, number: int, address: str) -> str:
    return _letters(key, f"zhengxun subscription {number} {address.casefold()}")


def _letters(key: bytes, text: str) -> str:
    mac = hmac.new(key, text.encode(), hashlib.sha256).digest()[:_MAC_BYTES]
    return base64.b32encode(mac).decode("ascii").lower()
