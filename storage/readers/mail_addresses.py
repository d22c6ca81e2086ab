"""Mail addresses of subscribers: what is accepted, and the one form it is stored in."""

from __future__ import annotations

import re
import unicodedata

from storage.database import StorageError

# RFC 5321 section 4.5.3.1, in octets.
_LONGEST_LOCAL = 64
_LONGEST_ADDRESS = 254
# RFC 5322 dot-atom, with the letters and digits of any script (RFC 6531). Quoted local parts and
# address literals are legal, and always a mistake here.
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def check_address(address: str) -> str:
    """The address as stored: the domain in lower case, a Chinese domain as xn--.

    What stands before the @ may be Chinese; servers that take it are rare (SMTPUTF8).
    Raises StorageError for anything that is not one plain address, and so for every attempt
    to smuggle a second header or recipient in.
    """
    text = unicodedata.normalize("NFC", address)
    local, at, domain = text.rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        raise _refused(address)
    host = _ascii_domain(domain)
    long = len(local.encode())
    if host is None or long > _LONGEST_LOCAL or long + len(host) + 1 > _LONGEST_ADDRESS:
        raise _refused(address)
    return f"{local}@{host}"


def check_name(name: str) -> str:
    """The display name, trimmed. Raises StorageError for line breaks and control characters."""
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in name):
        raise StorageError(f"name {name!r} contains control characters; write it on one line")
    return name.strip()


def _ascii_domain(domain: str) -> str | None:
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = host.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    # 10.0.0.1 is an address of a machine, not of a mail domain.
    return None if labels[-1].isdigit() else host


def _refused(address: str) -> StorageError:
    return StorageError(f"{address!r} is not a mail address; write one address like li@example.com")
