"""Notice pages: which ones are asked for, and what becomes of each answer.

The half of every platform that comes after the list; `crawlers.walking.base` is the other one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy.http import Request, Response, TextResponse
from twisted.python.failure import Failure as TwistedFailure

from crawlers.catalogue import Column, Selectors
from crawlers.items import PAGE_GONE, NoticeItem, PrintedLink
from crawlers.reading.addresses import is_wechat, route_of
from crawlers.reading.charset import readable
from crawlers.reading.file_links import is_file
from crawlers.reading.notice import fill_from_page, finish, take_from_list
from crawlers.reading.rows import Row
from crawlers.reading.wechat_page import fill_from_article
from crawlers.refresh import REFRESHED
from crawlers.truncation import LOOKS_CUT
from crawlers.walking.column_walk import Met
from crawlers.walking.notice_parts import NoticeParts
from crawlers.walking.site_spider import SINGLE, SiteSpider
from crawlers.walls import failure_from

Output = Request | NoticeItem
REVISIT = "zx_revisit"
"""In the meta of a request for a stored page that no list showed: no column answers for it."""


class NoticePages(NoticeParts, SiteSpider):
    """Asks for the notices of a site, and reads what comes."""

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
        elif not self.is_readable_host(row.url, column):
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
        if "#" in url or is_file(url) or not self.is_readable_host(url, column):
            return None
        row = Row(url, meta["list_title"], meta["list_date"], spare=spare)
        request = self.notice_request(row, meta)
        return request.replace(meta={**request.meta, REVISIT: True})

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
        item.problem = f"{PAGE_GONE}（{found.status}）" if gone else found.reason
        take_from_list(item)
        yield self._with_spare(item, request.meta)

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
        if meta.get(REVISIT):
            # What a list held weeks ago may fill a gap, not stand in for the page of today.
            return _with_spare(item, meta.get("spare")) if item.complete else item
        item = _with_spare(item, meta.get("spare"))
        if not item.complete and item.column in self.reports:
            self.reports[item.column].notice_failures += 1
        return item


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
