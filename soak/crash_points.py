"""The worst moments for a process to die at, and what kills it there."""

from __future__ import annotations

import importlib
import os
import signal
from dataclasses import dataclass
from functools import wraps
from typing import Any

# The crash point asked of the daemon, for the processes of its job.
ENVIRONMENT = "ZX_SOAK_CRASH_POINT"


@dataclass(frozen=True, slots=True)
class CrashPoint:
    """A function whose call is a bad moment to die: before it or after it.

    `in_worker`: it is called in the process of a job, which the daemon dies with.
    """

    module: str
    name: str
    after: bool = False
    in_worker: bool = True


CRASH_POINTS = {
    "run recorded, crawl not started": CrashPoint(
        "app.supervisor", "Supervisor._record", after=True, in_worker=False
    ),
    "issue composed, not recorded": CrashPoint("storage.issues.issues", "record_issue"),
    "issue recorded, no file written": CrashPoint("digest.publish", "write_issue"),
    "files written, feed and archive not": CrashPoint("app.issues", "write_feed"),
    "mail claimed, not sent": CrashPoint("digest.delivery.smtp_client", "SmtpClient.send"),
    "mail accepted, not settled": CrashPoint(
        "digest.delivery.smtp_client", "SmtpClient.send", after=True
    ),
    "alarm stored, not sent": CrashPoint("digest.alerts.notifier", "send_alarms", in_worker=False),
    "alarm sent, not marked": CrashPoint("storage.operation.alarms", "mark_sent", in_worker=False),
    "before the backup is made": CrashPoint("app.jobs", "backup"),
}


class Deadly:
    """Kills this process at the moment that was asked for, and the daemon that started it."""

    def __init__(self, *, in_worker: bool) -> None:
        self.crash_point = os.environ.get(ENVIRONMENT, "") if in_worker else ""
        self.victims = [os.getppid(), os.getpid()] if in_worker else [os.getpid()]
        for name, crash_point in CRASH_POINTS.items():
            # What the other process calls is not even loaded here: its memory is measured.
            if crash_point.in_worker is in_worker:
                self.arm(name, crash_point)

    def kill(self) -> None:
        """kill -9."""
        for victim in self.victims:
            os.kill(victim, signal.SIGKILL)

    def arm(self, name: str, crash_point: CrashPoint) -> None:
        """Wrap the function, so that it kills while `name` is asked for."""
        owner: Any = importlib.import_module(crash_point.module)
        *parents, attribute = crash_point.name.split(".")
        for parent in parents:
            owner = getattr(owner, parent)
        inner = getattr(owner, attribute)

        @wraps(inner)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if self.crash_point == name and not crash_point.after:
                self.kill()
            result = inner(*args, **kwargs)
            if self.crash_point == name:
                self.kill()
            return result

        setattr(owner, attribute, wrapped)
