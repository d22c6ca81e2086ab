"""A small site over real HTTP whose notices name files; a test says how each answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

HOST = "files.example.gov.cn"
SOURCES = f"""
[files]
name = "文件网站"
platform = "trs"
section = "projects"
group = "天津市"
crawl = "20 8 * * mon-fri"

[[files.columns]]
name = "通知公告"
url = "https://{HOST}/tzgg/"
min_rows = 1
max_quiet_days = 60
"""


@dataclass(frozen=True)
class Reply:
    """What is sent. `chunked`: without a length; `hang_up`: the connection is cut instead."""

    body: bytes = b""
    content_type: str = "application/octet-stream"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    chunked: bool = False
    hang_up: bool = False


def page(html: str) -> Reply:
    return Reply(html.encode(), "text/html; charset=utf-8")


@dataclass
class FileSite:
    """`url` is the origin; `replies` by path; `asked` is (path, referer), robots.txt left out."""

    url: str
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def notice(self, number: int, *links: str, text: str = "正文如下。") -> str:
        """Add a notice naming files by address; its own address."""
        path = f"/tzgg/t20210203_{number}.html"
        anchors = "".join(f'<p><a href="{link}">附件{n}</a></p>' for n, link in enumerate(links, 1))
        self.replies[path] = page(
            f"<html><head><title>关于第{number}号文件的通知</title></head><body>"
            f"<h1>关于第{number}号文件的通知</h1><p>发布时间：2021-02-03</p>"
            f"<div class='TRS_Editor'><p>现将第{number}号文件印发给你们，请认真执行。{text}</p>"
            f"{anchors}</div></body></html>"
        )
        rows = "".join(
            f"<li><a href='{one}'>关于第{one[16:-5]}号文件的通知</a><span>2021-02-03</span></li>"
            for one in self.replies
            if one.startswith("/tzgg/t")
        )
        self.replies["/tzgg/"] = page(f"<html><body><ul class='list'>{rows}</ul></body></html>")
        return f"https://{HOST}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def serve_files(robots: str = "") -> Iterator[FileSite]:
    """The site on a free port of this machine until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                self.send(Reply(robots.encode(), "text/plain"))
                return
            site.asked.append((self.path, self.headers.get("Referer", "")))
            reply = site.replies.get(self.path, Reply(b"<html>404</html>", "text/html", 404))
            if reply.hang_up:
                self.close_connection = True
                return
            self.send(reply)

        def send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            for name, value in reply.headers:
                self.send_header(name, value)
            if reply.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            try:
                self.wfile.write(_chunks(reply.body) if reply.chunked else reply.body)
            except OSError:  # the visitor had enough
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the test output clean."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A visitor that leaves early is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    site = FileSite(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _chunks(body: bytes) -> bytes:
    pieces = (body[start : start + 65536] for start in range(0, len(body), 65536))
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces) + b"0\r\n\r\n"
