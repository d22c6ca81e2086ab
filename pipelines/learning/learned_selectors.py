"""Scrapy extension: learned selectors come from the store to the spider, and go back after it.

What a crawl read with is kept with whether it joined up; where the catalogue's own readers work
again it is forgotten. While a page is only looked at (ZX_STORE = 0) nothing is written.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawlers.items import LearnedReader
from pipelines.facts.body import read_body
from pipelines.known_rows import clock_of
from storage.database import open_database
from storage.runs.learned_selectors import Learned, forget_learned, keep_learned, list_learned


class LearnedReadersExtension:
    """Fills `spider.learning.readers`, and keeps what is used of them. Setting: ZX_DATABASE."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(str(crawler.settings["ZX_DATABASE"]))
        self.stores = crawler.settings.getbool("ZX_STORE", True)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LearnedReadersExtension:
        """Without a store nothing was learned."""
        extension = cls(crawler)
        if not extension.stores and not extension.path.exists():
            raise NotConfigured
        crawler.signals.connect(extension.open, signal=signals.spider_opened)
        if extension.stores:
            crawler.signals.connect(extension.close, signal=signals.spider_closed)
        return extension

    def open(self, spider: Spider) -> None:
        learning: Any = getattr(spider, "learning", None)
        if learning is None:
            return
        learning.may_ask = True
        learning.as_stored = stored_text
        with closing(open_database(self.path, read_only=not self.stores)) as db:
            for one in list_learned(db, spider.name):
                learning.readers[one.column, one.kind] = to_reader(one)

    def close(self, spider: Spider) -> None:
        learning: Any = getattr(spider, "learning", None)
        if learning is None:
            return
        now = clock_of(self.crawler)
        with closing(open_database(self.path)) as db:
            for column, kind in learning.obsolete:
                forget_learned(db, spider.name, column, kind)
            for reader in learning.readers.values():
                if reader.is_used:
                    keep_learned(
                        db,
                        spider.name,
                        reader.column,
                        reader.kind,
                        reader.selectors,
                        overrides=reader.overrides,
                        evidence=reader.evidence,
                        agrees=reader.agrees,
                        now=now,
                    )


def stored_text(body_html: str, url: str) -> str:
    """The text that the store keeps of a body, without the lines that are the site's."""
    return read_body(body_html, url).text


def to_reader(learned: Learned) -> LearnedReader:
    """As a spider reads with it."""
    return LearnedReader(
        column=learned.column,
        kind=learned.kind,
        selectors=learned.selectors,
        overrides=learned.overrides,
        runs_agreed=learned.runs_agreed,
        accepted=learned.accepted_at is not None,
        evidence=learned.evidence,
    )
