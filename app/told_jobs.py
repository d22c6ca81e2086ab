"""Jobs in processes of their own; the operator hears of one that fails, and when it works again."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from app import due_jobs
from app.context import Context
from app.workers import Done, WorkerError, Workers
from config import Config
from errors import ZhengxunError

log = logging.getLogger("zhengxun")


class ToldJobs:
    """Carries out jobs of one data folder and tells what failed."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.notifier = due_jobs.make_notifier(context)
        self.workers = Workers()
        # What they do may be stopped at any moment.
        self.patient = Workers()
        self.stopping = False

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self.context.config

    async def carry_out(self, *jobs: str, within: float | None = None) -> list[str]:
        """Run job in a process of their own, for `within` seconds; those that had work to do.

        Each that fails alarms once by its own name, and once when it works again.
        """
        if self.stopping:
            return []
        ended = await self.workers.run(self.context, *jobs, within=within)
        self.tell_ended(ended)
        return [done.job for done in ended if done.result]

    def tell_ended(self, ended: Sequence[Done]) -> None:
        """Jobs that fail are told, and those that work again."""
        for done in ended:
            if done.error is None:
                self.notifier.job_done(done.subject)
            else:
                self.tell_failed(done.subject, done.error)

    def tell_failed(self, job: str, error: Exception) -> None:
        """To the log with where it happened, to the operator in one line."""
        log.error("job %s failed: %s", job, error, exc_info=error)
        words = (
            str(error)
            if isinstance(error, ZhengxunError | WorkerError)
            else f"{type(error).__name__}: {error}"
        )
        self.notifier.job_failed(job, words)
