"""A page nobody turned to is noticed: rows of the last reading are gone where two pages meet."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta

from scrapy.http import Request

from crawlers.items import ColumnHistory, ListedRow
from crawlers.platforms import trs
from crawlers.walking.base import BaseSpider
from crawlers.walking.last_listed import LastListed
from tests.crawlers.spider_at_hand import lists, make, run, started

KXJS = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/"
TODAY = date(2021, 2, 5)
PAGES = 8


def listed(age: int) -> ListedRow:
    day = TODAY - timedelta(days=age)
    path = f"/ZWGK4143/TZGG2079/202101/t{day:%Y%m%d}_{age}.html"
    return ListedRow(
        path, f"https://kxjs.tj.gov.cn{path}", f"关于{age}天前有关事项的通知", str(day)
    )


def page_of(place: int, gone: frozenset[int]) -> str:
    """The page at `place`, counted from 0, five rows each a day apart; `gone` are withdrawn."""
    shown = [age for age in range(60) if age not in gone][place * 5 : place * 5 + 5]
    rows = "".join(
        f'<li><a href="{one.url}">{one.title}</a><span>{one.day}</span></li>'
        for one in map(listed, shown)
    )
    # What builds the pager is in a file of its own; how it counts cannot be seen here.
    facts = json.dumps({"total": PAGES, "cur": place + 1, "form": "index_{1}.html"})
    pager = f"<script>initPager({facts});</script>"
    return f"<ul class='list'>{rows}</ul>{pager}"


def walked(zero: bool, gone: frozenset[int] = frozenset()) -> tuple[list[str], BaseSpider]:
    """The list pages asked for in their order; `zero`: index_1 is the second page."""
    spider = make(trs, KXJS)
    history = ColumnHistory(str(TODAY - timedelta(days=60)), str(TODAY - timedelta(days=3)))
    spider.histories["通知公告"] = replace(history, listed=tuple(map(listed, range(3, 50))))
    asked: list[str] = []
    waiting: list[Request] = started(spider)
    while waiting:
        request = waiting.pop(0)
        name = request.url.removeprefix(KXJS)
        asked.append(name)
        number = re.search(r"index_(\d+)", name)
        place = int(number[1]) - (not zero) if number else 0
        waiting += lists(run(request, page_of(place, gone)))
    spider.prove()
    return asked, spider


def test_pages_that_turn_out_to_count_from_zero_are_read_again_so() -> None:
    asked, spider = walked(zero=True)
    again = asked.index("", 1)
    assert asked[:2] == ["", "index_2.html"]
    assert asked[again : again + 4] == ["", "index_1.html", "index_2.html", "index_3.html"]
    report = spider.reports["通知公告"]
    assert (report.joined, report.gap) == ("window", None)


def test_a_page_that_stays_unread_leaves_a_gap_over_its_days() -> None:
    # Five that stood one after the other are on no page: whatever was put in between is neither.
    asked, spider = walked(zero=False, gone=frozenset(range(5, 10)))
    assert asked.count("") == 2
    report = spider.reports["通知公告"]
    assert report.gap == (str(TODAY - timedelta(days=9)), str(TODAY))
    assert "5 条" in report.gap_why


def test_one_withdrawn_where_two_pages_meet_is_no_gap() -> None:
    _, spider = walked(zero=False, gone=frozenset({5}))
    assert spider.reports["通知公告"].gap is None


def test_what_was_withdrawn_within_a_page_is_no_page() -> None:
    _, spider = walked(zero=False, gone=frozenset({6, 7}))
    assert spider.reports["通知公告"].gap is None


def test_rows_under_new_addresses_are_found_by_title_and_day() -> None:
    last = LastListed([listed(age) for age in range(10)])
    moved = [replace(listed(age), key=f"new{age}") for age in (0, 1, 2, 6, 7)]
    for row in moved:
        last.meet(row)
    assert len(last.skipped([moved[:3], moved[3:]], TODAY)) == 3


def test_a_first_page_that_is_the_second_one_is_noticed() -> None:
    last = LastListed([listed(age) for age in range(20)])
    page = [listed(age) for age in range(10, 20)]
    for row in page:
        last.meet(row)
    assert len(last.skipped([page], TODAY)) == 10


def test_old_rows_that_are_not_kept_on_top_any_more_are_no_page() -> None:
    pinned = [listed(300), listed(400)]
    last = LastListed([*pinned, *(listed(age) for age in range(10))])
    page = [listed(age) for age in range(10)]
    for row in page:
        last.meet(row)
    assert last.skipped([page], TODAY) == []
