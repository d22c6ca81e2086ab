"""Reads a page that was kept, with today's readers and catalogue, as the crawl would: no request.

The site's own spider reads it, so that every hook of its platform takes part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import Headers, Request
from scrapy.responsetypes import responsetypes
from scrapy.settings import Settings

from crawlers.items import LearnedReader, NoticeItem, item_of
from crawlers.loader import CatalogueSpiderLoader
from crawlers.platforms.notice_pages import NoticePages
from crawlers.refresh import REFRESHED


class Rereader:
    """`operator_file`: the operator's sources.toml; `learned`: what was learned of sites, by id.

    Raises CatalogueError when the file has mistakes.
    """

    def __init__(
        self,
        operator_file: Path | None,
        learned: Mapping[str, Sequence[LearnedReader]] = MappingProxyType({}),
    ) -> None:
        self._learned = learned
        self._settings = Settings(
            {
                "ZX_OPERATOR_SOURCES": str(operator_file or ""),
                "SPIDER_MODULES": ["crawlers.spiders"],
            }
        )
        self._loader = CatalogueSpiderLoader(self._settings)
        self._spiders: dict[str, NoticePages] = {}

    def read(
        self,
        site: str,
        *,
        url: str,
        status: int,
        headers: tuple[tuple[str, str], ...],
        body: bytes,
        asked: dict[str, Any],
    ) -> NoticeItem | None:
        """The item of a kept page; None when the catalogue does not know the site any more.

        `asked`: `notice` (the list's row as the request carried it), `refreshed`, `spare`.
        """
        spider = self._spider(site)
        if spider is None:
            return None
        spare = item_of(asked["spare"]) if asked.get("spare") else None
        meta = {"notice": asked["notice"], "spare": spare, REFRESHED: asked.get("refreshed", False)}
        known = Headers()
        for name, value in headers:
            known.appendlist(name, value)
        kind = responsetypes.from_args(headers=known, url=url, body=body)
        response = kind(
            url, status=status, headers=known, body=body, request=Request(url, meta=meta)
        )
        return spider.read_saved(response)

    def _spider(self, site: str) -> NoticePages | None:
        if site not in self._spiders:
            try:
                spider_class = self._loader.load(site)
            except KeyError:
                return None
            if not issubclass(spider_class, NoticePages):
                return None
            crawler = Crawler(spider_class, self._settings)
            spider = self._spiders[site] = spider_class.from_crawler(crawler)
            for one in self._learned.get(site, ()):
                spider.learning.readers[one.column, one.kind] = one
        return self._spiders[site]
