"""The stage for a page that somebody named: one that does not exist is not kept."""

from __future__ import annotations

from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawlers.items import NoticeItem


class UnreadPage(DropItem):
    """Nothing was read of the page: neither a title nor a text. No list tells of it either."""


class SinglePagePipeline:
    """In a crawl of one page, drops what would be a row with nothing but its address."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SinglePagePipeline:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        """Raises UnreadPage for what the page itself says nothing of."""
        spider = self.crawler.spider
        if not isinstance(item, NoticeItem) or not getattr(spider, "only_url", ""):
            return item
        if item.complete or item.title.strip() or item.list_title.strip():
            return item
        reason = item.problem or "没有读到标题和正文"
        if spider is not None:
            spider.logger.warning("%s：%s", item.url, reason)
        raise UnreadPage(reason, log_level="DEBUG")
