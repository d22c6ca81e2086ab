"""kill -9 of bulletins, mailbox, issue and restoration: nothing lost, nothing told twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from app.context import Context
from config import Config
from digest.delivery.sink import Sink
from storage.operation.backup import backup
from storage.readers import deliveries
from storage.readers.bulletins import list_bulletins
from storage.readers.subscribers import add_subscriber, list_subscribers
from storage.runs.runs import finish_run, start_run
from tests.digest.imap_server import ImapServer
from tests.digest.post_crash_child import STEPS
from tests.digest.test_incoming_mail import dsn, letter
from tests.storage.samples import page, saved

ROOT = Path(__file__).parent.parent.parent
START = datetime(2021, 2, 1, 1, 0, tzinfo=UTC)
FAST = [f"fast{number}@example.com" for number in range(6)]
WEEKLY = [f"weekly{number}@example.com" for number in range(6)]
GONE = "gone@example.com"  # its server takes mails, and reports later
WORD = "中药"
ROUND = timedelta(hours=7)


@dataclass
class Matrix:
    """One data folder, a mail server, a mailbox, and a process that is killed again and again."""

    folder: Path
    sink: Sink
    box: ImapServer
    child: subprocess.Popen[str]
    dice: random.Random
    now: datetime = START
    rounds: int = 0
    notices: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    bounced: set[str] = field(default_factory=set)
    letters: int = 0
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def context(self) -> Context:
        return Context(Config(data=self.folder / "data", now=self.now))

    def order(self, job: str, kill: dict[str, Any]) -> dict[str, Any]:
        order = {"job": job, "now": self.now.isoformat(), "kill": kill}
        order |= {"data": str(self.folder / "data"), "smtp": self.sink.port, "imap": self.box.port}
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(json.dumps(order) + "\n")
        self.child.stdin.flush()
        said = dict(json.loads(self.child.stdout.readline()))
        self.kills[kill.get("step", "random moment")] += said["killed"]
        assert said["killed"] or said["done"], f"{job} failed by itself"
        return said

    def something_happens(self) -> None:
        """Notices are found, mails come back, somebody writes, somebody leaves."""
        self.rounds += 1
        self.now += ROUND
        self.notices += [f"n{self.rounds}a", f"n{self.rounds}b"]
        self.find_again()
        for mail in self.sink.received:
            message_id = str(mail.message()["Message-ID"])
            if mail.recipients == [GONE] and message_id not in self.bounced:
                self.bounced.add(message_id)
                self.box.add(dsn("5.2.2", headers=f"Message-ID: {message_id}"), self.now)
        self.box.add(letter("谢谢", "周报很有用", From="王五 <wang@example.com>"), self.now)
        self.letters += 1
        if self.rounds % 6 == 0 and len(self.left) < 4:
            person = (FAST + WEEKLY)[self.dice.randrange(12)]
            if person not in self.left:
                self.left[person] = len(self.sink.received)
                self.box.add(letter("退订", From=f"<{person}>"), self.now)

    def find_again(self) -> None:
        """What the crawls find: all that is there, also after a copy was put back."""
        with self.context.store() as db:
            known = {row["key"] for row in db.query("SELECT key FROM notices")}
            for name in self.notices:
                if name not in known:
                    made = page(
                        name,
                        title=f"{WORD}通知{name}",
                        body_text=f"{WORD}{name}",
                        published_on=self.now.date(),
                    )
                    saved(db, made, f"{self.now:%Y-%m-%d %H:%M}")

    def copy(self) -> None:
        with self.context.store() as db:
            backup(db, self.context.config.backups, self.now)

    def killed_somewhere(self, job: str, steps: list[str]) -> None:
        if self.dice.random() < 0.5:
            self.order(job, {"after": self.dice.uniform(0.0, 0.4)})
        else:
            step = self.dice.choice("<>") + self.dice.choice(steps)
            self.order(job, {"step": step, "nth": self.dice.randint(1, 3)})

    def restored(self) -> None:
        """The last copy is put back, after as many kills as it takes; the crawls find the rest."""
        for _ in range(3):
            self.killed_somewhere("restore", ["copy", "account", "aside", "in place"])
            with self.context.store() as db:
                assert len(list_subscribers(db)) == len(FAST + WEEKLY) + 1, "the readers are lost"
        while self.order("restore", {})["killed"]:
            pass
        self.find_again()

    def in_peace(self) -> None:
        self.sink.cut, self.sink.defer = {}, set()
        for _ in range(3):
            self.now += ROUND
            self.find_again()
            assert self.order("post", {})["done"]


@contextmanager
def matrix(folder: Path, seed: int) -> Iterator[Matrix]:
    context = Context(Config(data=folder / "data", now=START))
    with context.store() as db:
        run = start_run(db, "cde", now=START - timedelta(days=30), pid=1)
        finish_run(db, run, now=START - timedelta(days=30), state="finished")
        for address in FAST:
            add_subscriber(
                db, address, now=START, pace="immediate", keywords=[WORD], formats=["html"]
            )
        for address in [*WEEKLY, GONE]:
            add_subscriber(db, address, now=START, formats=["html"])
    command = [sys.executable, "-m", "tests.digest.post_crash_child"]
    with (
        Sink(folder / "outbox") as sink,
        ImapServer(password="geheim") as box,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child,
    ):
        yield Matrix(folder, sink, box, child, random.Random(seed))  # noqa: S311 # a seeded plan


def run(world: Matrix, kills: int) -> None:
    post = [step for step in STEPS if step not in {"copy", "account", "aside", "in place"}]
    while sum(world.kills.values()) < kills:
        world.something_happens()
        world.sink.cut = {"END": world.dice.choice([0, 0, 1])}
        if world.rounds % 5 == 1:
            world.copy()
        for _ in range(3):
            world.killed_somewhere("post", post)
            world.now += timedelta(minutes=40)
        if world.rounds % 5 == 4:
            world.restored()
    world.in_peace()


def judge(world: Matrix) -> str:
    """Compare what arrived with what should have."""
    by_id: dict[str, set[bytes]] = defaultdict(set)
    copies: Counter[tuple[str, str]] = Counter()
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for mail in world.sink.received:
        message = mail.message()
        person, message_id = mail.recipients[0], str(message["Message-ID"])
        copies[person, message_id] += 1
        body = message.get_body(("html", "plain"))
        assert body is not None
        by_id[message_id].add(body.get_content().encode())
        if copies[person, message_id] == 1 and "快讯" in str(message["Subject"]):
            words = body.get_content()
            told[person].update(name for name in world.notices if f"通知{name}<" in words)
    with world.context.store() as db:
        interrupted = interruptions(db)
        people = {person.address: person.state for person in list_subscribers(db)}
        issues = [row["week"] for row in db.query("SELECT week FROM issues ORDER BY id")]
        rows = deliveries.list_deliveries(db)
    repeated = 0
    for (person, message_id), count in copies.items():
        assert count <= 1 + interrupted[message_id], f"{person}: {count} of {message_id}"
        repeated += count - 1
    assert all(len(kinds) == 1 for kinds in by_id.values()), "one Message-ID, two contents"
    for person in FAST:
        assert max(told[person].values(), default=1) == 1, f"{person} was told twice"
        if person not in world.left:
            assert set(told[person]) == set(world.notices), f"{person} missed something"
    assert {person for person, state in people.items() if state == "ended"} == set(world.left)
    for person in [*WEEKLY, *FAST]:
        got = {row.message_id for row in rows if row.address == person and row.state == "sent"}
        assert all(copies[person, message_id] for message_id in got)
        if person not in world.left:
            assert len(got) == len(issues), f"{person} got {len(got)} of {issues}"
    assert len(world.box.messages) >= world.letters, "a person's letter was moved away"
    return (
        f"{sum(world.kills.values())} kills ({world.kills['random moment']} at random moments), "
        f"{world.rounds} rounds, {len(issues)} issues, {len(world.notices)} notices to "
        f"{len(FAST)} at once, {len(world.sink.received)} mails, 0 lost, {repeated} repeated "
        "with their own Message-ID"
    )


def interruptions(db: Database) -> Counter[str]:
    found: Counter[str] = Counter()
    for bulletin in list_bulletins(db):
        found[bulletin.message_id] += bulletin.interruptions
    for row in deliveries.list_deliveries(db):
        found[row.message_id] += row.interruptions
    return found


def test_killed_post_and_restorations_lose_nothing_and_tell_nothing_twice(tmp_path: Path) -> None:
    with matrix(tmp_path, seed=4) as world:
        run(world, kills=12)
        sys.stdout.write(judge(world) + "\n")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_three_hundred_kills_of_post_and_restorations(tmp_path: Path) -> None:
    with matrix(tmp_path, seed=2026) as world:
        run(world, kills=300)
        sys.stdout.write(judge(world) + "\n")
