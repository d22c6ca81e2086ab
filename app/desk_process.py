"""The editors' desk as a child of the daemon: started when somebody comes, and ended with it.

The daemon holds the address, the child serves it: while nobody comes there is none, and no memory
is taken. Whoever comes first waits in the socket's queue until the child takes them from there.
Whatever is sent takes the child's memory and file handles, not the daemon's. It is handed its
context on standard input, which stays open: when that ends, so does the desk, however the daemon
went.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from app.context import Context
from app.listening import close_all, open_sockets
from digest.delivery.unsubscribe_links import load_key
from digest.models.issue import DigestError
from errors import ZhengxunError

CHILD = "desk"
START_SECONDS, STOP_SECONDS = 30.0, 5.0
# Without a visit for so long, the child ends. Who thinks over a page for longer waits a second.
IDLE_SECONDS = 900.0
# After a fault, until it is started again; twice as long after each further one.
AGAIN_SECONDS, AGAIN_MOST = 1.0, 300.0
LENGTH_BYTES = 8
READY = b"ready\n"

log = logging.getLogger("zhengxun")


class DeskError(ZhengxunError):
    """The desk does not run; one line that says why."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What the child is given: `sockets` by their numbers, on which it listens; it ends after
    `idle_seconds` without a visit."""

    context: Context
    sockets: tuple[int, ...]
    idle_seconds: float


class DeskProcess:
    """The desk's address, and its process as long as people come; `keep` sees to both."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self.idle_seconds = idle_seconds
        self.context: Context | None = None
        self.child: Process | None = None
        self.fault: DeskError | None = None
        self._listen = ""
        self._sockets: list[socket.socket] = []
        self._tending: asyncio.Task[None] | None = None

    async def keep(self, context: Context) -> None:
        """See to it that the desk answers as this context says. Raises DeskError when it does not:
        its address is taken, its key cannot be used, or its process did not start lately."""
        if self._tending is not None and self._tending.done():
            ended = self._tending
            await self.end()
            ended.result()
        if self.context is not context:
            await self._rest()
            await self._move(context)
            self.context, self.fault = context, None
            if self._sockets:
                self._tending = asyncio.create_task(self._tend(context))
        if self.fault is not None:
            raise self.fault

    async def end(self) -> None:
        """Stop it, and listen no more."""
        await self._rest()
        close_all(self._sockets)
        self._sockets, self._listen = [], ""

    async def _move(self, context: Context) -> None:
        """Listen where this context says. Who waits at an address that stays is not sent away."""
        listen = context.config.desk.listen
        if listen != self._listen:
            close_all(self._sockets)
            self._sockets, self._listen = [], ""
        if not listen:
            return
        try:
            load_key(context.config.data)
            self._sockets = self._sockets or await open_sockets(listen)
        except DigestError as error:
            raise DeskError(str(error)) from error
        except OSError as error:
            raise DeskError(f"cannot listen on {listen}: {error.strerror}") from error
        self._listen = listen
        log.info("the desk is at %s", context.config.desk.origin)

    async def _tend(self, context: Context) -> None:
        """Start the process whenever somebody comes and there is none."""
        pause = AGAIN_SECONDS
        while True:
            await _somebody(self._sockets)
            try:
                child = await self._begin(context)
            except (OSError, DeskError) as error:
                self.fault = error if isinstance(error, DeskError) else DeskError(str(error))
                log.warning("the desk does not start: %s", self.fault)
                await asyncio.sleep(pause)
                pause = min(2 * pause, AGAIN_MOST)
                continue
            self.fault, pause = None, AGAIN_SECONDS
            code = await child.wait()
            if code:
                log.warning("the desk ended with exit code %s; the next visit starts it", code)
                await asyncio.sleep(pause)

    async def _begin(self, context: Context) -> Process:
        """A process that serves. Raises DeskError with what it said instead."""
        numbers = tuple(one.fileno() for one in self._sockets)
        packed = pickle.dumps(Handed(context.without_summary_key(), numbers, self.idle_seconds))
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", CHILD),
            env=context.environment(),
            stdin=PIPE,
            stdout=PIPE,
            pass_fds=numbers,
            start_new_session=True,
        )
        self.child = child
        assert child.stdin is not None  # noqa: S101 # asked for as a pipe
        assert child.stdout is not None  # noqa: S101 # same
        with suppress(ConnectionError):
            child.stdin.write(len(packed).to_bytes(LENGTH_BYTES, "big") + packed)
            await child.stdin.drain()
        try:
            said = await asyncio.wait_for(child.stdout.readline(), START_SECONDS)
        except TimeoutError:
            said = b"it does not answer"
        if said != READY:
            await self._stop_child()
            raise DeskError(said.decode("utf-8", "replace").strip() or "the desk did not start")
        return child

    async def _rest(self) -> None:
        """No process, and none that is started."""
        tending, self._tending = self._tending, None
        self.context = None
        if tending is not None:
            tending.cancel()
            await asyncio.gather(tending, return_exceptions=True)
        await self._stop_child()

    async def _stop_child(self) -> None:
        """It ends when nobody is there any more."""
        child, self.child = self.child, None
        if child is None or child.returncode is not None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            await asyncio.wait_for(child.wait(), STOP_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def _somebody(sockets: Sequence[socket.socket]) -> None:
    """Until somebody waits at one of the sockets. Nobody is taken from there."""
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    for one in sockets:
        loop.add_reader(one, came.set)
    try:
        await came.wait()
    finally:
        for one in sockets:
            loop.remove_reader(one)
