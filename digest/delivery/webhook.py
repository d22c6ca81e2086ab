"""One JSON POST to a webhook: no redirects, no private networks unless allowed, no secrets said."""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_ANSWER_BYTES = 65_536
# A date is left to the usual delays.
_SECONDS = re.compile(r"[0-9]{1,6}")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook said. `retry_after`: the seconds of its header of that name, if it has one."""

    status: int
    body: bytes
    retry_after: str = ""


class NotSentError(Exception):
    """Nothing left this machine; posting again repeats nothing. `forbidden`: it never may."""

    def __init__(self, message: str, *, forbidden: bool = False) -> None:
        super().__init__(message)
        self.forbidden = forbidden


class NotAnsweredError(Exception):
    """It was sent, and may have been taken, but no answer came."""


def post_json(
    url: str, body: bytes, *, headers: dict[str, str], private: bool, timeout: float
) -> Answer:
    """POST `body`; `timeout` in seconds. `private` allows addresses that are not on the internet.

    The address that was checked is the one connected to, so a name that resolves differently the
    second time leads nowhere else. Messages never hold the URL: its query is a password.
    Raises NotSentError and NotAnsweredError.
    """
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    with closing(connection):
        connection.sock = _connect(host, port, secure=secure, private=private, timeout=timeout)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": "zhengxun"}
        lines |= {"Content-Type": "application/json; charset=utf-8", "Connection": "close"}
        try:
            connection.request("POST", target, body, lines | headers)
            response = connection.getresponse()
            later = (response.getheader("Retry-After") or "").strip()
            body_read = response.read(MOST_ANSWER_BYTES)
            return Answer(response.status, body_read, later if _SECONDS.fullmatch(later) else "")
        except (OSError, http.client.HTTPException) as error:
            raise NotAnsweredError(f"{type(error).__name__}: no answer") from error


def _connect(host: str, port: int, *, secure: bool, private: bool, timeout: float) -> socket.socket:
    """A connection to the first of the host's addresses that answers; all were checked before."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not private:
            for address in addresses:
                _check_public(host, address)
        plain = _first(addresses, port, timeout)
        if not secure:
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise
    except (OSError, UnicodeError) as error:
        raise NotSentError(f"{host}: {getattr(error, 'strerror', None) or error}") from error


def _first(addresses: list[str], port: int, timeout: float) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), timeout)


def _check_public(host: str, address: str) -> None:
    ip = ipaddress.ip_address(address.partition("%")[0])
    # Where one stands for another, that one is judged: versions differ about the outer.
    for meant in _inside(ip) or [ip]:
        if not meant.is_global or meant.is_multicast:
            raise NotSentError(
                f"{host} is on a private network ({address}); "
                "set private = true in its [[channels]] if that is meant",
                forbidden=True,
            )


def _inside(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The IPv4 addresses that an IPv6 address stands for: mapped, 6to4, NAT64 (RFC 6052)."""
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    nat64 = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else None
    return [found for found in (ip.ipv4_mapped, ip.sixtofour, nat64) if found is not None]
