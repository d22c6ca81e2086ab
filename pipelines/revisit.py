"""Scrapy extension: asks for the stored pages that are due and that no list of the site showed.

A notice that leaves its list is not lost: it is read again on the days of `pipelines.known_rows`,
or retried when it could not be read fully. When the lists and their pages are done, what is still
due in the store is exactly what they did not show. The oldest due come first, a few each crawl,
once each, through every wall, robots.txt and pause like any page of the site.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, NotConfigured
from sqlite_utils import Database

from crawlers.items import item_of
from pipelines.known_rows import MAX_ATTEMPTS, REREAD_AFTER, clock_of, due_since
from pipelines.spider_state import SpiderState
from storage.database import open_database
from storage.models import Known
from storage.notices.notices import list_incomplete, list_recent
from storage.runs.saved_pages import last_asked

MOST_PER_CRAWL = 10
# How long a missed day is made up for: over the longest holidays, not from years ago.
GRACE = timedelta(days=14)


class RevisitExtension:
    """Settings: ZX_DATABASE. Counts what it asked for in the statistic `notices/unlisted`."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.has_asked = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RevisitExtension:
        """Without ZX_STORE (a page is only looked at) nothing is due."""
        if not crawler.settings.getbool("ZX_STORE", True):
            raise NotConfigured
        extension = cls(crawler)
        crawler.signals.connect(extension.idle, signal=signals.spider_idle)
        return extension

    def idle(self, spider: Spider) -> None:
        """The lists and their pages are done. Raises DontCloseSpider when there is more to ask."""
        if self.has_asked or self.crawler.engine is None:
            return
        self.has_asked = True
        state = SpiderState(spider)
        if state.only_url or state.brought is not None or is_closed(spider):
            return
        with closing(open_database(Path(str(self.crawler.settings["ZX_DATABASE"])))) as db:
            requests = due_requests(db, spider, clock_of(self.crawler))
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            if self.crawler.stats is not None:
                self.crawler.stats.inc_value("notices/unlisted", len(requests))
            raise DontCloseSpider


def is_closed(spider: Spider) -> bool:
    """Whether the site let nobody read any of its lists: then its pages are not asked for."""
    reports = SpiderState(spider).reports.values()
    return bool(reports) and all(report.failure is not None for report in reports)


def due_requests(db: Database, spider: Spider, now: datetime) -> list[Request]:
    """The requests for what is due at `now` (UTC), the oldest first, at most MOST_PER_CRAWL."""
    make: Any = getattr(spider, "unlisted_request", None)
    if make is None:
        return []
    found: list[Request] = []
    for known in due_pages(db, spider.name, now):
        asked = last_asked(db, known.id)
        spare = item_of(asked["spare"]) if asked.get("spare") else None
        request = make(meta_of(known, asked.get("notice", {})), spare)
        if request is not None:
            found.append(request)
        if len(found) == MOST_PER_CRAWL:
            break
    return found


def due_pages(db: Database, site: str, now: datetime) -> list[Known]:
    """The pages of a site that are due, the one that is due for the longest time first."""
    since = now - REREAD_AFTER[-1] - GRACE
    pages = list_incomplete(db, site, max_attempts=MAX_ATTEMPTS) + list_recent(
        db, site, since=since
    )
    due = [(moment, page.id, page) for page in pages if (moment := due_since(page, now))]
    return [page for _, _, page in sorted(due, key=lambda one: one[:2])]


def meta_of(known: Known, row: dict[str, str]) -> dict[str, str]:
    """What travels with the request: the list's row as it was, or as the store knows it."""
    day = known.published_on.isoformat() if known.published_on else ""
    return {
        "key": known.key,
        "url": known.url,
        "column": known.column,
        "list_title": row.get("list_title") or known.title,
        "list_date": row.get("list_date") or day,
    }
