"""The name a mail client says in EHLO: one that the protocol allows (RFC 5321, 2.3.5, 4.1.3)."""

from __future__ import annotations

import re
import socket

_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LONGEST = 253


def greeting_name(chosen: str, local_address: str) -> str:
    """`chosen` if there is one, else this machine's name, else its end of the connection.

    A name in Chinese, with an underscore (containers) or without a dot is refused by servers, or
    cannot be sent at all: [192.0.2.7] always can.
    """
    if chosen:
        return chosen
    try:
        name = socket.getfqdn().rstrip(".")
    except (OSError, UnicodeError):
        name = ""
    return name if is_host_name(name) else address_literal(local_address)


def is_host_name(name: str) -> bool:
    """Whether it is a full name of a host in ASCII that may be known elsewhere."""
    labels = name.split(".")
    full = len(labels) > 1 and len(name) <= _LONGEST and not labels[-1].isdigit()
    # What resolvers make of a machine without a name.
    local = labels[0].casefold() == "localhost" or name.endswith((".localdomain", ".arpa"))
    return full and not local and all(_LABEL.fullmatch(label) for label in labels)


def address_literal(address: str) -> str:
    """[192.0.2.7] or [IPv6:2001:db8::7]; the zone of a link-local address stays here."""
    plain = address.partition("%")[0]
    return f"[IPv6:{plain}]" if ":" in plain else f"[{plain or '127.0.0.1'}]"
