"""Stop-watch and percentiles."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of repeated calls; `cpu95` counts this process only, on a busy machine."""

    p50: float
    p95: float
    cpu50: float
    cpu95: float
    worst: float
    cpu_worst: float
    count: int

    def __str__(self) -> str:
        return f"{_short(self.p50)} / {_short(self.p95)} / {_short(self.cpu95)}"


def timed(calls: Iterable[Callable[[], object]]) -> Times:
    """Run each call once, one after the other."""
    taken, used = [], []
    for call in calls:
        start, begun = time.perf_counter(), time.process_time()
        call()
        taken.append((time.perf_counter() - start) * 1000)
        used.append((time.process_time() - begun) * 1000)
    return Times(
        _percentile(taken, 0.5),
        _percentile(taken, 0.95),
        _percentile(used, 0.5),
        _percentile(used, 0.95),
        max(taken),
        max(used),
        len(taken),
    )


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _short(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"
