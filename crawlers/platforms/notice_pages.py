"""Notice pages: which ones are asked for, and what becomes of each answer.

The half of every platform that comes after the list; `crawlers.platforms.base` is the other one.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Request, Response, TextResponse
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure as TwistedFailure

from crawlers.catalogue import Column, Selectors, Site, load_catalogue
from crawlers.items import ColumnHistory, ColumnReport, KnownRow, NoticeItem, PrintedLink
from crawlers.platforms.column_walk import Met
from crawlers.platforms.known_places import InStore
from crawlers.platforms.learning import Learning
from crawlers.platforms.notice_parts import NoticeParts
from crawlers.platforms.own_hosts import is_own_host
from crawlers.platforms.window import LATE_DAYS, LONGEST_LOOK_BACK
from crawlers.reading.addresses import canonical_url, is_wechat, notice_key, route_of
from crawlers.reading.charset import readable
from crawlers.reading.file_links import is_file
from crawlers.reading.notice import fill_from_page, finish, take_from_list
from crawlers.reading.printed_dates import SHANGHAI
from crawlers.reading.rows import Row
from crawlers.reading.siblings import Siblings
from crawlers.reading.wechat_page import fill_from_article
from crawlers.refresh import REFRESHED
from crawlers.truncation import LOOKS_CUT
from crawlers.walls import failure_from

Output = Request | NoticeItem
SINGLE = "page"  # the column of a page read by hand that belongs to no column
UNLISTED = "zx_unlisted"
"""In the meta of a request for a stored page that no list showed: no column answers for it."""


class NoticePages(NoticeParts, scrapy.Spider):
    """One site of the catalogue. Arguments: days (look-back), run (id), url (read one page only),
    gaps (JSON: column -> days in which nobody could read it; its window is longer by that). A
    look-back that was asked for is kept as it is.

    Settings: ZX_NOW (ISO 8601 or ""), ZX_DAYS, ZX_OPERATOR_SOURCES.
    """

    site: Site
    reports: dict[str, ColumnReport]

    def __init__(
        self, days: Any = None, run: str = "", url: str = "", gaps: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.gaps: dict[str, int] = json.loads(gaps) if gaps else {}
        self.days = int(days) if days else 0
        self.is_asked_back = bool(self.days)
        self.run_id = run
        self.only_url = url
        self.now = datetime.now(UTC)
        self.platforms_by_host: dict[str, str] = {}
        # Key of a notice to its id in the store; filled by whoever stores it.
        self.saved_ids: dict[str, int] = {}
        # Column to the notices of it that the store knows, the newest first; filled likewise.
        self.known_rows: dict[str, list[KnownRow]] = {}
        # Column to what earlier crawls know of it; and the column under which the store has a page.
        self.histories: dict[str, ColumnHistory] = {}
        self.in_store: InStore = lambda key, url: None
        # Key of a notice to the column that asked for it in this crawl.
        self.asked_by: dict[str, str] = {}
        # Key of a notice to the address it was found at, where that is another than listed.
        self.final_addresses: dict[str, str] = {}
        self.learning = Learning(self.known_rows)
        # The last pages read, which tell what is the site's template.
        self.siblings = Siblings()
        self.columns = {c.name: c for c in self.site.columns if c.enabled}
        self.reports = {
            name: ColumnReport(name, c.url, c.min_rows, c.max_quiet_days)
            for name, c in self.columns.items()
        }

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider._configure(crawler.settings)
        return spider

    def _configure(self, settings: BaseSettings) -> None:
        if settings.get("ZX_NOW"):
            self.now = datetime.fromisoformat(settings["ZX_NOW"])
        self.days = self.days or settings.getint("ZX_DAYS", 14)
        operator_file = settings.get("ZX_OPERATOR_SOURCES", "")
        sites = load_catalogue(Path(operator_file) if operator_file else None)
        for site in (*sites.values(), self.site):
            self.platforms_by_host |= dict.fromkeys(site.named_hosts, site.platform)

    @property
    def today(self) -> date:
        """The day of the crawl, in Beijing."""
        return self.now.astimezone(SHANGHAI).date()

    def window_of(self, column: str) -> tuple[date, date]:
        """How far back a column's list is walked, and from which day unknown rows are taken.

        As far as the last reading that joined up, and over every gap that is still open.
        """
        days = self.days + self.gaps.get(column, 0)
        since = self.today - timedelta(days=days)
        history = self.histories.get(column, ColumnHistory())
        if not self.is_asked_back:
            marks = [history.until, *(start for start, _ in history.gaps)]
            since = min([since, *(date.fromisoformat(mark) for mark in marks if mark)])
            since = max(since, self.today - timedelta(days=LONGEST_LOOK_BACK))
        return since, min(since, self.today - timedelta(days=LATE_DAYS))

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
        return notice_key(url, self.platform_of(url))

    def read_notice(self, response: TextResponse, meta: dict[str, str]) -> NoticeItem:
        """The item of one notice page."""
        item = self.new_item(meta)
        column = self.columns.get(meta["column"])
        was_sent_on = response.meta.get(REFRESHED) or response.meta.get("redirect_urls")
        address = response.url if was_sent_on else item.url
        if is_wechat(address):
            fill_from_article(item, response.text)
            return item
        selectors = column.selectors if column is not None else Selectors()
        learned, learned_first = self.learning.page_selectors(meta["column"])
        fill_from_page(
            item,
            response.text,
            selectors,
            self.platform_of(address),
            address,
            learned=learned,
            learned_first=learned_first,
            siblings=self.siblings,
        )
        return item

    def row_output(self, met: Met, column: Column) -> Output:
        """A request for the row's page, or the item itself where no page is to be fetched."""
        row = met.row
        near = met.standing.near.isoformat() if met.standing.near else ""
        if row.item is not None:
            row.item.key, row.item.place, row.item.near_on = met.key, met.place, near
            return row.item
        meta = self.notice_meta(row, column.name)
        meta |= {"key": met.key, "place": met.place, "near_on": near}
        item = self.new_item(meta)
        if is_file(row.url):
            item.attachments = [PrintedLink(row.title, item.url)]
        elif not self._is_readable_host(row.url, column):
            item.problem = "外部链接"
        elif route_of(row.url):  # every such row asks for the same shell, whose text a script draws
            item.problem = "页面由脚本显示，正文请看原网页"
        else:
            return self.notice_request(row, meta)
        take_from_list(item)
        return item

    def notice_request(self, row: Row, meta: dict[str, str]) -> Request:
        """The request for a notice page, past Scrapy's filter of repeated addresses: that drops a
        page that sends on to itself, and one of two notices of one address, without a word."""
        column = self.columns.get(meta["column"])
        return Request(
            meta["url"] if is_wechat(row.url) else row.url.partition("#")[0],
            callback=self.parse_notice,
            errback=self.notice_failed,
            meta={"notice": meta, "spare": row.spare},
            headers={"Referer": column.url.replace("{year}", "")} if column else {},
            dont_filter=True,
        )

    def unlisted_request(self, meta: dict[str, str], spare: NoticeItem | None) -> Request | None:
        """The request for a stored page that no list showed; `meta` as `notice_meta` makes it.

        None: the column is not watched any more, or the notice never had a page to read (a file,
        a page elsewhere, a record of a list, whose address has a fragment).
        """
        column, url = self.columns.get(meta["column"]), meta["url"]
        if column is None and meta["column"] != SINGLE:
            return None
        if "#" in url or is_file(url) or not self._is_readable_host(url, column):
            return None
        row = Row(url, meta["list_title"], meta["list_date"], spare=spare)
        request = self.notice_request(row, meta)
        return request.replace(meta={**request.meta, UNLISTED: True})

    def notice_meta(self, row: Row, column: str) -> dict[str, str]:
        """What travels with a notice's request."""
        return {
            "key": self.notice_key(self.canonical(row.url)),
            "url": self.canonical(row.url),
            "column": column,
            "list_title": row.title,
            "list_date": row.date,
        }

    def parse_notice(self, response: Response) -> Iterator[Output] | AsyncIterator[Output]:
        """Read a notice page; a file sent in its place becomes an attachment. A notice that goes on
        elsewhere is handed on when its last part has come.

        Where the reading is doubted the column's pages are learned first, and it is read again.
        """
        item = self._parsed(response)
        if isinstance(response, TextResponse) and self.learning.may_ask:
            page = readable(response)
            if self.learning.is_doubtful(item, page.text, page.url):
                return self._learned_first(response)
        self.learning.say(self.reports.get(item.column))
        return iter([self._whole(item, response)])

    def read_saved(self, response: Response) -> NoticeItem:
        """The item of a page that was kept: read as in a crawl, but nothing is asked for."""
        item = self._parsed(response)
        if isinstance(self._whole(item, response), Request):
            item.complete, item.problem = False, "正文分为几页，只保存了第一页"
        return self._with_spare(item, response.meta)

    def parts_finished(self, item: NoticeItem, meta: dict[str, Any]) -> NoticeItem:
        """The item of a notice in several parts, helped out and counted as any other."""
        return self._with_spare(item, meta)

    def _whole(self, item: NoticeItem, response: Response) -> Output:
        """The item made ready, or the request for the part that it still lacks."""
        if isinstance(response, TextResponse) and not is_wechat(response.url):
            following = self.part_request(readable(response), item)
            if following is not None:
                return following
        return self._with_spare(item, response.meta)

    def _parsed(self, response: Response) -> NoticeItem:
        meta = response.meta["notice"]
        final = self.canonical(response.url)
        if final != meta["url"]:
            self.final_addresses[meta["key"]] = final
        if isinstance(response, TextResponse):
            item = self.read_notice(readable(response), meta)
            if LOOKS_CUT in response.flags:
                item.disagreements.append("网页没有传完，正文可能不完整")
            return item
        item = self.new_item(meta)
        item.attachments = [PrintedLink(item.list_title, item.url)]
        finish(item)
        return item

    async def _learned_first(self, response: Response) -> AsyncIterator[Output]:
        column = response.meta["notice"]["column"]
        await self.learning.learn_page(self, column)
        item = self._parsed(response)
        self.learning.say(self.reports.get(column))
        yield self._whole(item, response)

    def notice_failed(self, failure: TwistedFailure) -> Iterator[NoticeItem]:
        """Keep what the list said of a notice whose page did not come."""
        request: Request = failure.request  # type: ignore[attr-defined]
        item = self.new_item(request.meta["notice"])
        item.complete = False
        found = failure_from(failure, request.url)
        gone = found.status in {404, 410}
        item.problem = f"公告页面已不存在（{found.status}）" if gone else found.reason
        take_from_list(item)
        yield self._with_spare(item, request.meta)

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
            place=meta.get("place", ""),  # type: ignore[arg-type] # as `notice_meta` wrote it
            near_on=meta.get("near_on", ""),
        )

    def single_page(self) -> Request:
        """The request of single-page mode, for the column whose folder the page lies in."""
        return self.notice_request(Row(self.only_url, ""), self.single_meta(self.only_url))

    def single_meta(self, url: str) -> dict[str, str]:
        """What is known of a page that no row names: its column is the one in whose folder it
        lies, else none."""
        place = self.canonical(url)
        folders = {
            c.name: c.url.split("{year}")[0].rpartition("/")[0] for c in self.columns.values()
        }
        fitting = [name for name, folder in folders.items() if place.startswith(folder + "/")]
        column = max(fitting, key=lambda name: len(folders[name]), default=SINGLE)
        return self.notice_meta(Row(url, ""), column)

    def _with_spare(self, item: NoticeItem, meta: dict[str, Any]) -> NoticeItem:
        """The item helped out by what the list held; a page that failed is counted."""
        asked = meta["notice"]  # an article may tell a better key than its address did
        if asked["column"] in self.reports:
            self.reports[asked["column"]].waiting.discard(asked["key"])
        if meta.get(UNLISTED):
            # What a list held weeks ago may fill a gap, not stand in for the page of today.
            return _with_spare(item, meta.get("spare")) if item.complete else item
        item = _with_spare(item, meta.get("spare"))
        if not item.complete and item.column in self.reports:
            self.reports[item.column].notice_failures += 1
        return item

    def _is_readable_host(self, url: str, column: Column | None) -> bool:
        host = urlsplit(url).hostname or ""
        known = is_wechat(url) or host in self.platforms_by_host
        own = urlsplit(column.url).hostname or "" if column else ""
        return known or is_own_host(host, own)

    def platform_of(self, url: str) -> str:
        host = urlsplit(url).hostname or ""
        if host in self.site.named_hosts:
            return self.site.platform
        return self.platforms_by_host.get(host, self.site.platform)


def _with_spare(item: NoticeItem, spare: NoticeItem | None) -> NoticeItem:
    """The page's item, helped out by what the list already held; all of that if the page failed."""
    if spare is None:
        return item
    if not item.complete:
        return spare
    for name in ("doc_number", "source", "published"):
        if not getattr(item, name) and getattr(spare, name):
            setattr(item, name, getattr(spare, name))
            item.read_by[name] = "list"
    return item
