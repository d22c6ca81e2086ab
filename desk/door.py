"""Between HTTP and the functions of the desk: who comes, what was posted, what goes back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from desk.accounts import hashed
from desk.chinese import chinese
from desk.forms import posted
from desk.guard import COOKIE, FORM_COOKIE, FRAMED, TOKEN_FIELD, Guard, new_token, same
from desk.roles import NotAllowedError
from desk.routes import Route
from desk.templates_of import render
from desk.visits import Answer, Desk, Go, Page, RefusedError, Sheet, Visit, right_of
from errors import ZhengxunError
from storage.desk.people import Person, find_person
from storage.desk.sessions import end_session, say_next, take_said
from storage.errors import PassingError

log = logging.getLogger("zhengxun")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
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
        form, files = await posted(request)
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


def _refusal(words: str, status: int, changes: tuple[str, ...] = ()) -> Page:
    return Page("refused.html.jinja", {"words": words, "changes": changes}, int(status))
