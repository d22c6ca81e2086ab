"""The sockets of an address we listen on, open before there is anybody to serve it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

# Who comes while nobody accepts waits here.
BACKLOG = 1024


async def open_sockets(listen: str) -> list[socket.socket]:
    """Listen at `host:port`, on every address that the host has; nothing blocks on them.

    Raises OSError when one of the addresses is taken, or there is no such host.
    """
    host, _, port = listen.rpartition(":")
    found = await asyncio.get_running_loop().getaddrinfo(
        host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    opened: list[socket.socket] = []
    try:
        for family, *_, address in dict.fromkeys(found):
            one = socket.create_server(address[:2], family=family, backlog=BACKLOG)
            one.setblocking(False)
            opened.append(one)
    except OSError:
        close_all(opened)
        raise
    return opened


def close_all(sockets: Sequence[socket.socket]) -> None:
    """Listen no more: our hold on them ends, not that of another process."""
    for one in sockets:
        one.close()
