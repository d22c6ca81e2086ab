"""Scrapy extension: one JSON line an event on stdout, for the program that started the crawl.

On only with ZX_PROGRESS=1; Scrapy's own log goes elsewhere. Events: `opened`; `list` (a column's
list grew: `rows` is what was added, `pages` the pages read so far); `notice` (one passed the
pipelines); `closed` (with the reason, the rows of all columns, the requests made).
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any, Self, TextIO

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawlers.items import ColumnReport

LOOK_SECONDS = 0.25


class ProgressExtension:
    """Settings: ZX_PROGRESS. With ZX_STARTER in the environment, the id of the process that started
    this one, it ends with it: another may ask the site from then on."""

    def __init__(self, crawler: Crawler, out: TextIO) -> None:
        self._crawler = crawler
        self._out = out
        self._told: dict[str, tuple[int, int]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises NotConfigured unless ZX_PROGRESS is on."""
        if not crawler.settings.getbool("ZX_PROGRESS"):
            raise NotConfigured
        extension = cls(crawler, sys.stdout)
        if starter := os.environ.get("ZX_STARTER"):
            threading.Thread(target=end_with, args=[int(starter)], daemon=True).start()
        connect = crawler.signals.connect
        connect(extension.opened, signal=signals.spider_opened)
        connect(extension.moved_on, signal=signals.response_received)
        connect(extension.scraped, signal=signals.item_scraped)
        connect(extension.closed, signal=signals.spider_closed)
        return extension

    def opened(self, spider: Spider) -> None:
        """The crawl starts."""
        self._say("opened", columns=len(self._reports()))

    def moved_on(self) -> None:
        """Lists have no signal of their own: tell what the reports gained since the last one."""
        for name, report in self._reports().items():
            rows, pages = self._told.get(name, (0, 0))
            if (report.rows, report.pages) != (rows, pages):
                self._told[name] = (report.rows, report.pages)
                grown = report.rows - rows
                self._say("list", column=name, url=report.url, rows=grown, pages=report.pages)

    def scraped(self, item: Any) -> None:
        """A notice passed the pipelines."""
        self.moved_on()
        saved: dict[str, int] = getattr(self._crawler.spider, "saved_ids", {})
        self._say(
            "notice",
            column=str(getattr(item, "column", "")),
            url=str(getattr(item, "url", "")),
            title=str(getattr(item, "title", "")),
            complete=bool(getattr(item, "complete", True)),
            notice_id=saved.get(getattr(item, "key", "")),
        )

    def closed(self, spider: Spider, reason: str) -> None:
        """The crawl is over."""
        self.moved_on()
        stats = self._crawler.stats
        self._say(
            "closed",
            reason=reason,
            rows=sum(report.rows for report in self._reports().values()),
            requests=stats.get_value("downloader/request_count", 0) if stats else 0,
        )

    def _reports(self) -> dict[str, ColumnReport]:
        return getattr(self._crawler.spider, "reports", None) or {}

    def _say(self, event: str, **facts: object) -> None:
        site = self._crawler.spider.name if self._crawler.spider else ""
        line = json.dumps({"event": event, "site": site, **facts}, ensure_ascii=False)
        self._out.write(line + "\n")
        self._out.flush()


def end_with(starter: int) -> None:
    """End this process when its starter has ended."""
    while os.getppid() == starter:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
