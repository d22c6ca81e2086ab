"""A site that harms who reads it: bombs, endless answers, silence; and one good column."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MIB = 1024 * 1024
ROW = '<li><a href="./202101/t20210104_{0}.html">关于第{0}号事项的通知</a><span>{1}</span></li>'
PAGE = '<html><body><ul class="news_list">{0}</ul></body></html>'
GOOD = PAGE.format("".join(ROW.format(number, "2020-12-01") for number in range(6)))
# 100 MiB in 100 KiB; 150,000 levels; 90,000 rows in 9 MB, 540,000 tags (600,000 are not read).
BOMB = gzip.compress(bytes(100 * MIB))
DEEP = ("<div>" * 150_000 + GOOD).encode()
LONG = PAGE.format("".join(ROW.format(number, "2020-12-01") for number in range(90_000))).encode()


class Hostile(BaseHTTPRequestHandler):
    """Answers by the first word of the path."""

    protocol_version = "HTTP/1.1"
    hold = threading.Event()

    def do_GET(self) -> None:
        kind = self.path.strip("/").partition("/")[0]
        answer: Callable[[], None] = getattr(self, f"send_{kind}", self.send_nothing)
        with suppress(ConnectionError):
            answer()

    def send_nothing(self) -> None:
        self.begin(404, 0)

    def send_good(self) -> None:
        self.send(GOOD.encode())

    def send_deep(self) -> None:
        self.send(DEEP)

    def send_long(self) -> None:
        self.send(LONG)

    def send_bomb(self) -> None:
        self.send(BOMB, ("Content-Encoding", "gzip"))

    def send_gigabyte(self) -> None:
        self.begin(200, 1024 * MIB)
        while True:
            self.wfile.write(bytes(MIB))

    def send_endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        chunk = b"<p>" * 20_000
        while True:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))

    def send_silence(self) -> None:
        self.hold.wait(60)

    def send(self, body: bytes, *headers: tuple[str, str]) -> None:
        self.begin(200, len(body), *headers)
        self.wfile.write(body)

    def begin(self, status: int, length: int, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@contextmanager
def hostile_site() -> Iterator[str]:
    """The address of the running site."""
    Hostile.hold.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        Hostile.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()
