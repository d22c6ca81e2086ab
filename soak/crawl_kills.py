"""`python -m soak.crawl_kills --times 200`: kill -9 at random moments of crawling into the store.

A real Scrapy process crawls a site of the replica and is killed somewhere between its first and
its last notice, again and again on the same database, until the site is complete; then a crawl is
left alone, and the next site follows; after the last one, a new database. After each kill the
database must be sound and hold no half notice; after each round it must be as if nothing had
been killed.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from replica.server import start_replica
from soak.database_diff import content, differences, half_stored, unsound
from soak.harness import ROOT

NOW = "2021-02-05T17:00:00+08:00"
# Originals, their reposts, and a site whose notices name files.
SITES = ("tj_kxjs", "tj_tten", "bj_zscqj", "miit")
LONGEST_PAUSE = 0.08
MOST_NOTICES = 5
SETTINGS = '[crawl]\nbrowser = "none"\ndays = 60\n'


@dataclass
class Kills:
    """Counts, and what was found wrong."""

    upstream: str
    folder: Path
    random: Random
    sites: tuple[str, ...] = SITES
    done: int = 0
    after_end: int = 0
    rounds: int = 0
    wrong: list[str] = field(default_factory=list)
    right: dict[str, dict[str, set[tuple[tuple[str, Any], ...]]]] = field(default_factory=dict)

    def run(self, times: int) -> None:
        """Kill so many crawls."""
        calm = self.folder / "calm"
        for site in self.sites:
            finish(self.crawl(calm, site))
            self.right[site] = content(calm / "zhengxun.db")
        while self.done < times:
            self.rounds += 1
            data = self.folder / f"round{self.rounds}"
            for site in self.sites:
                self.one_site(data, site, times)

    def one_site(self, data: Path, site: str, times: int) -> None:
        """Kill crawls of a site until one gets to its end, then compare."""
        database = data / "zhengxun.db"
        while self.done < times and self.kill_one(data, site):
            if database.is_file():
                self.complain(f"kill {self.done}", unsound(database))
                self.complain(f"kill {self.done}", half_stored(database, self.right[site]))
        if finish(self.crawl(data, site)) != 0:
            self.wrong.append(f"the crawl of {site} after {self.done} kills failed")
        self.complain(f"after {site}", unsound(database))
        self.complain(f"after {site}", differences(database, self.right[site]))

    def kill_one(self, data: Path, site: str) -> bool:
        """Start a crawl and kill it; False when it had come to its end by itself."""
        process = self.crawl(data, site)
        assert process.stdout is not None  # noqa: S101 # asked for as a pipe
        if self.random.random() < 0.15:
            time.sleep(self.random.uniform(0, 1.5))  # while it starts, opens and migrates
        else:
            wanted = self.random.randint(0, MOST_NOTICES)
            for line in process.stdout:
                wanted -= '"notice"' in line
                if wanted < 0:
                    break
            time.sleep(self.random.uniform(0, LONGEST_PAUSE))
        ended = process.poll() is not None
        os.killpg(process.pid, signal.SIGKILL) if not ended else None
        process.communicate()
        self.done += not ended
        self.after_end += ended
        return not ended

    def crawl(self, data: Path, site: str) -> subprocess.Popen[str]:
        """The process that the daemon would start."""
        data.mkdir(parents=True, exist_ok=True)
        configuration = data / "zhengxun.toml"
        configuration.write_text(SETTINGS, encoding="utf-8")
        plain = {key: value for key, value in os.environ.items() if "ZHENGXUN" not in key}
        return subprocess.Popen(
            [sys.executable, "-m", "scrapy", "crawl", site, "-s", "ZX_PROGRESS=1"],
            cwd=ROOT,
            env={
                **plain,
                "SCRAPY_SETTINGS_MODULE": "crawlers.settings",
                "ZHENGXUN_CONFIG": str(configuration),
                "ZHENGXUN_DATA": str(data),
                "ZHENGXUN_NOW": NOW,
                "ZHENGXUN_UPSTREAM": self.upstream,
                "PYTHONPATH": str(ROOT),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def complain(self, when: str, lines: list[str]) -> None:
        """Keep what is wrong."""
        self.wrong += [f"{when}: {line}" for line in lines]


def finish(process: subprocess.Popen[str]) -> int:
    """Let a crawl come to its end; its exit status."""
    process.communicate()
    return process.returncode


def crawl_kills(times: int, seed: int, folder: Path, sites: tuple[str, ...] = SITES) -> Kills:
    """Kill `times` crawls against the bundled replica."""
    with start_replica(as_of=datetime.fromisoformat(NOW)) as replica:
        kills = Kills(replica.origin, folder, Random(seed), sites)  # noqa: S311 # no secret
        kills.run(times)
    return kills


def main() -> int:
    """Kill, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m soak.crawl_kills", description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhengxun-kills-") as folder:
        kills = crawl_kills(options.times, options.seed, Path(folder))
    for line in kills.wrong:
        sys.stdout.write(f"WRONG {line}\n")
    sys.stdout.write(
        f"{kills.done} crawls killed in {kills.rounds} databases, "
        f"{kills.after_end} had ended before, {len(kills.wrong)} violations\n"
    )
    return 1 if kills.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
