"""Which servers may be spoken to: a name is resolved once, judged, and that address is used.

What is judged and what is connected to are the same: the names of a crawl are looked up here, for
Scrapy's requests (`JudgedNames`) as for the browser's (crawlers.browser_proxy), so a name that
says one address first and another one later leads nowhere.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.exceptions import IgnoreRequest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

Resolve = Callable[[str], Awaitable[list[str]]]

_LOCAL_SUFFIXES = (".localhost", ".local", ".internal")
# Addresses of IPv6 that carry one of IPv4: what translates (NAT64), and the old compatible form.
_CARRIERS = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


class RefusedAddress(IgnoreRequest):
    """An address that is never fetched; the message says why."""


class Reach:
    """The names of one crawl, each looked up once.

    `named` gives the hosts that the catalogue names for the site: the operator may watch a server
    inside the company. `trusted` are hosts of the operator's own, such as the proxy of the
    environment.
    """

    def __init__(
        self,
        resolve: Resolve | None = None,
        *,
        named: Callable[[], frozenset[str]] = frozenset,
        trusted: frozenset[str] = frozenset(),
    ) -> None:
        self._resolve = resolve or resolve_host
        self._named = named
        self._trusted = trusted
        self._known: dict[str, tuple[str, ...]] = {}

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Where `host` is: what to connect to, without asking again.

        Raises RefusedAddress when any of its addresses is of this network, OSError when the name
        is unknown.
        """
        host = host.lower()
        is_free = host in self._trusted or host in self._named()
        if not is_free and is_private_host(host):
            raise RefusedAddress(f"an address of this network: {host}")
        if host not in self._known:
            self._known[host] = tuple(dict.fromkeys(await self._resolve(host)))
        found = self._known[host]
        if not is_free and any(map(is_inside, found)):
            raise RefusedAddress(f"an address of this network: {host}")
        return found


@implementer(IHostResolution)
class _Resolution:
    """One question under way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asking: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        """Stop asking."""
        if self.asking is not None:
            self.asking.cancel()


@implementer(IHostnameResolver)
class JudgedNames:
    """What Twisted asks for the address of a name: only what `reach` allows is answered."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def resolveHostName(  # noqa: N802 - Twisted's interface
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[object]] | None = None,  # noqa: N803
        transportSemantics: Literal["TCP", "UDP"] = "TCP",  # noqa: N803
    ) -> _Resolution:
        """Tell the receiver every address; none when the name is unknown or refused."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        wanted = tuple(addressTypes or (IPv4Address, IPv6Address))

        async def answer() -> None:
            try:
                found = await self._reach.addresses(hostName)
            except (RefusedAddress, OSError):
                found = ()
            for one in found:
                address = _twisted(one, portNumber, transportSemantics)
                if isinstance(address, wanted):
                    resolutionReceiver.addressResolved(address)
            resolutionReceiver.resolutionComplete()

        resolution.asking = asyncio.ensure_future(answer())
        return resolution


def _twisted(
    address: str, port: int, transport: Literal["TCP", "UDP"]
) -> IPv4Address | IPv6Address:
    kind = IPv6Address if ":" in address else IPv4Address
    return kind(transport, address, port)


async def resolve_host(host: str) -> list[str]:
    """The addresses of a name. Raises OSError when there are none."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"not a name: {host!r}") from error
    return [str(entry[4][0]) for entry in found]


def proxy_hosts() -> frozenset[str]:
    """The hosts of the proxies that the environment names (HTTP_PROXY and its siblings)."""
    return frozenset(
        urlsplit(address if "//" in address else f"//{address}").hostname or ""
        for name, address in getproxies().items()
        if name != "no"
    )


def is_private_literal(url: str) -> bool:
    """Whether the address itself names this machine or a private, link-local or reserved network,
    in any spelling a resolver takes (127.1, 0x7f000001, ::ffff:10.0.0.1)."""
    return is_private_host(urlsplit(url).hostname or "")


def is_private_host(host: str) -> bool:
    """The same of a host alone."""
    host = host.rstrip(".")
    if host == "localhost" or host.endswith(_LOCAL_SUFFIXES) or is_inside(host):
        return True
    try:
        return is_inside(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, UnicodeEncodeError):
        return False


def is_inside(host: str) -> bool:
    """Whether a literal address is no public one; False for what is no address."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        carried = _carried(address)
        if carried is not None:
            return not carried.is_global or carried.is_multicast
        if address.is_site_local:
            return True
    return not address.is_global or address.is_multicast


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The address of IPv4 inside one of IPv6."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in _CARRIERS):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
