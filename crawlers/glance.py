"""A glance at a site: of each column one list page and one notice, nothing stored.

`zhengxun sources check` crawls so. What was seen is written into the folder ZX_GLANCE when the
crawl is over, a file `SITE.json`, with the list pages beside it as text (`SITE-1.txt`, …).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure as TwistedFailure

from crawlers.items import ListedRow, NoticeItem
from crawlers.reading.charset import readable
from crawlers.walking.base import BaseSpider

SHOWN_ROWS = 30
EVERY_DAY = "20000"
"""Days to look back: every row, whatever its date."""
SETTINGS: dict[str, Any] = {
    "ZX_STORE": 0,
    "ITEM_PIPELINES": {},
    "SPIDER_MIDDLEWARES": {"crawlers.glance.OneNoticeEach": 500},
    "HTTPCACHE_ENABLED": False,
}
_MOST_PAGE = 2_000_000  # characters


class OneNoticeEach:
    """Spider middleware: of each column one notice is asked for, and no second list page."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls()

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        async for output in result:
            if not isinstance(output, Request):
                yield output
            elif "notice" in output.meta:
                column = output.meta["notice"]["column"]
                is_further_part = "notice" in response.meta
                if is_further_part or column not in self.asked:
                    self.asked.add(column)
                    yield output
            elif output.cb_kwargs.get("page") in {None, 1}:
                yield output


class GlanceMiddleware:
    """Downloader middleware. Setting: ZX_GLANCE, the folder; without it there is none."""

    def __init__(self, crawler: Crawler, folder: Path) -> None:
        self.crawler = crawler
        self.folder = folder
        self.lists: dict[str, tuple[Request, Response]] = {}
        self.items: dict[str, NoticeItem] = {}
        self.errors: defaultdict[str, list[str]] = defaultdict(list)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        folder = str(crawler.settings.get("ZX_GLANCE") or "")
        if not folder:
            raise NotConfigured
        glance = cls(crawler, Path(folder))
        connect = crawler.signals.connect
        connect(glance.item_scraped, signal=signals.item_scraped)
        connect(glance.spider_error, signal=signals.spider_error)
        connect(glance.closed, signal=signals.spider_closed)
        return glance

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the last answer that a column's list gave."""
        column = request.cb_kwargs.get("column")
        if column:
            self.lists[column] = (request, response)
        return response

    def item_scraped(self, item: Any) -> None:
        """The notice of a column; a row that is a file shows nothing of how pages are read."""
        if isinstance(item, NoticeItem):
            before = self.items.get(item.column)
            if before is None or (not before.body_html and item.body_html):
                self.items[item.column] = item

    def spider_error(self, failure: TwistedFailure, response: Response) -> None:
        """Reading raised: whose page it was, and what."""
        notice = response.meta.get("notice") or {}
        column = str(notice.get("column") or response.meta.get("column") or "")
        self.errors[column].append(f"{type(failure.value).__name__}: {failure.value}"[:300])

    def closed(self, spider: Spider, reason: str) -> None:
        """Write what was seen."""
        if not isinstance(spider, BaseSpider):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        columns = {
            name: self._column(spider, name, number)
            for number, name in enumerate(spider.columns, start=1)
        }
        count = self.crawler.stats.get_value if self.crawler.stats else (lambda *_: 0)
        seen = {
            "site": spider.name,
            "reason": reason,
            "requests": count("downloader/request_count", 0),
            "unknown": count("replay/unknown", 0),
            "left": count("replay/left", 0),
            "columns": columns,
        }
        text = json.dumps(seen, ensure_ascii=False, indent=1)
        (self.folder / f"{spider.name}.json").write_text(text, encoding="utf-8")

    def _column(self, spider: BaseSpider, name: str, number: int) -> dict[str, Any]:
        report, item = spider.reports[name], self.items.get(name)
        report.waiting.clear()  # those that were not to be asked for
        learning = spider.learning.readers
        return {
            "report": asdict(report) | {"waiting": []},
            "rows": [asdict(row) for row in _listed(spider, name)],
            "answer": self._answer(name, f"{spider.name}-{number}.txt"),
            "item": asdict(item) if item is not None else None,
            "learned": [
                asdict(learning[key])
                for key in learning
                if key[0] == name and learning[key].is_used
            ],
            "errors": self.errors.get(name, []) + self.errors.get("", []),
        }

    def _answer(self, column: str, file: str) -> dict[str, Any] | None:
        if column not in self.lists:
            return None
        request, response = self.lists[column]
        text = ""
        if isinstance(response, TextResponse):
            text = readable(response).text[:_MOST_PAGE]
            (self.folder / file).write_text(text, encoding="utf-8", errors="replace")
        return {
            "asked": request.meta.get("redirect_urls", [request.url])[0],
            "method": request.method,
            "url": response.url,
            "status": response.status,
            "bytes": len(response.body),
            "type": (response.headers.get("Content-Type") or b"").decode("latin-1"),
            "via": "browser" if "browser" in response.flags else "http",
            "file": file if text else "",
        }


def _listed(spider: BaseSpider, column: str) -> list[ListedRow]:
    return spider.walk_of(column).listed[:SHOWN_ROWS]
