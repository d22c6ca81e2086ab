"""Keeps the page of readers up while the daemon runs, where the configuration says."""

from __future__ import annotations

from aiohttp import web

from commands.desk import Desk
from commands.ways import ways_of
from digest.replies.public_site import Site, make_app

STOP_SECONDS = 2.0


class PublicPage:
    """A server of its own inside the daemon's loop; `keep` starts it, or starts it anew."""

    def __init__(self) -> None:
        self.desk: Desk | None = None
        self.runner: web.AppRunner | None = None

    async def keep(self, desk: Desk) -> None:
        """See to it that the page is served as this desk says. Raises OSError when its address
        is taken, DigestError when the key of the tokens cannot be used."""
        if self.runner is not None and self.desk is desk:
            return
        await self.end()
        if not desk.config.public.url:
            return
        host, _, port = desk.config.public.listen.rpartition(":")
        # Nothing of a request is logged: the token stands in its address.
        runner = web.AppRunner(
            make_app(site_of(desk)), access_log=None, shutdown_timeout=STOP_SECONDS
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except OSError:
            await runner.cleanup()
            raise
        self.desk, self.runner = desk, runner

    async def end(self) -> None:
        """Stop serving."""
        runner, self.runner = self.runner, None
        if runner is not None:
            await runner.cleanup()


def site_of(desk: Desk) -> Site:
    """The page as configured."""
    config = desk.config
    return Site(
        open_store=desk.store,
        ways=ways_of(desk),
        title=config.digest.title,
        chapters=config.digest.chapters,
        clock=config.clock,
        forwarded=config.public.forwarded,
    )
