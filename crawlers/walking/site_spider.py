"""What every spider is before it reads: a site of the catalogue, its columns, and what is known."""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawlers import platforms
from crawlers.catalogue import Column, Site, load_catalogue, platforms_by_host
from crawlers.items import ColumnHistory, ColumnReport, KnownRow, NoticeItem
from crawlers.reading.addresses import canonical_url, is_wechat, notice_key
from crawlers.reading.platform import Platform
from crawlers.reading.printed_dates import SHANGHAI
from crawlers.reading.rows import Row
from crawlers.reading.siblings import Siblings
from crawlers.walking.known_places import InStore
from crawlers.walking.learning import Learning
from crawlers.walking.own_hosts import is_own_host
from crawlers.walking.window import LATE_DAYS, LONGEST_LOOK_BACK

SINGLE = "page"  # the column of a page read by hand that belongs to no column


class SiteSpider(scrapy.Spider):
    """One site of the catalogue. Arguments: days (look-back), run (id), url (read one page only),
    gaps (JSON: column -> days in which nobody could read it; its window is longer by that),
    bundle (the file of a visit that was made elsewhere: it is taken in, and nothing asked). A
    look-back that was asked for is kept as it is.

    Settings: ZX_NOW (ISO 8601 or ""), ZX_DAYS, ZX_OPERATOR_SOURCES.
    """

    site: Site
    reports: dict[str, ColumnReport]
    # Host to platform for the whole catalogue, where whoever made this class has read it: at
    # fourteen thousand sites it is not read again for each.
    catalogue_hosts: dict[str, str] | None = None

    def __init__(
        self,
        days: Any = None,
        run: str = "",
        url: str = "",
        gaps: str = "",
        bundle: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.bundle = bundle
        self.gaps: dict[str, int] = json.loads(gaps) if gaps else {}
        self.days = int(days) if days else 0
        self.is_asked_back = bool(self.days)
        self.run_id = run
        self.only_url = url
        self.now = datetime.now(UTC)
        self.platforms_by_host: Mapping[str, str] = {}
        # Column to the hosts that its list has put known notices of its own on.
        self.taken_over: dict[str, set[str]] = {}
        # Key of a notice to its id in the store; filled by whoever stores it.
        self.saved_ids: dict[str, int] = {}
        # Ids of the stored notices that a list showed again; filled by whoever knows them.
        self.seen_ids: set[int] = set()
        # Column to the notices of it that the store knows, the newest first; filled likewise.
        self.known_rows: dict[str, list[KnownRow]] = {}
        # Column to what earlier crawls know of it; and the column under which the store has a page.
        self.histories: dict[str, ColumnHistory] = {}
        # The publisher barred this address earlier today.
        self.is_barred = False
        self.in_store: InStore = lambda key, url: None
        # Key of a notice to the column that asked for it in this crawl.
        self.asked_by: dict[str, str] = {}
        # Key of a notice to the address it was found at, where that is another than listed.
        self.final_addresses: dict[str, str] = {}
        self.learning = Learning(self.known_rows)
        # The last pages read, which tell what is the site's template.
        self.siblings = Siblings()
        self.columns = {c.name: c for c in self.site.columns if c.enabled}
        self.reports = {
            name: ColumnReport(name, c.url, c.min_rows, c.max_quiet_days)
            for name, c in self.columns.items()
        }

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider._configure(crawler.settings)
        return spider

    def _configure(self, settings: BaseSettings) -> None:
        if settings.get("ZX_NOW"):
            self.now = datetime.fromisoformat(settings["ZX_NOW"])
        self.days = self.days or settings.getint("ZX_DAYS", 14)
        known = self.catalogue_hosts
        if known is None:
            operator_file = settings.get("ZX_OPERATOR_SOURCES", "")
            sites = load_catalogue(Path(operator_file) if operator_file else None)
            known = platforms_by_host(sites.values())
        own = dict.fromkeys(self.site.named_hosts, self.site.platform)
        self.platforms_by_host = ChainMap(own, known)

    @property
    def today(self) -> date:
        """The day of the crawl, in Beijing."""
        return self.now.astimezone(SHANGHAI).date()

    def window_of(self, column: str) -> tuple[date, date]:
        """How far back a column's list is walked, and from which day unknown rows are taken.

        As far as the last reading that joined up, and over every gap that is still open.
        """
        since = self.today - timedelta(days=self.days + self.gaps.get(column, 0))
        history = self.histories.get(column, ColumnHistory())
        if not self.is_asked_back:
            days = [date.fromisoformat(history.until)] if history.until else []
            # A gap is read over from the day before it: the last day met may go on on a next page.
            days += [date.fromisoformat(start) - timedelta(days=1) for start, _ in history.gaps]
            since = min([since, *days])
            since = max(since, self.today - timedelta(days=LONGEST_LOOK_BACK))
        return since, min(since, self.today - timedelta(days=LATE_DAYS))

    def canonical(self, url: str) -> str:
        """The address to keep: without tracking, and https where the column's own is https."""
        url = canonical_url(url)
        host = urlsplit(url).hostname
        ours = {urlsplit(column.url)[:2] for column in self.site.columns}
        if url.startswith("http://") and ("https", host) in ours:
            return "https://" + url.removeprefix("http://")
        return url

    def notice_key(self, url: str) -> str:
        """What identifies the page inside this site for ever."""
        return notice_key(url, self.platform_of(url))

    def notice_meta(self, row: Row, column: str) -> dict[str, str]:
        """What travels with a notice's request."""
        return {
            "key": self.notice_key(self.canonical(row.url)),
            "url": self.canonical(row.url),
            "column": column,
            "list_title": row.title,
            "list_date": row.date,
        }

    def new_item(self, meta: dict[str, str]) -> NoticeItem:
        """An item holding what is known before its page is read."""
        column = self.columns.get(meta["column"])
        return NoticeItem(
            site=self.site.id,
            column=meta["column"],
            key=meta["key"],
            url=meta["url"],
            section=(column.section if column else "") or self.site.section,
            group=(column.group if column else "") or self.site.group,
            site_name=self.site.name,
            list_title=meta["list_title"],
            list_date=meta["list_date"],
            place=meta.get("place", ""),  # type: ignore[arg-type] # as `notice_meta` wrote it
            near_on=meta.get("near_on", ""),
        )

    def is_readable_host(self, url: str, column: Column | None) -> bool:
        """Whether a notice there is the publisher's own, or of a site that we watch."""
        host = urlsplit(url).hostname or ""
        if is_wechat(url) or host in self.platforms_by_host:
            return True
        if column is None:
            return is_own_host(host, "")
        own = urlsplit(column.url).hostname or ""
        return is_own_host(host, own) or host in self.taken_over.get(column.name, ())

    def platform_of(self, url: str) -> Platform:
        host = urlsplit(url).hostname or ""
        if host in self.site.named_hosts:
            return platforms.platform(self.site.platform)
        return platforms.platform(self.platforms_by_host.get(host, self.site.platform))
