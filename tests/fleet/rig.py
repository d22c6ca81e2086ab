"""A fleet on this machine: a broker, workers and the machine that has the store, to be killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from app.context import Context
from config import load_config
from nation.day import catalogue
from nation.offices import Country, Handler
from tests.installation import ROOT, Installation

SERVER = shutil.which("redis-server") or shutil.which("valkey-server")
NO_BROKER = "no redis-server or valkey-server here"
KEY = "of our fleet and nobody else's"
DELAY = 0.4
# Notes requests where they leave.
AT_THE_DOOR = Path(__file__).parent / "at_the_door"


class Broker:
    """Redis or Valkey in a folder; what it holds goes with it, unless it keeps a log."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.arguments = arguments
        folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        words = [str(SERVER), "--port", str(self.port), "--dir", str(self.folder), "--save", ""]
        self.process = subprocess.Popen(
            [*words, *self.arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
        raise AssertionError("the broker does not start")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Machine:
    """A process of ours in its own group."""

    def __init__(self, words: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self.words = words
        self.environment = environment
        self.log = log
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", *self.words],
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def kill(self, *, all_of_it: bool = True) -> None:
        """SIGKILL, to the first process or to all it forked; its crawls have groups of their own
        and end by themselves."""
        with suppress(ProcessLookupError):
            if all_of_it:
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.process.wait()

    def end(self) -> None:
        self.kill()


def worker(broker: Broker, folder: Path, origin: str, name: str, queues: str = "crawl") -> Machine:
    """`zhengxun worker`; its name is in what it says of itself to sites."""
    settings = (
        f'[crawl]\nbrowser = "none"\ncontact = "{name}"\ndelay = {DELAY}\n'
        f'[fleet]\nbroker = "{broker.url}"\n'
    )
    home = Installation(folder, upstream=origin, sources="", settings=settings)
    environment = home.environment() | at_the_door(folder.parent)
    words = ["cli", "worker", "--queues", queues, "--folder", str(folder / "work")]
    return Machine(words, environment, folder / "worker.log")


def store(
    broker: Broker, folder: Path, origin: str, offices: int, extra: str = "", timeout: float = 20
) -> tuple[Context, dict[str, str]]:
    """The installation that has the store, and its environment."""
    settings = (
        f'[crawl]\nbrowser = "none"\ncontact = "home"\ndelay = {DELAY}\ntimeout = {timeout}\n'
        f'[fleet]\nbroker = "{broker.url}"\n{extra}'
    )
    home = Installation(folder, upstream=origin, sources=catalogue(offices), settings=settings)
    environment = home.environment() | at_the_door(folder.parent)
    context = Context(load_config(environment, cwd=folder))
    with context.store():
        pass
    return context, environment


@contextmanager
def heard_offices() -> Iterator[tuple[Country, list[tuple[float, str, str]]]]:
    """The server of the invented offices, and who asked which host when (monotonic)."""
    country, heard = Country(), []
    lock = threading.Lock()

    def note(handler: Any) -> None:
        who = handler.headers["User-Agent"].partition("(+")[2].rstrip(")")
        with lock:
            heard.append((time.monotonic(), handler.headers["Host"], who))
        Handler.do_GET(handler)

    kind: Any = type("Heard", (Handler,), {"country": country, "do_GET": note})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    country.origin = f"http://127.0.0.1:{server.server_port}"
    try:
        yield country, heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def home_process(environment: dict[str, str], folder: Path) -> Machine:
    """Visits every site until each has been read well since it began for the first time."""
    return Machine(["tests.fleet.home_process"], environment, folder / "home.log")


def at_the_door(folder: Path) -> dict[str, str]:
    """The environment of processes whose requests are noted in a folder."""
    return {
        "ZHENGXUN_FLEET_KEY": KEY,
        "ZX_DEPARTURES": str(folder / "departures"),
        "PYTHONPATH": f"{AT_THE_DOOR}{os.pathsep}{ROOT}",
    }


def departures(folder: Path) -> dict[str, list[tuple[float, int]]]:
    """By host: when each request left (monotonic), and from which process."""
    left: dict[str, list[tuple[float, int]]] = {}
    for line in (folder / "departures").read_text(encoding="ascii").splitlines():
        at, host, pid = line.split()
        left.setdefault(host, []).append((float(at), int(pid)))
    return {host: sorted(times) for host, times in left.items()}
