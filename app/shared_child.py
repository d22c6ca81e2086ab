"""One process in which several sites are visited (`crawlers.visits`)."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from typing import Any

from app.child_process import Event, OnEvent, follow, kill_group, last_words, start, stop
from app.visit_queue import TOGETHER

log = logging.getLogger("zhengxun")

# A page that holds up one visit holds up all of a process: one that says nothing for so long is
# ended, and what it had not finished is made again, each visit alone.
SILENT_SECONDS = 90.0
BEATS = 9
# Of all visits in it: as much as a crawl of one site may take.
MEMORY_MIB = 1024


class SharedChild:
    """Starts the process, hears what it reports, and ends it when it is silent."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        timeout: float,
        grace: float,
        settings: Mapping[str, Any] | None = None,
        together: int = TOGETHER,
    ) -> None:
        """Seconds: `timeout` of each visit, `grace` of one that is stopped. `settings` of Scrapy
        replace the project's; `together`, how many visits are under way at a time."""
        self.environment = environment
        self.grace = grace
        self.limits = {
            "timeout": timeout,
            "grace": grace,
            "beat": SILENT_SECONDS / BEATS,
            "together": together,
            "mib": MEMORY_MIB,
            "settings": dict(settings or {}),
        }
        self.heard_at = 0.0

    async def run(self, visits: Sequence[Mapping[str, Any]], on_event: OnEvent) -> None:
        """Make the visits; those of them that it did not close were not finished."""
        command = [sys.executable, "-P", "-m", "crawlers.visits", json.dumps(self.limits)]
        process = await start(command, self.environment, json.dumps(visits).encode())
        self.heard_at = asyncio.get_running_loop().time()

        def hear(event: Event) -> None:
            self.heard_at = asyncio.get_running_loop().time()
            on_event(event)

        silence = asyncio.create_task(self._end_when_silent(process))
        try:
            errors = await follow(process, hear)
        except BaseException:
            await stop(process, self.grace)
            raise
        finally:
            silence.cancel()
        if process.returncode:
            sites = " ".join(str(visit["site"]) for visit in visits)
            log.warning("the process of %s ended: %s", sites, last_words(process, errors))

    async def _end_when_silent(self, process: Process) -> None:
        loop = asyncio.get_running_loop()
        while (left := self.heard_at + SILENT_SECONDS - loop.time()) > 0:
            await asyncio.sleep(left)
        kill_group(process)
