"""What workers bring back: kept beside the store first, then taken in, each visit by itself.

A bundle is ours from the moment the store says so; until then the worker may bring it again. What
is kept outlives this process: the next one takes it in.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from app.crawl_runs import Outcome, close_run
from app.fleet.envelope import Message
from app.host_leases import HostLeases
from storage.database import open_database
from storage.runs import away_visits as away
from storage.runs.away_visits import AwayVisit

log = logging.getLogger("zhengxun")

# What came back waits for its turn to be taken in, also over a night without this program.
TO_TAKE_IN = timedelta(days=7)


class Returns:
    """Keeps the bundles of claimed visits in a folder and takes them in."""

    def __init__(
        self,
        folder: Path,
        leases: HostLeases,
        *,
        clock: Callable[[], datetime],
        take_in: Callable[[AwayVisit, Path], Awaitable[Outcome]],
        waits: Callable[[AwayVisit], bool],
        resolve: Callable[[AwayVisit, str | None], None],
    ) -> None:
        """`clock` is that of the store; `waits`: whether somebody of this process waits for a
        visit and closes its run, `resolve` tells them how it went."""
        self.folder = folder
        self.leases = leases
        self.clock = clock
        self.take_in = take_in
        self.waits = waits
        self.resolve = resolve
        self.tasks: set[asyncio.Task[None]] = set()

    def keep(self, message: Message) -> bool:
        """What a visit brought is kept here, and only then is it ours; whether it is news."""
        key, now = message.text("key"), self.leases.clock()
        with self._store() as db:
            visit = away.get_visit(db, key)
            if visit is None or visit.state != "claimed" or visit.token != message.text("token"):
                log.info("fleet: a visit came back that nobody waits for")
                return False
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{key}.json").write_bytes(message.body)
        (self.folder / f"{key}.reason").write_text(message.text("reason")[:500], "utf-8")
        with self._store() as db:
            is_ours = away.note_returned(db, key, visit.token, now=now, until=now + TO_TAKE_IN)
        if is_ours:
            self.leases.give_back(visit.site, key)
        else:
            self._forget(key)
        return is_ours

    def start_kept(self, key: str) -> None:
        """Begin to take in what was kept under this key."""
        with self._store() as db:
            visit = away.get_visit(db, key)
        if visit is not None and visit.state == "returned":
            self.start(visit)

    def start(self, visit: AwayVisit) -> None:
        """Begin to take in a visit that has returned; one that fails is told in the log."""
        task = asyncio.create_task(self._taken_in(visit))
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    async def _taken_in(self, visit: AwayVisit) -> None:
        bundle = self.folder / f"{visit.key}.json"
        reason = ""
        with suppress(OSError):
            reason = bundle.with_suffix(".reason").read_text("utf-8")
        if bundle.is_file() and bundle.stat().st_size:
            outcome = await self.take_in(visit, bundle)
            reason = outcome.reason or reason
        with self._store() as db:
            away.note_ended(db, visit.key, "done")
            if not self.waits(visit):
                close_run(db, visit.site, visit.run_id, now=self.clock(), reason=reason)
        self._forget(visit.key)
        self.resolve(visit, reason)

    def _forget(self, key: str) -> None:
        for end in ("json", "reason"):
            (self.folder / f"{key}.{end}").unlink(missing_ok=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("fleet: a visit could not be taken in", exc_info=task.exception())

    def _store(self) -> closing[Database]:
        return closing(open_database(self.leases.database))
