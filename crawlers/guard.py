"""Refuses addresses a page must not send us to: other schemes, credentials, this network.

Links come from pages, and nothing from a page is trusted. The operator may still watch a site
inside the company by naming its host in the catalogue.
"""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.catalogue import Site
from crawlers.reach import (
    JudgedNames,
    Reach,
    RefusedAddress,
    Resolve,
    is_private_literal,
    proxy_hosts,
)


class GuardMiddleware:
    """Downloader middleware. Checks every request, redirects included, before anything is sent,
    and answers the network's questions for names with the addresses that were checked; as a last
    rule, it looks at the address that really answered.

    With ZX_UPSTREAM set names are not resolved: the upstream is the only server spoken to.
    """

    def __init__(self, crawler: Crawler, reach: Reach) -> None:
        self._crawler = crawler
        self._reach = reach
        self._upstream = bool(crawler.settings.get("ZX_UPSTREAM"))
        self._former: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        guard = cls(crawler, reach_of(crawler))
        if not guard._upstream:
            crawler.signals.connect(guard.answer_for_names, signals.engine_started)
            crawler.signals.connect(guard.leave_names, signals.engine_stopped)
        return guard

    def answer_for_names(self) -> None:
        """From now on every name this process connects to is resolved and judged here."""
        from twisted.internet import reactor

        self._former = reactor.installNameResolver(JudgedNames(self._reach))

    def leave_names(self) -> None:
        """The crawl is over."""
        from twisted.internet import reactor

        if self._former is not None:
            reactor.installNameResolver(self._former)

    async def process_request(self, request: Request) -> None:
        """Raises RefusedAddress."""
        reason = refusal(request.url)
        if reason:
            raise RefusedAddress(f"{reason}: {request.url}")
        host = urlsplit(request.url).hostname or ""
        if host in named_hosts(self._crawler):
            return
        if is_private_literal(request.url):
            raise RefusedAddress(f"an address of this network: {request.url}")
        if self._upstream:
            return
        try:
            await self._reach.addresses(host)
        except OSError:
            return  # the download itself will say that the name is unknown

    def process_response(self, request: Request, response: Response) -> Response:
        """Raises RefusedAddress when the server that answered stands inside this network."""
        peer = response.ip_address
        direct = not self._upstream and "proxy" not in request.meta
        if peer is None or not direct or peer.is_global:
            return response
        if (urlsplit(request.url).hostname or "") in named_hosts(self._crawler):
            return response
        raise RefusedAddress(f"answered from an address of this network: {request.url}")


def reach_of(crawler: Crawler, resolve: Resolve | None = None) -> Reach:
    """What the crawl of a site may speak to."""
    return Reach(resolve, named=lambda: named_hosts(crawler), trusted=proxy_hosts())


def named_hosts(crawler: Crawler) -> frozenset[str]:
    """The hosts that the catalogue names for the site of this crawl."""
    site = getattr(crawler.spider, "site", None)
    return site.named_hosts if isinstance(site, Site) else frozenset()


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
