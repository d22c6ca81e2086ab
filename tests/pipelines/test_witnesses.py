"""A document that its column never listed, named by another page: a miss, found and said."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from pipelines.learning.links import Link, form_of, links_of, spaces_of
from storage.models import Notice
from tests.crawlers.mock_site import Answer, Asked, serving
from tests.installation import ONE_OFFICE, Installation

SOURCES = (
    ONE_OFFICE
    + """
[[office.columns]]
name = "通知公告"
url = "https://www.example.gov.cn/tzgg/"
selectors = { rows = "ul.news li", date = "span", notice_body = "#zoom", notice_date = ".stamp" }

[[office.columns]]
name = "政策解读"
url = "https://www.example.gov.cn/jd/"
selectors = { rows = "ul.news li", date = "span", notice_body = "#zoom", notice_date = ".stamp" }
"""
)
HOST = "https://www.example.gov.cn"
HIDDEN, OLD, GONE = "/tzgg/77.html", "/tzgg/7.html", "/tzgg/78.html"


@dataclass
class Office:
    """Two lists. The explanation of 7 February links to three documents that no list shows: one of
    6 February, one of last year and one that is not there."""

    explained: bool = False

    def __call__(self, asked: Asked) -> Answer:
        if asked.path in {"/tzgg/", "/jd/"}:
            return Answer(body=self._list(asked.path))
        days = {HIDDEN: "2021-02-06", OLD: "2020-03-04", "/jd/9.html": "2021-02-07"}
        listed = {
            f"{place}{n}.html": f"2021-02-0{n}" for place in ("/tzgg/", "/jd/") for n in "1234"
        }
        day = (days | listed).get(asked.path)
        return Answer(404) if day is None else Answer(body=self._page(asked.path, day))

    def _list(self, place: str) -> str:
        rows = [(f"{place}{n}.html", f"2021-02-0{n}") for n in "4321"]
        if place == "/jd/" and self.explained:
            rows.insert(0, ("/jd/9.html", "2021-02-07"))
        items = "".join(
            f'<li><a href="{path}">{title_of(path)}</a><span>{day}</span></li>'
            for path, day in rows
        )
        return f'<html><body><ul class="news">{items}</ul></body></html>'

    def _page(self, path: str, day: str) -> str:
        links = "".join(
            f'<p>详见<a href="{HOST}{one}">{title_of(one)}</a></p>' for one in (HIDDEN, OLD, GONE)
        )
        text = f"<p>{title_of(path)}的全文在此，请各有关单位遵照执行。</p>"
        return (
            f"<html><body><h1>{title_of(path)}</h1><p class='stamp'>发布时间：{day}</p>"
            f"<div id='zoom'>{text}{links if path == '/jd/9.html' else ''}</div></body></html>"
        )


def title_of(path: str) -> str:
    return f"关于{path.strip('/').replace('/', '第').removesuffix('.html')}项工作的管理办法"


@dataclass
class Story:
    installation: Installation

    def crawl(self, now: str) -> None:
        self.installation.now = f"2021-{now}+08:00"
        done = self.installation.run("crawl", "office")
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.installation.folder / "data" / "zhengxun.db")) as db:
            return db.execute(sql).fetchall()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    office = Office()
    with serving(office) as site:
        folder = tmp_path_factory.mktemp("witnesses")
        (folder / "data").mkdir()
        told = Story(Installation(folder, site.url, sources=SOURCES))
        told.crawl("02-05T09:00:00")
        office.explained = True
        told.crawl("02-08T09:00:00")
        yield told


# The tests of this file that crawl are one story, in this order.


def test_what_another_page_links_to_is_told_of_before_it_is_judged(story: Story) -> None:
    told = story.rows("SELECT column, url, title, state FROM witnesses ORDER BY id")
    assert told == [
        ("通知公告", f"{HOST}{path}", title_of(path), "told") for path in (HIDDEN, OLD, GONE)
    ]
    assert {row[0] for row in story.rows("SELECT verdict FROM checks")} == {"ok"}


def test_what_the_list_still_does_not_show_is_a_miss_found_and_said(story: Story) -> None:
    story.crawl("02-09T09:00:00")
    states = story.rows("SELECT url, state FROM witnesses ORDER BY id")
    assert states == [
        (f"{HOST}{HIDDEN}", "missed"),
        (f"{HOST}{OLD}", "old"),
        (f"{HOST}{GONE}", "gone"),
    ]
    found = story.rows(
        "SELECT title, column, published_on, complete FROM notices WHERE url LIKE '%/77.html'"
    )
    assert found == [(title_of(HIDDEN), "通知公告", "2021-02-06", 1)]
    checks = story.rows("SELECT column, verdict, reason FROM checks ORDER BY id DESC LIMIT 2")
    reasons = {column: (verdict, reason) for column, verdict, reason in checks}
    assert reasons["通知公告"][0] == "degraded"
    assert f"提到的《{title_of(HIDDEN)}》没有出现在本栏目的列表中" in reasons["通知公告"][1]
    assert reasons["政策解读"][0] == "ok"
    assert story.rows("SELECT count(*) FROM notices WHERE url LIKE '%/78.html'") == [(0,)]


def test_a_form_of_address_belongs_to_a_column_that_alone_has_it() -> None:
    addresses = [
        ("a", "通知", f"https://a.gov.cn/tz/20210{n}/t20210{n}01_5{n}.html") for n in "123"
    ]
    addresses += [("a", "政策", f"https://a.gov.cn/zc/{n}/index.html?id={n}") for n in "12"]
    shared = [f"https://c.gov.cn/news/view/{n:032x}" for n in range(6)]
    addresses += [("c", f"栏目{n % 2}", url) for n, url in enumerate(shared)]
    assert spaces_of(addresses) == {"a.gov.cn/tz/0/t0_0.html?": ("a", "通知")}
    assert form_of("http://A.gov.cn/tz/202109/t20210901_999.html") == "a.gov.cn/tz/0/t0_0.html?"
    assert form_of("http://[内网]/tz") == ""


def test_only_words_that_name_a_document_are_its_title() -> None:
    body = (
        '<p><a href="https://a.gov.cn/1.html">原文链接</a>'
        '<a href="https://a.gov.cn/2.html">《某市科技计划项目管理办法》</a>'
        '<a href="mailto:x@a.gov.cn">某市科技计划项目管理办法咨询</a></p>'
    )
    notice = Notice(
        "s", "c", "k", "https://b.cn/", "关于申报的通知", "ip", "国家级", body_html=body,
        original_url="https://a.gov.cn/0.html",
    )  # fmt: skip
    assert list(links_of(notice)) == [
        Link("https://a.gov.cn/0.html", "关于申报的通知"),
        Link("https://a.gov.cn/2.html", "《某市科技计划项目管理办法》"),
    ]
