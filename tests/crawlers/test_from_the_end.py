"""A list that runs oldest first is read from its last page back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from scrapy.http import Request

from crawlers.items import ColumnHistory
from crawlers.platforms import trs
from crawlers.walking.base import BaseSpider
from tests.crawlers.spider_at_hand import failed, lists, make, notices, run, started

KXJS = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/"
TODAY = date(2021, 2, 5)
PAGES = 8


def page_of(number: int, newest: int = 0) -> str:
    """Page `number` of eight, five rows each a day apart; the last row is `newest` days old."""
    rows = []
    for place in range(5):
        age = newest + (PAGES - number) * 5 + 4 - place
        day = TODAY - timedelta(days=age)
        rows.append(
            f'<li><a href="./202101/t{day:%Y%m%d}_{age}.html">关于{age}天前有关事项的通知</a>'
            f"<span>{day}</span></li>"
        )
    pager = f'<script>createPageHTML({PAGES}, {number - 1}, "index", "html");</script>'
    return f"<ul class='list'>{''.join(rows)}</ul>{pager}"


def spider_of(until: int = 3) -> BaseSpider:
    spider = make(trs, KXJS)
    day = (TODAY - timedelta(days=until)).isoformat()
    spider.histories["通知公告"] = ColumnHistory((TODAY - timedelta(days=60)).isoformat(), day)
    return spider


def walked(spider: BaseSpider, page: Any = page_of) -> list[str]:
    """The addresses of the list pages asked for, in their order."""
    asked: list[str] = []
    waiting: list[Request] = started(spider)
    while waiting:
        request = waiting.pop(0)
        asked.append(request.url.removeprefix(KXJS))
        found = run(request, page(request.cb_kwargs["page"]))
        waiting += lists(found)
        assert notices(found) or request.cb_kwargs["page"] == 1 or page is not page_of
    spider.prove()
    return asked


def test_it_is_read_back_until_the_window_is_left() -> None:
    spider = spider_of()
    assert walked(spider) == ["", *(f"index_{number}.html" for number in (7, 6, 5, 4))]
    report = spider.reports["通知公告"]
    assert (report.joined, report.gap) == ("window", None)


def test_a_last_page_that_is_not_there_is_no_way_and_the_list_is_walked_forward() -> None:
    spider = spider_of()
    (first,) = started(spider)
    (last,) = lists(run(first, page_of(1)))
    assert last.url.endswith("index_7.html")
    (second,) = failed(last, 404)
    assert second.url.endswith("index_1.html")
    (third,) = lists(run(second, page_of(2)))
    assert third.url.endswith("index_2.html")


def test_a_last_page_without_anything_newer_is_no_end_to_begin_at() -> None:
    spider = spider_of()
    (first,) = started(spider)
    (last,) = lists(run(first, page_of(3)))
    (second,) = lists(run(last, page_of(1)))
    assert second.url.endswith("index_1.html")


def test_a_list_with_its_newest_rows_on_the_first_page_is_read_as_ever() -> None:
    spider = spider_of()
    (first,) = started(spider)
    found = lists(run(first, page_of(PAGES)))
    assert [one.url.removeprefix(KXJS) for one in found] in ([], ["index_1.html"])
