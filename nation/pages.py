"""`python -m nation.pages`: what a page read, judged and stored costs, beside a bare Scrapy spider.

Both crawl the same pages from the same server; processor time is that of the command and all it
starts. From what many offices cost is taken what few cost: the start of the programs is in neither.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from nation.day import ROOT, NationError, catalogue, say
from nation.offices import COLUMNS, LISTED, Country, offices

FEW, MANY = 2, 10
PAGES = (MANY - FEW) * len(COLUMNS) * LISTED
SETTINGS = """\
[crawl]
browser = "none"
parallel = 1
"""
# Far enough back for all that is listed.
DAYS = 400


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(prog="nation.pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is told")
    rounds = parser.parse_args().rounds
    ratios = []
    with offices() as country, tempfile.TemporaryDirectory(prefix="zhengxun-pages-") as folder:
        for number in range(rounds):
            ours = a_page(lambda count, place: crawl(country, count, place), folder, f"o{number}")
            bare = a_page(
                lambda count, place: bare_crawl(country, count, place), folder, f"b{number}"
            )
            ratios.append(ours / bare)
            say(f"a page: {ours:.1f} ms, bare {bare:.1f} ms, {ours / bare:.2f} times")
    say(f"median of {rounds}: {statistics.median(ratios):.2f} times; load {os.getloadavg()[0]:.1f}")


def a_page(crawled: Callable[[int, Path], float], folder: str, name: str) -> float:
    """Milliseconds of processor time."""
    few, many = (crawled(count, Path(folder) / f"{name}-{count}") for count in (FEW, MANY))
    return (many - few) / PAGES * 1000


def crawl(country: Country, count: int, folder: Path) -> float:
    """Seconds of processor time in which the product visits so many offices."""
    folder.mkdir()
    (folder / "zhengxun.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "sources.toml").write_text(catalogue(count), encoding="utf-8")
    plain = {name: text for name, text in os.environ.items() if "ZHENGXUN" not in name}
    environment = {
        **plain,
        "PYTHONPATH": str(ROOT),
        "ZHENGXUN_CONFIG": str(folder / "zhengxun.toml"),
        "ZHENGXUN_UPSTREAM": country.origin,
        "ZHENGXUN_NOW": f"{country.today}T08:30:00+08:00",
    }
    used = run(["cli", "crawl", "--days", str(DAYS)], folder, environment)
    if country.requests < count * len(COLUMNS) * LISTED:
        raise NationError(f"{country.requests} requests: not every page was read")
    country.requests = 0
    return used


def bare_crawl(country: Country, count: int, folder: Path) -> float:
    """As `crawl`, by the bare spider."""
    folder.mkdir()
    out = folder / "out.jsonl"
    words = ["nation.bare_spider", country.origin, str(count), str(out)]
    used = run(words, folder, {**os.environ, "PYTHONPATH": str(ROOT)})
    country.requests = 0
    lines = len(out.read_text(encoding="utf-8").splitlines())
    if lines != count * len(COLUMNS) * LISTED:
        raise NationError(f"the bare spider read {lines} pages")
    return used


def run(words: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Seconds of processor time of a program and all it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NationError(f"{words[0]}: {done.stderr.strip()[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    try:
        main()
    except NationError as error:
        sys.exit(f"nation: {error}")
