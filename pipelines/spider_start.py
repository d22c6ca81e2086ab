"""What the store tells a spider before its first request: the shape such extensions share."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from sqlite_utils import Database

from storage.database import open_database


class SpiderStartExtension:
    """A Scrapy extension that calls `tell` once, with the store open. Setting: ZX_DATABASE.

    Also while a page is only looked at (ZX_STORE = 0): then the store is only read, and without
    one there is nothing to tell.
    """

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises NotConfigured where there is no store and none is to be made."""
        path = Path(str(crawler.settings["ZX_DATABASE"]))
        stores = crawler.settings.getbool("ZX_STORE", True)
        if not stores and not path.exists():
            raise NotConfigured
        extension = cls(path, read_only=not stores)
        crawler.signals.connect(extension.open, signal=signals.spider_opened)
        return extension

    def open(self, spider: Spider) -> None:
        """The spider has been made and has asked for nothing yet."""
        with closing(open_database(self.path, read_only=self.read_only)) as db:
            self.tell(db, spider)

    def tell(self, db: Database, spider: Spider) -> None:
        """Put what the store knows on the spider."""
        raise NotImplementedError
