"""The browser's only way out: a proxy of ours that resolves, judges and connects.

A browser is steered by the pages it shows: redirects, subresources, scripts, websockets, names
that point inside. All of it arrives here, as plain requests with absolute addresses or as CONNECT,
and only what crawlers.reach allows is connected to, at the very address that was judged. Nothing
is decrypted: certificates stay between the browser and the site.

Where the environment names a proxy (HTTPS_PROXY and its siblings), what was allowed goes on
through that one.
"""

from __future__ import annotations

import asyncio
import logging
from base64 import b64encode
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from crawlers.reach import Reach, RefusedAddress

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 256
HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 30.0
CONNECT_SECONDS = 20.0
IDLE_SECONDS = 120.0
CHUNK = 64 * 1024
# Between two parties only, or what would let the browser send the next request, for another
# server, through the same connection.
_HOP_BY_HOP = (b"connection:", b"keep-alive:", b"proxy-", b"upgrade:")


class BrowserProxy:
    """Listens while it is entered, for one browser.

    `callers` are the addresses that may use it: this machine's, unless the operator's browser
    stands on another one.
    """

    def __init__(
        self, reach: Reach, *, host: str = "127.0.0.1", callers: frozenset[str] = frozenset()
    ) -> None:
        self.refused: deque[str] = deque(maxlen=50)
        self._reach = reach
        self._host = host
        self._callers = callers or frozenset({"127.0.0.1"})
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """What the browser is told."""
        if self._server is None:
            raise RuntimeError("the proxy is not started")
        port = self._server.sockets[0].getsockname()[1]
        return f"http://{f'[{self._host}]' if ':' in self._host else self._host}:{port}"

    async def __aenter__(self) -> BrowserProxy:
        self._server = await asyncio.start_server(
            self._called, self._host, 0, limit=HEAD_BYTES, backlog=MOST_CONNECTIONS
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await server.wait_closed()

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        peer = str((writer.get_extra_info("peername") or [""])[0])
        if task is None or len(self._open) >= MOST_CONNECTIONS or peer not in self._callers:
            await _close(writer)
            return
        self._open.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, TimeoutError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            log.debug("a connection of the browser ended: %r", error)
        finally:
            self._open.discard(task)
            await _close(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, or one tunnel. What cannot be answered is cut off: an answer of ours would
        be read as the site's."""
        async with asyncio.timeout(HEAD_SECONDS):
            asked = _Asked.of(await reader.readuntil(b"\r\n\r\n"))
        try:
            there = await self._connect(asked)
        except (RefusedAddress, OSError, TimeoutError) as error:
            if isinstance(error, RefusedAddress):
                self.refused.append(asked.host)
            log.info("the browser was not connected to %s:%d: %s", asked.host, asked.port, error)
            if asked.is_tunnel:
                writer.write(b"HTTP/1.1 502 Not Connected\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
            return
        try:
            if asked.is_tunnel:
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                await _both(_pass(reader, there.writer), _pass(there.reader, writer))
            else:
                there.writer.write(asked.sent(there.onward))
                await _both(
                    _pass(reader, there.writer, asked.body_bytes), _answer(there.reader, writer)
                )
        finally:
            await _close(there.writer)

    async def _connect(self, asked: _Asked) -> _There:
        """Raises RefusedAddress, OSError, TimeoutError."""
        onward = _onward(asked)
        try:
            addresses = await self._reach.addresses(asked.host)
        except OSError:
            if onward is None:
                raise
            addresses = ()  # inside a network whose names only its proxy knows
        if onward is not None:
            return await _through(onward, asked)
        fault: Exception = OSError(f"no address of {asked.host}")
        for address in addresses:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return _There(*await asyncio.open_connection(address, asked.port))
            except (OSError, TimeoutError) as error:
                fault = error
        raise fault


@dataclass(frozen=True, slots=True)
class _There:
    """A connection to the site, or to the operator's proxy (`onward`)."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    onward: SplitResult | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """The head of a request of the browser."""

    method: bytes
    target: bytes
    headers: tuple[bytes, ...]
    host: str
    port: int

    @classmethod
    def of(cls, head: bytes) -> _Asked:
        """Raises ValueError when it is no request to a proxy."""
        first, *headers = head[:-4].split(b"\r\n")
        method, target, _version = first.split(b" ")
        text = target.decode("ascii")
        parts = urlsplit(f"//{text}" if method == b"CONNECT" else text)
        if not parts.hostname or (method != b"CONNECT" and parts.scheme != "http"):
            raise ValueError(f"not for a proxy: {first[:200]!r}")
        return cls(method, target, tuple(headers), parts.hostname, parts.port or 80)

    @property
    def is_tunnel(self) -> bool:
        """Whether the browser talks to the server itself, encrypted as a rule."""
        return self.method == b"CONNECT"

    @property
    def body_bytes(self) -> int | None:
        """How much follows the head; None when only its end tells."""
        for header in self.headers:
            name, _, value = header.partition(b":")
            if name.strip().lower() == b"transfer-encoding":
                return None
            if name.strip().lower() == b"content-length":
                return int(value)
        return 0

    def sent(self, onward: SplitResult | None) -> bytes:
        """The head as a server wants it; as a further proxy does when there is one."""
        target = self.target
        if onward is None:
            parts = urlsplit(target.decode("ascii"))
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            target = path.encode("ascii")
        kept = [one for one in self.headers if not one.lower().startswith(_HOP_BY_HOP)]
        lines = [b"%s %s HTTP/1.1" % (self.method, target), *kept, *_credentials(onward)]
        return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def _onward(asked: _Asked) -> SplitResult | None:
    """The operator's proxy for this host, where the environment names one."""
    proxies = getproxies()
    address = proxies.get("https" if asked.is_tunnel else "http", "")
    if not address or proxy_bypass(f"{asked.host}:{asked.port}"):
        return None
    parts = urlsplit(address if "//" in address else f"//{address}")
    return parts if parts.hostname else None


async def _through(onward: SplitResult, asked: _Asked) -> _There:
    """A connection by way of the operator's proxy, a tunnel when one was asked for."""
    async with asyncio.timeout(CONNECT_SECONDS):
        reader, writer = await asyncio.open_connection(
            onward.hostname, onward.port or 8080, limit=HEAD_BYTES
        )
        there = _There(reader, writer, onward)
        if not asked.is_tunnel:
            return there
        lines = [b"CONNECT %s HTTP/1.1" % asked.target, b"Host: %s" % asked.target]
        writer.write(b"\r\n".join([*lines, *_credentials(onward), b"", b""]))
        head = b""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        finally:
            if head.split(b" ", 2)[1:2] != [b"200"]:
                await _close(writer)
    if writer.is_closing():
        raise OSError(f"the proxy refused: {head[:60]!r}")
    return there


def _credentials(onward: SplitResult | None) -> list[bytes]:
    if onward is None or not onward.username:
        return []
    pair = f"{unquote(onward.username)}:{unquote(onward.password or '')}"
    return [b"Proxy-Authorization: Basic " + b64encode(pair.encode())]


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what the server says, as the last answer on this connection."""
    while True:
        async with asyncio.timeout(IDLE_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        first, *headers = head[:-4].split(b"\r\n")
        kept = [one for one in headers if not one.lower().startswith(_HOP_BY_HOP)]
        writer.write(b"\r\n".join([first, *kept, b"Connection: close", b"", b""]))
        if first.split(b" ", 2)[1:2] not in ([b"100"], [b"102"], [b"103"]):
            break
    await _pass(reader, writer)


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int | None = None
) -> None:
    """Copy until the end, or `most` bytes; an end is passed on, a body that was sent is not one."""
    left = most
    while left is None or left > 0:
        async with asyncio.timeout(IDLE_SECONDS):
            data = await reader.read(CHUNK if left is None else min(CHUNK, left))
        if not data:
            break
        writer.write(data)
        await writer.drain()
        left = None if left is None else left - len(data)
    if most is None and writer.can_write_eof():
        writer.write_eof()
    # A further request is not for this server; the answer says that none is taken here.
    while most is not None and await reader.read(CHUNK):
        pass


async def _both(*ways: Coroutine[Any, Any, None]) -> None:
    """Both directions, until one of them is over or fails."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
