"""How many connections a server of ours holds, and for how long: strangers decide nothing here.

The page of the readers and the figures stand in the daemon's process. Whoever opens connections
and says nothing would take its file handles, and with them the store, the mails and the heartbeat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Connections:
    """The open connections of one server, the oldest first.

    When `most` are open, or `most_of_one` of one address, the oldest makes room for the next: an
    honest request is over in a moment, and who only waits has waited longest. After `seconds` a
    connection is cut whatever it does, and so is one that has sent `most_bytes`: a body that is
    refused is still read for a while, so that who sent it reads why. Each carries one request
    (`Connection: close`).
    """

    most: int = 200
    most_of_one: int = 50
    seconds: float = 60.0
    most_bytes: int = 8 * 1024 * 1024
    _open: dict[Bounded, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._open)

    def bounded(self, make: Callable[[], asyncio.Protocol]) -> Callable[[], asyncio.Protocol]:
        """The factory of a server's protocols, with these bounds."""
        return lambda: Bounded(make(), self)

    def come(self, one: Bounded, address: str) -> None:
        """A new connection, at the cost of the oldest when there are too many."""
        own = [other for other, its in self._open.items() if its == address]
        if len(own) >= self.most_of_one:
            own[0].cut()
        elif len(self._open) >= self.most:
            next(iter(self._open)).cut()
        self._open[one] = address

    def gone(self, one: Bounded) -> None:
        """A connection is over."""
        self._open.pop(one, None)


class Bounded(asyncio.Protocol):
    """The protocol of one connection, cut when its time is over or its place is wanted."""

    def __init__(self, inner: asyncio.Protocol, bounds: Connections) -> None:
        self._inner = inner
        self._bounds = bounds
        self._transport: Any = None
        self._end: asyncio.TimerHandle | None = None
        self._received = 0

    def connection_made(self, transport: Any) -> None:
        """Count it, and let it live for so long."""
        self._transport = transport
        address = str((transport.get_extra_info("peername") or [""])[0])
        self._bounds.come(self, address)
        loop = asyncio.get_running_loop()
        self._end = loop.call_later(self._bounds.seconds, self.cut)
        self._inner.connection_made(transport)

    def cut(self) -> None:
        """End it, without waiting for the other side."""
        self._bounds.gone(self)
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Pass it on, up to a point."""
        self._received += len(data)
        if self._received > self._bounds.most_bytes:
            self.cut()
        else:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass it on."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """Pass it on."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        if self._end is not None:
            self._end.cancel()
        self._bounds.gone(self)
        self._inner.connection_lost(exc)
