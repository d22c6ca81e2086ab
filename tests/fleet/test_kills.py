"""Kills of workers, broker and the store's machine at random moments: nothing lost, nothing twice.

KILLS=300 in the environment runs so many in the slow test.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from app.context import Context
from app.crawl_runs import Crawl
from tests.fleet import rig
from tests.fleet.offices_at_hand import crawled, installed, rows

pytestmark = pytest.mark.skipif(rig.SERVER is None, reason=rig.NO_BROKER)

WORKERS = ("one", "two", "three")
OFFICES = 8
NOTICES = "SELECT site, column, key, title, content_hash FROM notices ORDER BY site, key"
# As patient as a test can be: what was lost is found out about after timeout, grace and slack.
EXTRA = "patience = 8\nslack = 4\nhold = 8\n"
TIMEOUT = 20
# Between the start of a pause and its note who sends may have to wait for a processor.
NOTED_LATE = 0.02
END_SECONDS = 300


class Matrix:
    """One installation after the other, each read well once while something is being killed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)  # noqa: S311 # moments, not secrets
        self.kills = 0
        self.killed: dict[str, int] = {}

    def round(self, number: int, most: int, *, replays: bool) -> None:
        """Up to so many kills, and then what must hold."""
        folder = self.folder / str(number)
        keeps = ["--appendonly", "yes", "--appendfsync", "always"] if replays else []
        with rig.heard_offices() as (country, _):
            broker = rig.Broker(folder / "broker", *keeps)
            context, environment = rig.store(
                broker, folder / "home", country.origin, OFFICES, EXTRA, TIMEOUT
            )
            workers = [rig.worker(broker, folder / name, country.origin, name) for name in WORKERS]
            home = rig.home_process(environment, folder)
            try:
                self._kill(most, broker, workers, home)
                self._finish(context, home, folder)
            finally:
                for machine in (*workers, home):
                    machine.end()
                broker.kill()
            reference = installed(folder / "reference", country.origin, OFFICES)
            crawled(reference, *(Crawl(f"o{office}") for office in range(OFFICES)))
        self._hold(context, reference)
        self._hold_pauses(folder)

    def _kill(
        self, most: int, broker: rig.Broker, workers: list[rig.Machine], home: rig.Machine
    ) -> None:
        acts: dict[str, Callable[[], None]] = {
            "worker": lambda: again(self.chance.choice(workers), all_of_it=True),
            "worker's first process": lambda: again(self.chance.choice(workers), all_of_it=False),
            "broker": lambda: restart(broker),
            "store's machine": lambda: again(home, all_of_it=True),
        }
        for _ in range(most):
            time.sleep(self.chance.uniform(0.3, 2.5))
            if home.process.poll() is not None:
                return
            name = self.chance.choice(list(acts))
            acts[name]()
            self.kills += 1
            self.killed[name] = self.killed.get(name, 0) + 1

    def _finish(self, context: Context, home: rig.Machine, folder: Path) -> None:
        until = time.monotonic() + END_SECONDS
        while home.process.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
        left = rows(context, "SELECT site, state, until FROM away_visits WHERE state <> 'done'")
        log = (folder / "home.log").read_text(encoding="utf-8")[-3000:]
        assert home.process.returncode == 0, f"{left}\n{log}"

    def _hold(self, context: Context, reference: Context) -> None:
        # Nothing lost, nothing twice.
        assert rows(context, NOTICES) == rows(reference, NOTICES)
        assert rows(context, "SELECT count(*) FROM revisions") == [(0,)]
        twice = "SELECT 1 FROM saved_pages WHERE kind = 'notice' AND notice_id IS NULL"
        assert rows(context, twice) == []
        # No column without a verdict, no run without an end.
        assert rows(context, "SELECT count(*) FROM runs WHERE state = 'running'") == [(0,)]
        bare = (
            "SELECT r.site FROM runs r JOIN columns c ON c.site = r.site WHERE r.state = 'finished'"
            " AND NOT EXISTS (SELECT 1 FROM checks k WHERE k.run_id = r.id AND k.column = c.name)"
        )
        assert rows(context, bare) == []

    def _hold_pauses(self, folder: Path) -> None:
        """Never two requests to one host within its delay, and with it never two owners: the delay
        of one crawl is drawn from half to one and a half times what is configured, between two
        crawls there is all of it."""
        left = rig.departures(folder)
        assert len(left) == OFFICES
        for host, times in left.items():
            for number, ((before, first), (later, second)) in enumerate(pairwise(times)):
                least = rig.DELAY / 2 if first == second else rig.DELAY
                around = [(round(at - before, 3), pid) for at, pid in times[: number + 6][-10:]]
                assert later - before > least - NOTED_LATE, (host, around)


def again(machine: rig.Machine, *, all_of_it: bool) -> None:
    machine.kill(all_of_it=all_of_it)
    machine.start()


def restart(broker: rig.Broker) -> None:
    broker.kill()
    broker.start()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_few_kills_lose_nothing(tmp_path: Path) -> None:
    matrix = Matrix(tmp_path, seed=20)
    matrix.round(0, 5, replays=False)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_many_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    wanted = int(os.environ.get("KILLS", "60"))
    matrix = Matrix(tmp_path, seed=int(os.environ.get("SEED", "1")))
    number = 0
    while matrix.kills < wanted:
        matrix.round(number, min(12, wanted - matrix.kills), replays=number % 2 == 1)
        number += 1
        print(f"round {number}: {matrix.kills} kills {matrix.killed}", flush=True)  # noqa: T201 # for who waits
