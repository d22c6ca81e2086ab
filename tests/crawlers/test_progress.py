"""What the program that started a crawl is told."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from scrapy import Spider
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from crawlers.items import ColumnReport, NoticeItem
from crawlers.progress import ProgressExtension


def test_nothing_is_printed_unless_asked_for() -> None:
    with pytest.raises(NotConfigured):
        ProgressExtension.from_crawler(get_crawler(Spider, {"ZX_PROGRESS": 0}))


def test_each_event_is_one_line_and_lists_tell_what_was_added() -> None:
    crawler = get_crawler(Spider)
    spider = crawler._create_spider("tj_gyxxh")
    report = ColumnReport("通知公告", "https://gyxxh.tj.gov.cn/")
    spider.reports = {"通知公告": report}  # type: ignore[attr-defined]
    crawler.spider = spider
    out = StringIO()
    progress = ProgressExtension(crawler, out)

    progress.opened(spider)
    report.rows, report.pages = 20, 1
    progress.moved_on()
    progress.moved_on()
    report.rows, report.pages = 35, 2
    item = NoticeItem(
        site="tj_gyxxh",
        column="通知公告",
        key="t1",
        url="https://gyxxh.tj.gov.cn/t1.html",
        section="projects",
        group="天津市",
        title="关于申报的通知",
    )
    progress.scraped(item)
    progress.closed(spider, "finished")

    events = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [event["event"] for event in events] == ["opened", "list", "list", "notice", "closed"]
    assert {event["site"] for event in events} == {"tj_gyxxh"}
    assert [event["rows"] for event in events if event["event"] == "list"] == [20, 15]
    assert events[3]["title"] == "关于申报的通知"
    assert (events[4]["reason"], events[4]["rows"]) == ("finished", 35)
