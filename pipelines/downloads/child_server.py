"""A process of our own that answers one line of JSON with another: it has loaded its libraries once
and forks a limited child for each question (`pipelines.downloads.limits`)."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.downloads.limits import Limits, Record

ANSWER_LIMIT = 32 * 1024 * 1024
_SLACK_SECONDS = 20.0


class ChildServer:
    """The asking end of `python -m MODULE MEMORY CPU SECONDS [ARGUMENT...]`, which `answer` is.

    Started with the first question; one question at a time. `environment`: None = ours.
    """

    def __init__(
        self,
        module: str,
        limits: Limits,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        bounds = map(str, (limits.memory, limits.cpu, limits.seconds))
        self._command = ("-P", "-m", module, *bounds, *arguments)
        self._seconds = limits.seconds
        self._environment = environment
        self._server: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    async def ask(self, question: Sequence[object]) -> list[Record] | None:
        """The records it answers with; None when it failed, which ends it: the next question has
        a new one."""
        async with self._lock:
            try:
                async with asyncio.timeout(self._seconds + _SLACK_SECONDS):
                    return await self._ask(question)
            except (TimeoutError, OSError, ValueError):
                await self._end()
                return None

    async def close(self) -> None:
        """End the server; safe to call more than once."""
        async with self._lock:
            await self._end()

    async def _ask(self, question: Sequence[object]) -> list[Record]:
        if self._server is None or self._server.returncode is not None:
            self._server = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                cwd=Path(__file__).parents[2],
                env=self._environment,
                limit=ANSWER_LIMIT,
            )
        assert self._server.stdin is not None  # noqa: S101 # both were asked for as pipes
        assert self._server.stdout is not None  # noqa: S101 # same
        self._server.stdin.write(json.dumps(question).encode() + b"\n")
        await self._server.stdin.drain()
        return [tuple(record) for record in json.loads(await self._server.stdout.readline())]

    async def _end(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        if server.returncode is None:
            server.kill()
        # Reads what is left and closes the pipes.
        await server.communicate()


def limits_of(arguments: Sequence[str]) -> Limits:
    """The limits that a server was started with."""
    return Limits(int(arguments[0]), int(arguments[1]), float(arguments[2]))


def answer(reply: Callable[[Any], Iterable[Record]]) -> None:
    """Be the server: a line of JSON in, a line of records out, until stdin ends."""
    for line in sys.stdin:
        found = list(reply(json.loads(line)))
        sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False).encode() + b"\n")
        sys.stdout.buffer.flush()
