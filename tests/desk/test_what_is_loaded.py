"""The desk is started while somebody waits, and takes memory while they are there: what few
visits need is loaded for those."""

from __future__ import annotations

import subprocess
import sys

SELDOM = ("docx", "icalendar", "scrapy", "twisted", "rapidfuzz", "apscheduler.schedulers")


def test_what_few_visits_need_is_not_loaded_at_the_start() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, desk.__main__; print(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert set(SELDOM) & set(told.stdout.split()) == set()
