"""Scrapy extension that judges a run: one `checks` row a column, with a verdict and a reason.

A crawl's exit code says almost nothing, so the verdict is made from what the spider reported of
each list, from the errors Scrapy signalled and from how the crawl ended.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from sqlite_utils import Database
from twisted.python.failure import Failure as TwistedFailure

from china_time import SHANGHAI
from crawlers.items import ColumnReport
from pipelines.day_allowance import TAKEN
from pipelines.facts.dates import parse_date
from pipelines.known_rows import clock_of
from pipelines.spider_state import SpiderState
from storage.database import open_database
from storage.models import Check, Gap, Verdict
from storage.runs.gaps import open_gaps, read_over, record_gap
from storage.runs.readings import Listed, keep_listed, longest_silence
from storage.runs.runs import finish_run, newest_published, save_check, start_run

EVIDENCE_CHARACTERS = 500
# A column whose pages usually hold fewer notices has no usual size to speak of.
LEAST_USUAL = 8
# Scrapy's reason for a crawl that was ended by a signal.
STOPPED = "shutdown"
# Set by crawlers.walking.notice_pages in the meta of a request for a page that no list showed.
REVISIT = "zx_revisit"
# Scrapy signal: a column was judged, its row not yet written. Arguments: check, report.
COLUMN_JUDGED = object()


def judge(
    report: ColumnReport,
    *,
    newest_on: date | None,
    today: date,
    errors: int,
    finished: bool,
    gaps: Sequence[Gap] = (),
    silence: int | None = None,
) -> tuple[Verdict, str]:
    """The verdict on one column and its reason (Chinese). Pure.

    `newest_on`: the newest believed publication date, listed or stored; `errors`: pages of this
    column whose reading raised; `finished`: whether the crawl ended by itself; `gaps`: those open
    now; `silence`: the longest pause (days) a year of the column showed, None if not known.
    """
    if report.failure is not None:
        return report.failure.verdict, report.failure.reason
    if not finished and report.pages == 0:
        return "unreachable", "抓取中断，这个栏目还没有读到"
    if report.pages == 0 and report.degraded:
        return "degraded", report.degraded
    missing = [gap.words for gap in gaps]
    if report.rows < report.min_rows:
        few = f"列表只读到 {report.rows} 条，至少应有 {report.min_rows} 条"
        if report.rows and report.degraded:
            return "degraded", "；".join([report.degraded, few, *missing])
        return "broken", "；".join(filter(None, (f"{few}：页面可能已改版", report.degraded)))
    doubts = [*_doubts(report, errors, finished=finished), *missing]
    if doubts:
        return "degraded", "；".join(doubts)
    longest = max(report.max_quiet_days, silence or 0)
    if newest_on is not None and (today - newest_on).days > longest:
        quiet = (today - newest_on).days
        return "quiet", f"已 {quiet} 天没有新通知（通常不超过 {longest} 天）"
    return "ok", ""


def _doubts(report: ColumnReport, errors: int, *, finished: bool) -> Iterator[str]:
    """What was not as it should be, though the list was read."""
    if errors:
        yield f"{errors} 个页面解析出错，其余正常"
    if report.degraded:
        yield report.degraded
    if report.over_allowance:
        yield f"{report.over_allowance}，其余的先只收录标题和链接，以后再读"
    if report.notice_failures:
        yield f"{report.notice_failures} 篇通知的正文未能读取，已按标题和链接收录"
    if report.waiting:
        ending = "没有读取结果" if finished else "还没有读到，抓取就中断了"
        yield f"列出的通知中有 {len(report.waiting)} 条{ending}"
    accounted = report.known + report.taken + sum(report.refusals.values())
    if report.rows != accounted:
        yield f"列出 {report.rows} 条，有下落的只有 {accounted} 条"
    fullest, usual = max(report.page_rows, default=0), report.usual_rows or 0
    if usual >= LEAST_USUAL and fullest * 2 <= usual and report.pages == 1:
        yield f"列表只读到 {fullest} 条，以往每页 {usual} 条"


class MonitorExtension:
    """Writes the run and its checks. Not where nobody keeps them (ZX_AWAY)."""

    IS_AWAY = False

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(str(crawler.settings["ZX_DATABASE"]))
        self.errors: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> MonitorExtension:
        """Without ZX_STORE (a page is only looked at) there is no run to judge."""
        if not crawler.settings.getbool("ZX_STORE", True):
            raise NotConfigured
        if bool(crawler.settings.get("ZX_AWAY")) != cls.IS_AWAY:
            raise NotConfigured
        monitor = cls(crawler)
        connect = crawler.signals.connect
        connect(monitor.spider_opened, signal=signals.spider_opened)
        connect(monitor.spider_error, signal=signals.spider_error)
        connect(monitor.item_error, signal=signals.item_error)
        connect(monitor.spider_closed, signal=signals.spider_closed)
        return monitor

    def spider_opened(self, spider: Spider) -> None:
        """A crawl started by hand has no run yet; one started by us carries its id.

        One page alone is no crawl of its site: nothing is listed, so no column is judged.
        """
        if SpiderState(spider).run_id or bool(getattr(spider, "only_url", "")):
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
        if getattr(spider, "only_url", ""):
            return
        now = clock_of(self.crawler)
        run_id = SpiderState(spider).run_id
        db = open_database(self.path)
        brought = SpiderState(spider).brought
        if brought is not None:
            # As it ended where it was made; what it proves was worked out there.
            reason = brought.reason if reason == "finished" else reason
            self.errors.update(brought.errors)
        elif hasattr(spider, "prove"):
            spider.prove()
        for report in SpiderState(spider).reports.values():
            if reason == STOPPED and not (report.pages or report.failure or report.degraded):
                continue  # stopped by us before it was asked: that says nothing of the site
            self.note_gaps(db, spider.name, run_id, report, now)
            check = self.check(db, spider.name, run_id, report, now, reason)
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
            taken=int(stats.get_value(TAKEN, 0)) if stats else 0,
        )
        db.close()

    def note_gaps(
        self, db: Database, site: str, run_id: int, report: ColumnReport, now: datetime
    ) -> None:
        """Open, close or shorten the column's gaps by what this reading proves. One that joined up
        may still have days before it that it could not look through again."""
        column = report.column
        if report.joined:
            if report.covered_from:
                since = date.fromisoformat(report.covered_from)
                read_over(db, site=site, column=column, since=since, now=now)
            rows = [Listed(row.key, row.url, row.title, row.day) for row in report.listed]
            keep_listed(db, site, column, run_id, rows)
        if report.gap is not None:
            start, to = map(date.fromisoformat, report.gap)
            record_gap(
                db,
                site=site,
                column=column,
                from_on=start,
                to_on=to,
                reason=report.gap_why,
                now=now,
                run_id=run_id or None,
            )

    def check(
        self,
        db: Database,
        site: str,
        run_id: int,
        report: ColumnReport,
        now: datetime,
        reason: str,
    ) -> Check:
        """One column's row, judged."""
        today = now.astimezone(SHANGHAI).date()
        stored_on = newest_published(db, site, report.column)
        listed_on = parse_date(report.newest) if report.newest else None
        newest_on = max((day for day in (listed_on, stored_on) if day), default=None)
        verdict, why = judge(
            report,
            newest_on=newest_on,
            today=today,
            errors=self.errors[report.column],
            finished=reason == "finished",
            gaps=open_gaps(db, site=site, column=report.column),
            silence=longest_silence(db, site, report.column, today),
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
            covered_from=parse_date(report.covered_from) if report.covered_from else None,
            joined=report.joined,
            known=report.known,
            taken=report.taken,
            refused=sum(report.refusals.values()),
            refusals=report.refusals,
            page_rows=tuple(report.page_rows),
        )


def _column_of(response: Response) -> str:
    meta = response.meta
    if meta.get(REVISIT):  # the run has failed, the column's list has not
        return ""
    notice = meta.get("notice") or {}
    return str(notice.get("column") or meta.get("column") or "")
