"""A first page cut anew before pages that are still cut as they were: what stands on neither is a
gap, whether the last reading listed it or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from scrapy.http import Request

from crawlers.items import ColumnHistory, ColumnReport, ListedRow
from crawlers.platforms import trs
from tests.crawlers.spider_at_hand import failed, lists, make, run, started

KXJS = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/"
TODAY = date(2021, 2, 5)
ROWS = 60
OLD_SIZE = 15


def listed(place: int) -> ListedRow:
    """The row at a place of the whole list; two a day."""
    day = TODAY - timedelta(days=place // 2)
    path = f"/ZWGK4143/TZGG2079/202101/t{day:%Y%m%d}_{place}.html"
    return ListedRow(path, f"https://kxjs.tj.gov.cn{path}", f"关于第{place}项工作的通知", str(day))


def page_of(first: int, size: int) -> str:
    """So many rows from a place on; nothing of a pager can be seen."""
    rows = "".join(
        f'<li><a href="{one.url}">{one.title}</a><span>{one.day}</span></li>'
        for one in map(listed, range(first, min(first + size, ROWS)))
    )
    return f"<ul class='list'>{rows}</ul>"


def reading(size: int, new: int, last: int | None = None) -> ColumnReport:
    """What a reading says whose first page holds `size` rows, the later ones 15 each as before, and
    of whose rows `new` are unknown; `last`: the last reading ended above this place."""
    spider = make(trs, KXJS)
    known = tuple(map(listed, range(new, last or ROWS)))
    history = ColumnHistory(str(TODAY - timedelta(days=60)), str(TODAY - timedelta(days=3)))
    spider.histories["通知公告"] = replace(history, listed=known)
    waiting: list[Request] = started(spider)
    while waiting:
        request = waiting.pop(0)
        name = request.url.removeprefix(KXJS)
        if name == "":
            waiting += lists(run(request, page_of(0, size)))
        elif name in {"index_1.html", "index_2.html", "index_3.html"}:
            waiting += lists(run(request, page_of(int(name[6]) * OLD_SIZE, OLD_SIZE)))
        else:
            waiting += lists(failed(request))
    spider.prove()
    return spider.reports["通知公告"]


def test_rows_of_the_last_reading_between_a_short_page_and_the_next_are_a_gap() -> None:
    # A second round finds no second page at all: it takes back nothing of what the first one saw.
    report = reading(size=4, new=2)
    assert report.page_rows[:2] == [4, 15]
    assert report.joined == ""
    assert report.gap is not None
    assert report.gap[0] <= str(TODAY - timedelta(days=3))
    assert report.gap[1] == str(TODAY)


@pytest.mark.parametrize("new", [15, 17])
def test_a_short_page_of_new_rows_before_a_longer_one_is_a_gap(new: int) -> None:
    report = reading(size=4, new=new)
    assert report.gap is not None
    assert "第 1 页只有 4 条，第 2 页有 15 条" in report.gap_why


def test_pages_cut_alike_are_none() -> None:
    assert reading(size=OLD_SIZE, new=17).gap is None


def test_a_first_page_one_row_short_is_none() -> None:
    # Rows of which one cannot be read, or was moved over the edge between two answers.
    assert reading(size=14, new=20).gap is None
