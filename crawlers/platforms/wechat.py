"""微信公众号: no public list exists, so a column is a relay's feed (RSS or Atom) or nothing.

Long links are sent to a verification page (2026), short ones answered: `crawlers.walls` tells
them apart. A page that is only a notice (deleted, moved, wrong parameters) becomes an incomplete
item with its words. Nobody solves the captcha.
"""

from __future__ import annotations

from scrapy.http import Request

from crawlers.catalogue import Column
from crawlers.platforms.feed import FeedSpider
from crawlers.reading.platform import Platform

NO_RELAY = "没有配置订阅中继（relay）：只收录其他栏目链接到的和手工加入的文章"


class WechatSpider(FeedSpider):
    """Accounts of the platform, one column each."""

    def column_requests(self, column: Column) -> list[Request]:
        if column.relay:
            return super().column_requests(column)
        self.degrade(column, NO_RELAY)
        return []


PLATFORM = Platform("wechat", has_lists=False)
PLATFORM_SPIDER = WechatSpider
