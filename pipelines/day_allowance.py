"""What one site may add to the disk in a day: a stranger's pages must not fill it.

Pages of notices and files are counted as they come, over all crawls of the site that began today
(Asia/Shanghai). Beyond the allowance no more of them are asked for: a notice is kept with title,
day and link and read on a later day, a file is linked, and the verdict of each column says so.
Lists are read all the same.
"""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from sqlite_utils import Database

from china_time import SHANGHAI
from crawlers.items import Failure
from pipelines.known_rows import clock_of
from pipelines.spider_state import SpiderState
from storage.database import open_database
from storage.notices.notices import find_known
from storage.runs.runs import bytes_since

MIB = 1024 * 1024
TAKEN = "zx/bytes_taken"
"""In the crawl's stats: what it took of its allowance, for its row of `runs`."""


class OverAllowanceError(IgnoreRequest):
    """Not asked for: the site has added to the disk today what it may; `failure` says so."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.reason} ({failure.url})")
        self.failure = failure


class DayAllowanceMiddleware:
    """Downloader middleware. Settings: ZX_SITE_MIB, ZX_DATABASE. Not where a page is only looked
    at, nor on another machine, whose visits have a bound of their own."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.most = crawler.settings.getint("ZX_SITE_MIB") * MIB
        self.left = self.most
        self.db: Database | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DayAllowanceMiddleware:
        settings = crawler.settings
        if settings.get("ZX_AWAY") or not settings.getbool("ZX_STORE", True):
            raise NotConfigured
        middleware = cls(crawler)
        crawler.signals.connect(middleware.open, signal=signals.spider_opened)
        crawler.signals.connect(middleware.close, signal=signals.engine_stopped)
        return middleware

    def open(self) -> None:
        """See what the earlier crawls of the day have left."""
        self.db = open_database(Path(str(self.crawler.settings["ZX_DATABASE"])))
        taken = bytes_since(self.db, self._site, midnight(clock_of(self.crawler)))
        self.left = self.most - taken

    def close(self) -> None:
        """Safe to call more than once."""
        if self.db is not None:
            self.db.close()
            self.db = None

    def process_request(self, request: Request) -> None:
        """Raises OverAllowanceError for a notice or a file, once the allowance is used up."""
        if self.left > 0 or not self._adds(request):
            return
        words = f"本站今天取回的内容已达上限 {self.most // MIB} MiB（crawl.site_mib）"
        for report in SpiderState(self.crawler.spider).reports.values():
            report.over_allowance = words
        raise OverAllowanceError(Failure("degraded", words, request.url))

    def process_response(self, request: Request, response: Response) -> Response:
        """Count what is new; a page that the site says is unchanged lies here already."""
        if "cached" not in response.flags and self._adds(request):
            self.left -= len(response.body)
            if self.crawler.stats is not None:
                self.crawler.stats.inc_value(TAKEN, len(response.body))
        return response

    def _adds(self, request: Request) -> bool:
        """Whether the answer adds to the disk: a file, or a page that was not read before.

        Pages are read again four times at most, which bounds what they add by then.
        """
        notice = request.meta.get("notice")
        if notice is None or self.db is None:
            return notice is not None or bool(request.meta.get("zx_file"))
        known = find_known(self.db, self._site, notice["key"], notice["url"])
        return known is None or not known.complete

    @property
    def _site(self) -> str:
        return self.crawler.spider.name if self.crawler.spider is not None else ""


def midnight(now: datetime) -> datetime:
    """When the day of `now` began in China."""
    return datetime.combine(now.astimezone(SHANGHAI).date(), time(), SHANGHAI)
