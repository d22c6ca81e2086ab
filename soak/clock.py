"""The movable clock: a file that says how far a process's clock stands from the machine's.

`soak/site/sitecustomize.py` starts it in every Python of the soak, so the daemon, its crawls and
the commands run as they are. What moves is `time.time` and `datetime.now` (time-machine). What
does not: files' own times, SQLite's `now`, and the monotonic clock, so that time limits of crawls
and mails are real ones. The daemon's timers are moved by `soak.daemon`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

# time-machine imports pytest where it can: 8 MB that the daemon does not have in life.
sys.modules.setdefault("pytest", None)  # type: ignore[arg-type] # None: as if not installed
import time_machine  # noqa: E402 # same

ENVIRONMENT = "ZX_SOAK_CLOCK"
# time-machine moves time.time too; this counter is never moved.
_START = time.time() - time.monotonic()


@dataclass(frozen=True, slots=True)
class Setting:
    """Seconds: `wall` from the machine's clock, `passed` of which the daemon's timers know."""

    wall: float = 0.0
    passed: float = 0.0


def machine_time() -> float:
    """Seconds since 1970 by the machine's own clock."""
    return _START + time.monotonic()


def write(path: Path, setting: Setting) -> None:
    """Set the clock of all processes that start from now on, and of the daemon when told."""
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(setting)), encoding="utf-8")
    partial.replace(path)


def read(path: Path) -> Setting:
    """The setting in force."""
    return Setting(**json.loads(path.read_text(encoding="utf-8")))


class Clock:
    """The clock of this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.setting = read(path)
        self.travel = time_machine.travel(self._destination(), tick=True)
        self.coordinates = self.travel.start()

    def move(self) -> None:
        """Take over what the file says now."""
        self.setting = read(self.path)
        self.coordinates.move_to(self._destination(), tick=True)

    def _destination(self) -> datetime:
        return datetime.fromtimestamp(machine_time() + self.setting.wall, UTC)


_of_this_process: list[Clock] = []


def start() -> None:
    """Move this process's clock as the file in the environment says."""
    path = os.environ.get(ENVIRONMENT)
    if path and not _of_this_process:
        _of_this_process.append(Clock(Path(path)))


def clock() -> Clock:
    """The clock that `start` started."""
    return _of_this_process[0]
