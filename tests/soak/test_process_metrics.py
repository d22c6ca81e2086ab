"""Growth is seen in a long life, and not where there is none."""

from __future__ import annotations

import os
from datetime import timedelta

from soak.process_metrics import Sample, growth, sample
from soak.publisher import START


def life(days: int, *, mb_a_day: float = 0.0, handles_a_day: float = 0.0) -> list[Sample]:
    return [
        Sample(
            START + timedelta(days=day),
            7,
            60 + day * mb_a_day,
            40 + day * mb_a_day,
            5,
            8 + int(day * handles_a_day),
        )
        for day in range(days)
    ]


def test_a_steady_life_is_no_growth() -> None:
    assert growth(life(120)) == []
    assert growth(life(20, mb_a_day=1)) == []  # too short to tell


def test_memory_and_handles_that_grow_are_seen() -> None:
    assert growth(life(100, mb_a_day=0.15)) == ["memory grew from 62 to 73 MB in 95 days"]
    assert growth(life(100, handles_a_day=0.1)) == ["handles grew from 9 to 16 in 95 days"]


def test_too_much_at_rest_is_seen() -> None:
    many = [Sample(one.at, one.pid, 85, 60, 5, 8) for one in life(60)]
    assert growth(many) == ["the daemon at rest needs 85 MB, more than 80"]


def test_a_living_process_has_memory_and_a_dead_one_has_none() -> None:
    here = sample(os.getpid(), START)
    assert here is not None
    assert here.rss > here.own > 1
    assert here.threads >= 1
    assert sample(2**22 + 1, START) is None
