"""Any other site: the column's own selectors, or the general reader."""

from __future__ import annotations

from crawlers.platforms.base import BaseSpider


class ListingSpider(BaseSpider):
    """A site of no known system. A column that needs no selectors is read by the general reader,
    which its report then says."""


PLATFORM_SPIDER = ListingSpider
