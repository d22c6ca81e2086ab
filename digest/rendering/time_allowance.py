"""How long the bodies of one issue may take to render, one by one and all together.

The limits of `body_limits` keep a body small; this holds when one is slow all the same. Counted in
processor time: a busy machine cuts nothing.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENTRY_SECONDS = 20.0
ISSUE_SECONDS = 90.0
# Rings again where the first was lost in a callback that swallows exceptions.
_AGAIN_SECONDS = 1.0


class OutOfTimeError(Exception):
    """A body took longer than it may; the entry is listed with its link instead."""


class TimeAllowance:
    """Processor seconds for the bodies of one issue in one format."""

    def __init__(self, entry: float = ENTRY_SECONDS, issue: float = ISSUE_SECONDS) -> None:
        self.entry = entry
        self.left = issue

    @contextmanager
    def one_entry(self) -> Iterator[None]:
        """Do the work of one entry. Raises OutOfTimeError, also where nothing is left for it.

        Only the main thread can be interrupted: in another the work ends, and is counted.
        """
        if self.left <= 0:
            raise OutOfTimeError
        began, allowed, least = time.process_time(), min(self.entry, self.left), 0.0
        try:
            if threading.current_thread() is threading.main_thread():
                with _interrupted_after(allowed):
                    yield
            else:
                yield
        except OutOfTimeError:
            least = allowed  # the timer's ticks are coarser than the clock, and may be early by it
            raise
        finally:
            self.left -= max(time.process_time() - began, least)


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    running = True

    def expired(_number: int, _frame: FrameType | None) -> None:
        if running:
            raise OutOfTimeError

    before = signal.signal(signal.SIGPROF, expired)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        running = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
