"""Answers that came cut short are no answers: they are asked for again, then they fail or say so.

Two signs. A compressed stream that does not reach its own end is cut for certain; Scrapy would
hand on what it could unpack. A page that stops in the middle of its markup, or without `</html>`
on a site whose other pages have it, looks cut: when it comes the same again, that is how the site
writes it, and it is handed on marked as doubtful. A length that differs from Content-Length, or a
chunked answer without its end, is an error of Scrapy's own and is retried by it.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from typing import Self
from urllib.parse import urlsplit

import brotli
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response, TextResponse

LOOKS_CUT = "zx_looks_cut"
"""In the flags of an answer that ends before its markup does, and came so twice."""

MOST_TAGS = 600_000
"""Tags of one page up to which it is read; each costs some hundred bytes."""

_CHUNK = 65_536
_SIBLINGS = 3  # whole pages of a host before one without an end is doubted
_TAIL = 2_048
_LARGEST = 4 * 1024 * 1024  # bytes of a page whose markup is weighed
_BOXES = re.compile(rb"<(/?)(ul|ol|dl|table|select|script|style|textarea)\b", re.IGNORECASE)
_STARTS = re.compile(rb"<(?:!doctype\s+html|html|body)\b", re.IGNORECASE)
_ENDS = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)


class CutAnswerError(IgnoreRequest):
    """An answer whose compressed stream ends before its end, several times over."""


class TooManyTagsError(IgnoreRequest):
    """A page of so many elements that reading it would cost gigabytes: no publisher's."""


class WholeStreamMiddleware:
    """Next to the network, before the cache: a cut stream is retried, never kept or handed on."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer, or a request for it again. Raises CutAnswerError when retries are used up."""
        encoding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
        limit = self._crawler.settings.getint("DOWNLOAD_MAXSIZE")
        if request.method == "HEAD" or stream_ends(response.body, encoding, limit):
            return response
        retry = _again(request, self._crawler, "compressed stream cut short")
        if retry is None:
            raise CutAnswerError(f"{encoding} stream of {len(response.body)} bytes has no end")
        return retry


class WholePageMiddleware:
    """After decompression: a page that stops before its end is asked for once more."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._ended: Counter[str] = Counter()
        self._endless: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer, marked with LOOKS_CUT if it came cut twice, or a request for it again.
        Raises TooManyTagsError."""
        if isinstance(response, TextResponse) and response.body.count(b"<") > MOST_TAGS:
            raise TooManyTagsError(f"{response.body.count(b'<')} tags")
        if not isinstance(response, HtmlResponse) or response.status != 200:
            return response
        host = urlsplit(response.url).hostname or ""
        if not self._looks_cut(host, response.body):
            return response
        first = request.meta.get(LOOKS_CUT)
        if first is None:
            meta = {LOOKS_CUT: len(response.body)}
            retry = _again(
                request.replace(meta={**request.meta, **meta}), self._crawler, "page cut"
            )
            if retry is not None:
                return retry
        self._endless[host] += first == len(response.body)
        return response.replace(flags=[*response.flags, LOOKS_CUT])

    def _looks_cut(self, host: str, body: bytes) -> bool:
        if _ENDS.search(body[-_TAIL:]):
            self._ended[host] += 1
            return False
        if stops_midway(body):
            return True
        is_odd = self._ended[host] >= _SIBLINGS and not self._endless[host]
        return is_odd and _STARTS.search(body[:_TAIL]) is not None


def stream_ends(body: bytes, encoding: str, limit: int = 0) -> bool:
    """Whether a compressed body reaches the end of its stream. Plain bodies, and kinds nobody
    here can unpack, count as whole; so does one that unpacks to more than `limit` bytes (it is
    refused for its size elsewhere)."""
    kind = encoding.strip().lower()
    if not body or kind in {"", "identity"}:
        return True
    if kind in {"gzip", "x-gzip"}:
        return _inflates(body, 31, limit) is not False
    if kind == "deflate":
        found = _inflates(body, 15, limit)
        return (_inflates(body, -15, limit) if found is None else found) is not False
    return _unpacks_brotli(body, limit) is not False if kind == "br" else True


def stops_midway(body: bytes) -> bool:
    """Whether a page has a beginning, no end, and stops inside a tag, a comment, a script or a
    list: a fragment made for another page has no beginning."""
    if len(body) > _LARGEST or not _STARTS.search(body[:_TAIL]) or _ENDS.search(body[-_TAIL:]):
        return False
    rest = body.rstrip()
    if rest.rfind(b"<") > rest.rfind(b">") or rest.rfind(b"<!--") > rest.rfind(b"-->"):
        return True
    opened: Counter[bytes] = Counter()
    for closing, name in _BOXES.findall(rest):
        opened[name.lower()] += -1 if closing else 1
    return any(count > 0 for count in opened.values())


def _inflates(body: bytes, window: int, limit: int) -> bool | None:
    """Whether a zlib stream ends; None for bytes that are none. Several gzip streams behind one
    another are one, and padding behind the last belongs to none."""
    unpacked = 0
    while True:
        stream = zlib.decompressobj(window)
        data = body
        while not stream.eof:
            try:
                piece = stream.decompress(data, _CHUNK)
            except zlib.error:
                return False if unpacked else None
            unpacked += len(piece)
            data = stream.unconsumed_tail
            if limit and unpacked > limit:
                return True
            if not piece and not data and not stream.eof:
                return False
        body = stream.unused_data
        if window != 31 or not body.startswith(b"\x1f\x8b"):
            return True


def _unpacks_brotli(body: bytes, limit: int) -> bool | None:
    stream = brotli.Decompressor()
    unpacked = 0
    data = body
    while not stream.is_finished():
        try:
            piece = stream.process(data, output_buffer_limit=_CHUNK)
        except brotli.error:
            return False if unpacked else None
        unpacked += len(piece)
        data = b""
        if limit and unpacked > limit:
            return True
        if not piece and not stream.is_finished():
            return False
    return True


def _again(request: Request, crawler: Crawler, reason: str) -> Request | None:
    spider = crawler.spider
    if spider is None:
        return None
    return get_retry_request(request, spider=spider, reason=reason)
