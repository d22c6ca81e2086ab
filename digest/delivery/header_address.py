"""Addresses as they stand in the headers of a mail."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr

from digest.models.issue import DigestError
from digest.safe_text import clean_line
from storage.errors import StorageError
from storage.readers.mail_addresses import check_address


def address_of(text: str, *, what: str, utf8: bool = False) -> Address:
    """'政讯周报 <news@example.com>' or a bare address. Raises DigestError naming `what`.

    `utf8`: what stands before the @ may be Chinese (RFC 6531).
    """
    name, bare = parseaddr(text)
    try:
        if utf8 and not bare.isascii():
            # The email package refuses to read what it can write.
            username, _, domain = check_address(bare).rpartition("@")
        else:
            address = Address(display_name=name, addr_spec=bare)
            domain = address.domain.encode("idna").decode("ascii")
            username = address.username.encode("ascii").decode("ascii")
    except (ValueError, IndexError, MessageError, StorageError):
        domain = ""
    if not domain or text != clean_line(text):
        raise DigestError(
            f"{what} {text!r} is not a mail address; write e.g. 政讯周报 <news@example.com>"
        )
    return Address(name, username, domain)
