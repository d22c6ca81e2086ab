"""Asks for the files that notices name, through the crawl's own downloader."""

from __future__ import annotations

import asyncio
from collections import Counter
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers.items import Failure
from pipelines.day_allowance import OverAllowanceError

FILE_SECONDS = 120.0

GIVE_UP_AFTER = 3
"""Failures in a row after which a host is asked for no more files in this crawl."""

_POLL_SECONDS = 1.0


class NotDownloadedError(Exception):
    """There is no file; the message (Chinese) says why."""


class FileFetcher:
    """The files of one crawl, each of at most so many `megabytes`."""

    def __init__(self, crawler: Crawler, megabytes: int) -> None:
        self._crawler = crawler
        self._megabytes = megabytes
        self._failures: Counter[str] = Counter()

    async def fetch(self, url: str, referer: str, until: float) -> Response:
        """The answer with the file. `until`: loop time. Raises NotDownloadedError."""
        host = urlsplit(url).netloc
        if self._failures[host] >= GIVE_UP_AFTER:
            raise NotDownloadedError(f"该网站已连续 {GIVE_UP_AFTER} 个附件下载失败，本次不再下载")
        try:
            response = await self._answer(self._request(url, referer), until)
        except NotDownloadedError:
            raise
        except Exception as error:
            self._failures[host] += _is_trouble(error)
            raise NotDownloadedError(self._words(error)) from error
        self._failures[host] = 0
        if response.status != 200:
            raise NotDownloadedError(f"网站返回 {response.status}")
        return response

    async def _answer(self, request: Request, until: float) -> Response:
        """The answer; given up at `until` (loop time), and when the crawl is being stopped."""
        asking = asyncio.ensure_future(self._crawler.engine.download_async(request))
        # An answer that comes too late is nobody's, nor is its error.
        asking.add_done_callback(lambda done: done.cancelled() or done.exception())
        while not asking.done():
            if not self._crawler.crawling:
                raise NotDownloadedError("抓取已停止")
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                raise NotDownloadedError("等待时间过长")
            await asyncio.wait({asking}, timeout=min(_POLL_SECONDS, left))
        return asking.result()

    def _request(self, url: str, referer: str) -> Request:
        return Request(
            url,
            callback=NO_CALLBACK,
            dont_filter=True,
            headers={"Referer": referer, "Accept": "*/*"},
            meta={
                "zx_file": True,
                # Kept under its checksum already; the cache would be a second copy.
                "dont_cache": True,
                "download_maxsize": self._megabytes * 1024 * 1024,
                "download_timeout": FILE_SECONDS,
                "max_retry_times": 1,
            },
        )

    def _words(self, error: Exception) -> str:
        failure = getattr(error, "failure", None)
        if isinstance(failure, Failure):
            return failure.reason
        if isinstance(error, DownloadCancelledError) or "MAXSIZE" in str(error):
            return f"超过 {self._megabytes} MB 的大小限制"
        if isinstance(error, DownloadTimeoutError):
            return "下载超时"
        if isinstance(error, IgnoreRequest):
            is_robots = "robots.txt" in str(error)
            return "网站的 robots.txt 不允许下载" if is_robots else "地址不允许访问或跳转次数过多"
        return "连接失败或中断"


def _is_trouble(error: Exception) -> bool:
    """Whether the host failed, or a wall refused: not a file too large or out of bounds."""
    if isinstance(error, OverAllowanceError):
        return False
    if isinstance(getattr(error, "failure", None), Failure):
        return True
    return not isinstance(error, (DownloadCancelledError, IgnoreRequest))
