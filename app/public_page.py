"""Keeps the page of readers up while the daemon runs, where the configuration says.

Each connection carries one request; how many there may be is in app.connections. Behind a
proxy (`public.forwarded`) all come from one address, and the proxy is trusted with that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from app.connections import Connections
from app.context import Context
from app.unsubscribe_links import unsubscribe_links
from digest.inbound.subscription_page import SubscriptionPage, make_app

STOP_SECONDS = 2.0


class PublicPage:
    """A server of its own inside the daemon's loop; `keep` starts it, or starts it anew."""

    def __init__(self) -> None:
        self.context: Context | None = None
        self.runner: web.AppRunner | None = None
        self.server: asyncio.Server | None = None
        self.bounds = Connections()

    async def keep(self, context: Context) -> None:
        """See to it that the page is served as this context says. Raises OSError when its address
        is taken, DigestError when the key of the tokens cannot be used."""
        if self.runner is not None and self.context is context:
            return
        await self.end()
        if not context.config.public.url:
            return
        host, _, port = context.config.public.listen.rpartition(":")
        # Nothing of a request is logged: the token stands in its address.
        runner = web.AppRunner(
            make_app(site_of(context)), access_log=None, shutdown_timeout=STOP_SECONDS
        )
        await runner.setup()
        self.bounds = Connections()
        if context.config.public.forwarded:
            self.bounds.most_of_one = self.bounds.most
        loop = asyncio.get_running_loop()
        try:
            self.server = await loop.create_server(
                self.bounds.bounded(_handlers(runner)), host.strip("[]"), int(port)
            )
        except OSError:
            await runner.cleanup()
            raise
        self.context, self.runner = context, runner

    async def end(self) -> None:
        """Stop serving."""
        runner, self.runner = self.runner, None
        server, self.server = self.server, None
        if server is not None:
            server.close()
        if runner is not None:
            await runner.cleanup()
        if server is not None:
            await server.wait_closed()


def _handlers(runner: web.AppRunner) -> Callable[[], asyncio.Protocol]:
    """What makes the protocol of one connection. The runner is set up."""
    server = runner.server
    if server is None:
        raise RuntimeError("the runner has no server yet")
    return server


def site_of(context: Context) -> SubscriptionPage:
    """The page as configured."""
    config = context.config
    return SubscriptionPage(
        open_store=context.store,
        links=unsubscribe_links(context),
        title=config.digest.title,
        chapters=config.digest.chapters,
        clock=config.clock,
        forwarded=config.public.forwarded,
    )
