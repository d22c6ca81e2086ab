"""The walk every platform shares: list pages back to the edge of the window, then notice pages.

A platform overrides hooks (`list_rows`, `next_page`, `canonical`, `notice_key`, `read_notice`),
never the walk. What a list did is in `reports`, one `ColumnReport` a column.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Request, Response, TextResponse
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure as TwistedFailure

from crawlers.catalogue import Column, Selectors, Site, column_urls, load_catalogue
from crawlers.items import ColumnReport, Failure, NoticeItem, PrintedLink
from crawlers.platforms.window import PAGE_CAP, in_window, reaches_back
from crawlers.reading.addresses import canonical_url, is_wechat, notice_key
from crawlers.reading.attachments import is_file
from crawlers.reading.charset import readable
from crawlers.reading.dates import SHANGHAI, day_of
from crawlers.reading.list_page import read_rows
from crawlers.reading.notice import fill_from_page, finish
from crawlers.reading.rows import Row
from crawlers.reading.wechat_page import fill_from_article
from crawlers.walls import failure_from

Output = Request | NoticeItem
SINGLE = "page"  # the column of a page read by hand that belongs to no column


@dataclass(slots=True)
class _Walk:
    """How far the reading of one column has come."""

    starts: int = 0
    failures: list[Failure] = field(default_factory=list)
    answered: int = 0
    keys: set[str] = field(default_factory=set)


class BaseSpider(scrapy.Spider):
    """One site of the catalogue. Arguments: days (look-back), run (id), url (read one page only).

    Settings: ZX_NOW (ISO 8601 or ""), ZX_DAYS, ZX_OPERATOR_SOURCES.
    """

    site: Site
    reports: dict[str, ColumnReport]

    def __init__(self, days: Any = None, run: str = "", url: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.days = int(days) if days else 0
        self.run_id = run
        self.only_url = url
        self.now = datetime.now(UTC)
        self.platforms_by_host: dict[str, str] = {}
        self.columns = {c.name: c for c in self.site.columns if c.enabled}
        self.reports = {
            name: ColumnReport(name, c.url, c.min_rows, c.max_quiet_days)
            for name, c in self.columns.items()
        }
        self._walks = {name: _Walk() for name in self.columns}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider._configure(crawler.settings)
        return spider

    def _configure(self, settings: BaseSettings) -> None:
        if settings.get("ZX_NOW"):
            self.now = datetime.fromisoformat(settings["ZX_NOW"])
        self.days = self.days or settings.getint("ZX_DAYS", 14)
        self.since = self.now.astimezone(SHANGHAI).date() - timedelta(days=self.days)
        operator_file = settings.get("ZX_OPERATOR_SOURCES", "")
        sites = load_catalogue(Path(operator_file) if operator_file else None)
        for site in (*sites.values(), self.site):
            self.platforms_by_host |= dict.fromkeys(site.named_hosts, site.platform)

    # --- lists

    async def start(self) -> AsyncIterator[Any]:
        if self.only_url:
            yield self._single_page()
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
        response = readable(response)
        rows = self.list_rows(response, self.columns[column])
        yield from self.take_rows(response, self.columns[column], page, rows)

    def take_rows(
        self, response: TextResponse, column: Column, page: int, rows: list[Row]
    ) -> Iterator[Output]:
        """Count rows, yield what is in the window, and walk on."""
        walk, report = self._walks[column.name], self.reports[column.name]
        walk.answered += page == 1
        report.pages += 1
        fresh = [row for row in rows if self._is_fresh(row, walk)]
        self._count(report, rows, fresh)
        for row in fresh:
            if in_window(row, self.since):
                yield self.row_output(row, column)
        if rows and not fresh and page > 1 and walk.starts == 1:
            self.degrade(column, "翻页后仍是同样的内容，较早的公告可能没有列全")
        if not fresh or reaches_back(rows, self.since):
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
        walk, report = self._walks[column], self.reports[column]
        if page > 1:
            self.degrade(self.columns[column], f"第 {page} 页没有读到：{failure.reason}")
            return
        walk.failures.append(failure)
        if not walk.answered and len(walk.failures) >= walk.starts:
            report.failure = failure
        elif failure.status != 404:  # a year's directory that does not exist yet is no fault
            self.degrade(self.columns[column], f"{failure.url} 没有读到：{failure.reason}")

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
        rows, reader = read_rows(response.text, response.url, column.selectors, self.site.platform)
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

    def canonical(self, url: str) -> str:
        """The address to keep: without tracking, and https where the column's own is https."""
        url = canonical_url(url)
        host = urlsplit(url).hostname
        ours = {urlsplit(column.url)[:2] for column in self.site.columns}
        if url.startswith("http://") and ("https", host) in ours:
            return "https://" + url.removeprefix("http://")
        return url

    def notice_key(self, url: str) -> str:
        """What identifies the page inside this site for ever."""
        return notice_key(url, self._platform_of(url))

    def read_notice(self, response: TextResponse, meta: dict[str, str]) -> NoticeItem:
        """The item of one notice page."""
        item = self.new_item(meta)
        column = self.columns.get(meta["column"])
        if is_wechat(item.url):
            fill_from_article(item, response.text)
            return item
        selectors = column.selectors if column is not None else Selectors()
        fill_from_page(item, response.text, selectors, self._platform_of(item.url))
        return item

    # --- notices

    def row_output(self, row: Row, column: Column) -> Output:
        """A request for the row's page, or the item itself where no page is to be fetched."""
        if row.item is not None:
            return row.item
        meta = self.notice_meta(row, column.name)
        item = self.new_item(meta)
        if is_file(row.url):
            item.attachments = [PrintedLink(row.title, item.url)]
        elif not is_wechat(row.url) and not self._is_known_host(row.url, column):
            item.problem = "外部链接"
        else:
            return self.notice_request(row, meta)
        finish(item)
        item.complete = True
        return item

    def notice_request(self, row: Row, meta: dict[str, str]) -> Request:
        """The request for a notice page."""
        column = self.columns.get(meta["column"])
        return Request(
            meta["url"] if is_wechat(row.url) else row.url.partition("#")[0],
            callback=self.parse_notice,
            errback=self.notice_failed,
            meta={"notice": meta},
            headers={"Referer": column.url.replace("{year}", "")} if column else {},
        )

    def notice_meta(self, row: Row, column: str) -> dict[str, str]:
        """What travels with a notice's request."""
        return {
            "key": self.notice_key(self.canonical(row.url)),
            "url": self.canonical(row.url),
            "column": column,
            "list_title": row.title,
            "list_date": row.date,
        }

    def parse_notice(self, response: Response) -> Iterator[NoticeItem]:
        """Read a notice page; a file sent in its place becomes an attachment."""
        meta = response.meta["notice"]
        if isinstance(response, TextResponse):
            item = self.read_notice(readable(response), meta)
        else:
            item = self.new_item(meta)
            item.attachments = [PrintedLink(item.list_title, item.url)]
            finish(item)
        yield self._counted(item)

    def notice_failed(self, failure: TwistedFailure) -> Iterator[NoticeItem]:
        """Keep what the list said of a notice whose page did not come."""
        request: Request = failure.request  # type: ignore[attr-defined]
        item = self.new_item(request.meta["notice"])
        item.complete = False
        item.problem = failure_from(failure, request.url).reason
        finish(item)
        yield self._counted(item)

    def new_item(self, meta: dict[str, str]) -> NoticeItem:
        """An item holding what is known before its page is read."""
        column = self.columns.get(meta["column"])
        return NoticeItem(
            site=self.site.id,
            column=meta["column"],
            key=meta["key"],
            url=meta["url"],
            section=(column.section if column else "") or self.site.section,
            group=(column.group if column else "") or self.site.group,
            site_name=self.site.name,
            list_title=meta["list_title"],
            list_date=meta["list_date"],
        )

    # --- inside

    def _single_page(self) -> Request:
        url = self.canonical(self.only_url)
        folders = {
            c.name: c.url.split("{year}")[0].rpartition("/")[0] for c in self.columns.values()
        }
        fitting = [name for name, folder in folders.items() if url.startswith(folder + "/")]
        column = max(fitting, key=lambda name: len(folders[name]), default=SINGLE)
        row = Row(self.only_url, "")
        return self.notice_request(row, self.notice_meta(row, column)).replace(dont_filter=True)

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

    def _counted(self, item: NoticeItem) -> NoticeItem:
        if not item.complete and item.column in self.reports:
            self.reports[item.column].notice_failures += 1
        return item

    def _is_known_host(self, url: str, column: Column) -> bool:
        host = urlsplit(url).hostname or ""
        return host in self.platforms_by_host or host == urlsplit(column.url).hostname

    def _platform_of(self, url: str) -> str:
        host = urlsplit(url).hostname or ""
        if host in self.site.named_hosts:
            return self.site.platform
        return self.platforms_by_host.get(host, self.site.platform)
