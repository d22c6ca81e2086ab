"""Scrapy extension that judges a run: one `checks` row a column, with a verdict and a reason.

A crawl's exit code says almost nothing, so the verdict is made from what the spider reported of
each list, from the errors Scrapy signalled and from how the crawl ended.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawlers.items import ColumnReport
from pipelines.facts.dates import parse_date
from pipelines.seen import clock_of
from storage.database import open_database
from storage.models import Check, Verdict
from storage.runs import finish_run, newest_published, save_check, start_run

EVIDENCE_CHARACTERS = 500
# Set by crawlers.platforms.notice_pages in the meta of a request for a page that no list showed.
UNLISTED = "zx_unlisted"
# Scrapy signal: a column was judged, its row not yet written. Arguments: check, report.
COLUMN_JUDGED = object()


def judge(
    report: ColumnReport, *, newest_on: date | None, today: date, errors: int, finished: bool
) -> tuple[Verdict, str]:
    """The verdict on one column and its reason (Chinese). Pure.

    `newest_on`: the newest publication date known, listed or stored; `errors`: pages of this
    column whose reading raised; `finished`: whether the crawl ended by itself.
    """
    if report.failure is not None:
        return report.failure.verdict, report.failure.reason
    if not finished and report.pages == 0:
        return "unreachable", "抓取中断，这个栏目还没有读到"
    if report.pages == 0 and report.degraded:
        return "degraded", report.degraded
    if report.rows < report.min_rows:
        few = f"列表只读到 {report.rows} 条，至少应有 {report.min_rows} 条"
        if report.rows and report.degraded:
            return "degraded", f"{report.degraded}；{few}"
        return "broken", "；".join(filter(None, (f"{few}：页面可能已改版", report.degraded)))
    if errors:
        return "degraded", f"{errors} 个页面解析出错，其余正常"
    if report.degraded:
        return "degraded", report.degraded
    if report.notice_failures:
        return "degraded", f"{report.notice_failures} 篇通知的正文未能读取，已按标题和链接收录"
    if newest_on is not None and (today - newest_on).days > report.max_quiet_days:
        quiet = (today - newest_on).days
        return "quiet", f"已 {quiet} 天没有新通知（通常不超过 {report.max_quiet_days} 天）"
    return "ok", ""


class MonitorExtension:
    """Writes the run and its checks."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(str(crawler.settings["ZX_DATABASE"]))
        self.errors: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> MonitorExtension:
        """Without ZX_STORE (a page is only looked at) there is no run to judge."""
        if not crawler.settings.getbool("ZX_STORE", True):
            raise NotConfigured
        monitor = cls(crawler)
        connect = crawler.signals.connect
        connect(monitor.spider_opened, signal=signals.spider_opened)
        connect(monitor.spider_error, signal=signals.spider_error)
        connect(monitor.item_error, signal=signals.item_error)
        connect(monitor.spider_closed, signal=signals.spider_closed)
        return monitor

    def spider_opened(self, spider: Spider) -> None:
        """A crawl started by hand has no run yet; one started by us carries its id."""
        if getattr(spider, "run_id", ""):
            return
        db = open_database(self.path)
        now = clock_of(self.crawler)
        spider.run_id = str(start_run(db, spider.name, now=now, pid=os.getpid()))  # type: ignore[attr-defined] # our spiders declare run_id
        db.close()

    def spider_error(self, failure: TwistedFailure, response: Response, spider: Spider) -> None:
        self.errors[_column_of(response)] += 1

    def item_error(
        self, item: Any, response: Response | None, spider: Spider, failure: TwistedFailure
    ) -> None:
        self.errors[str(getattr(item, "column", ""))] += 1

    def spider_closed(self, spider: Spider, reason: str) -> None:
        """Judge every column, then close the run."""
        now = clock_of(self.crawler)
        run_id = int(getattr(spider, "run_id", 0))
        db = open_database(self.path)
        for report in getattr(spider, "reports", {}).values():
            stored = newest_published(db, spider.name, report.column)
            check = self.check(spider.name, run_id, report, stored, now, reason)
            # The evidence first: whoever sees the verdict finds it.
            self.crawler.signals.send_catch_log(COLUMN_JUDGED, check=check, report=report)
            save_check(db, check)
        stats = self.crawler.stats
        finish_run(
            db,
            run_id,
            now=now,
            state="finished" if reason == "finished" and not self.errors else "failed",
            reason=f"{self.errors.total()} errors; see the log" if self.errors else reason,
            requests=int(stats.get_value("downloader/request_count", 0)) if stats else 0,
            notices=int(stats.get_value("item_scraped_count", 0)) if stats else 0,
        )
        db.close()

    def check(
        self,
        site: str,
        run_id: int,
        report: ColumnReport,
        stored_on: date | None,
        now: datetime,
        reason: str,
    ) -> Check:
        """One column's row, judged."""
        listed_on = parse_date(report.newest) if report.newest else None
        newest_on = max((day for day in (listed_on, stored_on) if day), default=None)
        verdict, why = judge(
            report,
            newest_on=newest_on,
            today=now.date(),
            errors=self.errors[report.column],
            finished=reason == "finished",
        )
        failure = report.failure
        count = self.crawler.stats.get_value if self.crawler.stats else (lambda *_: 0)
        return Check(
            run_id=run_id,
            site=site,
            column=report.column,
            checked_at=now,
            verdict=verdict,
            reason=why,
            rows=report.rows,
            total=report.total,
            pages=report.pages,
            new=int(count(f"notices/{report.column}/new", 0)),
            revised=int(count(f"notices/{report.column}/revised", 0)),
            newest_on=newest_on,
            evidence=failure.excerpt[:EVIDENCE_CHARACTERS] if failure else "",
        )


def _column_of(response: Response) -> str:
    meta = response.meta
    if meta.get(UNLISTED):  # the run has failed, the column's list has not
        return ""
    notice = meta.get("notice") or {}
    return str(notice.get("column") or meta.get("column") or "")
