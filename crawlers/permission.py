"""Until when a crawl may ask: whoever started it says so in a file, again and again.

On a machine that visits for another the hosts are somebody else's from then on. A crawl that was
held up meanwhile, with its machine or by it, has to find that out by itself, before each request.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def clock() -> float:
    """Seconds; the same in all processes of this machine, and they pass while it sleeps, too."""
    return time.clock_gettime(_CLOCK)


def write_permission(path: Path, until: float) -> None:
    """Say until when (by `clock`) may be asked."""
    partial = path.with_suffix(".partial")
    partial.write_text(repr(until), encoding="ascii")
    partial.replace(path)


def is_over(path: Path) -> bool:
    """Whether nothing may be asked any more; also where nobody says anything."""
    with suppress(OSError, ValueError):
        return clock() >= float(path.read_text(encoding="ascii"))
    return True


def end_when_over(path: Path) -> None:
    """End this process when it may not ask any more: whatever it reads is not waited for."""
    if is_over(path):
        os._exit(1)
