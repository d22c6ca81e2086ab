"""A day of three rounds over so many offices, by the command as people call it."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from nation.offices import COLUMNS, NAMES, Country, host_of

ROOT = Path(__file__).parent.parent
HOURS = (8, 13, 18)
ROUNDS = ("first sight", "nothing new", "some new")
SITE = """\
[o{0}]
name = "第{0}号办公室"
platform = "trs"
section = "projects"
group = "天津市"
crawl = "15 8,13,18 * * mon-fri"
"""
COLUMN = """\
[[o{0}.columns]]
name = "{1}"
url = "http://{2}/{3}/"
min_rows = 5
"""


class NationError(Exception):
    """The day could not be measured; one line."""


def say(text: str) -> None:
    """Print a line at once: a run takes hours."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number of a run with so many sites."""

    what: str
    value: float
    unit: str


class Day:
    """One installation that watches `sites` offices."""

    def __init__(self, folder: Path, country: Country, sites: int) -> None:
        self.folder = folder
        self.country = country
        self.sites = sites
        self.turn = 0
        folder.mkdir(parents=True)
        (folder / "zhengxun.toml").write_text('[crawl]\nbrowser = "none"\n', encoding="utf-8")
        (folder / "sources.toml").write_text(catalogue(sites), encoding="utf-8")

    def measured(self) -> Iterator[Figure]:
        """The figures of the day, in the order in which they come."""
        for self.turn, name in enumerate(ROUNDS):
            yield from self._round(name)
        for verb in (["status"], ["digest", "--week", "2021-W05", "--preview"]):
            used, took = self._run(verb)
            yield Figure(f"{verb[0]}, processor", used, "s")
            yield Figure(f"{verb[0]}, time", took, "s")

    def _round(self, name: str) -> Iterator[Figure]:
        country, before = self.country, self._store_bytes()
        country.turn, country.requests, country.answered_bytes = self.turn, 0, 0
        used, took = self._run(["crawl"])
        self._check()
        yield Figure(f"{name}: processor a site", used / self.sites, "s")
        yield Figure(f"{name}: time", took, "s")
        yield Figure(f"{name}: requests a site", country.requests / self.sites, "")
        yield Figure(f"{name}: received a site", country.answered_bytes / self.sites / 1024, "KiB")
        grown = (self._store_bytes() - before) / self.sites / 1024
        yield Figure(f"{name}: store grows a site", grown, "KiB")
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        yield Figure(f"{name}: largest process so far", largest, "MiB")

    def _run(self, arguments: Sequence[str]) -> tuple[float, float]:
        """Seconds of processor time, of all it starts, and seconds on the clock."""
        begun, start = _used(), time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NationError(f"zhengxun {arguments[0]}: {done.stderr.strip()[-500:]}")
        return _used() - begun, time.monotonic() - start

    def _environment(self) -> dict[str, str]:
        plain = {name: text for name, text in os.environ.items() if "ZHENGXUN" not in name}
        return {
            **plain,
            "PYTHONPATH": str(ROOT),
            "ZHENGXUN_CONFIG": str(self.folder / "zhengxun.toml"),
            "ZHENGXUN_UPSTREAM": self.country.origin,
            "ZHENGXUN_NOW": f"{self.country.today}T{HOURS[self.turn]:02d}:30:00+08:00",
        }

    def _check(self) -> None:
        """Every column has been read well in this round, or the figures say nothing."""
        with closing(sqlite3.connect(self.folder / "data" / "zhengxun.db")) as db:
            good = db.execute(
                "SELECT count(*) FROM checks WHERE verdict IN ('ok', 'quiet') AND run_id IN"
                " (SELECT max(id) FROM runs GROUP BY site)"
            ).fetchone()[0]
        if good != self.sites * len(COLUMNS):
            raise NationError(f"{good} of {self.sites * len(COLUMNS)} columns were read well")

    def _store_bytes(self) -> int:
        data = self.folder / "data"
        return sum(path.stat().st_size for path in data.glob("zhengxun.db*"))


def catalogue(sites: int) -> str:
    """The operator's sources.toml of so many offices."""
    parts = ["[catalogue]\nbuilt_in = false\n"]
    for office in range(sites):
        parts.append(SITE.format(office))
        parts += [COLUMN.format(office, NAMES[one], host_of(office), one) for one in COLUMNS]
    return "\n".join(parts)


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
