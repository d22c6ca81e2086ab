"""Columns that are an RSS or Atom feed: the column's `relay` if it names one, else its `url`."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.http import Request, TextResponse

from crawlers.catalogue import Column
from crawlers.platforms.base import BaseSpider
from crawlers.platforms.notice_pages import Output
from crawlers.reading.feed_page import NotAFeedError, is_cut, read_feed


class FeedSpider(BaseSpider):
    """A feed has one page; its entries lead to ordinary notice pages."""

    def column_requests(self, column: Column) -> list[Request]:
        return [self.list_request(column.relay or column.url, column)]

    def read_list(self, response: TextResponse, column: Column, page: int) -> Iterator[Output]:
        """Read the feed's entries."""
        try:
            rows = read_feed(response.text, response.url)
        except NotAFeedError as error:
            self.fail(column.name, self.broken(response, str(error)))
            return
        if is_cut(response.text):
            self.degrade(column, "订阅源不完整或有语法错误，只读到出错之前的部分")
        yield from self.take_rows(response, column, page, rows)

    def next_page(self, response: TextResponse, column: Column, page: int) -> Request | None:
        return None


PLATFORM_SPIDER = FeedSpider
