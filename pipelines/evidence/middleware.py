"""Scrapy middleware that keeps the evidence: notice pages as they came, and bad list pages.

It stands before the walls are judged, so that it sees them too. Notice pages are kept once they
are read and stored; of lists the last answers of each column are held until the monitor has
judged it, and kept when the verdict is bad.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response

from crawlers.items import ColumnReport, NoticeItem
from pipelines.brought import BroughtPage
from pipelines.evidence.page_archive import Found, PageArchive
from pipelines.evidence.warc import Answer
from pipelines.known_rows import clock_of
from pipelines.monitor import COLUMN_JUDGED
from pipelines.spider_state import SpiderState
from storage.models import Check, Notice
from storage.notices.notices import find_known
from storage.runs.saved_pages import told_by

BAD = frozenset({"blocked", "broken", "unreachable"})
HELD = 3
# Set by crawlers.browser and crawlers.refresh in the meta of a request.
PICTURE = "browser_picture"
REFRESHED = "zx_refreshed"


class EvidenceMiddleware:
    """Settings: ZX_DATABASE, ZX_DATA, ZX_EVIDENCE_MIB (0 keeps no archive). Of a visit that was
    made elsewhere, what it brought is kept."""

    IS_AWAY = False

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.keeper = PageArchive(
            Path(str(settings["ZX_DATABASE"])),
            Path(str(settings["ZX_DATA"])),
            max_mib=settings.getint("ZX_EVIDENCE_MIB"),
        )
        self.lists: defaultdict[str, dict[str, Found]] = defaultdict(dict)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> EvidenceMiddleware:
        """Without ZX_STORE (a page is only looked at) nothing is kept."""
        settings = crawler.settings
        if not settings.getbool("ZX_STORE", True):
            raise NotConfigured
        if bool(settings.get("ZX_AWAY")) != cls.IS_AWAY:
            raise NotConfigured
        middleware = cls(crawler)
        connect = crawler.signals.connect
        connect(middleware.item_scraped, signal=signals.item_scraped)
        connect(middleware.item_error, signal=signals.item_error)
        connect(middleware.spider_error, signal=signals.spider_error)
        connect(middleware.column_judged, signal=COLUMN_JUDGED)
        connect(middleware.keeper.close, signal=signals.engine_stopped)
        return middleware

    def process_response(self, request: Request, response: Response) -> Response:
        """Hold the first page of a list until its column is judged."""
        column = request.cb_kwargs.get("column")
        if column and request.cb_kwargs.get("page", 1) == 1:
            held = self.lists[column]
            held.pop(request.url, None)
            held[request.url] = self._found("list", column, request, response)
            if len(held) > HELD:
                del held[next(iter(held))]
        return response

    def item_scraped(self, item: Any, response: Any) -> None:
        """A notice is in the store: keep the page it was read from."""
        if not isinstance(item, Notice):
            return
        if _is_notice_page(response):
            self._keep_notice(item, response, item.content_hash)
        else:
            self._keep_brought(item, item.content_hash)

    def item_error(self, item: Any, response: Any) -> None:
        """A notice could not be stored: its page is what shows why."""
        if isinstance(item, NoticeItem | Notice) and _is_notice_page(response):
            self._keep_notice(item, response, "")
        elif isinstance(item, NoticeItem | Notice):
            self._keep_brought(item, "")

    def spider_error(self, response: Any) -> None:
        """A page could not be read."""
        if _is_notice_page(response):
            column = str(response.meta["notice"]["column"])
            self.keeper.keep(self._found("notice", column, response.request, response))

    def column_judged(self, check: Check, report: ColumnReport) -> None:
        """Keep what a bad column answered; as a file for a person when it has just turned bad."""
        brought = SpiderState(self.crawler.spider).brought
        if brought is not None:
            for page in brought.unread_of(check.column):
                self.keeper.keep(self._brought(page))
            self.lists[check.column] = {
                page.url: self._brought(page) for page in brought.lists_of(check.column)
            }
        held = self.lists.pop(check.column, {})
        if check.verdict not in BAD or not held:
            return
        wanted = report.failure.url if report.failure is not None else ""
        found = held.get(wanted) or list(held.values())[-1]
        told = told_by(self.keeper.db, check.site, check.column)
        is_news = told is None or not told.copy
        self.keeper.keep(replace(found, run_id=check.run_id), with_copy=is_news)

    def _keep_notice(
        self, item: Notice | NoticeItem, response: Response, content_hash: str
    ) -> None:
        found = self._found("notice", item.column, response.request, response)
        self._keep(item, found, content_hash)

    def _keep_brought(self, item: Notice | NoticeItem, content_hash: str) -> None:
        brought = SpiderState(self.crawler.spider).brought
        page = brought.page_of(item.key) if brought is not None else None
        if page is not None:
            self._keep(item, self._brought(page), content_hash)

    def _keep(self, item: Notice | NoticeItem, found: Found, content_hash: str) -> None:
        known = find_known(self.keeper.db, item.site, item.key, item.url)
        self.keeper.keep(
            replace(found, notice_id=known.id if known else None, content_hash=content_hash)
        )

    def _found(self, kind: Any, column: str, request: Request | None, response: Response) -> Found:
        meta = request.meta if request is not None else {}
        run_id = SpiderState(self.crawler.spider).run_id
        url = response.url
        if kind == "list" and self._is_relay(column):
            url = _without_query(url)
        answer = Answer(
            url=url,
            at=clock_of(self.crawler),
            status=response.status,
            headers=_headers(response),
            body=response.body,
            via_browser="browser" in response.flags,
        )
        return Found(
            kind=kind,
            site=_site_of(self.crawler.spider),
            column=column,
            answer=answer,
            asked=_asked(meta) if kind == "notice" else {},
            run_id=run_id or None,
            picture=meta.get(PICTURE, b""),
        )

    def _brought(self, page: BroughtPage) -> Found:
        """As one of this crawl; a clock that is ahead elsewhere makes no page of the future."""
        now = clock_of(self.crawler)
        answer = Answer(
            url=page.url,
            at=min(page.at, now),
            status=page.status,
            headers=page.headers,
            body=page.body,
            via_browser=page.via_browser,
        )
        return Found(
            kind=page.kind,
            site=_site_of(self.crawler.spider),
            column=page.column,
            answer=answer,
            asked=page.asked,
            run_id=SpiderState(self.crawler.spider).run_id or None,
            picture=page.picture,
        )

    def _is_relay(self, column: str) -> bool:
        """The address of a relay is the operator's own and may hold a key."""
        columns = SpiderState(self.crawler.spider).columns
        return bool(getattr(columns.get(column), "relay", ""))


def _is_notice_page(response: Any) -> bool:
    return isinstance(response, Response) and "notice" in response.meta


def _asked(meta: dict[str, Any]) -> dict[str, Any]:
    """What the page was read with, beside itself: the list's row, and what the list held."""
    spare = meta.get("spare")
    return {
        "notice": meta.get("notice", {}),
        "refreshed": bool(meta.get(REFRESHED)),
        "spare": asdict(spare) if isinstance(spare, NoticeItem) else None,
    }


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )


def _site_of(spider: Spider | None) -> str:
    return spider.name if spider is not None else ""


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
