"""A list that is gone from its address is looked for where the site's own links name it."""

from __future__ import annotations

from typing import Any

import pytest
from parsel import Selector

from crawlers.items import ColumnHistory, KnownRow, ListedRow
from crawlers.platforms import trs
from crawlers.walking.base import BaseSpider
from crawlers.walking.moved_columns import links_named
from tests.crawlers.spider_at_hand import failed, lists, make, notices, run, started

OLD = "https://kxjs.example.gov.cn/tzgg/"
NEW = "https://kxjs.example.gov.cn/xxgk/812/"
FRONT = f"<ul class='nav'><li><a href='/gzdt/'>工作动态</a><li><a href='{NEW}'>通知公告</a></ul>"
TITLES = [f"关于开展第{number}批科技项目申报工作的通知" for number in range(6)]


def list_of(*numbers: int, folder: str = "xxgk/812") -> str:
    rows = "".join(
        f"<li><a href='/{folder}/t{number}.html' title='{TITLES[number]}'>{TITLES[number]}</a>"
        f"<span>2021-02-0{number + 1}</span></li>"
        for number in numbers
    )
    return f"<html><body><h2>通知公告</h2><ul class='list'>{rows}</ul></body></html>"


@pytest.fixture
def spider() -> BaseSpider:
    """One that knows four of the six notices, the two latest not."""
    made = make(trs, OLD)
    known = [(f"k{n}", f"{OLD}t{n}.html", TITLES[n], f"2021-02-0{n + 1}") for n in range(4)]
    made.known_rows["通知公告"] = [KnownRow(*one) for one in known]
    listed = tuple(ListedRow(*one) for one in known)
    made.histories["通知公告"] = ColumnHistory("2021-01-20", "2021-02-04", (), listed)
    return made


def verdict(spider: BaseSpider) -> Any:
    return spider.reports["通知公告"]


def test_a_list_that_is_gone_is_found_by_its_name_on_the_front_page(spider: BaseSpider) -> None:
    (front,) = failed(started(spider)[0], 404)
    assert front.url == "https://kxjs.example.gov.cn/"
    (there,) = run(front, FRONT)
    assert there.url == NEW
    found = run(there, list_of(5, 4, 3, 2, 1, 0))
    assert notices(found)[:2] == [TITLES[5], TITLES[4]]
    assert verdict(spider).failure is None
    assert f"栏目已移到 {NEW}，列出的仍是这个栏目" in verdict(spider).degraded


def test_the_page_in_its_place_is_asked_first(spider: BaseSpider) -> None:
    (there,) = run(started(spider)[0], FRONT)
    assert there.url == NEW
    assert notices(run(there, list_of(5, 4, 3, 2, 1)))[:2] == [TITLES[5], TITLES[4]]


def test_a_list_of_the_same_name_without_known_notices_is_another(spider: BaseSpider) -> None:
    (front,) = failed(started(spider)[0], 404)
    (there,) = run(front, FRONT)
    others = list_of(5, 4, folder="else").replace("科技项目", "消防安全")
    assert run(there, others) == []
    assert verdict(spider).failure.status == 404
    assert "栏目已移到" not in verdict(spider).degraded


@pytest.mark.parametrize("front", ["<p>欢迎访问</p>", FRONT.replace(NEW, "/tzgg/index.html")])
def test_a_site_that_names_no_other_place_leaves_the_failure(
    spider: BaseSpider, front: str
) -> None:
    (asked,) = failed(started(spider)[0], 410)
    assert run(asked, front) == []
    assert verdict(spider).failure.status == 410


def test_a_front_page_that_fails_leaves_the_failure(spider: BaseSpider) -> None:
    (front,) = failed(started(spider)[0], 404)
    assert failed(front, 500) == []
    assert verdict(spider).failure.status == 404


def test_it_is_looked_for_once(spider: BaseSpider) -> None:
    (front,) = failed(started(spider)[0], 404)
    run(front, "")
    assert failed(started(spider)[0], 404) == []


def test_a_list_in_its_place_is_not_looked_for(spider: BaseSpider) -> None:
    found = run(started(spider)[0], FRONT + list_of(5, 4, 3, 2, folder="tzgg"))
    assert [one for one in lists(found) if one.url in {NEW, "https://kxjs.example.gov.cn/"}] == []


def test_after_a_busy_day_the_front_page_is_not_asked(spider: BaseSpider) -> None:
    spider.known_rows["通知公告"] = spider.known_rows["通知公告"][:3]
    found = run(started(spider)[0], list_of(5, 4, folder="tzgg").replace("科技项目", "消防安全"))
    assert "https://kxjs.example.gov.cn/" not in [one.url for one in lists(found)]
    assert len(notices(found)) == 2


def test_only_the_very_name_counts() -> None:
    page = Selector(
        "<a href='/a/'>通知公告</a><a href='/b/'>通知公告解读</a>"
        "<a href='/c/' title='通知公告'>更多</a>"
        "<a href='javascript:go()'>通知公告</a><a href='/tzgg/index.html'>通知公告</a>"
    )
    host = "https://kxjs.example.gov.cn"
    assert links_named(page, OLD, "通知公告") == [f"{host}/a/", f"{host}/c/"]


def test_known_notices_on_another_host_make_it_the_publishers(spider: BaseSpider) -> None:
    moved = list_of(5, 4, 3, 2, 1).replace("href='/", "href='https://kxjs9.example.gov.cn/")
    found = run(started(spider)[0], moved)
    asked = [one.url for one in found if "notice" in getattr(one, "meta", {})]
    assert "https://kxjs9.example.gov.cn/xxgk/812/t5.html" in asked
    assert "通知已移到 kxjs9.example.gov.cn" in verdict(spider).degraded
