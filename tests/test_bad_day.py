"""Everything at once: 200 slow clients, a hostile site, a full disk and a provider that limits,
while the issue goes out. Figures in docs/soak.md."""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from china_time import SHANGHAI
from tests.app.test_public_page import free_port
from tests.bad_day import SOURCES, Disk, Provider, SlowClients, site, until
from tests.installation import ROOT, Installation

READERS = 30
CLIENTS = 200
WITHIN = 600.0
FULL_BEFORE, FULL_AFTER, FULL_MOST = 10.0, 45.0, 300.0
FELT = ("disk is full", "编印周报失败")
SETTINGS = """\
[digest]
weekday = "{weekday}"
time = "{time}"
[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "政讯周报 <zhengxun@example.com>"
[operator]
email = "operator@example.com"
[public]
url = "http://127.0.0.1:{page}"
listen = "127.0.0.1:{page}"
[metrics]
port = {figures}
[crawl]
delay = 0
[upkeep]
min_free_mib = 1
"""


class Now(Installation):
    """An installation whose clock is the machine's."""

    def environment(self) -> dict[str, str]:
        plain = super().environment()
        return {name: value for name, value in plain.items() if name != "ZHENGXUN_NOW"}


@dataclass
class Answers:
    """How an honest reader fares: seconds of each answer, and what was no answer."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def ask(self, url: str) -> None:
        began = time.monotonic()
        try:
            with urllib.request.urlopen(url, timeout=20):  # noqa: S310 # our own
                pass
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != 404:
                self.failed.append(f"{url}: {error.code}")
        except OSError as error:
            self.failed.append(f"{url}: {error}")
        self.seconds.append(time.monotonic() - began)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "house" / "data", mib=256)
    yield made
    made.end()


def peak_mib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def readers(folder: Path) -> Path:
    path = folder / "readers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["address", "name"])
        rows.writerows([f"reader{number}@example.com", "李"] for number in range(READERS))
    return path


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and prlimit")
def test_the_issue_goes_out_in_time_on_a_bad_day(
    tmp_path: Path, disk: Disk, capsys: pytest.CaptureFixture[str]
) -> None:
    page, figures, tables = free_port(), free_port(), free_port()
    with site() as origin, Provider(tmp_path / "mail") as provider:
        house = Now(tmp_path / "house", upstream=origin, sources=SOURCES)
        ports = {"smtp": provider.port, "page": page, "figures": figures}
        house.settings = SETTINGS.format(weekday="fri", time="00:00", **ports)
        assert house.run("crawl", "good").returncode == 0
        assert house.run("subscribers", "import", str(readers(tmp_path))).returncode == 0
        due = (int(time.time()) // 60 + 3) * 60.0
        day = datetime.fromtimestamp(due, SHANGHAI)
        weekday = f"{day:%a}".lower()
        house.settings = SETTINGS.format(weekday=weekday, time=f"{day:%H:%M}", **ports)
        environment = house.environment()
        told = (tmp_path / "told").open("w", encoding="utf-8")
        python = [sys.executable, "-P"]
        serve = [*python, "-m", "cli", "serve", "--port", str(tables)]
        with (
            told,
            subprocess.Popen(
                [*python, str(ROOT / "scheduler.py")], env=environment, stderr=told
            ) as daemon,
            subprocess.Popen(serve, env=environment, stdout=told, stderr=told) as datasette,
            SlowClients({page: CLIENTS, tables: CLIENTS // 2}) as clients,
        ):
            answers = Answers()
            try:
                until(lambda: False, due - FULL_BEFORE)
                disk.fill(daemon.pid)
                until(lambda: False, due + FULL_AFTER)
                # The issue waits for crawls: the disk is full until that was felt.
                until(lambda: is_felt(tmp_path / "told"), due + FULL_MOST)
                disk.make_room(daemon.pid)

                def is_out() -> bool:
                    answers.ask(f"http://127.0.0.1:{page}/s/nobody")
                    answers.ask(f"http://127.0.0.1:{tables}/-/versions.json")
                    answers.ask(f"http://127.0.0.1:{figures}/metrics")
                    return len(mailed(provider)) >= READERS

                in_time = until(is_out, due + WITHIN)
                took = time.time() - due
                beat = (house.folder / "data" / "heartbeat").stat().st_mtime
                handles = len(os.listdir(f"/proc/{daemon.pid}/fd"))  # noqa: PTH208 # a count
                peaks = peak_mib(daemon.pid), peak_mib(datasette.pid)
            finally:
                daemon.terminate()
                datasette.terminate()
        log = sum(one.stat().st_size for one in (house.folder / "data" / "logs").glob("daemon*"))
        counted = mailed(provider)
        with capsys.disabled():
            print(  # noqa: T201 # figures for the docs
                f"\nall {len(counted)} mails {took:.0f} s after the issue's time (limited"
                f" {provider.limited} times); disk {'real' if disk.is_real else 'by limit'};"
                f" clients opened {clients.opened}; answers {len(answers.seconds)}, slowest"
                f" {max(answers.seconds):.2f} s, failed {len(answers.failed)}; peak MiB daemon,"
                f" Datasette {peaks}; handles {handles}; log {log // 1024} KiB"
            )
        words = (tmp_path / "told").read_text(encoding="utf-8")
        assert "--- Logging error ---" not in words
        assert len(words) < 1_000_000
        assert in_time, f"{len(counted)} of {READERS}\n{words[-5000:]}"
        assert max(counted.values()) == 1
        assert provider.limited
        assert not answers.failed
        assert max(answers.seconds) < 10
        assert due - beat < 0
        assert handles < 400
        assert log < 5_000_000
        with closing(sqlite3.connect(house.folder / "data" / "zhengxun.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            [(kept,)] = db.execute("SELECT count(*) FROM deliveries WHERE state = 'sent'")
            assert kept == READERS
            bad = {row[0] for row in db.execute("SELECT DISTINCT title FROM alarms")}
        assert any("编印周报失败" in title for title in bad) or "disk is full" in words


def is_felt(told: Path) -> bool:
    words = told.read_text(encoding="utf-8")
    return any(sign in words for sign in FELT)


def mailed(provider: Provider) -> dict[str, int]:
    """How many mails each reader has got."""
    found: dict[str, int] = {}
    for mail in list(provider.received):
        for address in mail.recipients:
            if address.startswith("reader"):
                found[address] = found.get(address, 0) + 1
    return found
