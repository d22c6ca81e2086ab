"""Each shipped column that has a stand-in is read from it, at its real addresses.

The site's own spider makes the requests and reads the answers; what lies between, HTTP and
Scrapy, is left out, so that all of them cost seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from scrapy import Request
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from crawlers.catalogue import Column, Site, load_catalogue
from crawlers.items import NoticeItem
from crawlers.loader import CatalogueSpiderLoader
from crawlers.walking.base import BaseSpider
from pipelines.normalise import normalise
from replica.exchange import Answer, Ask
from replica.obstacles import Obstacles
from replica.sites import make_sites as make_all_sites
from replica.sites.offices import PASSED, make_sites
from replica.world import World
from tests.crawlers.spider_at_hand import failed

NOW = datetime.fromisoformat("2026-11-27T17:00:00+08:00")
OFFICES = {
    host: office
    for office in make_sites(World([], walls=Obstacles(), as_of=NOW))
    for host in office.hosts
}
SITES = load_catalogue()
COLUMNS = [
    (site, column)
    for site in SITES.values()
    for column in site.columns
    if (urlsplit(column.url).hostname or "") in OFFICES
]
MOST_REQUESTS = 12
# Lists that show one page: nothing says how it goes on.
ONE_PAGE = {"bj_gov", "hb_scjg", "hb_ylbz", "gov_cn"}


def answered(request: Request) -> Response:
    """What the stand-in answers, as Scrapy would hand it over."""
    parts = urlsplit(request.url)
    headers = {name.decode(): values[-1].decode() for name, values in request.headers.items()}
    form = parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)
    ask = Ask(
        request.method, parts.scheme, parts.hostname or "", parts.path or "/",
        dict(parse_qsl(parts.query, keep_blank_values=True)), parts.query, headers,
        {PASSED: "x"}, dict(form),
    )  # fmt: skip
    answer: Answer = OFFICES[ask.host].answer(ask)
    kind = responsetypes.from_args(
        headers=Headers({"Content-Type": answer.content_type}), url=request.url, body=answer.body
    )
    return kind(
        request.url, status=answer.status, body=answer.body, request=request,
        headers={"Content-Type": answer.content_type},
    )  # fmt: skip


def spider_of(site: Site, column: Column) -> BaseSpider:
    only = site.model_copy(update={"columns": (column.model_copy(update={"enabled": True}),)})
    loader = CatalogueSpiderLoader(Settings({"SPIDER_MODULES": [], "ZX_OPERATOR_SOURCES": ""}))
    made: Any = loader.made_for(only)
    crawler = get_crawler(made, {"ZX_NOW": NOW.isoformat(), "ZX_DAYS": 60})
    spider = made.from_crawler(crawler)
    assert isinstance(spider, BaseSpider)
    return spider


def crawled(spider: BaseSpider, column: Column) -> Iterator[NoticeItem]:
    """The items of a crawl of one column: its list pages, and of its notices the first."""
    waiting: list[Request] = []
    for number, request in enumerate(spider.column_requests(column)):
        spider.walk_of(column.name).starts = number + 1
        spider.walk_of(column.name).strand(number).first = request
        waiting.append(request)
    asked, has_notice = 0, False
    while waiting and asked < MOST_REQUESTS:
        request = waiting.pop(0)
        is_notice = "notice" in request.meta
        if is_notice and has_notice:
            continue
        has_notice = has_notice or is_notice
        asked += 1
        response = answered(request)
        if response.status == 404 and request.meta.get("guessed"):
            failed(request)
            continue
        assert response.status == 200, response.url
        assert request.callback is not None
        for output in request.callback(response, **request.cb_kwargs):
            if isinstance(output, Request):
                waiting.append(output)
            else:
                yield output


@pytest.mark.parametrize(
    ("site", "column"), COLUMNS, ids=[f"{site.id}-{column.name}" for site, column in COLUMNS]
)
def test_a_shipped_column_is_read_from_its_stand_in(site: Site, column: Column) -> None:
    spider = spider_of(site, column)
    items = list(crawled(spider, column))
    spider.prove()
    report = spider.reports[column.name]
    assert report.failure is None, report.failure
    assert report.rows >= max(10, column.min_rows)
    assert report.newest == "2026-11-26"
    if site.id not in ONE_PAGE:
        assert report.pages >= 2
        assert not report.gap, report.gap_why
    item = next(one for one in items if one.complete)
    notice = normalise(item, NOW)
    assert "联系电话：010-6" in notice.body_text
    assert notice.title.startswith("关于")
    assert notice.published_on is not None
    assert notice.published_on.year == 2026


def test_every_stand_in_stands_for_a_shipped_column() -> None:
    assert {urlsplit(column.url).hostname for _, column in COLUMNS} == set(OFFICES)


def test_every_site_that_ships_has_a_stand_in() -> None:
    """Forty and more, at the addresses of the catalogue; the retired ones are nobody's any more,
    and 公众号 come by a relay."""
    every = World([], walls=Obstacles(), as_of=NOW)
    hosts = {host for site in make_all_sites(every) for host in site.hosts}
    watched = [site for site in SITES.values() if not site.retired and site.id != "wechat"]
    assert len(watched) >= 40
    lacking = {urlsplit(column.url).hostname for site in watched for column in site.columns} - hosts
    assert not lacking
    read_here = {site.id for site, _ in COLUMNS}
    assert {site.id for site in watched if not site.enabled} == read_here


def test_a_wall_stands_before_who_brings_no_cookie() -> None:
    (office,) = (office for host, office in OFFICES.items() if host == "www.nhc.gov.cn")
    ask = Ask("GET", "https", "www.nhc.gov.cn", "/wjw/gfxwjj/list.shtml", {}, "", {})
    assert office.answer(ask).status == 412
