"""The desk as a child of the daemon (`app.desk_process`): it ends when its standard input does,
or when nobody has come for long; the daemon starts another one for the next visit."""

from __future__ import annotations

import asyncio
import logging
import pickle
import socket
import sys

from app.context import Context
from app.desk_process import LENGTH_BYTES, READY, Handed
from crawlers.catalogue_files import CatalogueError
from desk.server import DeskServer
from errors import ZhengxunError


def main() -> int:
    """Take what is handed, serve, and say on standard output that it is ready, or why not."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    length = int.from_bytes(sys.stdin.buffer.read(LENGTH_BYTES), "big")
    handed: Handed = pickle.loads(  # noqa: S301 # written by the daemon that started this
        sys.stdin.buffer.read(length)
    )
    sockets = [socket.socket(fileno=number) for number in handed.sockets]
    try:
        context = as_of_now(handed.context)
        with context.store():
            server = DeskServer(context)
        asyncio.run(_serve(server, sockets, handed.idle_seconds))
    except (OSError, ZhengxunError) as error:
        sys.stdout.write(f"{' '.join(str(error).split())}\n")
        return 1
    return 0


def as_of_now(context: Context) -> Context:
    """With the sites that the desk itself has added since; as the daemon knows them where the
    files cannot be read just now."""
    renewed = Context(context.config)
    try:
        _ = renewed.catalogue
    except CatalogueError:
        return context
    return renewed


async def _serve(server: DeskServer, sockets: list[socket.socket], idle_seconds: float) -> None:
    gone = asyncio.create_task(_gone())
    await server.begin(sockets)
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    idle = asyncio.create_task(server.idle(idle_seconds))
    await asyncio.wait([gone, idle], return_when=asyncio.FIRST_COMPLETED)
    for task in (gone, idle):
        task.cancel()
    await server.end()


async def _gone() -> None:
    """Until the daemon is no more: it writes nothing further, and this reads to the end."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    await reader.read()


if __name__ == "__main__":
    sys.exit(main())
