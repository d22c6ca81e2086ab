"""The daemon's heavy job, in processes of their own that end with them.

What composes and sends loads libraries for Word files, mails and pictures, and the memory that an
issue takes is never quite given back: a daemon that waits for years is spared both.
`python -m app.workers DUTY...` is handed its context on standard input and reports on standard
output, one event a line: what it logs, and how each job ended.
"""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import sys
import traceback
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from app.context import Context
from app.journal import JsonLines

CHILD = "app.workers"
LINE_LIMIT = 1024 * 1024
SUMMARIES = "write_summaries"
SUBJECTS = {
    "compose_due": "issue",
    "deliver_outstanding": "deliver",
    "tell_readers": "bulletins",
    "read_mailbox": "mailbox",
    "nightly": "nightly",
    "read_pictures": "pictures",
    SUMMARIES: "summaries",
}


class WorkerError(Exception):
    """A job failed, or its process did; one line. Where it happened in the process is a note."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a job of `app.jobs` ended: what it returned, or why it failed."""

    job: str
    result: bool = False
    error: WorkerError | None = None

    @property
    def subject(self) -> str:
        """What an alarm about it is called by (`digest.alerts.rules`)."""
        return SUBJECTS[self.job]


class Workers:
    """Runs job, one process for those that are asked for together."""

    def __init__(self) -> None:
        self.children: set[Process] = set()

    async def run(self, context: Context, *jobs: str, within: float | None = None) -> list[Done]:
        """Run the job one after the other; one that fails does not keep the next from running.

        Without `within` (seconds) there is no time limit: ten thousand mails, or the check of a big
        store, take their time, and whatever waits for somebody else has a limit of its own. One
        that is late or cancelled is killed: what it had begun is in the store.
        """
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", CHILD, *jobs),
            env=context.environment(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            limit=LINE_LIMIT,
            start_new_session=True,
        )
        self.children.add(child)
        try:
            async with asyncio.timeout(within):
                return await _follow(child, _packed(context, jobs), jobs)
        except TimeoutError:
            end(child)
            await child.wait()
            return [Done(job, error=_late(job, within)) for job in jobs]
        except BaseException:
            end(child)
            await child.wait()
            raise
        finally:
            self.children.discard(child)

    async def ended(self) -> None:
        """Wait for what runs."""
        await asyncio.gather(*(child.wait() for child in self.children))

    def kill(self) -> None:
        """End at once what runs."""
        for child in self.children:
            end(child)


def end(child: Process) -> None:
    """kill -9, if it still lives."""
    with suppress(ProcessLookupError):
        child.kill()


def _packed(context: Context, jobs: Sequence[str]) -> bytes:
    """The context with its configuration and catalogue: the files may be wrong by now. The key of
    the model goes to nobody but who asks it."""
    _ = context.catalogue
    if SUMMARIES not in jobs:
        context = context.without_summary_key()
    return pickle.dumps(context)


async def _follow(child: Process, context: bytes, jobs: Sequence[str]) -> list[Done]:
    assert child.stdin is not None  # noqa: S101 # all three were asked for as pipes
    assert child.stdout is not None  # noqa: S101 # same
    assert child.stderr is not None  # noqa: S101 # same
    errors = asyncio.create_task(child.stderr.read())
    with suppress(ConnectionError):
        child.stdin.write(context)
        await child.stdin.drain()
    child.stdin.close()
    done = {}
    async for line in child.stdout:
        ended = _take(line)
        if ended is not None:
            done[ended.job] = ended
    status = await child.wait()
    printed = (await errors).decode("utf-8", "replace").strip()
    return [done.get(job) or Done(job, error=_lost(job, status, printed)) for job in jobs]


def _take(line: bytes) -> Done | None:
    """Log what the child logged, or take how a job ended."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    if "logger" in event:
        _log_again(event)
        return None
    error = None
    if event["error"]:
        error = WorkerError(event["error"])
        error.add_note(event["trace"])
    return Done(event["duty"], event["result"], error)


def _log_again(event: dict[str, Any]) -> None:
    """In this process's journal, which has the only hand on its file."""
    level = logging.getLevelNamesMapping()[event["level"].upper()]
    extra = {"exception": event["exception"]} if "exception" in event else {}
    logging.getLogger(event["logger"]).log(level, "%s", event["message"], extra=extra)


def _lost(job: str, status: int, printed: str) -> WorkerError:
    last = printed.splitlines()[-1:] or [f"exit code {status}"]
    error = WorkerError(f"the process for {job} ended before it was done: {last[0][:300]}")
    error.add_note(printed)
    return error


def _late(job: str, within: float | None) -> WorkerError:
    return WorkerError(f"{job} did not end within {within or 0:.0f} s and was stopped")


def main() -> None:
    """In the child: the named job, for the context that comes in."""
    from app import jobs

    # Whoever reads may be gone: that is no reason to leave a mail unsettled.
    logging.raiseExceptions = False
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    context = pickle.load(sys.stdin.buffer)  # noqa: S301 # written by the daemon that started this
    for name in sys.argv[1:]:
        report = {"duty": name, "result": False, "error": "", "trace": ""}
        try:
            report["result"] = bool(getattr(jobs, name)(context))
        except Exception as error:  # noqa: BLE001 # the daemon tells the operator
            report["error"] = f"{type(error).__name__}: {error}"
            report["trace"] = traceback.format_exc()
        with suppress(BrokenPipeError):
            sys.stdout.write(json.dumps(report) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
