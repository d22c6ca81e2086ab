"""A browser whose start is broken off leaves nothing running."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from crawlers.browser_process import _start_driver


def children() -> set[str]:
    """The processes that this one started and that still run."""
    own = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return set(own.read_text().split())


async def broken_off(turns: int) -> None:
    """Begin to start the driver, and call it off after so many turns of the loop."""
    async with AsyncExitStack() as stack:
        starting = asyncio.create_task(_start_driver(stack))
        for _ in range(turns):
            await asyncio.sleep(0)
        starting.cancel()
        with suppress(asyncio.CancelledError):
            await starting


def test_a_start_that_is_broken_off_leaves_no_driver() -> None:
    before = children()
    for turns in (1, 3, 8, 30):
        asyncio.run(broken_off(turns))
        assert children() <= before
