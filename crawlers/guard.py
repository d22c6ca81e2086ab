"""Refuses addresses a page must not send us to: other schemes, credentials, this network.

Links come from pages, and nothing from a page is trusted. The operator may still watch a site
inside the company by naming its host in the catalogue.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawlers.catalogue import Site

Resolve = Callable[[str], Awaitable[list[str]]]

_LOCAL_SUFFIXES = (".localhost", ".local", ".internal")


class RefusedAddress(IgnoreRequest):
    """An address that is never fetched; the message says why."""


class GuardMiddleware:
    """Downloader middleware. Checks every request, redirects included, before anything is sent,
    and the address that really answered, in case a name resolved differently the second time.

    With ZX_UPSTREAM set names are not resolved: the upstream is the only server spoken to.
    """

    def __init__(self, crawler: Crawler, resolve: Resolve) -> None:
        self._crawler = crawler
        self._resolve = resolve
        self._upstream = bool(crawler.settings.get("ZX_UPSTREAM"))
        self._resolved: dict[str, bool] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, resolve_host)

    async def process_request(self, request: Request) -> None:
        """Raises RefusedAddress."""
        reason = refusal(request.url)
        if reason:
            raise RefusedAddress(f"{reason}: {request.url}")
        host = urlsplit(request.url).hostname or ""
        if host in self._named():
            return
        if is_private_literal(request.url) or await self._resolves_inside(host):
            raise RefusedAddress(f"an address of this network: {request.url}")

    def process_response(self, request: Request, response: Response) -> Response:
        """Raises RefusedAddress when the server that answered stands inside this network."""
        peer = response.ip_address
        direct = not self._upstream and "proxy" not in request.meta
        if peer is None or not direct or peer.is_global:
            return response
        if (urlsplit(request.url).hostname or "") in self._named():
            return response
        raise RefusedAddress(f"answered from an address of this network: {request.url}")

    def _named(self) -> frozenset[str]:
        site = getattr(self._crawler.spider, "site", None)
        return site.named_hosts if isinstance(site, Site) else frozenset()

    async def _resolves_inside(self, host: str) -> bool:
        if self._upstream:
            return False
        if host not in self._resolved:
            try:
                addresses = await self._resolve(host)
            except OSError:
                return False  # the download itself will say that the name is unknown
            self._resolved[host] = any(_is_inside(address) for address in addresses)
        return self._resolved[host]


async def resolve_host(host: str) -> list[str]:
    """The addresses of a name. Raises OSError when there are none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def refusal(url: str) -> str:
    """Why an address is refused whatever its host, or "": not the web, or with credentials."""
    try:
        parts = urlsplit(url)
        host, user = parts.hostname, parts.username
    except ValueError:
        return "not an address"
    if parts.scheme not in {"http", "https"} or not host:
        return "not a web address"
    if user is not None or parts.password is not None:
        return "an address with a user name"
    return ""


def is_private_literal(url: str) -> bool:
    """Whether the address itself names this machine or a private, link-local or reserved network,
    in any spelling a resolver takes (127.1, 0x7f000001, ::ffff:10.0.0.1)."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(_LOCAL_SUFFIXES):
        return True
    if _is_inside(host):
        return True
    try:
        return _is_inside(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, UnicodeEncodeError):
        return False


def _is_inside(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return not address.is_global or address.is_multicast
