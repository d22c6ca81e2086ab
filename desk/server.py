"""The desk over HTTP: what came is checked, a function of ours answers, what goes out is guarded.

It runs in a process of its own: whatever is sent to it, the daemon crawls, composes and mails.
"""

from __future__ import annotations

import asyncio
import logging
import time

from aiohttp import web

from app.connections import Connections
from app.context import Context
from app.drafts import coming_week
from desk.accounts import Accounts
from desk.background import Background
from desk.door import Door, Handler
from desk.drafts import Drafts
from desk.guard import HEADERS, MOST_BYTES
from desk.routes import ROUTES
from desk.static_files import HTMX, STATIC
from desk.visits import Desk
from digest.delivery.unsubscribe_links import load_key
from errors import ZhengxunError

log = logging.getLogger("zhengxun")

STOP_SECONDS = 2.0
WARM_EVERY_SECONDS, WARM_SECONDS = 60.0, 3600.0


def make_desk(context: Context) -> Desk:
    """What stays between visits. Raises DigestError when the key of the folder cannot be used."""
    return Desk(context, Accounts(load_key(context.config.data)), Drafts(), Background())


def make_app(desk: Desk) -> web.Application:
    """The application of one desk."""
    door = Door(desk)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            door.guard.check_host(request)
            return await handler(request)
        except web.HTTPException as error:
            return _plain(error.status, error.reason)

    async def headers(request: web.Request, response: web.StreamResponse) -> None:
        del request
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Server"] = HEADERS["Server"]
        response.force_close()

    app = web.Application(client_max_size=MOST_BYTES, middlewares=[guarded])
    app.on_response_prepare.append(headers)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, door.handler(route))
    for name in ("desk.css", "desk.svg", HTMX, "htmx.LICENSE.txt"):
        app.router.add_get(f"/static/{name}", _fixed(name))
    return app


def _fixed(name: str) -> Handler:
    """One file that never changes while we run."""

    async def answer(request: web.Request) -> web.FileResponse:
        del request
        headers = {"Cache-Control": "public, max-age=3600"}
        return web.FileResponse(STATIC / name, headers=headers)

    return answer


def _plain(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=f"{text}\n")


def warm(desk: Desk) -> None:
    """Select and judge what the coming issue is made of, if that is to be done."""
    with desk.context.store() as db:
        desk.drafts.open(desk.context, db, coming_week(desk.context, db))


class DeskServer:
    """The desk at its address; `begin` starts it, `end` stops it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.desk = make_desk(context)
        self.runner: web.AppRunner | None = None
        self.server: asyncio.Server | None = None
        self.warming: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Serve. Raises OSError when the address is taken."""
        host, _, port = self.context.config.desk.listen.rpartition(":")
        # Nothing of a request is logged: the token of a link stands in its address.
        runner = web.AppRunner(make_app(self.desk), access_log=None, shutdown_timeout=STOP_SECONDS)
        await runner.setup()
        handlers = runner.server
        if handlers is None:
            raise RuntimeError("the runner has no server yet")
        bounds = Connections()
        if self.context.config.desk.forwarded:
            bounds.most_of_one = bounds.most
        loop = asyncio.get_running_loop()
        try:
            self.server = await loop.create_server(
                bounds.bounded(handlers), host.strip("[]"), int(port)
            )
        except OSError:
            await runner.cleanup()
            raise
        self.runner = runner
        self.warming = asyncio.create_task(self._keep_warm())

    async def _keep_warm(self) -> None:
        """Have the issue at hand before somebody asks, as long as people come.

        What was selected is looked at anew every minute; only a store with other notices is work.
        """
        while True:
            if time.monotonic() - self.desk.came_at < WARM_SECONDS:
                try:
                    await asyncio.to_thread(warm, self.desk)
                except ZhengxunError as error:
                    log.warning("the issue is not at hand: %s", error)
            await asyncio.sleep(WARM_EVERY_SECONDS)

    async def end(self) -> None:
        """Stop serving."""
        runner, self.runner = self.runner, None
        server, self.server = self.server, None
        warming, self.warming = self.warming, None
        if warming is not None:
            warming.cancel()
            await asyncio.gather(warming, return_exceptions=True)
        if server is not None:
            server.close()
        if runner is not None:
            await runner.cleanup()
        if server is not None:
            await server.wait_closed()
