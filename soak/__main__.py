"""`python -m soak --weeks 52 --seed 1`: the simulated year. Exits 1 when anything was violated."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digest.delivery.sink import Sink
from replica.server import start_replica
from soak.checks import Truth
from soak.harness import OPERATOR, READERS, Harness
from soak.observer import Observer
from soak.plan import Plan
from soak.publisher import START, Publisher, pages
from soak.report import report
from soak.year import Year

DISK = "size=600m"


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, run, print the table."""
    options = parser().parse_args(arguments)
    root = options.folder or Path(tempfile.mkdtemp(prefix="zhengxun-soak-"))
    root.mkdir(parents=True, exist_ok=True)
    if any(root.iterdir()):
        sys.stderr.write(f"soak: {root} is not empty; name another folder\n")
        return 2
    say(f"folder {root}, seed {options.seed}, {options.weeks} weeks")
    began = time.monotonic()
    with disk_of_its_own(root / "data") as mounted:
        if not mounted:
            say("this user may not mount a small disk: the full disk is left out")
        year = run(root, options.weeks, options.seed)
        say(report(year, seconds=time.monotonic() - began, mounted=mounted))
    return 1 if year.violations else 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m soak",
        description="The real daemon through a simulated year of faults.",
        epilog="example: python -m soak --weeks 6 --seed 1",
    )
    made.add_argument("--weeks", type=int, default=52)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--folder", type=Path, default=None, help="an empty folder (default: new)")
    return made


def run(root: Path, weeks: int, seed: int) -> Year:
    """The soak, in this folder."""
    documents = Publisher(seed, weeks).publish()
    (root / "content").mkdir()
    with start_replica(root / "content", as_of=START) as replica, Sink(root / "outbox") as sink:
        replica.publish([page for _, page in pages(documents)])
        observer = Observer(replica)
        truth = Truth(documents, observer, READERS, OPERATOR)
        harness = Harness(root, replica, sink, START)
        year = Year(harness, observer, truth, seed=seed, say=say)
        try:
            year.run(Plan(seed, weeks).make())
        finally:
            if harness.alive:
                harness.cut_power()
                harness.reap()
        return year


@contextmanager
def disk_of_its_own(folder: Path) -> Iterator[bool]:
    """A small disk in memory for the data folder, if this user may mount one."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)  # noqa: S607 # wherever it is


def say(line: str) -> None:
    """To whoever watches, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
