"""The cookie warm-up: one visit to a site's open page, whose cookies the next requests carry.

CDE's home page answers 200 and sets its cookies; its other pages answer 202 without them.
"""

from __future__ import annotations

import asyncio
import logging

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK

from crawlers.failures import failure_from

log = logging.getLogger(__name__)

WARMUP_META = "zx_warmup"


class Warmup:
    """At most one visit a crawl, however many requests wait for it."""

    def __init__(self, crawler: Crawler) -> None:
        self.done = False
        self._worked = False
        self._crawler = crawler
        self._lock = asyncio.Lock()

    async def warm(self, url: str) -> bool:
        """Visit `url` unless that was done; True when the visit was answered without an error."""
        async with self._lock:
            if self.done:
                return self._worked
            self.done = True
            request = Request(
                url,
                callback=NO_CALLBACK,
                dont_filter=True,
                meta={WARMUP_META: True, "dont_cache": True},
            )
            try:
                response = await self._crawler.engine.download_async(request)
            except Exception as error:  # noqa: BLE001 - any failed visit only means: next step
                log.info("warm-up of %s failed: %s", url, failure_from(error, url).reason)
                return False
            self._worked = response.status == 200
            return self._worked
