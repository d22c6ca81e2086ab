"""Hosts that are asked from this machine, where others may ask them too: one owner at a time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path

from storage.database import open_database
from storage.runs.leases import give_back, of_process, take_hosts

LOOK_SECONDS = 0.5
# A crawl whose starter was killed notices it within a part of it.
STARTER_SECONDS = 1.0
# Longer than any visit: what a process holds ends with it.
LONGEST = timedelta(days=2)


class HostLeases:
    """For the visits of this process. `clock` is the real one, whatever the crawl runs as of;
    `hosts` and `pauses` (seconds between requests) are by site."""

    def __init__(
        self,
        database: Path,
        clock: Callable[[], datetime],
        hosts: Mapping[str, frozenset[str]],
        pauses: Mapping[str, float],
    ) -> None:
        self.database = database
        self.clock = clock
        self.hosts = hosts
        self.pauses = pauses

    @asynccontextmanager
    async def held(self, site: str) -> AsyncIterator[None]:
        """The hosts of a site are ours inside; waits for who has them."""
        owner = of_process(os.getpid(), site)
        while not self.take(site, owner, LONGEST):
            await asyncio.sleep(LOOK_SECONDS)
        try:
            yield
        finally:
            self.give_back(site, owner)

    def take(self, site: str, owner: str, lasting: timedelta) -> bool:
        """Whether the hosts of the site are the owner's now, for so long."""
        now = self.clock()
        with closing(open_database(self.database)) as db:
            return take_hosts(
                *(db, self.hosts[site], owner),
                now=now,
                until=now + lasting,
                pause=timedelta(seconds=self.pauses[site] + STARTER_SECONDS),
            )

    def give_back(self, site: str, owner: str) -> None:
        """The owner asks no more; the pause of the site begins."""
        pause = timedelta(seconds=self.pauses[site])
        with closing(open_database(self.database)) as db:
            give_back(db, owner, until=self.clock() + pause)
