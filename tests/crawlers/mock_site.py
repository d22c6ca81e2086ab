"""A real HTTP server for crawl tests: answers by host and path, keeps what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Thread
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived. `target` is the request line's, absolute from a proxy client."""

    method: str
    target: str
    host: str
    headers: dict[str, str]
    body: str

    @property
    def path(self) -> str:
        """Path and query, whatever the form of the target."""
        parts = urlsplit(self.target)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def cookie(self) -> str:
        """The Cookie header, or ""."""
        return self.headers.get("cookie", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says."""

    status: int = 200
    body: str = ""
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class MockSite:
    """A running server: `url` is its origin, `asked` everything it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)

    def paths(self, host: str | None = None) -> list[str]:
        """The paths asked of one host, in order, robots.txt left out."""
        ours = [one for one in self.asked if host is None or one.host == host]
        return [one.path for one in ours if one.path != "/robots.txt"]


Respond = Callable[[Asked], Answer]


@contextmanager
def serving(respond: Respond, *, tls: SSLContext | None = None) -> Iterator[MockSite]:
    """Serve on a free port of this machine until the block ends, over TLS when given."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(
                self.command,
                self.path,
                headers.get("host", ""),
                headers,
                self.rfile.read(length).decode(),
            )
            site.asked.append(asked)
            answer = respond(asked)
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            if answer.status != 304:
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if answer.status != 304:
                self.wfile.write(body)

        do_GET = do_POST = respond  # noqa: N815 - the names http.server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the test output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "https" if tls is not None else "http"
    site = MockSite(f"{scheme}://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
