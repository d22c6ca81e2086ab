"""Memory, threads and file handles of the daemon, from /proc."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

# Between the first and the last quarter of a life: what allocators and caches may still need.
RSS_GROWTH_MB = 6.0
IDLE_MB = 80.0
LONG_LIFE = 40  # samples, one at the end of each day


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a process at rest. Memory in MB: `rss` with the libraries' code that it shares
    with every other Python, `own` without."""

    at: datetime
    pid: int
    rss: float
    own: float
    threads: int
    handles: int


def sample(pid: int, at: datetime) -> Sample | None:
    """What the process holds now; None when it is gone."""
    with suppress(OSError, KeyError):  # a process that has just ended has no memory
        folder = Path("/proc") / str(pid)
        status = dict(
            line.split(":", 1) for line in (folder / "status").read_text("utf-8").splitlines()
        )
        rss = int(status["VmRSS"].split()[0]) / 1024
        own = int(status["RssAnon"].split()[0]) / 1024
        handles = len(list((folder / "fd").iterdir()))
        return Sample(at, pid, rss, own, int(status["Threads"]), handles)
    return None


def growth(samples: Sequence[Sample]) -> list[str]:
    """Violations: a long life that ends with more than it began with, or needs too much."""
    found = []
    for pid in dict.fromkeys(one.pid for one in samples):
        life = [one for one in samples if one.pid == pid][5:]
        if len(life) < LONG_LIFE:
            continue
        quarter = len(life) // 4
        first, last = life[:quarter], life[-quarter:]
        begin, end = median(one.rss for one in first), median(one.rss for one in last)
        if end - begin > RSS_GROWTH_MB:
            found.append(f"memory grew from {begin:.0f} to {end:.0f} MB in {len(life)} days")
        for name in ("threads", "handles"):
            before = median(getattr(one, name) for one in first)
            after = median(getattr(one, name) for one in last)
            if after > before + 1:
                found.append(f"{name} grew from {before} to {after} in {len(life)} days")
    if samples and (most := median(one.rss for one in samples)) > IDLE_MB:
        found.append(f"the daemon at rest needs {most:.0f} MB, more than {IDLE_MB:.0f}")
    return found
