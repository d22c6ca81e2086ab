"""Where the store is: visits are offered to workers and claimed by one.

The store decides: a visit that is claimed has an owner and an end, its hosts are leased until then,
and what comes later, twice, or from another than who claimed it changes nothing. What workers bring
back is for `app.fleet.returns`. A fleet that is away is told of in one line, and visits are made
here.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database

from app.crawl_runs import Crawl, Outcome, close_dead_run, close_run
from app.fleet.envelope import EnvelopeError, Message
from app.fleet.link import Link, LinkError
from app.fleet.queues import Queues
from app.fleet.returns import Returns
from app.fleet.visiting import Brief
from app.host_leases import HostLeases
from storage.database import StorageError, open_database
from storage.runs import away_visits as away
from storage.runs.away_visits import AwayVisit

log = logging.getLogger("zhengxun")

LOST = "工作机没有在时限内交回"
AGAIN = "工作机失联，正在重新访问 {}"
NAMED = 3
NOBODY = "没有工作机在处理队列 {}"
TRIES = 3
LOOK_SECONDS = 1.0
RESEND_SECONDS = 5.0


class Sends(Protocol):
    """Offers a visit to the workers of a queue; raises LinkError."""

    def send(self, key: str, queue: str, priority: int) -> None: ...


@dataclass(slots=True)
class Offer:
    """A visit somebody here waits for. `how` becomes a reason ('' for none) once it was made, None
    when it has to be made otherwise."""

    crawl: Crawl
    queue: str
    priority: int
    how: asyncio.Future[str | None]
    resend_at: float = 0.0


class Fleet:
    """The workers, as the one process sees them that has the store."""

    def __init__(
        self,
        link: Link,
        sender: Sends,
        leases: HostLeases,
        *,
        folder: Path,
        clock: Callable[[], datetime],
        brief: Callable[[Crawl, int], Brief],
        queues: Mapping[str, str],
        take_in: Callable[[AwayVisit, Path], Awaitable[Outcome]],
        lasting: float,
        hold: float,
        patience: float,
    ) -> None:
        """`clock` is that of the store; `queues`: whose workers make the visit of each site.
        Seconds: `lasting`, how long a claim may last, `hold`, how long after each word of it,
        `patience`: how long a queue may be nobody's."""
        self.link = link
        self.sender = sender
        self.leases = leases
        self.clock = clock
        self.brief = brief
        self.queues = queues
        self.lasting = timedelta(seconds=lasting)
        self.hold = timedelta(seconds=hold)
        # Sites whose visit a worker did not bring back, until they have been visited again.
        self.lost: set[str] = set()
        self.offers: dict[str, Offer] = {}
        self.words = ""
        self.seen = Queues(patience)
        self.has_broker = True
        self.returns = Returns(
            folder,
            leases,
            clock=clock,
            take_in=take_in,
            waits=lambda visit: visit.key in self.offers,
            resolve=self._resolve,
        )

    def takes(self, site: str) -> bool:
        """Whether somebody may make a visit to this site; else it is made here."""
        return self.has_broker and self.queues.get(site, "") not in {"", *self.seen.idle}

    # --- the visits of this process

    async def make(self, crawl: Crawl, run_id: int, *, priority: int) -> Outcome | None:
        """A visit by a worker; None when it has to be made here, in the same run. Cancelled, it is
        withdrawn unless a worker has it: then it is taken in by whoever is here by then."""
        for _ in range(TRIES):
            if not self.takes(crawl.site):
                break
            how = await self._offered(crawl, run_id, priority)
            if how is not None:
                self.lost.discard(crawl.site)
                with self._store() as db:
                    return close_run(db, crawl.site, run_id, now=self.clock(), reason=how)
        self.lost.discard(crawl.site)
        return None

    async def _offered(self, crawl: Crawl, run_id: int, priority: int) -> str | None:
        key, queue = secrets.token_hex(16), self.queues[crawl.site]
        loop = asyncio.get_running_loop()
        offer = Offer(crawl, queue, priority, loop.create_future())
        self.offers[key] = offer
        with self._store() as db:
            away.note_sent(db, key, run_id=run_id, site=crawl.site, queue=queue, now=self._now())
        try:
            await self._send(key, offer)
            return await offer.how
        except LinkError as error:
            self._say(str(error))
            return None if self._withdraw(key) else await offer.how
        except asyncio.CancelledError:
            self._withdraw(key)
            raise
        finally:
            del self.offers[key]

    async def _send(self, key: str, offer: Offer) -> None:
        offer.resend_at = asyncio.get_running_loop().time() + RESEND_SECONDS
        await asyncio.to_thread(self.sender.send, key, offer.queue, offer.priority)

    def _withdraw(self, key: str) -> bool:
        """Nobody may claim it any more; False when somebody has."""
        with self._store() as db:
            visit = away.get_visit(db, key)
            return visit is not None and visit.state == "sent" and away.note_ended(db, key, "lost")

    # --- what goes on beside them

    async def serve(self) -> None:
        """Hear the workers until cancelled."""
        self._begin()
        loop, looked = asyncio.get_running_loop(), 0.0
        while True:
            try:
                data = await asyncio.to_thread(self.link.receive, 1)
                if data is not None:
                    await self._hear(data)
                    await asyncio.to_thread(self.link.done)
                if loop.time() >= looked:
                    looked = loop.time() + LOOK_SECONDS
                    await self._look_after()
            except LinkError as error:
                self._say(str(error))
                self._make_here(lambda offer: True)
                self._end_late()
                await asyncio.sleep(LOOK_SECONDS)
            except StorageError as error:
                # What was received stays where it is until the store takes it.
                log.error("fleet: %s", error)  # noqa: TRY400 # one line
                await asyncio.sleep(LOOK_SECONDS)

    def _begin(self) -> None:
        """What a process before this one left: it offers nothing more; what came back is taken in;
        what is claimed is waited for."""
        with self._store() as db:
            for visit in away.open_visits(db):
                if visit.state == "sent" and visit.key not in self.offers:
                    away.note_ended(db, visit.key, "lost")
                elif visit.state == "returned":
                    self.returns.start(visit)

    async def _hear(self, data: bytes) -> None:
        try:
            message = self.link.read(data)
        except EnvelopeError as error:
            log.warning("fleet: %s", error)
            return
        if message.kind == "claim":
            await self._claimed(message)
        elif message.kind == "alive":
            await self._alive(message)
        elif message.kind == "release":
            self._released(message)
        elif message.kind == "bundle" and await asyncio.to_thread(self.returns.keep, message):
            self.returns.start_kept(message.text("key"))

    async def _claimed(self, message: Message) -> None:
        """A worker asks for a visit: it is its own when nobody else has it or its hosts."""
        key, token = message.text("key"), message.text("token")
        offer = self.offers.get(key)
        with self._store() as db:
            visit = away.get_visit(db, key)
        if offer is None or visit is None or visit.state != "sent" or not token:
            await self._answer(token, Message({"kind": "no"}))
            return
        now = self._now()
        if not self.leases.take(visit.site, key, self.hold):
            # Somebody else's for now: it is offered again.
            await self._answer(token, Message({"kind": "no"}))
            return
        with self._store() as db:
            is_theirs = away.note_claimed(
                db, key, token, until=now + self.hold, ends_at=now + self.lasting
            )
        if not is_theirs:
            self.leases.give_back(visit.site, key)
            await self._answer(token, Message({"kind": "no"}))
            return
        brief = await asyncio.to_thread(self.brief, offer.crawl, visit.run_id)
        await self._answer(token, Message({"kind": "brief", "brief": brief.values()}))

    async def _alive(self, message: Message) -> None:
        """A worker still makes its visit, and has it, and its hosts, for another while."""
        key, token = message.text("key"), message.text("token")
        now = self._now()
        with self._store() as db:
            visit = away.get_visit(db, key)
            if visit is None or visit.token != token:
                return
            until = min(now + self.hold, visit.ends_at or now)
            is_theirs = (
                visit.state == "claimed"
                and visit.until is not None
                and min(until, visit.until) > now
                and self.leases.take(visit.site, key, until - now)
                and away.note_alive(db, key, now=now, until=until)
            )
        seconds = (until - now).total_seconds()
        kind = "until" if is_theirs else "over"
        answer = {"kind": kind, "at": message.said.get("at"), "seconds": seconds}
        await self._answer(token, Message(answer))

    async def _answer(self, token: str, message: Message) -> None:
        if token:
            await asyncio.to_thread(self.link.answer, token, message)

    def _released(self, message: Message) -> None:
        """A worker that claimed heard nothing, or cannot make the visit: it asks nobody."""
        key = message.text("key")
        with self._store() as db:
            visit = away.get_visit(db, key)
            if visit is None or visit.state != "claimed" or visit.token != message.text("token"):
                return
            away.note_ended(db, key, "lost")
        self.leases.give_back(visit.site, key)
        if message.text("why"):
            log.warning("fleet: %s: %s", visit.site, message.text("why")[:300])
        self._resolve(visit, None)

    async def _look_after(self) -> None:
        """Late ones end; lost messages are sent again; where nobody works, visits are made here."""
        self._end_late()
        served = await asyncio.to_thread(self.link.served)
        now = asyncio.get_running_loop().time()
        with self._store() as db:
            moving = {visit.queue for visit in away.open_visits(db, ["claimed"])}
        wanted = {offer.queue for offer in self.offers.values()}
        self.seen.look(now, wanted=wanted, served=served, moving=moving)
        self._say("")
        self._make_here(lambda offer: offer.queue in self.seen.idle)
        for key, offer in list(self.offers.items()):
            if now < offer.resend_at or not self._is_unclaimed(key):
                continue
            if not await asyncio.to_thread(self.link.waiting, offer.queue):
                await self._send(key, offer)

    def _is_unclaimed(self, key: str) -> bool:
        with self._store() as db:
            visit = away.get_visit(db, key)
        return visit is not None and visit.state == "sent"

    def _end_late(self) -> None:
        now = self._now()
        with self._store() as db:
            late = [
                visit
                for visit in away.open_visits(db, ["claimed"])
                if visit.until is not None and visit.until <= now
            ]
            for visit in late:
                away.note_ended(db, visit.key, "lost")
                log.warning("fleet: %s: %s", visit.site, LOST)
                if visit.key in self.offers:
                    self.lost.add(visit.site)
                else:
                    close_dead_run(
                        *(db, visit.site, visit.run_id),
                        now=self.clock(),
                        state="killed",
                        reason=LOST,
                    )
        for visit in late:
            self.leases.give_back(visit.site, visit.key)
            self._resolve(visit, None)

    def _make_here(self, which: Callable[[Offer], bool]) -> None:
        for key, offer in self.offers.items():
            if which(offer) and not offer.how.done() and self._withdraw(key):
                offer.how.set_result(None)

    def _resolve(self, visit: AwayVisit, how: str | None) -> None:
        offer = self.offers.get(visit.key)
        if offer is not None and not offer.how.done():
            offer.how.set_result(how)

    def _say(self, trouble: str) -> None:
        """How the fleet is, once, when it turns; `trouble` with the broker, '' for none."""
        self.has_broker = not trouble
        idle = "、".join(sorted(self.seen.idle))
        lost = "、".join(sorted(self.lost)[:NAMED])
        words = trouble or (NOBODY.format(idle) if idle else "")
        words = f"{words}，由本机抓取" if words else (AGAIN.format(lost) if lost else "")
        if words == self.words:
            return
        self.words = words
        with self._store() as db:
            if away.say_of_fleet(db, words, self.clock()):
                log.warning("fleet: %s", words or "工作机已恢复")

    def _store(self) -> closing[Database]:
        return closing(open_database(self.leases.database))

    def _now(self) -> datetime:
        """The real time: leases end by it, whatever the store runs as of."""
        return self.leases.clock()
