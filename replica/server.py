"""The replica over real HTTP: one port that answers for every watched host.

A request belongs to the host of its absolute-form target (the replica then acts as a plain HTTP
proxy) or else of its Host header. `X-Forwarded-Proto` says which scheme the visitor used; without
it, https is assumed.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from replica.entries import EntriesError, Entry, load_entries
from replica.exchange import Answer, Ask, Site
from replica.ledger import Ledger, Request
from replica.obstacles import Obstacles
from replica.sites import known_columns, make_sites
from replica.world import World

BUNDLED = Path(__file__).parent / "content"
log = logging.getLogger(__name__)


class ReplicaError(Exception):
    """The replica cannot start; one line says why and what to do."""


class Replica:
    """The stand-in for all sites. Use it as an async context manager; `origin` is then set.

    `sites` makes what answers; another one puts something around the usual sites.

    Raises ReplicaError when entered if the port is taken, or at once if the content is wrong.
    """

    def __init__(
        self,
        content_dir: Path | None = None,
        *,
        walls: Obstacles = Obstacles(),  # noqa: B008 - frozen, so sharing it is safe
        as_of: datetime | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        sites: Callable[[World], Sequence[Site]] = make_sites,
    ) -> None:
        try:
            entries = load_entries(content_dir or BUNDLED, known_columns())
        except EntriesError as error:
            raise ReplicaError(str(error)) from error
        self._world = World(entries, walls=walls, as_of=_with_zone(as_of))
        self._ledger = Ledger()
        self._address = (host, port)
        self._runner: web.ServerRunner | None = None
        self._sites: dict[str, Site] = {}
        for site in sites(self._world):
            self._sites.update(dict.fromkeys(site.hosts, site))
        self.origin = ""

    @property
    def port(self) -> int:
        """The port it listens on (0 before it is entered)."""
        return self._address[1]

    @property
    def hosts(self) -> list[str]:
        """The hosts it answers for."""
        return sorted(self._sites)

    @property
    def requests(self) -> list[Request]:
        """What was asked so far, oldest first (a copy)."""
        return self._ledger.all()

    def clear(self) -> None:
        """Forget the recorded requests."""
        self._ledger.clear()

    def set_wall(self, site: str, mode: str) -> None:
        """Put up or take down an obstacle from now on. Raises WallError for unknown words."""
        self._world.set_walls(self._world.walls.with_wall(site, mode))

    def set_robots(self, host: str, word: str) -> None:
        """robots.txt of a host: missing | disallow | allow. Raises WallError otherwise."""
        self._world.set_walls(self._world.walls.with_robots(host, word))

    def publish(self, entries: Sequence[Entry]) -> None:
        """Add pages to the content, each from its `appears` on."""
        self._world.publish(entries)

    def set_as_of(self, instant: datetime | None) -> None:
        """Show the sites as they were at an instant with a zone; None = now."""
        self._world.set_as_of(_with_zone(instant))

    async def __aenter__(self) -> Self:
        runner = web.ServerRunner(web.Server(self._handle, access_log=None))
        await runner.setup()
        listener = web.TCPSite(runner, *self._address, reuse_address=True)
        try:
            await listener.start()
        except OSError as error:
            await runner.cleanup()
            raise ReplicaError(_why_not(error, *self._address)) from error
        self._runner = runner
        host, port = runner.addresses[0][:2]
        self._address = (host, port)
        self.origin = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        ask = await _read(request)
        answer = self._answer(ask)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.hang_up:
            self._record(ask, 0)
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=502)
        _add_validators(ask, answer)
        self._record(ask, answer.status)
        if answer.cut_at is not None and answer.status == 200:
            return await _cut(request, _respond(ask, answer), answer)
        return _respond(ask, answer)

    def _answer(self, ask: Ask) -> Answer:
        site = self._sites.get(ask.host)
        if ask.method == "CONNECT":
            return _plain(502, "This replica does not tunnel TLS: ask for http:// addresses.\n")
        if site is None:
            known = ", ".join(self.hosts)
            return _plain(502, f"The replica has no host {ask.host!r}; it has {known}.\n")
        return site.answer(ask)

    def _record(self, ask: Ask, status: int) -> None:
        self._ledger.add(
            Request(
                method=ask.method,
                host=ask.host,
                path=ask.path,
                query=ask.query_string,
                referer=ask.referer,
                user_agent=ask.user_agent,
                status=status,
                at=datetime.now(UTC),
            )
        )


@contextmanager
def start_replica(
    content_dir: Path | None = None,
    *,
    walls: Obstacles = Obstacles(),  # noqa: B008 - frozen, so sharing it is safe
    as_of: datetime | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    sites: Callable[[World], Sequence[Site]] = make_sites,
) -> Iterator[Replica]:
    """Run a replica in a thread of its own for as long as the block lasts. Raises ReplicaError."""
    replica = Replica(content_dir, walls=walls, as_of=as_of, host=host, port=port, sites=sites)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="replica", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(replica.__aenter__(), loop).result()
        try:
            yield replica
        finally:
            asyncio.run_coroutine_threadsafe(replica.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _read(request: web.BaseRequest) -> Ask:
    form: dict[str, str] = {}
    if request.method == "POST":
        posted = await request.post()
        form = {name: value for name, value in posted.items() if isinstance(value, str)}
    return Ask(
        method=request.method,
        scheme=request.headers.get("X-Forwarded-Proto", "https").lower(),
        host=(request.url.host or "").lower(),
        path=request.url.path,
        query=dict(request.url.query),
        query_string=request.url.raw_query_string,
        headers=request.headers,
        cookies=dict(request.cookies),
        form=form,
    )


def _add_validators(ask: Ask, answer: Answer) -> None:
    """ETag and Last-Modified on static pages, 304 when the visitor's copy is still good."""
    if answer.modified is None or answer.status != 200 or ask.method not in {"GET", "HEAD"}:
        return
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
    changed = answer.modified.astimezone(UTC).replace(microsecond=0)
    answer.headers += [("ETag", tag), ("Last-Modified", format_datetime(changed, usegmt=True))]
    if _is_fresh(ask, tag, changed):
        answer.status, answer.body = 304, b""


def _is_fresh(ask: Ask, tag: str, changed: datetime) -> bool:
    tags = ask.headers.get("If-None-Match")
    if tags is not None:
        return tag in [one.strip().removeprefix("W/") for one in tags.split(",")]
    since = ask.headers.get("If-Modified-Since")
    if since is None:
        return False
    try:
        return parsedate_to_datetime(since) >= changed
    except (ValueError, TypeError):
        return False


def _respond(ask: Ask, answer: Answer) -> web.Response:
    response = web.Response(status=answer.status, body=answer.body)
    if answer.content_type and answer.status != 304:
        response.headers["Content-Type"] = answer.content_type
    for name, value in answer.headers:
        response.headers.add(name, value)
    return response


async def _cut(request: web.BaseRequest, whole: web.Response, answer: Answer) -> web.StreamResponse:
    """The head of the whole answer and the beginning of its body, then nothing."""
    response = web.StreamResponse(status=whole.status, headers=whole.headers)
    response.content_length = len(answer.body)
    await response.prepare(request)
    await response.write(answer.body[: answer.cut_at])
    if request.transport is not None:
        request.transport.abort()
    return response


def _plain(status: int, text: str) -> Answer:
    return Answer(status=status, body=text.encode(), content_type="text/plain; charset=utf-8")


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken; choose another, or 0 for a free one"
    return f"cannot listen on {host}:{port}: {error.strerror}"


def _with_zone(instant: datetime | None) -> datetime | None:
    if instant is not None and instant.tzinfo is None:
        raise ReplicaError(f"as_of {instant.isoformat()} has no zone; write e.g. …+08:00")
    return instant
