"""The walk every platform shares: list pages back to the edge of the window, then notice pages.

A platform overrides hooks (`list_rows`, `next_page`, `canonical`, `notice_key`, `read_notice`),
never the walk. What a list did is in `reports`, one `ColumnReport` a column.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scrapy.http import Request, Response, TextResponse
from twisted.python.failure import Failure as TwistedFailure

from crawlers.catalogue import Column, column_urls
from crawlers.items import ColumnReport, Failure
from crawlers.platforms.notice_pages import NoticePages, Output
from crawlers.platforms.window import PAGE_CAP, in_window, reaches_back
from crawlers.reading.charset import readable
from crawlers.reading.dates import day_of
from crawlers.reading.list_page import read_rows
from crawlers.reading.rows import Row
from crawlers.truncation import LOOKS_CUT
from crawlers.walls import failure_from


@dataclass(slots=True)
class _Walk:
    """How far the reading of one column has come."""

    starts: int = 0
    failures: list[Failure] = field(default_factory=list)
    answered: int = 0
    keys: set[str] = field(default_factory=set)


class BaseSpider(NoticePages):
    """The walk over the lists of one site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._walks = {name: _Walk() for name in self.columns}

    # --- lists

    async def start(self) -> AsyncIterator[Any]:
        if self.only_url:
            yield self.single_page()
            return
        for column in self.columns.values():
            requests = list(self.column_requests(column))
            self._walks[column.name].starts = len(requests)
            for request in requests:
                yield request

    def column_requests(self, column: Column) -> Iterable[Request]:
        """The first requests of a column."""
        for url in column_urls(column, self.now):
            yield self.list_request(url, column)

    def list_request(self, url: str, column: Column, page: int = 1, **kwargs: Any) -> Request:
        """A request for a list page. `meta={"guessed": True}`: a 404 only ends the list."""
        kwargs.setdefault("callback", self.parse_list)
        kwargs.setdefault("errback", self.list_failed)
        kwargs.setdefault("cb_kwargs", {"column": column.name, "page": page})
        referer = column.referer or (column.url if page > 1 else "")
        kwargs["headers"] = ({"Referer": referer} if referer else {}) | kwargs.get("headers", {})
        return Request(url, dont_filter=True, **kwargs)

    def parse_list(self, response: Response, column: str, page: int) -> Iterator[Output]:
        """Read one list page, ask for its notices and, if the window is not covered, the next."""
        if not isinstance(response, TextResponse):
            self.fail(column, self.broken(response, "列表地址返回的不是网页"), page)
            return
        if LOOKS_CUT in response.flags:
            self.degrade(self.columns[column], "列表网页没有传完，可能缺少公告")
        yield from self.read_list(readable(response), self.columns[column], page)

    def read_list(self, response: TextResponse, column: Column, page: int) -> Iterator[Output]:
        """Read the rows of one list page and take them."""
        yield from self.take_rows(response, column, page, self.list_rows(response, column))

    def take_rows(
        self, response: TextResponse, column: Column, page: int, rows: list[Row]
    ) -> Iterator[Output]:
        """Count rows, yield what is in the window, and walk on."""
        walk, report = self._walks[column.name], self.reports[column.name]
        walk.answered += page == 1
        report.pages += 1
        self._settle(column)
        since, taken_since = self.window_of(column.name)
        fresh = [row for row in rows if self._is_fresh(row, walk)]
        self._count(report, rows, fresh)
        for row in fresh:
            if in_window(row, taken_since):
                yield self.row_output(row, column)
        if page > 1 and walk.starts == 1 and not fresh:
            what = "仍是同样的内容" if rows else "没有列出公告"
            self.degrade(column, f"第 {page} 页{what}，较早的公告可能没有列全")
        if not fresh or reaches_back(rows, since):
            return
        following = self.next_page(response, column, page)
        if following is not None and page >= PAGE_CAP:
            self.degrade(column, f"翻到第 {PAGE_CAP} 页仍未到起始日期，不再往下读")
        elif following is not None:
            yield following

    def list_failed(self, failure: TwistedFailure) -> Any:
        """A list page was not answered, or answered by a wall."""
        request: Request = failure.request  # type: ignore[attr-defined]
        found = failure_from(failure, request.url)
        if found.status == 404 and request.meta.get("guessed"):
            return None
        self.fail(request.cb_kwargs["column"], found, request.cb_kwargs["page"])
        return None

    def fail(self, column: str, failure: Failure, page: int = 1) -> None:
        """Note a failure: the column's verdict if nothing of it could be read, else a sentence."""
        walk = self._walks[column]
        if page > 1:
            self.degrade(self.columns[column], f"第 {page} 页没有读到：{failure.reason}")
            return
        walk.failures.append(failure)
        self._settle(self.columns[column])

    def degrade(self, column: Column, sentence: str) -> None:
        """Say, once, how the column was read in another way than expected."""
        report = self.reports[column.name]
        if sentence not in report.degraded:
            report.degraded = "；".join(filter(None, (report.degraded, sentence)))

    def broken(self, response: Response, reason: str) -> Failure:
        """An answer that came, but cannot be read as what it should be."""
        excerpt = response.text[:200] if isinstance(response, TextResponse) else ""
        return Failure("broken", reason, response.url, response.status, excerpt)

    # --- hooks for platforms

    def list_rows(self, response: TextResponse, column: Column) -> list[Row]:
        """The rows of a list page."""
        rows, reader = read_rows(
            response.text, response.url, column.selectors, self.site.platform, response.encoding
        )
        if reader == "general":
            self.degrade(column, "列表版式不认识，由通用阅读器读出")
        if rows and not any(row.date for row in rows):
            self.degrade(column, "列表没有日期，只读第一页")
        return rows

    def next_page(self, response: TextResponse, column: Column, page: int) -> Request | None:
        """The request for the page after `page`, or None at the end."""
        for css in column.selectors.next:
            for node in response.css(css):
                address = node.root if isinstance(node.root, str) else node.attrib.get("href", "")
                if address and not address.startswith(("javascript", "#")):
                    return self.list_request(response.urljoin(address), column, page + 1)
        return None

    # --- inside

    def _settle(self, column: Column) -> None:
        """A column with several lists has failed when all of them have. A year's directory that
        does not exist yet (404) is no fault while another list answers."""
        walk = self._walks[column.name]
        real = [failure for failure in walk.failures if failure.status != 404]
        if walk.answered:
            for failure in real:
                self.degrade(column, f"{failure.url} 没有读到：{failure.reason}")
        elif len(walk.failures) >= walk.starts:
            self.reports[column.name].failure = (real or walk.failures)[0]

    def _is_fresh(self, row: Row, walk: _Walk) -> bool:
        key = row.item.key if row.item is not None else self.notice_key(self.canonical(row.url))
        if key in walk.keys:
            return False
        walk.keys.add(key)
        return True

    def _count(self, report: ColumnReport, rows: list[Row], fresh: list[Row]) -> None:
        report.rows += len(fresh)
        days = [day for day in (day_of(row.date) for row in rows) if day is not None]
        report.newest = max([report.newest, *(day.isoformat() for day in days)])
