"""The issue that is due: crawls before it, composing, sending, and what was put off.

Jobs that are to be run once more, soon, are put into the daemon's scheduler, which is handed in.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from app import due_jobs
from app.context import Context
from app.supervisor import URGENT
from app.timed_crawls import TimedCrawls
from china_time import SHANGHAI
from digest.composing.closing import closing_instant, latest_due
from storage.database import StorageError

log = logging.getLogger("zhengxun")

ROUND_EVERY = timedelta(minutes=5)
# Composing takes seconds. Readers expect the issue within ten minutes.
SLOW_SECONDS = 180.0
COMPOSE_SECONDS = 1200.0
EXPECTED_WITHIN = timedelta(minutes=10)
# What an issue that is due waits for crawls, and until it is tried again.
CRAWLS_SECONDS = 240.0
AGAIN_AFTER = timedelta(minutes=1)
AGAIN = " again"
REMIND_AFTER = timedelta(days=1)


class TimedIssues(TimedCrawls):
    """Composes and sends the issue that is due, and tries again what could not be done."""

    def __init__(self, context: Context, scheduler: AsyncIOScheduler) -> None:
        super().__init__(context)
        self.scheduler = scheduler
        # Apart, so that no page a stranger sends, and no slow mail server, holds up the others.
        self.composing = asyncio.Lock()
        self.delivering = asyncio.Lock()
        # Since when, while it lasts.
        self.catching_up: datetime | None = None
        self.finishing: set[asyncio.Task[None]] = set()

    async def issue(self) -> None:
        """The latest issue that is due, unless it is recorded. One that could not be made, or of
        which nothing could be known (a full disk), is tried again soon."""
        span = latest_due(self.config.digest, self.config.clock())
        closed_at = closing_instant(self.config.digest, span.to_on)
        is_done = False
        try:
            is_done = await self.make_issue(closed_at)
        finally:
            if not is_done:
                self.try_again_soon(closed_at)

    async def make_issue(self, closed_at: datetime) -> bool:
        """Compose the issue that is due, then deliver it; whether none is due any more.

        Crawls that were missed, by a sleep, or that still run come first, so that the issue is up
        to date; but not for long: a site that is never done with must not hold up the issue.
        """
        if due_jobs.due_week(self.context) is None:
            return True
        if self.catching_up is not None and closed_at <= self.catching_up:
            return True
        crawls = asyncio.create_task(self.crawl_missed(ROUND_EVERY, URGENT))
        self.finishing.add(crawls)
        crawls.add_done_callback(self.finishing.discard)
        late = self.config.clock() - closed_at
        # After a sleep nobody counts the minutes; a second try has waited already.
        waited = late if late < EXPECTED_WITHIN else timedelta(0)
        await asyncio.wait([crawls], timeout=max(0.0, CRAWLS_SECONDS - waited.total_seconds()))
        if crawls.done():
            crawls.result()
        else:
            log.warning("the issue does not wait any longer for: %s", ", ".join(self.under_way()))
        await self.compose_and_send()
        return due_jobs.due_week(self.context) is None

    def try_again_soon(self, closed_at: datetime) -> None:
        """Each minute at first, when readers expect it; later the usual five minutes do."""
        if self.config.clock() - closed_at < EXPECTED_WITHIN and not self.stopping:
            at = datetime.now(SHANGHAI) + AGAIN_AFTER
            self.scheduler.add_job(
                self.issue, "date", run_date=at, id=f"weekly{AGAIN}", replace_existing=True
            )

    async def compose_and_send(self) -> None:
        """The issue that is due, if any, with what is still out of order for the operator."""
        async with self.composing:
            due = due_jobs.due_week(self.context) is not None
            composed = due and await self.compose()
        await self.deliver()
        if composed:
            self.notifier.remind(self.config.clock() - REMIND_AFTER)

    async def compose(self) -> bool:
        """Compose the issue that is due; the operator hears when that takes long."""
        loop = asyncio.get_running_loop()
        alarm = loop.call_later(SLOW_SECONDS, self.notifier.composing_slow, SLOW_SECONDS)
        try:
            return bool(await self.carry_out("compose_due", within=COMPOSE_SECONDS))
        finally:
            alarm.cancel()
            self.notifier.composing_ended()

    async def deliver(self) -> None:
        """What is outstanding goes out. It asks the ledger, so once at a time is enough."""
        began = self.config.clock()
        async with self.delivering:
            await self.carry_out("deliver_outstanding")
        self.come_back(self.deliver, began)

    async def post(self) -> None:
        """Bulletins go out; what came back is read, where there is a mailbox."""
        began = self.config.clock()
        reading = ["read_mailbox"] if self.config.mailbox.host else []
        await self.carry_out("tell_readers", *reading)
        self.come_back(self.post, began)

    def come_back(self, job: Callable[[], Awaitable[None]], began: datetime) -> None:
        """Run a job again when the first mail that it put off is due, if the usual round is later.

        `began`: when it began. What was due before that and still waits is left to the round.
        """
        if self.stopping:
            return
        try:
            at = due_jobs.next_attempt_at(self.context, began)
        except StorageError as error:
            log.warning("what was put off waits for the usual round: %s", error)
            return
        wait = None if at is None else at - self.config.clock()
        if wait is not None and wait < ROUND_EVERY:
            run_date = datetime.now(SHANGHAI) + max(wait, timedelta(0))
            name = f"{job.__name__}{AGAIN}"
            self.scheduler.add_job(job, "date", run_date=run_date, id=name, replace_existing=True)
