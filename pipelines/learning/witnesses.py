"""Scrapy extension: witnesses. A page that links to a document of a watched column which that
column never brought is told of; when the column's list was read again without it, it is a miss:
its page is asked for and stored, and the column's report says so. A library that has a ministry's
document is a witness too (`pipelines.learning.library`).
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, NotConfigured
from sqlite_utils import Database

from china_time import SHANGHAI
from crawlers.items import ColumnReport
from pipelines.known_rows import clock_of
from pipelines.learning.library import is_library, judged, tell_library, words
from pipelines.learning.links import Link, form_of, links_of, spaces_of
from pipelines.spider_state import SpiderState
from storage.database import open_database
from storage.models import Notice
from storage.runs.witnesses import (
    Witness,
    column_addresses,
    end_witness,
    first_read_at,
    is_stored,
    note_witness,
    waiting_witnesses,
)

MOST_ASKED = 3
MOST_TOLD = 20
_MOST_KEPT = 2000
_ADDRESSES = 60


class WitnessExtension:
    """Setting: ZX_DATABASE. Counts what was missed in the statistic `notices/witnessed`."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(str(crawler.settings["ZX_DATABASE"]))
        self.began = clock_of(crawler)
        self.links: list[tuple[str, Link]] = []
        self.collected: list[Notice] = []
        self.asked: dict[str, Witness] = {}
        self.has_asked = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> WitnessExtension:
        """Without ZX_STORE (a page is only looked at) nobody is heard."""
        if not crawler.settings.getbool("ZX_STORE", True):
            raise NotConfigured
        extension = cls(crawler)
        connect = crawler.signals.connect
        connect(extension.scraped, signal=signals.item_scraped)
        connect(extension.idle, signal=signals.spider_idle)
        connect(extension.close, signal=signals.spider_closed)
        return extension

    def scraped(self, item: Any, spider: Spider) -> None:
        """A notice is in the store: keep its links; one that was asked for here is judged."""
        if not isinstance(item, Notice):
            return
        if len(self.links) < _MOST_KEPT:
            self.links += [(item.key, link) for link in links_of(item)]
        if is_library(SpiderState(spider).columns, item.column):
            self.collected.append(item)
        witness = self.asked.pop(item.key, None)
        if witness is not None:
            with closing(open_database(self.path)) as db:
                self._judge(db, spider, witness, item)

    def idle(self, spider: Spider) -> None:
        """The lists are read: ask for what they should have shown. Raises DontCloseSpider when
        there is something to ask."""
        if self.has_asked or self.crawler.engine is None:
            return
        self.has_asked = True
        if SpiderState(spider).only_url or SpiderState(spider).brought is not None:
            return
        with closing(open_database(self.path)) as db:
            requests = self._requests(db, spider)
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def close(self, spider: Spider) -> None:
        """Note what this crawl's notices tell of documents that are not in the store."""
        now = clock_of(self.crawler)
        with closing(open_database(self.path)) as db:
            for witness in self.asked.values():
                end_witness(db, witness.id, "gone", now)
            if self.links:
                tell(db, self.links, SpiderState(spider).saved_ids, now)
            if self.collected:
                tell_library(db, self.collected, SpiderState(spider).saved_ids, now)

    def _requests(self, db: Database, spider: Any) -> list[Request]:
        found: list[Request] = []
        for witness in waiting_witnesses(db, spider.name, self.began):
            report = SpiderState(spider).reports.get(witness.column)
            if report is None or report.failure is not None or not report.pages:
                continue
            if witness.library:
                self._judge_library(db, spider, witness)
                continue
            if is_stored(db, witness.url):
                end_witness(db, witness.id, "listed", clock_of(self.crawler))
                continue
            url = spider.canonical(witness.url)
            meta = {
                "key": spider.notice_key(url),
                "url": url,
                "column": witness.column,
                "list_title": witness.title,
                "list_date": "",
            }
            request = spider.unlisted_request(meta, None)
            if request is not None and len(found) < MOST_ASKED:
                self.asked[meta["key"]] = witness
                # A page that does not come is no notice: nothing of it is stored.
                found.append(request.replace(errback=None))
        return found

    def _judge(self, db: Database, spider: Any, witness: Witness, notice: Notice) -> None:
        """Whether the list should have shown it: it is dated after the column was first read, and
        before today."""
        now = clock_of(self.crawler)
        first = first_read_at(db, witness.site, witness.column)
        day = notice.published_on
        if day is None or first is None or day < first.astimezone(SHANGHAI).date():
            end_witness(db, witness.id, "old", now)
        elif day < now.astimezone(SHANGHAI).date():
            end_witness(db, witness.id, "missed", now)
            report = spider.reports[witness.column]
            self._say(
                report,
                f"“{witness.told_by}”提到的《{notice.title}》没有出现在本栏目的列表中，已直接读取",
            )

    def _judge_library(self, db: Database, spider: Any, witness: Witness) -> None:
        """A library's document is nowhere to be asked for: it may stand in any list of the site, so
        all of them must have been read."""
        reports = SpiderState(spider).reports
        if any(one.failure is not None or not one.pages for one in reports.values()):
            return
        now = clock_of(self.crawler)
        state = judged(db, witness, now.astimezone(SHANGHAI).date())
        if state != "told":
            end_witness(db, witness.id, state, now)
        if state == "missed":
            self._say(reports[witness.column], words(witness))

    def _say(self, report: ColumnReport, sentence: str) -> None:
        report.degraded = "；".join(filter(None, (report.degraded, sentence)))
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value("notices/witnessed")


def tell(db: Database, links: list[tuple[str, Link]], ids: dict[str, int], now: datetime) -> None:
    """Note the links (with the key of the notice that has them) to documents of watched columns
    that are not in the store; `ids` are those of the notices by key."""
    spaces = spaces_of(column_addresses(db, _ADDRESSES))
    left = MOST_TOLD
    for key, link in links:
        owner = spaces.get(form_of(link.url))
        if owner is None or key not in ids or not left or is_stored(db, link.url):
            continue
        site, column = owner
        note_witness(
            db,
            site=site,
            column=column,
            url=link.url,
            title=link.title,
            notice_id=ids[key],
            now=now,
        )
        left -= 1
