"""The desk over HTTP: what came is checked, a function of ours answers, what goes out is guarded.

It runs in a process of its own: whatever is sent to it, the daemon crawls, composes and mails.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Sequence

from aiohttp import web

from app.connections import Connections
from app.context import Context
from app.drafts import coming_week
from app.listening import BACKLOG, close_all, open_sockets
from desk.accounts import IDLE_MOST, Accounts
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
LOOK_SECONDS, SETTLE_SECONDS = 1.0, 0.1


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
        self.bounds = Connections()
        if context.config.desk.forwarded:
            self.bounds.most_of_one = self.bounds.most
        self.runner: web.AppRunner | None = None
        self.sockets: list[socket.socket] = []
        self.servers: list[asyncio.Server] = []
        self.warming: asyncio.Task[None] | None = None

    async def begin(self, sockets: Sequence[socket.socket] = ()) -> None:
        """Serve, on sockets that listen already or else where the configuration says. Raises
        OSError when that address is taken."""
        self.sockets = list(sockets) or await open_sockets(self.context.config.desk.listen)
        # Nothing of a request is logged: the token of a link stands in its address.
        self.runner = web.AppRunner(
            make_app(self.desk), access_log=None, shutdown_timeout=STOP_SECONDS
        )
        await self.runner.setup()
        await self.accept()
        self.warming = asyncio.create_task(self._keep_warm())

    async def accept(self) -> None:
        """Take who comes. Raises RuntimeError before `begin`."""
        handlers = None if self.runner is None else self.runner.server
        if handlers is None:
            raise RuntimeError("the runner has no server yet")
        loop, bounded = asyncio.get_running_loop(), self.bounds.bounded(handlers)
        # Servers close their sockets; the address is ours until the end.
        self.servers = [
            await loop.create_server(bounded, sock=one.dup(), backlog=BACKLOG)
            for one in self.sockets
        ]

    def _refuse(self) -> None:
        for one in self.servers:
            one.close()

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

    async def idle(self, seconds: float) -> None:
        """Until nobody has come for so long, and nothing is under way; then nobody is accepted.

        Who comes while this is found out waits in the queue of the sockets, and is not sent away.
        """
        while True:
            await asyncio.sleep(self.busy_for(seconds))
            if self.busy_for(seconds):
                continue
            self._refuse()
            # Who was accepted a moment before is seen after it.
            await asyncio.sleep(SETTLE_SECONDS)
            if not self.busy_for(seconds):
                return
            await self.accept()

    async def _answer_the_last(self) -> None:
        """A moment for those whose request has not come yet: to end now would send them away."""
        last = time.monotonic() + STOP_SECONDS / 2
        await asyncio.sleep(SETTLE_SECONDS)
        while self.bounds and time.monotonic() < last:
            await asyncio.sleep(SETTLE_SECONDS)

    def busy_for(self, idle_seconds: float) -> float:
        """Seconds until the desk may be idle, 0 when it is. What was probed for a new site is
        kept for as long as a session: there is nowhere else that it is known."""
        if self.bounds or self.desk.background.is_busy:
            return LOOK_SECONDS
        last = IDLE_MOST.total_seconds() if self.desk.probed else idle_seconds
        return max(0.0, self.desk.came_at + last - time.monotonic())

    async def end(self) -> None:
        """Stop serving. Whoever was accepted is answered, unless that takes long."""
        self._refuse()
        close_all(self.sockets)
        await self._answer_the_last()
        runner, self.runner = self.runner, None
        warming, self.warming = self.warming, None
        if warming is not None:
            warming.cancel()
            await asyncio.gather(warming, return_exceptions=True)
        if runner is not None:
            await runner.cleanup()
        for one in self.servers:
            await one.wait_closed()
