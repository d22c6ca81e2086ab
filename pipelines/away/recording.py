"""On the machine that visits: what a crawl would store is written down, for who has the store.

On with the setting ZX_AWAY, the file to write. The store of such a crawl holds what is known of the
site and is thrown away after it; the stages that save into it are off.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawlers.items import NoticeItem
from pipelines.brought import Brought, BroughtFile, BroughtPage, packed
from pipelines.evidence.middleware import EvidenceMiddleware
from pipelines.evidence.page_archive import Found, PageArchive
from pipelines.known_rows import clock_of
from pipelines.monitor import COLUMN_JUDGED, STOPPED, MonitorExtension
from pipelines.spider_state import SpiderState
from storage.database import open_database
from storage.models import Attachment, Notice
from storage.runs.site_slice import ended_witnesses

log = logging.getLogger(__name__)

MIB = 1024 * 1024
TOO_MUCH = "未下载：这次访问的附件太多，没有带回"


@dataclass(slots=True)
class Record:
    """What one crawl gathers on its way."""

    items: list[NoticeItem] = field(default_factory=list)
    files: dict[str, Attachment] = field(default_factory=dict)
    pages: list[BroughtPage] = field(default_factory=list)


_RECORDS: WeakKeyDictionary[Crawler, Record] = WeakKeyDictionary()


def record_of(crawler: Crawler) -> Record:
    """That of this crawl. Raises NotConfigured where nothing is recorded."""
    if not crawler.settings.get("ZX_AWAY"):
        raise NotConfigured
    return _RECORDS.setdefault(crawler, Record())


class RecordItems:
    """Item pipeline, the first: keeps items as they were read."""

    def __init__(self, record: Record) -> None:
        self.record = record

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RecordItems:
        return cls(record_of(crawler))

    def process_item(self, item: Any) -> Any:
        """Every NoticeItem; the stages after it may change theirs."""
        if isinstance(item, NoticeItem):
            self.record.items.append(item)
        return item


class RecordedPages(PageArchive):
    """An archive that writes no file."""

    def __init__(self, database: Path, data: Path, *, max_mib: int, record: Record) -> None:
        super().__init__(database, data, max_mib=max_mib)
        self.record = record

    def keep(self, found: Found, *, with_copy: bool = False) -> bool:
        """Where no archive is kept, only what is told of a bad column."""
        return self.keep_for("", found, with_copy=with_copy)

    def keep_for(self, key: str, found: Found, *, with_copy: bool = False) -> bool:
        """As `keep`, with the key of the notice that was read from it."""
        if not self.limit and not with_copy:
            return False
        answer = found.answer
        page = BroughtPage(
            kind=found.kind,
            column=found.column,
            url=answer.url,
            at=answer.at,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            via_browser=answer.via_browser,
            asked=found.asked,
            picture=found.picture,
            key=key,
        )
        self.record.pages.append(page)
        return True


class RecordEvidence(EvidenceMiddleware):
    """Keeps what `EvidenceMiddleware` would, for who has the archive."""

    IS_AWAY = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.keeper = self.pages = RecordedPages(
            self.keeper.database,
            self.keeper.data,
            max_mib=crawler.settings.getint("ZX_EVIDENCE_MIB"),
            record=record_of(crawler),
        )

    def _keep(self, item: Notice | NoticeItem, found: Found, content_hash: str) -> None:
        self.pages.keep_for(item.key, found)


class RecordExtension(MonitorExtension):
    """Settings: ZX_AWAY, ZX_AWAY_MIB (what the file may hold), ZX_HELD (end with who started the
    crawl and holds its standard input). Writes the file when the crawl is over."""

    IS_AWAY = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.record = record_of(crawler)
        self.limit = crawler.settings.getint("ZX_AWAY_MIB", 64) * MIB
        crawler.signals.connect(self.item_scraped, signal=signals.item_scraped)
        if crawler.settings.getbool("ZX_HELD"):
            threading.Thread(target=end_with_starter, daemon=True).start()

    def item_scraped(self, item: Any) -> None:
        """The files of a notice have been asked for."""
        if isinstance(item, Notice):
            self.record.files.update({file.url: file for file in item.attachments + item.pictures})

    def item_error(
        self, item: Any, response: Response | None, spider: Spider, failure: TwistedFailure
    ) -> None:
        """It is counted where the item is taken in, and fails again."""

    def spider_closed(self, spider: Spider, reason: str) -> None:
        """Judge every column, for its evidence, and write all down."""
        state = SpiderState(spider)
        if hasattr(spider, "prove"):
            spider.prove()
        now = clock_of(self.crawler)
        with closing(open_database(self.path)) as db:
            for report in state.reports.values():
                if reason == STOPPED and not (report.pages or report.failure or report.degraded):
                    continue
                check = self.check(db, spider.name, state.run_id, report, now, reason)
                self.crawler.signals.send_catch_log(COLUMN_JUDGED, check=check, report=report)
            witnesses: Any = ended_witnesses(db)
        learning: Any = getattr(spider, "learning", None)
        stats = self.crawler.stats
        brought = Brought(
            site=spider.name,
            run_id=state.run_id,
            reason=reason,
            requests=int(stats.get_value("downloader/request_count", 0)) if stats else 0,
            errors={name: count for name, count in self.errors.items() if count},
            reports=list(state.reports.values()),
            items=self.record.items,
            pages=self.record.pages,
            seen=sorted(state.seen_ids),
            listed=sorted(state.listed_keys),
            final_addresses=state.final_addresses,
            readers=list(learning.readers.values()) if learning is not None else [],
            obsolete=sorted(learning.obsolete) if learning is not None else [],
            witnesses=witnesses,
        )
        self._write(brought)

    def _write(self, brought: Brought) -> None:
        """The smallest files first, as many as there is room for; then all of it, or nothing."""
        data = Path(str(self.crawler.settings["ZX_DATA"]))
        room = self.limit - len(packed(brought))
        for url, file in sorted(self.record.files.items(), key=lambda one: one[1].bytes or 0):
            path = data / file.path if file.path else None
            if path is not None and not path.is_file():
                continue  # known where the store is
            body = path.read_bytes() if path is not None else None
            room -= len(packed_file(file)) + len(body or b"") * 4 // 3
            if room < 0:
                file, body = Attachment(file.url, file.name, file.type, note=TOO_MUCH), None
            brought.files[url] = BroughtFile(file, body)
        text = packed(brought)
        if len(text) > self.limit + MIB:
            log.error("the visit brings %s MiB, more than it may", len(text) // MIB)
            return
        target = Path(str(self.crawler.settings["ZX_AWAY"]))
        partial = target.with_suffix(".partial")
        try:
            partial.write_bytes(text)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


def end_with_starter() -> None:
    """End this process when who started it has ended: another may ask the site from then on."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(1)


def packed_file(file: Attachment) -> str:
    """About what a file's description takes."""
    return f"{file}{file.rows or ''}"
