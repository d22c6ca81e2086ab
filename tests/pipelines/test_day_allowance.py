"""A site that sends without end fills no disk, and costs no other site anything: real crawls."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from crawlers.platforms import listing
from pipelines.day_allowance import MIB, DayAllowanceMiddleware, OverAllowanceError
from tests.crawlers.mock_site import Answer, Asked, serving
from tests.crawlers.spider_at_hand import make
from tests.installation import ONE_OFFICE, Installation

COLUMN = """
[[{0}.columns]]
name = "通知公告"
url = "https://{0}.example.gov.cn/tzgg/"
min_rows = 1
selectors = {{ rows = "ul.news li", title = "a", link = "a", date = "span" }}
"""
SOURCES = (
    ONE_OFFICE
    + COLUMN.format("office")
    + ONE_OFFICE.split("\n\n")[1].replace("office", "modest")
    + COLUMN.format("modest")
)
COUNT = 9
# So many are asked for before the first answer is counted.
AT_ONCE = 4
TITLE = "关于组织申报第{}批科技计划项目的通知"


@dataclass
class Sites:
    """The office's pages have 400 KB each, the other's are ordinary."""

    asked: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/tzgg/":
            rows = "".join(
                f'<li><a href="/tzgg/{n}.html">{TITLE.format(n)}</a><span>2021-02-04</span></li>'
                for n in range(1, COUNT + 1)
            )
            return Answer(body=f'<html><body><ul class="news">{rows}</ul></body></html>')
        number = asked.path.removeprefix("/tzgg/").removesuffix(".html")
        if not number.isdigit():
            return Answer(404)
        self.asked.append(f"{asked.host.partition('.')[0]} {number}")
        padding = f"<!--{'.' * 400_000}-->" if asked.host.startswith("office") else ""
        title = TITLE.format(number)
        sentence = f"各有关单位：{title[2:-3]}，请于2021年3月1{number}日前报送第{number}批的材料。"
        text = "".join(f"<p>{n}、{sentence}</p>" for n in range(3))
        body = f"<h1>{title}</h1><div class='content'>{text}</div>{padding}"
        return Answer(body=f"<html><head><title>{title}</title></head><body>{body}</body></html>")


def rows(house: Installation, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(house.folder / "data" / "zhengxun.db")) as db:
        return db.execute(sql).fetchall()


def test_a_site_beyond_its_allowance_is_said_and_read_on_later_days(tmp_path: Path) -> None:
    sites = Sites()
    with serving(sites) as server:
        house = Installation(tmp_path, server.url, sources=SOURCES)
        house.settings = "[crawl]\nsite_mib = 1\n"
        assert house.run("crawl").returncode == 0
        told = house.coverage()
        first = list(sites.asked)
        # Hours later, the same day, nothing is left for the office.
        house.now = "2021-02-05T22:00:00+08:00"
        house.run("crawl", "office")
        later = sites.asked[len(first) :]
        for day in ("06", "08"):
            house.now = f"2021-02-{day}T22:00:00+08:00"
            house.run("crawl", "office")
    assert len([one for one in first if one.startswith("modest")]) == COUNT
    assert len([one for one in first if one.startswith("office")]) <= 3 + AT_ONCE
    office = told["office", "通知公告"]
    assert office["verdict"] == "degraded"
    assert "已达上限 1 MiB（crawl.site_mib），其余的先只收录标题和链接" in office["reason"]
    assert "site_mib" not in told["modest", "通知公告"]["reason"], told
    assert not later
    kept = rows(house, "SELECT site, complete, length(body_text) > 0 FROM notices ORDER BY site")
    assert kept == [("modest", 1, 1)] * COUNT + [("office", 1, 1)] * COUNT


def middleware(mib: int) -> DayAllowanceMiddleware:
    spider = make(listing, "https://a.example.gov.cn/")
    made = DayAllowanceMiddleware(spider.crawler)
    made.most = made.left = mib * MIB
    return made


@pytest.mark.parametrize("meta", [{"notice": {"column": "通知"}}, {"zx_file": True}])
def test_pages_and_files_count_and_what_is_unchanged_does_not(meta: dict[str, Any]) -> None:
    made = middleware(1)
    request = Request("https://a.example.gov.cn/1.html", meta=meta)
    body = bytes(MIB)
    made.process_response(request, Response(request.url, body=body, flags=["cached"]))
    made.process_request(request)
    made.process_response(Request("https://a.example.gov.cn/"), Response(request.url, body=body))
    made.process_request(request)
    made.process_response(request, Response(request.url, body=body))
    with pytest.raises(OverAllowanceError, match="1 MiB"):
        made.process_request(request)
    made.process_request(Request("https://a.example.gov.cn/"))
