"""Runs seeds side by side, each in a process of its own that is forked when all is loaded."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from drift.plan import variant_of
from drift.preload import preload
from drift.run import make_healthy, run_seed

# Seconds after which a seed counts as hung: of its processor, and in all.
LONGEST_WORK = 120
LONGEST = 1200.0
# Memory, not disk: a crawl keeps a thousand small files.
FAST = Path("/dev/shm")  # noqa: S108 # a tmpfs where there is one; the folder has a name of its own
ROOM = 1024**3


class PoolError(Exception):
    """The healthy weeks could not be made, or a seed did not end; one line."""


def work_folder() -> Path:
    """An empty folder, in memory where there is room."""
    fast = FAST.is_dir() and shutil.disk_usage(FAST).free > ROOM
    return Path(tempfile.mkdtemp(prefix="drift-", dir=FAST if fast else None))


def run_seeds(
    seeds: Sequence[int], folder: Path, workers: int, *, keep: bool = False
) -> Iterator[dict[str, Any]]:
    """The outcome of each seed, as JSON, in the order in which they end.

    Healthy weeks that an earlier run left in `folder` are used again: of the same program only.
    A seed that raises or hangs gives {"seed": n, "failed": why}. Raises PoolError when the
    healthy weeks of a variant cannot be made.
    """
    preload()
    wanted = sorted({variant_of(seed) for seed in seeds})
    variants = [one for one in wanted if not made_mark(folder, one).is_file()]
    for variant, why in side_by_side(variants, workers, lambda one: healthy(folder, one)):
        if why:
            raise PoolError(f"healthy weeks of variant {variant}: {why}")
    for seed, why in side_by_side(seeds, workers, lambda one: single(folder, one, keep)):
        result = folder / f"{seed}.json"
        if why or not result.is_file():
            yield {"seed": seed, "failed": why or "no result"}
        else:
            yield json.loads(result.read_text(encoding="utf-8"))
        if not keep:
            shutil.rmtree(folder / f"seed-{seed}", ignore_errors=True)


def healthy(folder: Path, variant: int) -> None:
    """In a child: the healthy weeks of a variant."""
    make_healthy(folder / f"variant-{variant}", variant)
    made_mark(folder, variant).touch()


def made_mark(folder: Path, variant: int) -> Path:
    """Stands beside the healthy weeks of a variant when they are complete."""
    return folder / f"variant-{variant}.made"


def single(folder: Path, seed: int, keep: bool) -> None:
    """In a child: one seed."""
    start = folder / f"variant-{variant_of(seed)}"
    shutil.rmtree(folder / f"seed-{seed}", ignore_errors=True)
    (folder / f"{seed}.json").unlink(missing_ok=True)
    outcome = run_seed(folder / f"seed-{seed}", start, seed, keep=keep)
    path = folder / f"{seed}.json"
    path.write_text(json.dumps(asdict(outcome), ensure_ascii=False), encoding="utf-8")


def side_by_side(
    numbers: Sequence[int], workers: int, work: Callable[[int], None]
) -> Iterator[tuple[int, str]]:
    """Each number with '' or why its work failed, at most `workers` children at once."""
    context = multiprocessing.get_context("fork")
    todo, running = list(numbers), dict[int, tuple[ForkProcess, float, Path]]()
    while todo or running:
        while todo and len(running) < workers:
            number = todo.pop(0)
            handle, name = tempfile.mkstemp(prefix="drift-error-")
            os.close(handle)
            child = context.Process(target=guarded, args=(work, number, Path(name)))
            child.start()
            running[number] = (child, time.monotonic(), Path(name))
        for number, (child, begun, errors) in list(running.items()):
            why = ended(child, begun, errors)
            if why is not None:
                del running[number]
                errors.unlink()
                yield number, why
        time.sleep(0.05)


def ended(child: ForkProcess, begun: float, errors: Path) -> str | None:
    """None while a child runs; then '' or why it failed. One that hangs is ended."""
    if child.is_alive():
        if time.monotonic() - begun < LONGEST:
            return None
        child.kill()
        child.join()
        return f"not done after {LONGEST:.0f} s"
    child.join()
    return "" if child.exitcode == 0 else errors.read_text(encoding="utf-8") or "died"


def guarded(work: Callable[[int], None], number: int, errors: Path) -> None:
    """The work in a child; what it raises is left in a file."""
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_WORK, LONGEST_WORK))
    try:
        work(number)
    except BaseException:  # noqa: BLE001 # told to the parent in words
        errors.write_text(traceback.format_exc(), encoding="utf-8")
        os._exit(1)
    os._exit(0)
