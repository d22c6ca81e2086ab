"""The page of each reader: one-click unsubscribing (RFC 8058), a pause, the chapters.

It stands on a local address behind the operator's reverse proxy. Looking changes nothing, only a
POST does; whoever has no token of ours learns nothing, and nothing here leads anywhere else.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError
from sqlite_utils import Database

from china_time import SHANGHAI
from digest.delivery.unsubscribe_links import UnsubscribeLinks, holder_of
from digest.models.issue import Chapter
from digest.rendering.templates import templates
from storage.database import StorageError, transaction
from storage.models import Subscriber
from storage.readers.subscribers import update_subscriber

log = logging.getLogger("zhengxun")

PAUSES = (2, 4, 8)
MOST_BYTES = 16 * 1024
# Of one client within a minute. Mailbox providers send one-click requests for many readers.
MOST_REQUESTS = 120
_MOST_CLIENTS = 10_000
WINDOW_SECONDS = 60.0
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    # The token stands in the address: it must not travel on.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Server": "zhengxun",
    # Whoever waits on a connection has nothing to wait for.
    "Connection": "close",
}
_STATES = {"active": "正常发送", "paused": "已暂停", "suspended": "因退信停发"}

# What reading a body raises that its own headers do not fit, or that ends too early.
_CUT = (HttpProcessingError, web.RequestPayloadError, ClientPayloadError)

Form = dict[str, list[str]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class SubscriptionPage:
    """What the page needs. `forwarded`: the proxy appends the client to X-Forwarded-For."""

    open_store: Callable[[], AbstractContextManager[Database]]
    links: UnsubscribeLinks
    title: str
    chapters: Sequence[Chapter]
    clock: Callable[[], datetime]
    forwarded: bool = False


class Limiter:
    """So many requests of a client a minute; forgets clients rather than grow."""

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        self.most = most
        self.since = 0.0
        self.counts: dict[str, int] = {}

    def allows(self, client: str, at: float) -> bool:
        """Count a request at this many seconds; whether it is still within the limit."""
        if not self.counts or at - self.since >= WINDOW_SECONDS:
            self.since, self.counts = at, {}
        if len(self.counts) >= _MOST_CLIENTS and client not in self.counts:
            return False
        self.counts[client] = self.counts.get(client, 0) + 1
        return self.counts[client] <= self.most


def make_app(site: SubscriptionPage, limiter: Limiter | None = None) -> web.Application:
    """The application; it answers under the path of the public URL, and without it."""
    limits = limiter or Limiter()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not limits.allows(_client(request, forwarded=site.forwarded), time.monotonic()):
            return _plain(HTTPStatus.TOO_MANY_REQUESTS, "too many requests")
        try:
            return await handler(request)
        except web.HTTPException as error:
            return _plain(HTTPStatus(error.status), error.reason)
        except StorageError as error:
            log.error("the page of a reader: %s", error)  # noqa: TRY400 # one line
            return _plain(HTTPStatus.SERVICE_UNAVAILABLE, "try again later")

    async def headers(request: web.Request, response: web.StreamResponse) -> None:
        del request
        response.headers.update(_HEADERS)
        response.force_close()

    async def look(request: web.Request) -> web.Response:
        person = await asyncio.to_thread(_find, site, request.match_info["token"])
        return _page(site, person, "")

    async def act(request: web.Request) -> web.Response:
        form = await _form(request)
        return await asyncio.to_thread(_act, site, request.match_info["token"], form)

    app = web.Application(client_max_size=MOST_BYTES, middlewares=[guard])
    app.on_response_prepare.append(headers)
    for prefix in {"", urlsplit(site.links.public_url).path.rstrip("/")}:
        app.router.add_get(f"{prefix}/s/{{token}}", look)
        for end in ("", "/"):
            app.router.add_post(f"{prefix}/s/{{token}}{end}", act)
    return app


async def _form(request: web.Request) -> Form:
    """The texts of a form, urlencoded or multipart; files are nothing to us. What is no form, or
    too long for one, has none: what mail programs post to leave is not always what RFC 8058 says.
    """
    texts: Form = {}
    try:
        posted = await request.post()
    except (ValueError, LookupError, web.HTTPException, *_CUT):
        return texts
    for name, value in posted.items():
        if isinstance(value, bytes | bytearray):
            texts.setdefault(name, []).append(value.decode("utf-8", "replace"))
        elif isinstance(value, str):
            texts.setdefault(name, []).append(value)
    return texts


def _client(request: web.Request, *, forwarded: bool) -> str:
    if forwarded:
        # The last address is the proxy's own word; those before it are the client's.
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return request.remote or ""


def _find(site: SubscriptionPage, token: str) -> Subscriber | None:
    with site.open_store() as db:
        return holder_of(db, site.links.key, token)


def _act(site: SubscriptionPage, token: str, form: Form) -> web.Response:
    # Our own page says what is to be done; whoever posts anything else has clicked to leave.
    one_click = "action" not in form
    with site.open_store() as db, transaction(db):
        person = holder_of(db, site.links.key, token)
        said = ""
        if person is not None and person.state != "ended":
            action = "end" if one_click else "".join(form.get("action", []))
            person, said = _changed(site, db, person, action, form)
    if one_click:
        status = HTTPStatus.OK if person is not None else HTTPStatus.NOT_FOUND
        return _plain(status, "unsubscribed" if person is not None else "no such subscription")
    return _page(site, person, said)


def _changed(
    site: SubscriptionPage, db: Database, person: Subscriber, action: str, form: Form
) -> tuple[Subscriber, str]:
    """The subscriber after what the form asks for, and what to say; unknown wishes do nothing."""
    now, address = site.clock(), person.address
    if action == "end":
        return update_subscriber(db, address, now=now, state="ended", note="网页退订"), "已退订。"
    weeks = next((weeks for weeks in PAUSES if form.get("weeks") == [str(weeks)]), 0)
    if action == "pause" and person.state == "active" and weeks:
        until = now.astimezone(SHANGHAI).date() + timedelta(weeks=weeks)
        paused = update_subscriber(db, address, now=now, state="paused", paused_until=until)
        return paused, f"已暂停，{until} 起恢复发送。"
    if action == "resume" and person.state == "paused":
        return update_subscriber(db, address, now=now, state="active"), "已恢复发送。"
    if action == "save":
        known = [chapter.id for chapter in site.chapters]
        chosen = [name for name in known if name in form.get("section", [])]
        if not chosen:
            return person, "请至少选择一个篇章；不再需要时请退订。"
        sections = [] if chosen == known else chosen
        return update_subscriber(db, address, now=now, sections=sections), "已保存。"
    return person, ""


def _page(site: SubscriptionPage, person: Subscriber | None, said: str) -> web.Response:
    until = f"至 {person.paused_until}" if person and person.paused_until else ""
    text = (
        templates()
        .get_template("public.html.jinja")
        .render(
            title=site.title,
            person=person,
            shown=_masked(person.address) if person is not None else "",
            state=_STATES.get(person.state, "") + until if person is not None else "",
            said=said,
            chapters=site.chapters,
            pauses=PAUSES,
        )
    )
    status = HTTPStatus.OK if person is not None else HTTPStatus.NOT_FOUND
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)


def _masked(address: str) -> str:
    """l***@example.com: a forwarded mail shows its link to others too."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def _plain(status: HTTPStatus, text: str) -> web.Response:
    return web.Response(status=status, text=f"{text}\n")
