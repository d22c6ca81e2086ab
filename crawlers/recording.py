"""What a site was asked and what it answered, kept so that it can be played again offline.

One WARC file a site (ISO 28500): a `request` record and beside it a `response` with the bytes as
they came, compressed as they came; what a browser made of a page is a `resource`; where no answer
came a `metadata` record names the error. Cookies, logins and who we are (the contact in
User-Agent) are left out, and so is everything that was asked of an operator's relay. What a page
itself prints of its visitor stays: the bytes are the site's.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from weakref import WeakSet

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers.catalogue import Site

Asked = tuple[str, str, bytes]
"""Method, address and body: what makes a request the same one."""
FLAGS = "WARC-Zhengxun-Flags"
PRIVATE = frozenset(
    {"cookie", "set-cookie", "set-cookie2", "authorization", "proxy-authorization", "host"}
    | {"www-authenticate", "proxy-authenticate", "x-forwarded-for", "x-forwarded-proto"}
)
_TRANSFER = frozenset({"transfer-encoding", "connection", "keep-alive"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it. `error` names the exception that came instead, `url` is
    where a browser was led."""

    asked: Asked
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    flags: tuple[str, ...] = ()
    url: str = ""
    error: str = ""


class RecordingMiddleware:
    """Downloader middleware, the nearest to the network. Setting: ZX_RECORD, the folder that gets
    `SITE.warc.gz`; without it there is none."""

    def __init__(self, crawler: Crawler, folder: Path) -> None:
        site = getattr(crawler.spidercls, "site", None)
        columns = site.columns if isinstance(site, Site) else ()
        self.relays = {urlsplit(one.relay).netloc for one in columns if one.relay}
        self.sent: WeakSet[Request] = WeakSet()
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{crawler.spidercls.name}.warc.gz"
        self.file = self.path.open("wb")
        self.writer = WARCWriter(self.file, gzip=True, warc_version="1.1")
        about = {"software": "zhengxun (warcio)", "format": "WARC File Format 1.1"}
        self.writer.write_record(self.writer.create_warcinfo_record(self.path.name, about))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        folder = str(crawler.settings.get("ZX_RECORD") or "")
        if not folder:
            raise NotConfigured
        recording = cls(crawler, Path(folder))
        crawler.signals.connect(recording.close, signal=signals.engine_stopped)
        return recording

    def process_request(self, request: Request) -> None:
        """From here it goes out: what others refused before is no exchange."""
        self.sent.add(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep both."""
        if not self._is_private(request):
            self._keep_request(request)
            self._keep_answer(response)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Keep that nothing came."""
        if request in self.sent and not self._is_private(request):
            self._keep_request(request)
            name = type(exception).__name__.encode()
            self._write(request.url, "metadata", name, warc_content_type="text/plain")

    def close(self) -> None:
        """The crawl is over."""
        self.file.close()

    def _is_private(self, request: Request) -> bool:
        return urlsplit(request.url).netloc in self.relays

    def _keep_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        head = StatusAndHeaders(
            f"{request.method} {target} HTTP/1.1", _sent(request), protocol="", is_http_request=True
        )
        self._write(request.url, "request", request.body, http_headers=head)

    def _keep_answer(self, response: Response) -> None:
        more = {FLAGS: " ".join(response.flags)} if response.flags else {}
        kind = (response.headers.get("Content-Type") or b"text/html").decode("latin-1")
        if "browser" in response.flags:
            more["WARC-Zhengxun-Status"] = str(response.status)
            self._write(
                response.url, "resource", response.body,
                warc_content_type=kind, warc_headers_dict=more,
            )  # fmt: skip
            return
        head = StatusAndHeaders(f"{response.status} ", _headers(response), protocol="HTTP/1.1")
        self._write(
            response.url, "response", response.body, http_headers=head, warc_headers_dict=more
        )

    def _write(self, url: str, kind: str, body: bytes, **more: Any) -> None:
        record = self.writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), length=len(body), **more
        )
        self.writer.write_record(record)
        self.file.flush()


def exchanges(path: Path) -> Iterator[Exchange]:
    """What a file holds, in the order in which it was asked."""
    asked: Asked = ("", "", b"")
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            head, http = record.rec_headers, record.http_headers
            body = record.raw_stream.read()
            url = str(head.get_header("WARC-Target-URI") or "")
            flags = tuple((head.get_header(FLAGS) or "").split())
            if record.rec_type == "request":
                asked = (str(http.protocol), url, body)
            elif record.rec_type == "response":
                yield Exchange(asked, int(http.get_statuscode()), tuple(http.headers), body, flags)
            elif record.rec_type == "resource":
                kind = (("Content-Type", str(head.get_header("Content-Type"))),)
                status = int(head.get_header("WARC-Zhengxun-Status"))
                yield Exchange(asked, status, kind, body, flags, url)
            elif record.rec_type == "metadata":
                yield Exchange(asked, error=body.decode())


def began_at(path: Path) -> datetime:
    """When the recording was begun (UTC)."""
    with path.open("rb") as file:
        head = next(iter(ArchiveIterator(file))).rec_headers
        return datetime.fromisoformat(head.get_header("WARC-Date")).astimezone(UTC)


def _headers(message: Request | Response) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        for value in values
        if name.decode("latin-1").lower() not in PRIVATE | _TRANSFER
    ]


def _sent(request: Request) -> list[tuple[str, str]]:
    """The headers, with of our own name only what is not a contact."""
    own = [
        (name, value.partition(" (+")[0] if name.lower() == "user-agent" else value)
        for name, value in _headers(request)
    ]
    return [("Host", urlsplit(request.url).netloc.rpartition("@")[2]), *own]
