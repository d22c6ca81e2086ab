"""The worst moments for a process to die at, and what kills it there."""

from __future__ import annotations

import importlib
import os
import signal
from dataclasses import dataclass
from functools import wraps
from typing import Any

# The moment asked of the daemon, for the processes of its duties.
ENVIRONMENT = "ZX_SOAK_MOMENT"


@dataclass(frozen=True, slots=True)
class Moment:
    """A function whose call is a bad moment to die: before it or after it.

    `in_errand`: it is called in the process of a duty, which the daemon dies with.
    """

    module: str
    name: str
    after: bool = False
    in_errand: bool = True


MOMENTS = {
    "run recorded, crawl not started": Moment(
        "pipelines.running.supervisor", "Supervisor._run_child", in_errand=False
    ),
    "issue composed, not recorded": Moment("storage.issues", "record_issue"),
    "issue recorded, no file written": Moment("digest.press", "write_issue"),
    "files written, feed and archive not": Moment("commands.issue", "write_feed"),
    "mail claimed, not sent": Moment("digest.delivery.courier", "Courier.carry"),
    "mail accepted, not settled": Moment("digest.delivery.courier", "Courier.carry", after=True),
    "alarm stored, not sent": Moment("digest.alarms.bell", "send_alarms", in_errand=False),
    "alarm sent, not marked": Moment("storage.alarms", "mark_sent", in_errand=False),
    "before the backup is made": Moment("commands.duties", "backup"),
}


class Deadly:
    """Kills this process at the moment that was asked for, and the daemon that started it."""

    def __init__(self, *, in_errand: bool) -> None:
        self.moment = os.environ.get(ENVIRONMENT, "") if in_errand else ""
        self.victims = [os.getppid(), os.getpid()] if in_errand else [os.getpid()]
        for name, moment in MOMENTS.items():
            # What the other process calls is not even loaded here: its memory is measured.
            if moment.in_errand is in_errand:
                self.arm(name, moment)

    def kill(self) -> None:
        """kill -9."""
        for victim in self.victims:
            os.kill(victim, signal.SIGKILL)

    def arm(self, name: str, moment: Moment) -> None:
        """Wrap the function, so that it kills while `name` is asked for."""
        owner: Any = importlib.import_module(moment.module)
        *parents, attribute = moment.name.split(".")
        for parent in parents:
            owner = getattr(owner, parent)
        inner = getattr(owner, attribute)

        @wraps(inner)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if self.moment == name and not moment.after:
                self.kill()
            result = inner(*args, **kwargs)
            if self.moment == name:
                self.kill()
            return result

        setattr(owner, attribute, wrapped)
