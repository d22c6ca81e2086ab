"""`python -m replica`: run the stand-in sites until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import datetime
from pathlib import Path

from replica.obstacles import ObstacleError, Obstacles
from replica.server import Replica, ReplicaError


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and serve. Returns the exit status: 0 done, 1 failed."""
    options = _parser().parse_args(arguments)
    try:
        replica = Replica(
            options.content,
            walls=_walls(options.wall, options.robots),
            as_of=options.as_of,
            host=options.host,
            port=options.port,
        )
        asyncio.run(_serve(replica))
    except (ReplicaError, ObstacleError) as error:
        sys.stderr.write(f"replica: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m replica",
        description="Stand-ins for the watched sites, on one port, chosen by the Host header.",
        epilog="example: python -m replica --port 8080 --wall cde=block "
        "--as-of 2021-02-05T17:00+08:00",
    )
    parser.add_argument("--port", type=int, default=0, help="0 (default) = a free one")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--content", type=Path, default=None, help="folder of content *.toml")
    parser.add_argument("--wall", action="append", default=[], metavar="SITE=MODE")
    parser.add_argument("--robots", action="append", default=[], metavar="HOST=WORD")
    parser.add_argument("--as-of", type=_instant, default=None, metavar="ISO")
    return parser


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not ISO 8601") from None
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no zone; write e.g. {text}+08:00")
    return instant


def _walls(modes: list[str], robots: list[str]) -> Obstacles:
    walls = Obstacles()
    for text in modes:
        site, _, mode = text.partition("=")
        walls = walls.with_wall(site, mode)
    for text in robots:
        host, _, word = text.partition("=")
        walls = walls.with_robots(host, word)
    return walls


async def _serve(replica: Replica) -> None:
    async with replica:
        sys.stdout.write(f"{replica.origin}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(main())
