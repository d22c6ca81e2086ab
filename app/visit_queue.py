"""Who is visited next, and with whom: sites that wait at the same time share a process.

A process starts in a second and visits a site in a tenth of one: at thousands of sites each cannot
have its own. A host is asked by one process at a time, so that its pauses hold whoever asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil

from app.child_process import OnEvent
from app.crawl_runs import Crawl, Outcome

# As many as a process visits at a time: another is not worth its start for fewer.
TOGETHER = 8


@dataclass(eq=False, slots=True)
class Visit:
    """A crawl somebody waits for. `run_id`: the run that an earlier attempt left open, or 0."""

    crawl: Crawl
    on_event: OnEvent
    outcome: asyncio.Future[Outcome]
    hosts: frozenset[str]
    alone: bool
    run_id: int = 0

    def end(self, outcome: Outcome) -> None:
        """Say how it ended, once."""
        if not self.outcome.done():
            self.on_event({"event": "ended", "site": outcome.site, "state": outcome.state})
            self.outcome.set_result(outcome)


class VisitQueue:
    """Shares visits out to `slots` processes."""

    def __init__(
        self,
        carry_out: Callable[[Sequence[Visit]], Awaitable[None]],
        *,
        slots: int,
        share: int,
        hosts: Mapping[str, frozenset[str]],
        apart: Collection[str],
    ) -> None:
        """`carry_out` makes visits in one process, and ends each or leaves it to be made alone.
        `hosts`: what each site asks; `apart`: sites that never share a process."""
        self.carry_out = carry_out
        self.free = slots
        self.share = share
        self.hosts = hosts
        self.apart = apart
        self.held: set[str] = set()
        self.waiting: list[Visit] = []
        self.under_way: dict[asyncio.Task[None], list[Visit]] = {}

    async def make(self, crawl: Crawl, on_event: OnEvent, run_id: int = 0) -> Outcome:
        """Wait for its turn and its end; `run_id`: the run that is open for it. Cancelled, it is
        stopped once nobody waits any more for those that share its process."""
        visit = Visit(
            crawl,
            on_event,
            asyncio.get_running_loop().create_future(),
            # What is taken in asks nobody.
            hosts=frozenset() if crawl.bundle else self.hosts.get(crawl.site, frozenset()),
            alone=bool(crawl.url) or (crawl.site in self.apart and not crawl.bundle),
            run_id=run_id,
        )
        self._add(visit)
        try:
            return await visit.outcome
        except asyncio.CancelledError:
            await self._give_up(visit)
            raise

    def _add(self, visit: Visit) -> None:
        self.waiting.append(visit)
        # In the next round of the loop: what is asked for at once is shared out together.
        asyncio.get_running_loop().call_soon(self._share_out)

    async def _give_up(self, visit: Visit) -> None:
        if visit in self.waiting:
            self.waiting.remove(visit)
        for task, visits in self.under_way.items():
            if visit in visits and all(one.outcome.done() for one in visits):
                # Once: a second time would break into the stopping of its process.
                if not task.cancelling():
                    task.cancel()
                await asyncio.wait([task])
                return

    def _share_out(self) -> None:
        while self.free and (visits := self._next()):
            self.waiting = [visit for visit in self.waiting if visit not in visits]
            self.free -= 1
            hosts = frozenset[str]().union(*(visit.hosts for visit in visits))
            self.held |= hosts
            task = asyncio.create_task(self._make(visits))
            self.under_way[task] = visits
            task.add_done_callback(partial(self._made, hosts=hosts))

    def _next(self) -> list[Visit]:
        ready = [visit for visit in self.waiting if not visit.hosts & self.held]
        if not ready or ready[0].alone:
            return ready[:1]
        sharing = [visit for visit in ready if not visit.alone]
        size = max(TOGETHER, ceil(len(sharing) / self.free))
        return sharing[: min(size, self.share)]

    async def _make(self, visits: Sequence[Visit]) -> None:
        try:
            await self.carry_out(visits)
        except asyncio.CancelledError:
            for visit in visits:
                visit.outcome.cancel()
            raise
        except Exception as error:  # noqa: BLE001 # whoever waits for one of them is told
            for visit in visits:
                if not visit.outcome.done():
                    visit.outcome.set_exception(error)
        for visit in visits:
            if not visit.outcome.done():
                visit.alone = True
                self._add(visit)

    def _made(self, task: asyncio.Task[None], hosts: frozenset[str]) -> None:
        del self.under_way[task]
        self.free += 1
        self.held -= hosts
        self._share_out()
