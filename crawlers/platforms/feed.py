"""Columns that are an RSS or Atom feed: the column's `relay` if it names one, else its `url`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsel import Selector
from scrapy.http import Request, TextResponse

from crawlers.catalogue import Column
from crawlers.reading.addresses import is_wechat
from crawlers.reading.feed_page import NotAFeedError, is_cut, read_feed, without_moved
from crawlers.reading.notice import body_html, finish
from crawlers.reading.platform import THE_DOCUMENT, Platform, Sign
from crawlers.reading.rows import Row
from crawlers.walking.base import BaseSpider
from crawlers.walking.notice_pages import Output
from crawlers.walking.paging import Paging

_FEED = re.compile(
    r"\s*+(?:<\?xml[^<>]*+>\s*+)?(?:<!--(?:(?!-->).)*-->\s*+)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL
)


class FeedSpider(BaseSpider):
    """A feed has one page; its entries lead to ordinary notice pages."""

    reads_pages = False

    def column_requests(self, column: Column) -> list[Request]:
        return [self.list_request(column.relay or column.url, column)]

    def read_list(self, response: TextResponse, column: Column, page: int) -> Iterator[Output]:
        """Read the feed's entries."""
        try:
            rows = read_feed(response.text, response.url, self.now)
        except NotAFeedError as error:
            self.fail(column.name, self.broken(response, str(error)), page, response)
            return
        if is_cut(response.text):
            self.degrade(column, "订阅源不完整或有语法错误，只读到出错之前的部分")
        known = {row.url: row.listed_day for row in self.known_rows.get(column.name, [])}
        before = {row.url: known.get(self.canonical(row.url), "") for row in rows}
        settled = without_moved(rows, before)
        if any(row.date for row in rows) and not any(row.date for row in settled):
            self.degrade(column, "订阅源里的日期每次都变，不作为发布日期")
        yield from self.take_rows(
            response, column, page, [self._with_text(r, column) for r in settled]
        )

    def _with_text(self, row: Row, column: Column) -> Row:
        """The row with the text the feed brought, for a page that fails."""
        if not row.body_html.strip() or is_wechat(row.url):
            return row
        item = self.new_item(self.notice_meta(row, column.name))
        item.title, item.published = row.title, row.date
        body = Selector(text=f"<div>{row.body_html}</div>", base_url=item.url)
        item.body_html = body_html(body.css("body > div")[0], item.url)
        item.read_by = {
            name: "list" for name in ("title", "published", "body_html") if getattr(item, name)
        }
        finish(item)
        row.spare = item
        return row

    def paging(self, response: TextResponse, column: Column, page: int, rows: int) -> Paging:
        """A feed has one page, and what no longer fits on it is gone."""
        return Paging(shows_latest=True)


def _sign(text: str, url: str) -> Sign | None:
    return Sign("RSS 或 Atom", THE_DOCUMENT) if _FEED.match(text) else None


PLATFORM = Platform("feed", sign=_sign)
PLATFORM_SPIDER = FeedSpider
