"""Reads a page that was kept, with today's readers and catalogue, as the crawl would: no request.

The site's own spider reads it, so that every hook of its platform takes part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Headers, Request, Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import Settings

from crawlers.catalogue import Site
from crawlers.items import LearnedReader, NoticeItem, item_of
from crawlers.loader import CatalogueSpiderLoader
from crawlers.refresh import REFRESHED
from crawlers.walking.notice_pages import NoticePages

Headings = tuple[tuple[str, str], ...]
_HTML: Headings = (("Content-Type", "text/html"),)


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
        headers: Headings,
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
        return spider.read_saved(_response(url, status, headers, body, meta))

    def read_alone(self, site: Site, *, url: str, body: bytes) -> NoticeItem:
        """The item of a page of which only the address is known, as `crawl -a url=` reads it.

        `site` need not be in the catalogue. What learns from the store has nothing to learn here.
        """
        spider = self._spider(site.id) or self._made(self._loader.made_for(site))
        if spider is None:
            raise TypeError(f"the spider of {site.id} reads no notice pages")
        meta = {"notice": spider.single_meta(url)}
        return spider.read_saved(_response(url, 200, _HTML, body, meta))

    def _spider(self, site: str) -> NoticePages | None:
        if site not in self._spiders:
            try:
                spider = self._made(self._loader.load(site))
            except KeyError:
                return None
            if spider is None:
                return None
            self._spiders[site] = spider
            for one in self._learned.get(site, ()):
                spider.learning.readers[one.column, one.kind] = one
        return self._spiders[site]

    def _made(self, spider_class: type[Spider]) -> NoticePages | None:
        if not issubclass(spider_class, NoticePages):
            return None
        return spider_class.from_crawler(Crawler(spider_class, self._settings))


def _response(
    url: str, status: int, headers: Headings, body: bytes, meta: dict[str, Any]
) -> Response:
    known = Headers()
    for name, value in headers:
        known.appendlist(name, value)
    kind = responsetypes.from_args(headers=known, url=url, body=body)
    return kind(url, status=status, headers=known, body=body, request=Request(url, meta=meta))
