"""Notices when the wall clock jumps: a suspended laptop, a clock set by hand or by NTP.

Timers of the event loop follow the monotonic clock, which stands still while a machine sleeps
and knows nothing of a clock that was set; jobs are due by the wall clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

# Slewing by NTP and a busy machine stay far below this.
TOLERANCE = timedelta(minutes=2)


class Wallclock:
    """Compares the wall clock with the monotonic one (both in seconds) from look to look."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.wall = wall
        self.monotonic = monotonic
        self.offset = wall() - monotonic()

    def jump(self) -> timedelta:
        """By how much the wall clock jumped since the last look; zero when it did not."""
        offset = self.wall() - self.monotonic()
        moved = timedelta(seconds=offset - self.offset)
        self.offset = offset
        return moved if abs(moved) > TOLERANCE else timedelta(0)
