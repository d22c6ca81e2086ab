"""What goes wrong on one day (`test_bad_day.py`): a site, readers, a provider and a disk."""

from __future__ import annotations

import errno
import os
import resource
import selectors
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from digest.delivery.sink import Sink, Stage

MIB = 1024 * 1024
KINDS = ("good", "numbered", "linked", "titled", "outside", "endless")
SOURCES = "[catalogue]\nbuilt_in = false\n" + "".join(
    f'[{kind}]\nname = "{kind}"\nplatform = "trs"\nsection = "projects"\ngroup = "天津市"\n'
    f'crawl = "0 3 1 1 *"\n[[{kind}.columns]]\nname = "通知"\nurl = "http://{kind}.example.org/"\n'
    for kind in KINDS
)
ROW = '<li><a href="{0}" title="{1}">{1}</a><span>{2}</span></li>'
PAGE = (
    "<html><head><meta charset='utf-8'><title>{0}</title>"
    "<meta name='ArticleTitle' content='{0}'><meta name='PubDate' content='{1}'></head>"
    "<body><h1>{0}</h1><div class='TRS_UEDITOR'><p>各有关单位：</p>{2}</div></body></html>"
)
BODIES = {
    "numbered": "<ol>" + "".join(f"<li>第{n}项</li>" for n in range(6000)) + "</ol>",
    "linked": "".join(f"<a href='/x/{n}'>附件{n}</a>" for n in range(100_000)),
}


class Site(BaseHTTPRequestHandler):
    """A site of each kind, by its host: one good one, and what a stranger could send."""

    protocol_version = "HTTP/1.1"
    over = threading.Event()

    def do_GET(self) -> None:
        with suppress(ConnectionError):
            kind = self.headers["Host"].partition(".")[0]
            if self.path.startswith("/robots"):
                self.answer(404, "")
            elif kind == "endless":
                self.go_on_for_ever()
            elif self.path == "/":
                self.answer(200, self.rows(kind))
            else:
                self.answer(200, self.notice(kind))

    def rows(self, kind: str) -> str:
        today = date.today().isoformat()  # noqa: DTZ011 # the zone is the test's
        own = [(f"/a/t{n}.html", f"关于组织申报第{n}批科技计划项目的通知") for n in range(1, 9)]
        if kind == "outside":
            own += [(f"http://o{n}.example.com/{n}", f"关于第{n}号事项") for n in range(300)]
        return f"<html><ul>{''.join(ROW.format(*row, today) for row in own)}</ul></html>"

    def notice(self, kind: str) -> str:
        number = "".join(sign for sign in self.path if sign.isdigit())
        title = f"关于组织申报第{number}批科技计划项目的通知"
        title += "1" * 300_000 if kind == "titled" else ""
        body = f"<p>{title[:30]}，请按要求报送材料，联系人李工。</p>" * 3 + BODIES.get(kind, "")
        return PAGE.format(title, date.today().isoformat(), body)  # noqa: DTZ011 # same

    def go_on_for_ever(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(MIB))
        self.end_headers()
        while not self.over.wait(1):
            self.wfile.write(b"<p>")

    def answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def site() -> Iterator[str]:
    """The origin at which all kinds of sites are served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        Site.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class Provider(Sink):
    """Takes so many mails a minute; the next ones get 450, and each third of those 421."""

    a_minute = 20

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.taken: list[float] = []
        self.limited = 0

    def says(self, stage: Stage) -> str:
        """As the provider does."""
        now = time.monotonic()
        if stage != "MAIL":
            return super().says(stage)
        self.taken = [at for at in self.taken if now - at < 60]
        if len(self.taken) < self.a_minute:
            self.taken.append(now)
            return ""
        self.limited += 1
        if self.limited % 3:
            return "450 4.7.1 too many mails from this sender, try again later"
        return "421 4.7.0 too many connections, closing"


class SlowClients:
    """So many connections to each port, each from its own address, a byte of a request a second;
    one that is cut comes back at once."""

    def __init__(self, ports: dict[int, int]) -> None:
        self.over = threading.Event()
        self.opened = 0
        self.threads = [
            threading.Thread(target=self.keep, args=(port, count)) for port, count in ports.items()
        ]

    def __enter__(self) -> SlowClients:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def keep(self, port: int, count: int) -> None:
        """Hold them until the day is over."""
        with selectors.DefaultSelector() as held:
            while not self.over.wait(1):
                for number in range(len(held.get_map()), count):
                    with suppress(OSError):
                        held.register(self.open(port, number), selectors.EVENT_READ)
                for key, _ in held.select(0):
                    self.drop(held, key.fileobj)
                for key in list(held.get_map().values()):
                    try:
                        key.fileobj.send(b"G")  # type: ignore[union-attr] # they are sockets
                    except OSError:
                        self.drop(held, key.fileobj)
            for key in list(held.get_map().values()):
                self.drop(held, key.fileobj)

    def open(self, port: int, number: int) -> socket.socket:
        self.opened += 1
        return socket.create_connection(
            ("127.0.0.1", port), timeout=5, source_address=(f"127.0.1.{number % 250 + 1}", 0)
        )

    @staticmethod
    def drop(held: selectors.BaseSelector, one: object) -> None:
        held.unregister(one)  # type: ignore[arg-type] # a socket
        one.close()  # type: ignore[attr-defined] # same


class Disk:
    """A disk that can be filled: a small one of its own where root may mount it. Elsewhere a limit
    on the size of every file of the daemon and of its children stands for it."""

    def __init__(self, folder: Path, mib: int) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(folder)]
        self.is_real = os.geteuid() == 0 and self.run(command) == 0
        self.ballast = folder / "ballast"

    @staticmethod
    def run(command: list[str]) -> int:
        return subprocess.run(command, check=False, capture_output=True).returncode

    def fill(self, pid: int) -> None:
        """Nothing more fits."""
        if not self.is_real:
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (1024, hard))
            return
        with self.ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def make_room(self, pid: int) -> None:
        """As the operator would."""
        if self.is_real:
            self.ballast.unlink()
        else:
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))

    def end(self) -> None:
        if self.is_real:
            self.run(["umount", "-l", str(self.folder)])


def until(is_so: Callable[[], bool], at: float) -> bool:
    """Whether it became so by then (time.time())."""
    waiting = threading.Event()
    while not is_so():
        if time.time() > at:
            return False
        waiting.wait(0.5)
    return True
