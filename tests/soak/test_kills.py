"""Kill -9 of real crawls and of the real daemon: a few by default, the many of the issue slowly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from soak.crawl_kills import crawl_kills
from soak.daemon_kills import daemon_kills

ROOT = Path(__file__).parents[2]


def test_a_few_killed_crawls_store_nothing_by_halves_and_are_made_up_for(tmp_path: Path) -> None:
    kills = crawl_kills(3, 5, tmp_path, ("tj_tten",))
    assert kills.wrong == []
    assert kills.done == 3


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_hundred_killed_crawls_store_nothing_by_halves_and_are_made_up_for(
    tmp_path: Path,
) -> None:
    kills = crawl_kills(200, 1, tmp_path)
    assert kills.wrong == []
    assert kills.done == 200


@pytest.mark.slow
@pytest.mark.timeout(5400)
def test_a_hundred_kills_of_the_daemon_lead_to_the_same_content_as_none(tmp_path: Path) -> None:
    result = daemon_kills(100, 1, tmp_path)
    assert result.wrong == []
    assert result.kills == 100
    assert result.at_work > 30


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_six_weeks_of_faults_violate_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "soak", "--weeks", "6", "--seed", "3", "--folder", "soak"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "violations: 0" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
