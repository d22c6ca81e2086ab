"""One installation under test: folder, configuration, replica, mail server and the daemon."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from digest.delivery.sink import Sink
from replica.server import Replica
from soak import clock
from soak.processes import children_of, crawls_of, kill, site_of
from soak.publisher import COLUMNS

ROOT = Path(__file__).parent.parent
ANSWER_SECONDS = 420.0
OPERATOR = "operator@example.com"
READERS = ("all@example.com", "pharma@example.com", "moved@example.com")

SETTINGS = """\
[digest]
company = "盈科瑞"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "政讯周报 <zhengxun@example.com>"
timeout = 20
[crawl]
browser = "none"
attachments = false
parallel = 7
timeout = 120
[operator]
email = "operator@example.com"
[upkeep]
min_free_mib = 10
keep_backups = 3
"""
OFTEN = ("cde", "tj_kxjs")  # crawled twice a week, the others once
REDESIGNED = (
    'selectors = { rows = ".feed-card", title = "h3", link = "el-link.go", date = ".when" }\n'
)


class SoakError(Exception):
    """The soak itself cannot go on; one line."""


class Harness:
    """Starts, stops, kills and moves in time. `true` time is the sites' and the driver's; the
    daemon's clock differs from it by `skew`."""

    def __init__(self, folder: Path, replica: Replica, sink: Sink, start: datetime) -> None:
        self.folder = folder
        self.replica = replica
        self.sink = sink
        self.now = start
        self.skew = timedelta(0)
        self.passed = 0.0
        self.process: subprocess.Popen[str] | None = None
        self.answers: queue.Queue[str] = queue.Queue()
        self.asked = 0
        self.mended: set[str] = set()
        self.killed: set[str] = set()
        self.clock_file = folder / "clock.json"
        self.data.mkdir(parents=True, exist_ok=True)
        self.configure()
        self.set_clock()

    @property
    def data(self) -> Path:
        """The data folder of the daemon."""
        return self.folder / "data"

    @property
    def alive(self) -> bool:
        """Whether the daemon runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        """The daemon's process."""
        if self.process is None:
            raise SoakError("the daemon was never started")
        return self.process.pid

    def configure(self, settings: str = SETTINGS) -> None:
        """Write what the operator would write."""
        (self.folder / "zhengxun.toml").write_text(
            settings.format(port=self.sink.port), encoding="utf-8"
        )
        (self.folder / "sources.toml").write_text(sources(self.mended), encoding="utf-8")

    def environment(self) -> dict[str, str]:
        """What every process of the soak is started with."""
        plain = {key: value for key, value in os.environ.items() if "ZHENGXUN" not in key}
        return {
            **plain,
            "ZHENGXUN_CONFIG": str(self.folder / "zhengxun.toml"),
            "ZHENGXUN_DATA": str(self.data),
            "ZHENGXUN_UPSTREAM": self.replica.origin,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "soak" / "site"), str(ROOT)]),
            clock.ENVIRONMENT: str(self.clock_file),
        }

    def set_clock(self) -> None:
        """Bring replica and clock file to the present instant."""
        self.replica.set_as_of(self.now)
        wall = (self.now + self.skew).timestamp() - time.time()
        clock.write(self.clock_file, clock.Setting(wall, self.passed))

    def start(self, during: Callable[[], None] | None = None) -> bool:
        """Start the daemon and let it catch up; whether it lives."""
        self.set_clock()
        self.answers = queue.Queue()
        with (self.folder / "stderr.log").open("a", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "soak.daemon"],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        threading.Thread(target=listen, args=(self.process, self.answers), daemon=True).start()
        return self.let_run(during)

    def step(
        self, to: datetime, *, during: Callable[[], None] | None = None, asleep: bool = False
    ) -> bool:
        """Let time pass until `to` and everything due run; whether the daemon lives.

        `asleep`: the machine was suspended, so timers know nothing of the time that passed.
        """
        self.pass_to(to, asleep=asleep)
        return self.let_run(during) if self.alive else False

    def pass_to(self, to: datetime, *, asleep: bool = False) -> None:
        """Move the clock; the daemon is told by `let_run`."""
        passed = max(0.0, (to - self.now).total_seconds())
        self.now = max(to, self.now)
        if not asleep:
            self.passed += passed
        self.set_clock()

    def let_run(self, during: Callable[[], None] | None = None) -> bool:
        """Wait until the daemon has nothing left to do at this instant; whether it lives."""
        self.asked += 1
        self.say(f"go {self.asked}")
        if during is not None:
            during()
        while True:
            try:
                answer = self.answers.get(timeout=ANSWER_SECONDS)
            except queue.Empty:
                raise SoakError(f"the daemon did not come to rest at {self.now}") from None
            if answer == str(self.asked):
                return True
            if answer == "":
                self.reap()
                return False

    def say(self, line: str) -> None:
        """One line to the daemon's driver."""
        process = self.process
        if self.alive and process is not None and process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.write(f"{line}\n")
                process.stdin.flush()

    def reap(self) -> None:
        """Take note of the daemon's end."""
        if self.process is not None:
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()

    def at_work(self) -> bool:
        """Whether crawls run."""
        return bool(crawls_of(self.pid))

    def subscribe(self, readers: Sequence[str]) -> None:
        """Add readers through the command a person uses."""
        for address in readers:
            subprocess.run(
                [sys.executable, "-m", "cli", "subscribers", "add", address],
                env=self.environment(),
                cwd=self.folder,
                check=True,
                capture_output=True,
            )

    def cut_power(self) -> None:
        """Daemon, crawls and what carries out its job end at once."""
        children = children_of(self.pid)
        self.kill_daemon()
        for child in children:
            kill(child)

    def kill_daemon(self) -> None:
        """kill -9 of the daemon alone; what it started becomes orphans."""
        kill(self.pid)

    def kill_a_crawl(self) -> None:
        """kill -9 of one crawl, if there is one; `killed` names its site."""
        for crawl in crawls_of(self.pid)[:1]:
            self.killed |= site_of(crawl)
            kill(crawl)

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=40)
        self.reap()
        return status

    def reload(self) -> None:
        """SIGHUP, and what follows from it."""
        os.kill(self.pid, signal.SIGHUP)
        time.sleep(0.2)
        self.step(self.now)


def listen(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    """Hand on what the daemon answers; '' at its end."""
    if process.stdout is not None:
        with suppress(ValueError):
            for line in process.stdout:
                answers.put(line.strip())
    answers.put("")


def sources(mended: set[str]) -> str:
    """The operator's sources.toml: the columns of the soak, and selectors for redesigned sites."""
    wanted = {(column.site, column.name) for column in COLUMNS}
    parts = []
    for site in dict.fromkeys(column.site for column in COLUMNS):
        days = "tue,fri" if site in OFTEN else "fri"
        parts.append(f'[{site}]\ncrawl = "0 9 * * {days}"\n')
        for name in (*built_in_columns(site), "IPRdaily"[: 8 * (site == "wechat")]):
            if not name:
                continue
            parts.append(f'[[{site}.columns]]\nname = "{name}"\n')
            if (site, name) not in wanted:
                parts.append("enabled = false\n")
            elif site in mended:
                parts.append(REDESIGNED)
            if name == "IPRdaily":
                parts.append('relay = "http://relay.example.net/feeds/IPRdaily.xml"\n')
    return "\n".join(parts)


def built_in_columns(site: str) -> list[str]:
    """The names of the columns that ship for a site."""
    catalogue = tomllib.loads((ROOT / "crawlers" / "sources.toml").read_text(encoding="utf-8"))
    names = [str(column["name"]) for column in catalogue[site]["columns"]]
    return [name for name in names if name != "IPRdaily"]
