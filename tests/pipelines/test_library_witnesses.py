"""A ministry's document stands in the library, and no column of the ministry brought it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest

from pipelines.learning.library import agency_of, column_for
from tests.crawlers.mock_site import Answer, Asked, serving
from tests.installation import Installation

SOURCES = """\
[catalogue]
built_in = false

[library]
name = "中国政府网"
platform = "listing"
section = "projects"
group = "国家级"
crawl = "20 8 * * mon-fri"

[[library.columns]]
name = "部门文件"
url = "https://www.library.gov.cn/bmwj/"
selectors = { rows = "ul.news li", date = "span", notice_body = "#zoom", notice_date = ".stamp" }
extra = { library = true }

[ministry]
name = "工业和信息化部"
platform = "listing"
section = "projects"
group = "国家级"
crawl = "20 8 * * mon-fri"

[[ministry.columns]]
name = "文件发布"
url = "https://www.ministry.gov.cn/wjfb/"
selectors = { rows = "ul.news li", date = "span", notice_body = "#zoom", notice_date = ".stamp" }

[[ministry.columns]]
name = "解读"
url = "https://www.ministry.gov.cn/jd/"
selectors = { rows = "ul.news li", date = "span", notice_body = "#zoom", notice_date = ".stamp" }
"""
WHAT = {9: "先进制造", 8: "中药材", 3: "原料药", 2: "医疗器械", 1: "仿制药", 4: "疫苗"}


@dataclass
class Offices:
    """The ministry lists its documents 1 to 4. The library shows document 9 (6 February), which the
    ministry never lists, 8 (of 2019), 3 under other words, and one of a ministry nobody watches."""

    is_told: bool = False
    is_down: set[str] = field(default_factory=set)

    def __call__(self, asked: Asked) -> Answer:
        if asked.path in self.is_down:
            return Answer(503)
        shown = (9, 8, 3, 77) if self.is_told else (50, 51)
        lists = {
            "/wjfb/": [("/wjfb/4.html", 4), ("/wjfb/3.html", 3), ("/wjfb/2.html", 2),
                       ("/wjfb/1.html", 1)],
            "/jd/": [("/jd/7.html", 7), ("/jd/6.html", 6), ("/jd/5.html", 5)],
            "/bmwj/": [(f"/bmwj/{n}.html", n) for n in shown],
        }  # fmt: skip
        if asked.path in lists:
            rows = "".join(
                f'<li><a href="{path}">{title_of(path, n)}</a><span>{day_of(path, n)}</span></li>'
                for path, n in lists[asked.path]
            )
            return Answer(body=f"<html><body><ul class='news'>{rows}</ul></body></html>")
        paths = {path: n for rows in lists.values() for path, n in rows}
        if asked.path not in paths:
            return Answer(404)
        return Answer(body=page(asked.path, paths[asked.path]))


def title_of(path: str, number: int) -> str:
    if path.startswith("/jd/"):
        return f"第{number}号政策解读：企业应当知道的几件事"
    if number == 77:
        return "农业农村部关于做好第七十七项工作的通知"
    if number >= 50:
        return f"国务院办公厅关于第{number}项工作的意见"
    tail = "的函" if path == "/bmwj/3.html" else "的通知"
    return f"工业和信息化部关于做好{WHAT[number]}工作{tail}"


def day_of(path: str, number: int) -> str:
    if path.startswith("/bmwj/"):
        return "2021-02-07" if number != 8 else "2021-02-06"
    return f"2021-02-0{number % 5}" if number % 5 else "2021-02-01"


def page(path: str, number: int) -> str:
    agency = "农科发" if number == 77 else "国办发" if number >= 50 else "工信部科"
    year, signed = (2019, "2019年3月4日") if number == 8 else (2021, "2021年2月6日")
    if path.startswith("/wjfb/"):
        signed = f"2021年2月{number}日"
    sign = "农业农村部" if number == 77 else "工业和信息化部"
    numbered = "" if path.startswith("/jd/") else f"<p>{agency}〔{year}〕{number}号</p>"
    text = (
        f"<p>各有关单位：</p><p>{title_of(path, number)}的全文在此，第{number}次印发，请遵照执行，"
        f"并在第{number}个工作日内反馈。</p><p>{sign}</p><p>{signed}</p>"
    )
    return (
        f"<html><body><h1>{title_of(path, number)}</h1>"
        f"<p class='stamp'>发布时间：{day_of(path, number)}</p>"
        f"<div id='zoom'>{numbered}{text}</div></body></html>"
    )


@dataclass
class Story:
    house: Installation
    offices: Offices

    def crawl(self, site: str, now: str) -> None:
        self.house.now = f"2021-{now}+08:00"
        done = self.house.run("crawl", site)
        assert "Traceback" not in done.stderr, done.stderr

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.house.folder / "data" / "zhengxun.db")) as db:
            return db.execute(sql).fetchall()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    offices = Offices()
    with serving(offices) as site:
        folder = tmp_path_factory.mktemp("library")
        (folder / "data").mkdir()
        told = Story(Installation(folder, site.url, sources=SOURCES), offices)
        told.crawl("ministry", "02-05T09:00:00")
        told.crawl("library", "02-05T09:10:00")
        offices.is_told = True
        told.crawl("library", "02-08T09:00:00")
        yield told


# One story, in this order.


def test_what_the_ministry_did_not_bring_is_told_of(story: Story) -> None:
    numbers = story.rows("SELECT site, doc_number FROM notices WHERE doc_number LIKE '工信%'")
    assert ("library", "工信部科〔2021〕9号") in numbers
    told = story.rows("SELECT site, column, url, state FROM witnesses ORDER BY url")
    assert told == [
        ("ministry", "文件发布", "https://www.library.gov.cn/bmwj/8.html", "told"),
        ("ministry", "文件发布", "https://www.library.gov.cn/bmwj/9.html", "told"),
    ]


def test_while_a_list_of_the_ministry_is_unread_nothing_is_said(story: Story) -> None:
    story.offices.is_down = {"/jd/"}
    story.crawl("ministry", "02-08T10:00:00")
    assert {state for (state,) in story.rows("SELECT state FROM witnesses")} == {"told"}
    story.offices.is_down = set()


def test_what_no_list_of_the_ministry_shows_is_a_named_miss(story: Story) -> None:
    story.crawl("ministry", "02-09T09:00:00")
    assert story.rows("SELECT url, state FROM witnesses ORDER BY url") == [
        ("https://www.library.gov.cn/bmwj/8.html", "old"),
        ("https://www.library.gov.cn/bmwj/9.html", "missed"),
    ]
    (check,) = story.rows(
        "SELECT verdict, reason FROM checks WHERE column = '文件发布' ORDER BY id DESC LIMIT 1"
    )
    words = "中国政府网收录的《工业和信息化部关于做好先进制造工作的通知》没有出现在本网站的栏目中"
    assert check == ("degraded", words)
    story.house.now = "2021-02-12T17:00:00+08:00"
    done = story.house.run("digest", "--week", "2021-W06", "--out", str(story.house.folder / "out"))
    assert done.returncode == 0, done.stderr
    issue = json.loads(next((story.house.folder / "out").rglob("digest.json")).read_text("utf-8"))
    (row,) = (one for one in issue["coverage"] if one["column"] == "文件发布")
    assert words in row["reason"]
    assert row["reason"].count(words) == 1


def test_a_column_is_the_one_that_brought_that_offices_numbers() -> None:
    brought = [("文件", f"工信部联科〔2026〕{n}号") for n in range(3)]
    brought += [("公告", f"2026年第{n}号") for n in range(9)]
    assert column_for("工信部规〔2026〕40号", brought) == "文件"
    assert column_for("国药监药注〔2026〕4号", brought) == ""
    assert column_for("2026年第10号", brought) == ""
    assert column_for("工信部规〔2026〕40号", brought[1:]) == ""
    assert agency_of("工信厅联科函〔2026〕1号") == "工信"
    assert agency_of("") == ""
