"""The desk over HTTP: what came is checked, a function of ours answers, what goes out is guarded.

It runs in a process of its own: whatever is sent to it, the daemon crawls, composes and mails.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from aiohttp import BodyPartReader, ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError

from app.connections import Connections
from app.context import Context
from app.drafts import coming_week
from desk.accounts import Accounts, hashed
from desk.background import Background
from desk.chinese import chinese
from desk.drafts import Drafts
from desk.guard import (
    COOKIE,
    FORM_COOKIE,
    FRAMED,
    HEADERS,
    MOST_BYTES,
    TOKEN_FIELD,
    Guard,
    new_token,
    same,
)
from desk.roles import NotAllowedError
from desk.routes import ROUTES, Route
from desk.templates_of import render
from desk.visits import Answer, Desk, Go, Page, RefusedError, Sheet, Visit, right_of
from digest.delivery.unsubscribe_links import load_key
from errors import ZhengxunError
from storage.desk.people import Person, find_person
from storage.desk.sessions import end_session, say_next, take_said
from storage.errors import PassingError

log = logging.getLogger("zhengxun")

STATIC = Path(__file__).parent / "static"
STOP_SECONDS = 2.0
WARM_EVERY_SECONDS, WARM_SECONDS = 60.0, 3600.0
# What reading a body raises that its own headers do not fit, or that ends too early.
_CUT = (HttpProcessingError, web.RequestPayloadError, ClientPayloadError, ValueError, LookupError)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_desk(context: Context) -> Desk:
    """What stays between visits. Raises DigestError when the key of the folder cannot be used."""
    return Desk(context, Accounts(load_key(context.config.data)), Drafts(), Background())


def make_app(desk: Desk) -> web.Application:
    """The application of one desk."""
    door = _Door(desk)

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
    for name in ("desk.css", "desk.svg"):
        app.router.add_get(f"/static/{name}", _fixed(name))
    return app


class _Door:
    """Between aiohttp and the functions of the desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.guard = Guard(desk.context.config.desk)

    def handler(self, route: Route) -> Handler:
        """What answers one route."""

        async def answer(request: web.Request) -> web.StreamResponse:
            if route.method == "POST":
                self.guard.check_origin(request)
            visit, begun = await asyncio.to_thread(self.arrive, request)
            if route.method == "POST":
                visit = await self.with_form(request, visit)
            found = await asyncio.to_thread(self.act, route, visit)
            return await asyncio.to_thread(self.respond, request, visit, found, begun)

        return answer

    def arrive(self, request: web.Request) -> tuple[Visit, str]:
        """Who comes, and the token of a session that begins with it: that of a proxy's user."""
        self.desk.came_at = time.monotonic()
        cookie = self.guard.cookie(request, COOKIE)
        named = self.guard.proxy_user(request)
        now, begun = self.desk.context.config.clock(), ""
        person: Person | None = None
        if cookie or named:
            with self.desk.context.store() as db:
                accounts = self.desk.accounts
                person = accounts.person_of(db, cookie, now) if cookie else None
                if named and (person is None or person.address.casefold() != named.casefold()):
                    person = find_person(db, named)
                    person = None if person is None or person.ended_at else person
                    cookie = begun = accounts.begin(db, person, now) if person else ""
        if person is None:
            cookie = self.guard.cookie(request, FORM_COOKIE)
        client, path = self.guard.client(request), dict(request.match_info)
        query = {name: value[:200] for name, value in request.query.items()}
        return Visit(self.desk, person, cookie, client, path, query), begun

    async def with_form(self, request: web.Request, visit: Visit) -> Visit:
        """The visit with what was posted, if it was posted by a form that we made for it."""
        form, files = await _posted(request)
        given = (form.pop(TOKEN_FIELD, None) or [""])[0]
        if not visit.cookie or not same(given, self.desk.accounts.form_token(visit.cookie)):
            raise web.HTTPForbidden
        return replace(visit, form=form, files=files)

    def act(self, route: Route, visit: Visit) -> Answer:
        """What the function answers; what it refuses, in words."""
        try:
            if visit.person is None and right_of(route.act) is not None:
                return Go("/login")
            return route.act(visit)
        except NotAllowedError as error:
            return _refusal(str(error), HTTPStatus.FORBIDDEN)
        except RefusedError as error:
            return _refusal(str(error), error.status, error.changes)
        except PassingError as error:
            log.warning("the desk: %s", error)
            return _refusal("数据库正忙，请稍后再试。", HTTPStatus.SERVICE_UNAVAILABLE)
        except ZhengxunError as error:
            return _refusal(chinese(str(error)), HTTPStatus.BAD_REQUEST)

    def respond(
        self, request: web.Request, visit: Visit, answer: Answer, begun: str
    ) -> web.StreamResponse:
        """The answer as HTTP, with the cookies that go with it."""
        cookie = visit.cookie
        fresh = ""
        if isinstance(answer, Page) and visit.person is None and not cookie:
            cookie = fresh = new_token()
        response = self._body(visit, answer, cookie)
        if begun:
            self.guard.set_cookie(response, COOKIE, begun)
        if fresh:
            self.guard.set_cookie(response, FORM_COOKIE, fresh)
        if isinstance(answer, Go) and answer.begins:
            # What the browser brought is worth nothing any more: neither can have been planted.
            self._forget(self.guard.cookie(request, COOKIE))
            self.guard.set_cookie(response, COOKIE, answer.begins)
            self.guard.end_cookie(response, FORM_COOKIE)
        if isinstance(answer, Go) and answer.ends:
            self._forget(visit.cookie)
            self.guard.end_cookie(response, COOKIE)
        return response

    def _body(self, visit: Visit, answer: Answer, cookie: str) -> web.Response:
        if isinstance(answer, Go):
            if answer.said and (answer.begins or visit.person is not None):
                with self.desk.context.store() as db:
                    say_next(db, hashed(answer.begins or visit.cookie), answer.said)
            return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": answer.to})
        if isinstance(answer, Sheet):
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            charset = "utf-8" if answer.kind.startswith("text/") else None
            response = web.Response(body=body, content_type=answer.kind, charset=charset)
            if answer.framed:
                response.headers.update(FRAMED)
            if answer.name:
                response.headers["Content-Disposition"] = f'attachment; filename="{answer.name}"'
            return response
        said = ""
        if visit.person is not None:
            with self.desk.context.store() as db:
                said = take_said(db, hashed(visit.cookie))
        token = self.desk.accounts.form_token(cookie) if cookie else ""
        text = render(visit, answer, token=token, said=said)
        return web.Response(
            text=text, status=answer.status, content_type="text/html", charset="utf-8"
        )

    def _forget(self, token: str) -> None:
        if token:
            with self.desk.context.store() as db:
                end_session(db, hashed(token))


async def _posted(request: web.Request) -> tuple[dict[str, list[str]], dict[str, bytes]]:
    """The fields and files of a form. Raises HTTPException for what is none, or too much."""
    form: dict[str, list[str]] = {}
    files: dict[str, bytes] = {}
    kind = request.content_type
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length or 0)
    try:
        if kind == "application/x-www-form-urlencoded":
            for name, value in (await request.post()).items():
                form.setdefault(name, []).append(value if isinstance(value, str) else "")
        else:
            await _take_parts(request, form, files)
    except _CUT as error:
        raise web.HTTPBadRequest from error
    return form, files


async def _take_parts(
    request: web.Request, form: dict[str, list[str]], files: dict[str, bytes]
) -> None:
    """The parts of a multipart form, all together no longer than a body may be."""
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise web.HTTPBadRequest
        content = bytearray()
        while chunk := await part.read_chunk():
            size += len(chunk)
            if size > MOST_BYTES:
                raise web.HTTPRequestEntityTooLarge(MOST_BYTES, size)
            content += chunk
        if part.filename is None:
            form.setdefault(part.name, []).append(content.decode("utf-8", "replace"))
        else:
            files[part.name] = bytes(content)


def _fixed(name: str) -> Handler:
    """One file that never changes while we run."""

    async def answer(request: web.Request) -> web.FileResponse:
        del request
        headers = {"Cache-Control": "public, max-age=3600"}
        return web.FileResponse(STATIC / name, headers=headers)

    return answer


def _refusal(words: str, status: int, changes: tuple[str, ...] = ()) -> Page:
    return Page("refused.html.jinja", {"words": words, "changes": changes}, int(status))


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
