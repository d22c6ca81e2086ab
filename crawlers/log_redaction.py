"""Scrapy extension: the query of a relay's address, which may hold a key, stays out of the log.

Scrapy names addresses itself, e.g. when it gives up on one.
"""

from __future__ import annotations

import logging
from typing import Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler

from crawlers.catalogue import Site
from crawlers.visit_log import log_of_this_crawl


class WithoutQueries(logging.Filter):
    """Replaces these queries in every message, in its exception too."""

    def __init__(self, queries: list[str]) -> None:
        super().__init__()
        self.queries = queries

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through."""
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        message = record.getMessage()
        for query in self.queries:
            message = message.replace(query, "…")
            record.exc_text = record.exc_text and record.exc_text.replace(query, "…")
        record.msg, record.args = message, None
        return True


class LogRedactionExtension:
    """On for sites with a relay that has a query."""

    def __init__(self, crawler: Crawler) -> None:
        site = getattr(crawler.spidercls, "site", None)
        columns = site.columns if isinstance(site, Site) else ()
        queries = [urlsplit(column.relay).query for column in columns]
        handler = log_of_this_crawl()
        if any(queries) and handler is not None:
            handler.addFilter(WithoutQueries([query for query in queries if query]))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)
