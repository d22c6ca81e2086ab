"""Plays a recording of `crawlers.recording` in place of the network and of the browser.

Each request gets the answers that it got then, one after the other; one that was not asked for
then fails. The statistics `replay/unknown` and `replay/left` count those, and answers that nobody
has asked for yet.
"""

from __future__ import annotations

from collections import defaultdict, deque
from pathlib import Path
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy import exceptions as scrapy_errors
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from crawlers.failures import BrowserError
from crawlers.recording import Asked, Exchange, exchanges

HANDLERS = dict.fromkeys(("http", "https"), "crawlers.replaying.ReplayDownloadHandler")


class NotRecordedError(Exception):
    """The recording has no answer to this request."""


class ReplayDownloadHandler(BaseDownloadHandler):
    """Setting: ZX_REPLAY, the file."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._stats = crawler.stats
        self._answers = _shared(crawler)
        self._count()

    async def download_request(self, request: Request) -> Response:
        """Raises NotRecordedError, or what was met when it was recorded."""
        waiting = self._answers[request.method, request.url, request.body]
        if not waiting:
            if self._stats is not None:
                self._stats.inc_value("replay/unknown")
            raise NotRecordedError(f"{request.method} {request.url} was not recorded")
        exchange = waiting.popleft()
        self._count()
        if exchange.error:
            raise _error(exchange.error)
        return _answer(request, exchange)

    async def close(self) -> None:
        """Nothing is open."""

    def _count(self) -> None:
        if self._stats is not None:
            self._stats.set_value("replay/left", sum(map(len, self._answers.values())))


_Answers = defaultdict[Asked, deque[Exchange]]
_played: WeakKeyDictionary[Crawler, _Answers] = WeakKeyDictionary()


def _shared(crawler: Crawler) -> _Answers:
    """One recording for both schemes."""
    if crawler not in _played:
        answers: _Answers = defaultdict(deque)
        for one in exchanges(Path(str(crawler.settings["ZX_REPLAY"]))):
            answers[one.asked].append(one)
        _played[crawler] = answers
    return _played[crawler]


def _answer(request: Request, exchange: Exchange) -> Response:
    headers = Headers()
    for name, value in exchange.headers:
        headers.appendlist(name, value)
    url = exchange.url or request.url
    kind = responsetypes.from_args(headers=headers, url=url, body=exchange.body)
    return kind(
        url,
        status=exchange.status,
        headers=headers,
        body=exchange.body,
        flags=list(exchange.flags),
        request=request,
    )


def _error(name: str) -> Exception:
    if name == "BrowserError":
        return BrowserError("as it was recorded")
    kind = getattr(scrapy_errors, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        return kind("as it was recorded")
    return OSError(f"{name}, as it was recorded")
