"""One JSON POST to a webhook: no redirects, no private networks unless allowed, no secrets said."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_ANSWER_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook said."""

    status: int
    body: bytes


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
            return Answer(response.status, response.read(MOST_ANSWER_BYTES))
        except (OSError, http.client.HTTPException) as error:
            raise NotAnsweredError(f"{type(error).__name__}: no answer") from error


def _connect(host: str, port: int, *, secure: bool, private: bool, timeout: float) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        if not private:
            for address in addresses:
                _check_public(host, address)
        plain = socket.create_connection((addresses[0], port), timeout)
        if not secure:
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise
    except OSError as error:
        raise NotSentError(f"{host}: {error.strerror or error}") from error


def _check_public(host: str, address: str) -> None:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    if not mapped.is_global or mapped.is_multicast:
        raise NotSentError(
            f"{host} is on a private network ({address}); "
            "set private = true in its [[channels]] if that is meant",
            forbidden=True,
        )
