"""The editors' desk as a child of the daemon: started, kept up, and ended with it.

Whatever is sent to it takes its memory and its file handles, not the daemon's. It is handed its
context on standard input, which stays open: when that ends, so does the desk, however the daemon
went.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

from app.context import Context
from errors import ZhengxunError

CHILD = "desk"
START_SECONDS, STOP_SECONDS = 30.0, 5.0
LENGTH_BYTES = 8
READY = b"ready\n"

log = logging.getLogger("zhengxun")


class DeskError(ZhengxunError):
    """The desk does not run; one line that says why."""


class DeskProcess:
    """The process of the desk; `keep` starts it, or starts it anew."""

    def __init__(self) -> None:
        self.context: Context | None = None
        self.child: Process | None = None

    async def keep(self, context: Context) -> None:
        """See to it that the desk runs as this context says. Raises DeskError when it does not:
        its address is taken, or its key cannot be used."""
        child = self.child
        if child is not None and child.returncode is None and self.context is context:
            return
        if child is not None and child.returncode is not None:
            log.warning("the desk ended with exit code %s and is started again", child.returncode)
        await self.end()
        if context.config.desk.listen:
            await self._begin(context)

    async def _begin(self, context: Context) -> None:
        _ = context.catalogue
        packed = pickle.dumps(context)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", CHILD),
            env=context.environment(),
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,
        )
        self.child, self.context = child, context
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
            await self.end()
            raise DeskError(said.decode("utf-8", "replace").strip() or "the desk did not start")
        log.info("the desk is at %s", context.config.desk.origin)

    async def end(self) -> None:
        """Stop it: it ends when nobody is there any more."""
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
