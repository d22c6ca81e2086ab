"""kill -9 of the sender at every step and at random moments: nobody lost, no unexplained copy."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from digest.delivery.sink import Sink, Stage
from storage.database import open_database
from storage.issues.issues import record_issue
from storage.readers import deliveries, subscribers
from tests.digest.crash_child import STEPS
from tests.digest.samples import INSTANT, week_digest

ROOT = Path(__file__).parent.parent.parent
PEOPLE = [f"reader{number:02d}@example.com" for number in range(48)]
GONE = ["gone1@example.com", "gone2@example.com"]
ID = re.compile(rb"(?im)^message-id: *(<[^>]+>)")
# At every stage of the conversation; KEPT: the mail was kept, but that was not said.
STAGES: tuple[Stage, ...] = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "END", "KEPT", "QUIT")


@dataclass
class Matrix:
    """One store, one misbehaving server, one process that is killed again and again."""

    folder: Path
    db: Database
    sink: Sink
    child: subprocess.Popen[str]
    dice: random.Random
    week: int = 0
    passes: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    copies_too_many: int = 0
    delivered: int = 0
    seen: int = 0

    def order(self, kill: dict[str, Any]) -> dict[str, Any]:
        """One pass; five hours go by between passes, so that everything deferred is due."""
        self.passes += 1
        now = INSTANT + timedelta(hours=5 * self.passes)
        order = {"week": f"2021-W{self.week:02d}", "now": now.isoformat(), "kill": kill}
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(json.dumps(order) + "\n")
        self.child.stdin.flush()
        return dict(json.loads(self.child.stdout.readline()))

    def misbehave(self) -> None:
        """Another mood for the next pass."""
        self.sink.defer = set(self.dice.sample(PEOPLE, 5))
        self.sink.cut = {stage: self.dice.choice([0, 0, 1]) for stage in STAGES}
        self.sink.slow = {"END": self.dice.choice([0.0, 0.0, 0.003])}

    def kill(self, order: dict[str, Any]) -> None:
        """One pass that is to end in a kill; counted only if it did."""
        self.misbehave()
        if self.order(order)["killed"]:
            self.kills[order.get("step", "random moment")] += 1

    def new_issue(self) -> int:
        self.week += 1
        digest = week_digest()
        shift = timedelta(days=self.week)
        return record_issue(
            self.db,
            week=f"2021-W{self.week:02d}",
            from_on=digest.from_on + shift,
            to_on=digest.to_on + shift,
            instant=INSTANT + shift,
            now=INSTANT + shift,
            title=digest.title,
            entries=[],
        ).id

    def finish(self, issue: int) -> None:
        """Let it send in peace until nothing is left, then compare ledger and mailboxes."""
        self.sink.defer, self.sink.cut, self.sink.slow = set(), {}, {}
        while deliveries.outstanding(self.db, issue) or unsettled(self.db, issue):
            assert not self.order({})["killed"]
        arrived = self.sink.received[self.seen :]
        self.seen = len(self.sink.received)
        copies = Counter((mail.recipients[0], message_id(mail.path)) for mail in arrived)
        ledger = deliveries.list_deliveries(self.db, issue)
        assert [row.address for row in ledger] == PEOPLE + GONE
        for row in ledger:
            expected = "refused" if row.address in GONE else "sent"
            assert (row.address, row.state) == (row.address, expected)
            count = copies.pop((row.address, row.message_id), 0)
            assert count >= (row.address in PEOPLE), f"{row.address} was lost"
            assert count <= 1 + row.interruptions, f"{row.address} got {count} unexplained copies"
            self.copies_too_many += max(count - 1, 0)
            self.delivered += row.address in PEOPLE
        assert not copies  # no other Message-ID, no other recipient

    def summary(self) -> str:
        steps = sum(count for step, count in self.kills.items() if step != "random moment")
        return (
            f"{sum(self.kills.values())} kills ({steps} at {len(self.kills) - 1} step boundaries, "
            f"{self.kills['random moment']} at random moments) over {self.week} issues to "
            f"{len(PEOPLE + GONE)} recipients: {self.delivered} deliveries, 0 lost, "
            f"{self.copies_too_many} repeated, each with the same Message-ID and reported"
        )


def unsettled(db: Database, issue: int) -> bool:
    return any(row.state == "sending" for row in deliveries.list_deliveries(db, issue))


def message_id(path: Path) -> str:
    found = ID.search(path.read_bytes())
    assert found
    return found[1].decode()


@contextmanager
def matrix(folder: Path, seed: int) -> Iterator[Matrix]:
    db = open_database(folder / "zhengxun.db")
    for address in PEOPLE + GONE:
        subscribers.add_subscriber(db, address, now=INSTANT, formats=("html",))
    with Sink(folder / "outbox", refuse=GONE) as sink:
        command = [sys.executable, "-m", "tests.digest.crash_child"]
        child = subprocess.Popen(
            [*command, str(folder / "zhengxun.db"), str(sink.port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with child:
            yield Matrix(folder, db, sink, child, random.Random(seed))  # noqa: S311 # a seeded plan
    db.close()


def orders(dice: random.Random) -> Iterator[dict[str, Any]]:
    """Every boundary in a shuffled order, each time at another recipient; every other a moment."""
    while True:
        boundaries = [mark + step for step in STEPS for mark in "><"]
        dice.shuffle(boundaries)
        for boundary in boundaries:
            once = boundary[1:] in {"enrol", "reclaim", "connect", "ehlo"}
            yield {"step": boundary, "nth": 1 if once else dice.randint(1, 9)}
            yield {"after": dice.uniform(0.01, 0.3)}


def run(installation: Matrix, kills: int) -> None:
    """Issue after issue until so many kills have happened."""
    plan = orders(installation.dice)
    while sum(installation.kills.values()) < kills:
        issue = installation.new_issue()
        if installation.week % 3 == 1:
            installation.kill({"step": installation.dice.choice(["<enrol", ">enrol"]), "nth": 1})
        for _ in range(10):
            installation.kill(next(plan))
        # The suspension rule is not what is tested here.
        for address in GONE:
            subscribers.update_subscriber(installation.db, address, now=INSTANT, state="active")
        installation.finish(issue)
        for address in GONE:
            subscribers.update_subscriber(installation.db, address, now=INSTANT, state="active")


def test_a_killed_sender_loses_nobody_and_repeats_only_what_was_in_flight(tmp_path: Path) -> None:
    with matrix(tmp_path, seed=6) as installation:
        run(installation, kills=20)
    sys.stdout.write(installation.summary() + "\n")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_three_hundred_kills_at_every_step_and_at_random_moments(tmp_path: Path) -> None:
    with matrix(tmp_path, seed=2021) as installation:
        run(installation, kills=300)
    missing = {mark + step for step in STEPS for mark in "><"} - set(installation.kills)
    assert missing <= {"<quit", ">quit"}  # reached only by a pass that sends everything
    sys.stdout.write(installation.summary() + "\n")
