"""The desk as a child of the daemon (`app.desk_process`): it ends when its standard input does."""

from __future__ import annotations

import asyncio
import logging
import pickle
import sys

from app.context import Context
from app.desk_process import LENGTH_BYTES, READY
from desk.server import DeskServer
from errors import ZhengxunError


def main() -> int:
    """Take the context, serve, and say on standard output that it is ready, or why not."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    length = int.from_bytes(sys.stdin.buffer.read(LENGTH_BYTES), "big")
    context: Context = pickle.loads(  # noqa: S301 # written by the daemon that started this
        sys.stdin.buffer.read(length)
    )
    try:
        with context.store():
            server = DeskServer(context)
        asyncio.run(_serve(server))
    except (OSError, ZhengxunError) as error:
        sys.stdout.write(f"{' '.join(str(error).split())}\n")
        return 1
    return 0


async def _serve(server: DeskServer) -> None:
    await server.begin()
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    # The daemon writes nothing more: this returns when it has gone.
    await asyncio.to_thread(sys.stdin.buffer.read)
    await server.end()


if __name__ == "__main__":
    sys.exit(main())
