"""`python -m bench --most 100000`: build a store of each size, print one table of figures."""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.build import build
from bench.measure import Figure, measure
from bench.synthetic import Author
from storage.database import open_database
from storage.operation.upkeep import checkpoint

SIZES = (10_000, 100_000, 300_000, 1_000_000)
CORPUS = Path(__file__).parent.parent / "replica" / "content"


def main() -> None:
    """Parse, build, measure, print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--most", type=int, default=100_000, help="notices of the largest store")
    parser.add_argument("--sizes", type=int, nargs="*", help="of these sizes instead")
    parser.add_argument("--folder", type=Path, help="keep the stores here, and use those there")
    options = parser.parse_args()
    sizes = options.sizes or [size for size in SIZES if size < options.most] + [options.most]
    with tempfile.TemporaryDirectory(prefix="zhengxun-bench-") as temporary:
        run(options.folder or Path(temporary), sizes, keep=options.folder is not None)


def run(folder: Path, sizes: Sequence[int], *, keep: bool) -> None:
    """A store of each size, measured as soon as it is there."""
    author = Author(CORPUS, (datetime.now(UTC) + timedelta(hours=8)).date())
    columns: list[list[Figure]] = []
    for size in sizes:
        path = folder / f"{size}-{author.today}.db"
        _provide(path, author, size)
        with closing(open_database(path)) as db:
            # As the daemon does every night.
            checkpoint(db)
            say(f"\n{size:,} notices; p50 / p95 / p95 of CPU in ms; {_load()}")
            figures = []
            for figure in measure(db, author, size, folder):
                say(f"{figure.what:55} {figure.text}")
                figures.append(figure)
            columns.append(figures)
        if not keep:
            for file in folder.iterdir():
                file.unlink()
    say("\n" + table(sizes, columns))


def _provide(path: Path, author: Author, size: int) -> None:
    if path.exists():
        return
    start = time.perf_counter()
    with closing(open_database(path)) as db:
        build(db, CORPUS, author.today, size)
    say(f"\n{size:,} notices written in {time.perf_counter() - start:,.0f} s; {_load()}")


def table(sizes: Sequence[int], columns: Sequence[Sequence[Figure]]) -> str:
    """Markdown: a line a figure, a column a size, and how much the last is the first."""
    heads = [f"{size:,}" for size in sizes]
    lines = [
        f"SQLite {sqlite3.sqlite_version}, Python {sys.version.split()[0]}, {_load()}",
        "",
        f"| p50 / p95 / p95 of CPU, ms | {' | '.join(heads)} | {heads[-1]} : {heads[0]} |",
        "| --- |" + " --- |" * (len(heads) + 1),
    ]
    for figures in zip(*columns, strict=True):
        cells = [figure.text for figure in figures]
        lines.append(f"| {figures[0].what} | {' | '.join(cells)} | {_growth(figures)} |")
    return "\n".join(lines)


def _growth(figures: Sequence[Figure]) -> str:
    first, last = figures[0].times, figures[-1].times
    return f"× {last.cpu95 / max(first.cpu95, 0.01):.1f}" if first and last else ""


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
