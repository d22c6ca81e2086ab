"""Several sites in one process: `python -m crawlers.visits LIMITS`, told the visits on stdin.

Each has its own spider, settings, statistics, log and time limit, as `scrapy crawl` gives it; the
start of the program and the catalogue are shared. LIMITS is JSON: `timeout` of a visit, `grace` of
one that is stopped and `beat`, how often a process that is not held up says so, in seconds;
`together`, how many visits are under way at a time; `mib` of memory for them all; `settings` that
replace the project's. A visit is
`{"site", "asked": the spider's arguments, "log": its file, "hosts": what it asks}`; the visits of
one host come after one another. Reports: those of `crawlers.progress`, `alive`, and `late` for a
visit that has had its time. Whoever reads them makes again what is left when the process ends.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

# First of all: Scrapy looks through the whole stack, and every module there is, when it loads it.
import scrapy.core.downloader.handlers.http11  # noqa: F401
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from crawlers.memory_limit import most_held
from crawlers.visit_log import VisitLogs, kept_in

log = logging.getLogger(__name__)

MIB = 1024 * 1024
LOOK_SECONDS = 0.25
OVER_MEMORY = 70


class Asked(TypedDict):
    """A visit, as the program that started this one asks for it."""

    site: str
    asked: dict[str, str]
    log: str
    hosts: list[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the first argument says."""

    timeout: float
    grace: float
    beat: float
    together: int
    mib: int
    settings: dict[str, Any] = field(default_factory=dict)


class Visits:
    """Makes the visits of one process."""

    def __init__(self, process: AsyncCrawlerProcess, limits: Limits) -> None:
        self.process = process
        self.limits = limits
        self.together = asyncio.Semaphore(limits.together)
        self.hosts: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.left: Counter[str] = Counter()
        self.stopping = False

    async def make(self, visits: Sequence[Asked]) -> None:
        """All of them; returns when each has ended or has had its time."""
        beating = asyncio.create_task(self._beat())
        self.left.update(host for visit in visits for host in visit["hosts"])
        ended = await asyncio.gather(*map(self._in_turn, visits), return_exceptions=True)
        for visit, outcome in zip(visits, ended, strict=True):
            if isinstance(outcome, BaseException):
                log.error("the visit of %s failed", visit["site"], exc_info=outcome)
        beating.cancel()

    def stop(self) -> None:
        """End what runs, as Scrapy ends a crawl, and begin no other."""
        self.stopping = True
        self.ending = asyncio.create_task(self.process.stop())

    async def _in_turn(self, visit: Asked) -> None:
        """Among the others; after the one before it that asks the same host, and its pause."""
        async with AsyncExitStack() as held:
            for host in sorted(visit["hosts"]):
                await held.enter_async_context(self.hosts[host])
            async with self.together:
                if self.stopping:
                    return
                pause = await self._make(visit)
            self.left.subtract(visit["hosts"])
            if any(self.left[host] for host in visit["hosts"]):
                await asyncio.sleep(pause)

    async def _make(self, visit: Asked) -> float:
        """One visit; the pause (seconds) after it for whoever asks the same host."""
        with kept_in(Path(visit["log"]), self.process.settings):
            crawler = self.process.create_crawler(visit["site"])
            crawl = self.process.crawl(crawler, **visit["asked"])
            await asyncio.wait([crawl], timeout=self.limits.timeout)
            if not crawl.done():
                await self._end(crawler, crawl, visit["site"])
            if crawl.done():
                crawl.result()
            return crawler.settings.getfloat("DOWNLOAD_DELAY")

    async def _end(self, crawler: Crawler, crawl: asyncio.Task[None], site: str) -> None:
        """One that has had its time. One that does not end even so is left to itself."""
        say("late", site=site)
        ending = asyncio.create_task(crawler.stop_async())
        await asyncio.wait([crawl, ending], timeout=self.limits.grace)
        await asyncio.wait([crawl], timeout=0 if not ending.done() else self.limits.grace)

    async def _beat(self) -> None:
        while True:
            say("alive")
            await asyncio.sleep(self.limits.beat)


def say(event: str, **facts: Any) -> None:
    """One line for the program that started this one."""
    sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
    sys.stdout.flush()


def watch_memory(mib: int) -> None:
    """End this process, whatever holds it up, when it has held more memory than that."""
    while most_held() <= mib * MIB:
        time.sleep(LOOK_SECONDS)
    sys.stderr.write(f"more than {mib} MiB of memory\n")
    sys.stderr.flush()
    os._exit(OVER_MEMORY)


def settings_here(more: Mapping[str, Any] | None = None) -> Settings:
    """The project's, for crawls of which none is the only one in its process."""
    settings = get_project_settings()
    own = {"ZX_PROGRESS": 1, "MEMUSAGE_ENABLED": False, "LOG_INSTALL_ROOT_HANDLER": False}
    settings.setdict({**own, **(more or {})}, priority="cmdline")
    return settings


def main() -> None:
    """Make the visits that come in, within the limits of the first argument."""
    limits = Limits(**json.loads(sys.argv[1]))
    visits: list[Asked] = json.load(sys.stdin)
    settings = settings_here(limits.settings)
    threading.Thread(target=watch_memory, args=[limits.mib], daemon=True).start()
    logging.root.setLevel(logging.NOTSET)
    logging.root.addHandler(VisitLogs(settings))
    process = AsyncCrawlerProcess(settings)
    # What is loaded lives as long as the process: the collector need not walk through all of it
    # again and again, which took a tenth of the reading of a page.
    gc.freeze()
    from twisted.internet import reactor  # only after Scrapy has chosen which

    async def begin() -> None:
        made = Visits(process, limits)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, made.stop)
        try:
            await made.make(visits)
        finally:
            process.crawlers.clear()  # whoever did not end in its time is not waited for
            reactor.stop()  # type: ignore[misc] # declared as an interface

    loop = asyncio.get_event_loop()
    making = loop.create_task(begin())
    process.start(stop_after_crawl=False, install_signal_handlers=False)
    making.result()


if __name__ == "__main__":
    main()
