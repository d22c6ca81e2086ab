"""Keeps the page of readers up while the daemon runs, where the configuration says."""

from __future__ import annotations

from aiohttp import web

from app.context import Context
from app.unsubscribe_links import unsubscribe_links
from digest.inbound.subscription_page import SubscriptionPage, make_app

STOP_SECONDS = 2.0


class PublicPage:
    """A server of its own inside the daemon's loop; `keep` starts it, or starts it anew."""

    def __init__(self) -> None:
        self.context: Context | None = None
        self.runner: web.AppRunner | None = None

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
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except OSError:
            await runner.cleanup()
            raise
        self.context, self.runner = context, runner

    async def end(self) -> None:
        """Stop serving."""
        runner, self.runner = self.runner, None
        if runner is not None:
            await runner.cleanup()


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
