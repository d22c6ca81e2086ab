"""`python -m soak.daemon_kills --times 100`: kill -9 of the daemon and all its crawls.

Some weeks of the replica are lived through twice, hour by hour: once in peace, once with the
power cut at random moments, mostly while crawls run or an issue is made, and again while the
restarted daemon catches up. Both must end with the same content, and with the same mails.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from digest.delivery.sink import Sink
from replica.server import start_replica
from soak.database_diff import content, differences, unsound
from soak.harness import READERS, Harness
from soak.plan import CRAWLS, ISSUE, Event, ordinary
from soak.publisher import START, Publisher, pages

KILLS_A_WEEK = 9
ISSUE_NOW = ISSUE + timedelta(seconds=30)
LONGEST_LIFE = 9.0  # real seconds; some kills find the daemon at rest


@dataclass
class Killed:
    """What came of it."""

    kills: int = 0
    at_work: int = 0
    weeks: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def fresh_harness(folder: Path, seed: int, weeks: int) -> Iterator[Harness]:
    """An installation with three readers, before its first start."""
    folder.mkdir(parents=True)
    (folder / "content").mkdir()
    documents = Publisher(seed, weeks).publish()
    with start_replica(folder / "content", as_of=START) as replica, Sink(folder / "out") as sink:
        replica.publish([page for _, page in pages(documents)])
        harness = Harness(folder, replica, sink, START)
        harness.subscribe(READERS)
        try:
            yield harness
        finally:
            if harness.alive:
                harness.cut_power()
                harness.reap()


def in_peace(harness: Harness, weeks: int) -> None:
    """The same hours without a fault."""
    harness.start()
    for event in ordinary(weeks):
        harness.step(event.at)
    harness.stop()


def with_kills(harness: Harness, weeks: int, times: int, random: Random) -> Killed:
    """The same hours, with `times` power cuts."""
    result = Killed(weeks=weeks)
    harness.start()
    for event in ordinary(weeks):
        harness.pass_to(event.at)
        for _ in range(kills_at(event, random)):
            if result.kills < times:
                cut(harness, random, result)
        # What was cut is made up for at the start, the rest is due as ever.
        _ = harness.let_run() if harness.alive else harness.start()
    harness.stop()
    return result


def kills_at(event: Event, random: Random) -> int:
    """How many power cuts an hour gets: most where there is work to be cut."""
    offset = event.at - monday_of(event.at)
    if offset in CRAWLS:
        return random.randint(2, 4)
    if offset == ISSUE_NOW:
        return random.randint(1, 3)
    return int(random.random() < 0.05)


def cut(harness: Harness, random: Random, result: Killed) -> None:
    """Let it run for a moment, starting it if it is dead, and cut the power."""

    def power() -> None:
        time.sleep(random.uniform(0.0, LONGEST_LIFE))
        result.at_work += bool(harness.at_work())
        with suppress(ProcessLookupError):
            harness.cut_power()

    _ = harness.let_run(power) if harness.alive else harness.start(power)
    harness.reap()
    result.kills += 1
    path = harness.data / "zhengxun.db"
    result.wrong += [f"kill {result.kills}: {line}" for line in unsound(path)]


def monday_of(at: datetime) -> datetime:
    """The Monday, 00:00, of a week."""
    return (at - timedelta(days=at.weekday())).replace(hour=0, minute=0, second=0)


def mails(harness: Harness) -> list[str]:
    """Every issue for every reader, and no second one but the mail in flight."""
    wrong = []
    boxes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for mail in harness.sink.received:
        message = mail.message()
        for address in mail.recipients:
            boxes[address].append((str(message["Subject"]), str(message["Message-ID"])))
    with closing(sqlite3.connect(harness.data / "zhengxun.db")) as db:
        issues = db.execute("SELECT count(*) FROM issues").fetchone()[0]
        rows = db.execute("SELECT message_id FROM deliveries WHERE interruptions > 0").fetchall()
        alarms = db.execute("SELECT title FROM alarms").fetchall()
    interrupted = {row[0] for row in rows}
    for reader in READERS:
        counts = Counter(boxes[reader])
        if len(counts) != issues:
            wrong.append(f"{reader} got {len(counts)} of {issues} issues")
        wrong += [
            f"{reader} got {subject} {count} times"
            for (subject, message_id), count in counts.items()
            if count > 1 and message_id not in interrupted
        ]
    return wrong + [f"alarm without a fault: {row[0]}" for row in alarms]


def daemon_kills(times: int, seed: int, folder: Path) -> Killed:
    """Both lives, and how they differ."""
    weeks = 1 + times // KILLS_A_WEEK
    with fresh_harness(folder / "peace", seed, weeks) as harness:
        in_peace(harness, weeks)
        right = content(harness.data / "zhengxun.db")
    with fresh_harness(folder / "kills", seed, weeks) as harness:
        result = with_kills(harness, weeks, times, Random(seed))  # noqa: S311 # no secret
        result.wrong += differences(harness.data / "zhengxun.db", right)
        result.wrong += mails(harness)
    return result


def main() -> int:
    """Kill, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m soak.daemon_kills", description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhengxun-kills-") as folder:
        result = daemon_kills(options.times, options.seed, Path(folder))
    for line in result.wrong:
        sys.stdout.write(f"WRONG {line}\n")
    sys.stdout.write(
        f"{result.kills} kills of the daemon in {result.weeks} weeks, {result.at_work} while "
        f"crawls ran, {len(result.wrong)} violations\n"
    )
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
