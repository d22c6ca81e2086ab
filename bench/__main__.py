"""`python -m bench --most 100000`: grow a store, print the figures at each size."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measure import grow, measure, record_earlier_issue
from bench.synthetic import Author
from storage.database import open_database

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
CORPUS = Path(__file__).parent.parent / "replica" / "content"


def main() -> None:
    """Parse, grow, measure, print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--most", type=int, default=100_000, help="notices at the end")
    parser.add_argument("--folder", type=Path, help="keep the store here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhengxun-bench-") as temporary:
        run(options.folder or Path(temporary), options.most)


def run(folder: Path, most: int) -> None:
    """One store, grown in steps."""
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    author = Author(CORPUS, today)
    with closing(open_database(folder / "zhengxun.db")) as db:
        record_earlier_issue(db, author)
        reached = 0
        for size in [step for step in SIZES if step < most] + [most]:
            start = time.perf_counter()
            grow(db, author, reached, size)
            rate = (size - reached) / max(time.perf_counter() - start, 1e-9)
            reached = size
            say(f"\n{size:,} notices (filled at {rate:.0f}/s)")
            say(f"{'':28}{'p50 ms':>9} {'p95 ms':>9} {'cpu p95':>9}")
            for figure in measure(db, author, size, folder):
                times = str(figure.times) if figure.times else ""
                say(f"{figure.what:28}{times:>29}  {figure.note}".rstrip())


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
