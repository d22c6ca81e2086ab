"""The last stage: one short transaction a notice saves it and links it with its duplicates.

What is written is decided before (`pipelines.arrival`), and so is every comparison of texts; the
transaction only looks whether the store is still as it was then.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.signals import item_error
from sqlite_utils import Database
from twisted.python.failure import Failure

from pipelines import dedupe
from pipelines.arrival import NO_BODY, Arrival, Arrivals
from pipelines.known_rows import clock_of
from pipelines.matching.precomputed import Precomputed, in_transaction
from pipelines.spider_state import SpiderState
from pipelines.update_signatures import update_recent_signatures
from storage.database import StorageError, open_database, writes_of_others
from storage.models import Notice, SaveResult, StoredNotice
from storage.notices.arrivals import follow_address, withdraw_body
from storage.notices.notices import add_alias, as_new, find_stored, get_notice, save_notice

log = logging.getLogger("zhengxun")

_MOST_ROUNDS = 20


class StorePipeline:
    """Keeps every notice; counts new and revised ones per column for the monitor."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.db: Database | None = None
        self.arrivals: Arrivals | None = None
        self.waiting: list[Notice] = []
        self.moved: list[tuple[StoredNotice, str]] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        """Without ZX_STORE (a page is only looked at) nothing is stored, nor where the store is
        another machine's (ZX_AWAY)."""
        settings = crawler.settings
        if not settings.getbool("ZX_STORE", True) or settings.get("ZX_AWAY"):
            raise NotConfigured
        return cls(crawler)

    def open_spider(self) -> None:
        self.db = open_database(Path(str(self.crawler.settings["ZX_DATABASE"])))
        update_recent_signatures(self.db, clock_of(self.crawler))

    def close_spider(self) -> None:
        """What waited for the other pages is decided now."""
        if self.db is None:
            return
        try:
            for notice in self.waiting:
                self._take_last(notice)
            self._follow_addresses()
        finally:
            self.db.close()

    def process_item(self, item: Any) -> Any:
        """Save a Notice; anything else passes through. Raises StorageError when it cannot."""
        if isinstance(item, Notice) and self.db is not None and not self._take(item, is_last=False):
            self.waiting.append(item)
        return item

    def _take_last(self, notice: Notice) -> None:
        """As Scrapy does with an item: one that cannot be stored is an error of its column."""
        try:
            self._take(notice, is_last=True)
        except StorageError:
            spider = self.crawler.spider
            failure = Failure()  # type: ignore[no-untyped-call] # Twisted has no types for it
            log.exception("%s could not be stored", notice.url)
            self.crawler.signals.send_catch_log(
                item_error, item=notice, response=None, spider=spider, failure=failure
            )

    def _take(self, notice: Notice, *, is_last: bool) -> bool:
        """Decide and write; False when the decision waits for the end of the crawl."""
        if self.db is None:
            raise StorageError("the store is not open")
        arrivals = self._of_this_crawl(self.db)
        for _ in range(_MOST_ROUNDS):
            seen = writes_of_others(self.db)
            arrival = arrivals.decide(notice, is_last=is_last)
            if arrival is None:
                self._name(notice)
                return False
            written = self._write(self.db, notice, arrival, seen)
            if written is not None:
                result, stored = written
                arrivals.saved(stored)
                self._count(self.db, notice, arrival, result)
                return True
        raise StorageError("others keep changing the same notice; crawl this site again later")

    def _of_this_crawl(self, db: Database) -> Arrivals:
        """Made with the first notice: what the spider tells us is there by then."""
        if self.arrivals is None:
            spider = self.crawler.spider
            self.arrivals = Arrivals(
                db,
                spider.name if spider is not None else "",
                listed=SpiderState(spider).listed_keys,
                final=SpiderState(spider).final_addresses,
            )
        return self.arrivals

    def _write(
        self, db: Database, notice: Notice, arrival: Arrival, seen: int
    ) -> tuple[SaveResult, StoredNotice] | None:
        """Save it and link it; None when the store is not as it was when this was decided
        (`seen`: the number of what others had written before it)."""
        now = clock_of(self.crawler)
        run_id = SpiderState(self.crawler.spider).run_id
        known = arrival.known

        def write(precomputed: Precomputed) -> tuple[SaveResult, StoredNotice] | None:
            if writes_of_others(db) != seen and not _still_holds(db, notice, arrival):
                return None
            result = save_notice(
                db,
                arrival.state,
                now=now,
                run_id=run_id or None,
                into=known.id if known is not None else None,
                told=arrival.told,
            )
            if arrival.unread is not None:
                withdraw_body(db, arrival.unread, NO_BODY)
            # Also when nothing a reader sees changed: a page may have become complete.
            stored = get_notice(db, result.id)
            dedupe.settle(db, stored, now, precomputed)
            return result, stored

        return in_transaction(db, write, _foreseen(db, arrival, now))

    def _count(self, db: Database, notice: Notice, arrival: Arrival, result: SaveResult) -> None:
        self._add_final_address(db, notice, result.id)
        if arrival.is_moved and arrival.known is not None:
            self.moved.append((arrival.known, notice.url))
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"notices/{notice.column}/{result.outcome}")
        report = SpiderState(self.crawler.spider).reports.get(notice.column)
        if report is not None and notice.complete and not arrival.state.complete:
            report.notice_failures += arrival.known is None or not arrival.known.notice.complete
        # For the crawl's events: whoever reads of a notice in the log finds it in the store.
        SpiderState(self.crawler.spider).saved_ids[notice.key] = result.id

    def _name(self, notice: Notice) -> None:
        """A notice that waits and is known is found by whoever reads of it in the log."""
        known = self.db and find_stored(self.db, notice.site, notice.key, notice.url)
        if known:
            SpiderState(self.crawler.spider).saved_ids[notice.key] = known.id

    def _add_final_address(self, db: Database, notice: Notice, notice_id: int) -> None:
        """Where redirects led is one more address of the notice, if they led nobody else there."""
        final = SpiderState(self.crawler.spider).final_addresses
        url = final.get(notice.key, "")
        if url and notice.complete and list(final.values()).count(url) == 1:
            add_alias(db, notice_id, url)

    def _follow_addresses(self) -> None:
        """A notice that no list shows at its former address any more is linked at its new one."""
        listed = SpiderState(self.crawler.spider).listed_keys
        for known, url in self.moved:
            if self.db is not None and known.notice.key not in listed:
                follow_address(self.db, known.id, url)


def _foreseen(db: Database, arrival: Arrival, now: datetime) -> Precomputed | None:
    """What linking it will ask; None where writing it changes another page that may be asked."""
    if arrival.unread is not None:
        return None
    known = arrival.known
    page = as_new(arrival.state, now) if known is None else replace(known, notice=arrival.state)
    return dedupe.foresee(db, page)


def _still_holds(db: Database, notice: Notice, arrival: Arrival) -> bool:
    """Whether the notice is still what it was when the decision was made."""
    if arrival.known is not None:
        return get_notice(db, arrival.known.id).notice == arrival.known.notice
    return find_stored(db, notice.site, notice.key, notice.url) is None
