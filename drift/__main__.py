"""`python -m drift`: redesigns of the watched sites, drawn at random. Exit 1: an aim was missed."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from drift.plan import RESERVED
from drift.pool import PoolError, run_seeds, work_folder
from drift.report import figures, table, told, unmet


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, run, report."""
    options = parser().parse_args(arguments)
    if options.told:
        return report([one for path in options.told for one in outcomes_in(path)], options.json)
    seeds = chosen(options)
    folder = options.folder or work_folder()
    say(f"{len(seeds)} seeds, work in {folder}")
    outcomes: list[dict[str, Any]] = []
    begun = time.monotonic()
    try:
        for outcome in run_seeds(seeds, folder, options.workers, keep=options.keep):
            outcomes.append(outcome)
            show(outcome, options.verbose or options.seed is not None)
    except PoolError as error:
        say(f"drift: {error}")
        return 1
    say(f"{len(outcomes)} seeds in {(time.monotonic() - begun) / 60:.1f} minutes")
    return report(outcomes, options.json)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m drift",
        description="Two healthy weeks, then every site redesigned at random; is the issue right?",
        epilog="example: python -m drift --seed 17 --keep",
    )
    made.add_argument("--seeds", type=int, default=20, help="run the seeds from --first on")
    made.add_argument("--first", type=int, default=0)
    made.add_argument("--seed", type=int, help="run this one and say what happened")
    made.add_argument("--only", help="run these, e.g. 3,17,40")
    made.add_argument("--reserved", action="store_true", help="the ten that nobody looks at")
    made.add_argument("--workers", type=int, default=2)
    made.add_argument("--folder", type=Path, help="where to work (default: a new one)")
    made.add_argument("--keep", action="store_true", help="leave stores, logs and issues there")
    made.add_argument("--json", type=Path, help="write every outcome into this file")
    made.add_argument(
        "--told", type=Path, nargs="+", help="run nothing: report what these files of --json hold"
    )
    made.add_argument("--verbose", action="store_true", help="say what happened in each seed")
    return made


def outcomes_in(path: Path) -> list[dict[str, Any]]:
    """The outcomes that an earlier run wrote."""
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def chosen(options: argparse.Namespace) -> list[int]:
    """The seeds to run."""
    if options.reserved:
        return list(RESERVED)
    if options.seed is not None:
        return [options.seed]
    if options.only:
        return [int(number) for number in options.only.split(",")]
    return list(range(options.first, options.first + options.seeds))


def show(outcome: dict[str, Any], in_full: bool) -> None:
    """One seed on the terminal."""
    if in_full:
        say("\n".join(told(outcome)))
    elif "failed" in outcome:
        say(f"seed {outcome['seed']}: {outcome['failed']}")
    else:
        judged = outcome["judgement"]
        say(
            f"seed {outcome['seed']}: {judged['right']}/{judged['entries']} entries right,"
            f" {judged['due']} due, {len(judged['findings'])} findings, {outcome['seconds']} s"
        )


def report(outcomes: Sequence[dict[str, Any]], path: Path | None) -> int:
    """The table and the aims; the exit status."""
    if path is not None:
        path.write_text(json.dumps(list(outcomes), ensure_ascii=False), encoding="utf-8")
    say(figures(outcomes))
    say("")
    say(table(outcomes))
    missed = unmet(outcomes)
    for line in missed:
        say(f"missed: {line}")
    return 1 if missed else 0


def say(line: str) -> None:
    """One line for people."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
