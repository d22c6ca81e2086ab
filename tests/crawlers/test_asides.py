"""Rows that lead to topics, other columns or advertisements are no notices, also where few rows or
none beside them print a day: what the column listed before tells."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from types import ModuleType
from typing import Any

from scrapy.http import TextResponse

from crawlers.items import ColumnHistory, ListedRow
from crawlers.platforms import jpaas, trs
from crawlers.platforms import json as json_platform
from crawlers.reading.rows import Row
from crawlers.walking.asides import Asides
from crawlers.walking.base import BaseSpider
from tests.crawlers.spider_at_hand import lists, make, notices, run, started

KXJS = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/"
TODAY = date(2021, 2, 5)
NOISE = [
    ("https://www.example100.com.cn/promo/", "扫黑除恶线索举报入口"),
    ("/zwgk/lanmu103/", "政府信息公开年度报告专栏"),
    ("/zt/77/index.html", "党史学习教育专题专栏"),
]


def listed(age: int, folder: str = "/ZWGK4143/TZGG2079/202101/t{}.html") -> ListedRow:
    path = folder.format(age)
    day = TODAY - timedelta(days=age)
    return ListedRow(
        path, f"https://kxjs.tj.gov.cn{path}", f"关于{age}天前有关事项的通知", str(day)
    )


def row(url: str, title: str, day: str = "") -> str:
    return f'<li><a href="{url}">{title}</a><span>{day}</span></li>'


def page(*rows: str, more: str = "index_1.html") -> str:
    return f"<ul class='list'>{''.join(rows)}</ul><a href='{more}'>下一页</a>"


def spider_that_knows(
    *rows: ListedRow, platform: ModuleType = trs, url: str = KXJS, **column: Any
) -> BaseSpider:
    spider = make(platform, url, min_rows=1, **column)
    history = ColumnHistory(str(TODAY - timedelta(days=60)), str(TODAY - timedelta(days=3)))
    spider.histories["通知公告"] = replace(history, listed=rows)
    spider.walk_of("通知公告").is_looked_for = True
    return spider


def test_a_first_page_of_nothing_else_is_passed_over_and_the_next_one_read() -> None:
    spider = spider_that_knows(*(listed(age) for age in range(3, 30)))
    (first,) = started(spider)
    found = run(first, page(*(row(*one) for one in NOISE)))
    assert notices(found) == []
    (second,) = lists(found)
    rest = [row(one.url, one.title, one.day) for one in map(listed, range(1, 30))]
    found = run(second, page(*rest, more=""))
    assert notices(found)[:2] == ["关于1天前有关事项的通知", "关于2天前有关事项的通知"]
    spider.prove()
    report = spider.reports["通知公告"]
    assert report.gap is None
    assert "3 行" in report.degraded
    assert all("promo" not in one.url for one in report.listed)


def test_one_notice_among_more_of_them_is_taken_alone() -> None:
    spider = spider_that_knows(*(listed(age) for age in range(3, 30)))
    (first,) = started(spider)
    new = listed(0)
    found = run(first, page(*(row(*one) for one in NOISE), row(new.url, new.title, new.day)))
    assert notices(found) == [new.title]


def test_notices_that_lie_in_folders_of_their_own_are_kept_when_the_days_are_gone() -> None:
    folder = "/ZWGK4143/TZGG2079/{}/"
    spider = spider_that_knows(*(listed(age, folder) for age in range(3, 30)))
    (first,) = started(spider)
    rows = [row(one.url, one.title) for one in (listed(age, folder) for age in range(6))]
    assert notices(run(first, page(*rows)))[:1] == ["关于0天前有关事项的通知"]


def test_rows_like_those_left_out_that_turn_out_to_be_known_make_a_gap() -> None:
    # The list lost its days, the notices moved into folders, and its first page holds new ones.
    folder = "/xxgk/tz/{}/"
    spider = spider_that_knows(*(listed(age) for age in range(3, 30)))
    (first,) = started(spider)
    new = [row(one.url, one.title) for one in (listed(age, folder) for age in range(3))]
    (second,) = lists(run(first, page(*new)))
    old = [row(one.url, one.title) for one in (listed(age, folder) for age in range(3, 8))]
    run(second, page(*old, more=""))
    spider.prove()
    report = spider.reports["通知公告"]
    assert report.gap is not None
    assert report.gap[1] == str(TODAY)


def test_a_list_that_never_had_days_tells_nothing_of_rows_without() -> None:
    undated = [replace(listed(age), day="") for age in range(9)]
    assert (
        Asides(undated, TODAY - timedelta(days=60)).among([Row(*one) for one in NOISE], known=[])
        == []
    )


def test_records_of_a_search_server_are_looked_at_like_rows() -> None:
    spider = spider_that_knows(
        *(listed(age) for age in range(3, 30)),
        platform=jpaas,
        url="https://kxjs.tj.gov.cn/search/",
        endpoint="/api/search/info",
        params={"pg": "20"},
        extra={"api": "search"},
    )
    (request,) = started(spider)
    new = listed(0)
    hits = [{"data": {"title": title, "url": url}} for url, title in NOISE]
    hits[0]["data"]["deploytime"] = "2019-01-11 09:00:00"
    hits.append({"data": {"title": new.title, "url": new.url, "deploytime": f"{new.day} 09:00:00"}})
    answered = {"data": {"searchResult": {"totalCount": len(hits), "dataResults": hits}}}
    found = run(request, json.dumps(answered), TextResponse)
    assert notices(found) == [new.title]
    assert "3 行" in spider.reports["通知公告"].degraded


def test_a_page_of_records_is_no_shorter_for_those_that_are_no_notices() -> None:
    spider = spider_that_knows(
        *(listed(age) for age in range(3, 30)),
        platform=json_platform,
        records={"rows": "list", "title": "title", "link": "url", "date": "day"},
        endpoint="/api/list",
        paging={"number": "page", "size": 5},
    )
    (request,) = started(spider)
    records: list[dict[str, str]] = [{"title": title, "url": url} for url, title in NOISE]
    new = listed(0)
    records += [{"title": new.title, "url": new.url, "day": new.day}, {"title": "", "url": ""}]
    found = run(request, json.dumps({"list": records}), TextResponse)
    assert notices(found) == [new.title]
    (second,) = lists(found)
    assert second.url.endswith("page=2")
    assert "1 条记录没有标题或地址" in spider.reports["通知公告"].degraded
