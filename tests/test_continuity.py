"""Lists that change between two crawls, over real HTTP: what cannot be proved is a gap with days,
and a later reading closes it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.crawlers.mock_site import Answer, Asked, serving
from tests.installation import ONE_OFFICE, Installation

FIRST = date(2021, 2, 5)
COLUMNS = {
    "缺页": "/broken/",
    "搬走": "/moved/",
    "先旧": "/oldest/",
    "漏行": "/ties/",
    "饼干": "/gate/",
}
ABOUT = {
    "/broken/": "科技计划项目",
    "/moved/": "科普基地",
    "/oldest/": "重点实验室",
    "/ties/": "高新技术企业",
    "/gate/": "众创空间",
    "/news/": "国际合作",
}
SOURCES = f"""{ONE_OFFICE}
""" + "".join(
    f"""
[[office.columns]]
name = "{name}"
url = "https://www.example.gov.cn{path}"
min_rows = 2
selectors = {{ rows = "ul.news li" }}
"""
    for name, path in COLUMNS.items()
)


def listing(rows: list[tuple[str, str, date]], foot: str = "") -> Answer:
    items = "".join(
        f'<li><a href="{url}">{title}</a> <span>{on}</span></li>' for url, title, on in rows
    )
    return Answer(body=f'<html><body><ul class="news">{items}</ul>{foot}</body></html>')


def notice(number: int, folder: str) -> tuple[str, str, date]:
    """The notice dated `number` days after New Year."""
    on = date(2021, 1, 1) + timedelta(days=number)
    return f"{folder}{number}.html", f"关于组织申报第{number}批{ABOUT[folder]}的通知", on


@dataclass
class Office:
    """The site; `crawl` counts from 1."""

    crawl: int = 1

    def __call__(self, asked: Asked) -> Answer:
        path, _, query = asked.path.partition("?")
        page = int(query.removeprefix("p=") or 1)
        folder = f"/{path.split('/')[1]}/"
        if path == "/":
            return listing([notice(n, "/news/") for n in (35, 34, 33)])
        if path != folder:
            return self._notice(asked, path, folder)
        if folder == "/broken/":
            return self._broken(page)
        if folder == "/moved/":
            if self.crawl == 2:
                return Answer(302, headers=(("Location", "/"),))
            return listing([notice(n, folder) for n in (34, 30, 10)])
        if folder == "/oldest/":
            return self._oldest(page)
        if folder == "/ties/":
            return self._ties(page)
        return listing([notice(n, folder) for n in (34, 30, 10)])

    def _broken(self, page: int) -> Answer:
        """Five rows a page; in the second week page 1 is all new, and page 2 does not answer."""
        if self.crawl == 2 and page > 1:
            return Answer(502)
        newest = 34 if self.crawl == 1 else 41
        rows = [notice(n, "/broken/") for n in range(newest, 0, -1)][5 * page - 5 : 5 * page]
        return listing(rows, f'<a href="/broken/?p={page + 1}">下一页</a>')

    @staticmethod
    def _oldest(page: int) -> Answer:
        rows = [notice(n, "/oldest/") for n in range(1, 36)][10 * page - 10 : 10 * page]
        return listing(rows, f'<a href="/oldest/?p={page + 1}">下一页</a>' if page < 4 else "")

    @staticmethod
    def _ties(page: int) -> Answer:
        """Rows 30 and 31 stand on both pages, 28 and 29 on none; the site counts six."""
        numbers = (33, 32, 31, 30) if page == 1 else (31, 30)
        foot = '<p>共6条</p><a href="/ties/?p=2">下一页</a>' if page == 1 else "<p>共6条 2/2页</p>"
        return listing([notice(n, "/ties/") for n in numbers], foot)

    @staticmethod
    def _notice(asked: Asked, path: str, folder: str) -> Answer:
        if folder == "/gate/" and "pass=1" not in asked.cookie:
            back = ("Location", path)
            return Answer(302, headers=(back, ("Set-Cookie", "pass=1; Path=/gate/")))
        _, title, on = notice(int(path.removeprefix(folder).removesuffix(".html")), folder)
        text = f"各有关单位：{title.removeprefix('关于')}，请按要求报送材料，逾期不再受理。" * 3
        return Answer(
            body=f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
            f'<p>发布时间：{on}</p><div class="content"><p>{text}</p></div></body></html>'
        )


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Any]]]:
    """The checks by column after each of three crawls, the gaps and the titles stored by then."""
    office, told = Office(), []
    with serving(office) as site:
        folder = tmp_path_factory.mktemp("continuity")
        (folder / "data").mkdir()
        installation = Installation(folder, site.url, sources=SOURCES)
        for number in (1, 2, 3):
            office.crawl = number
            installation.now = f"{FIRST + timedelta(days=7 * (number - 1))}T09:00:00+08:00"
            done = subprocess.run(
                [sys.executable, "-m", "scrapy", "crawl", "office"],
                cwd=folder,
                env={**installation.environment(), "SCRAPY_SETTINGS_MODULE": "crawlers.settings"},
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            told.append(_state(folder / "data" / "zhengxun.db"))
        yield told


def _state(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        checks = db.execute("SELECT * FROM checks WHERE run_id = (SELECT max(id) FROM runs)")
        gaps = db.execute('SELECT "column", from_on, to_on FROM gaps WHERE closed_at IS NULL')
        notices = db.execute('SELECT "column", count(*) AS n FROM notices GROUP BY 1')
        return {
            "checks": {row["column"]: dict(row) for row in checks},
            "gaps": {row["column"]: (row["from_on"], row["to_on"]) for row in gaps},
            "notices": {row["column"]: row["n"] for row in notices},
        }


def test_a_first_reading_is_ok_where_it_reaches_the_window_or_the_end(
    weeks: list[dict[str, Any]],
) -> None:
    first = weeks[0]["checks"]
    assert {name: first[name]["verdict"] for name in ("缺页", "搬走", "先旧", "饼干")} == {
        "缺页": "ok",
        "搬走": "ok",
        "先旧": "ok",
        "饼干": "ok",
    }


def test_a_page_that_fails_below_unknown_rows_leaves_a_gap_that_the_next_reading_closes(
    weeks: list[dict[str, Any]],
) -> None:
    second, third = weeks[1], weeks[2]
    assert second["checks"]["缺页"]["verdict"] == "degraded"
    assert second["checks"]["缺页"]["covered_from"] is None
    assert second["gaps"]["缺页"] == ("2021-02-05", "2021-02-07")
    assert "2021年2月5日至2月7日" in second["checks"]["缺页"]["reason"]
    assert "缺页" not in third["gaps"]
    assert third["checks"]["缺页"]["verdict"] == "ok"


def test_an_address_that_leads_to_the_front_page_is_no_list(weeks: list[dict[str, Any]]) -> None:
    check = weeks[1]["checks"]["搬走"]
    assert (check["verdict"], check["new"]) == ("broken", 0)
    assert "栏目地址已转到别处" in check["reason"]
    assert weeks[1]["notices"]["搬走"] == weeks[0]["notices"]["搬走"]


def test_a_list_that_begins_with_its_oldest_is_read_to_its_end(
    weeks: list[dict[str, Any]],
) -> None:
    check = weeks[0]["checks"]["先旧"]
    assert (check["joined"], check["pages"], check["rows"]) == ("end", 4, 35)
    assert weeks[0]["notices"]["先旧"] == 35


def test_rows_that_fall_between_pages_are_asked_for_again_and_then_said(
    weeks: list[dict[str, Any]],
) -> None:
    check = weeks[0]["checks"]["漏行"]
    assert (check["verdict"], check["pages"]) == ("degraded", 4)
    assert "网站说共 6 条，只列出 4 条" in check["reason"]


def test_a_page_that_sends_on_to_itself_with_a_cookie_is_read(
    weeks: list[dict[str, Any]],
) -> None:
    assert weeks[0]["notices"]["饼干"] == 3


def test_every_row_is_known_taken_or_refused(weeks: list[dict[str, Any]]) -> None:
    for week in weeks:
        for name, check in week["checks"].items():
            accounted = check["known"] + check["taken"] + check["refused"]
            assert check["rows"] == accounted, (name, dict(check))
            if check["page_rows"] != "[]":
                assert sum(json.loads(check["page_rows"])) >= check["rows"], name
