"""Pages kept by real crawls: read again after a selector was mended, and shown with an alarm."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from rich.console import Console

from app.context import Context
from app.jobs import compose_due
from commands.inspecting import inspect
from commands.reread import reread
from config import Config
from digest.alerts.rules import review_columns
from tests.crawlers.mock_site import Answer, Asked, MockSite, serving
from tests.installation import ONE_OFFICE, Installation

HOST = "www.example.gov.cn"
SOURCES = f"""{ONE_OFFICE}
[[office.columns]]
name = "通知公告"
url = "https://www.example.gov.cn/tzgg/"
min_rows = 2
"""
MENDED = f"""{SOURCES}
[office.columns.selectors]
notice_date = "i.day::attr(data-day)"
notice_source = "span.who"
"""
LIST = "".join(
    f'<li><a href="/tzgg/{n}.html">关于组织申报第{n}批科技计划项目的通知</a><span>2021-02-0{n}'
    "</span></li>"
    for n in (1, 2, 3)
)
BODY = "各有关单位：现组织申报科技计划项目，请于2021年3月{n}日前报送材料。" * 3


def notice(number: int) -> str:
    title = f"关于组织申报第{number}批科技计划项目的通知"
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f'<span class="who">科研处</span><p class="no">津科〔2021〕{number}号</p>'
        f'<i class="day" data-day="2021-02-0{number + 1}"></i>'
        f'<div class="content"><p>{BODY.format(n=number)}</p></div></body></html>'
    )


class Office:
    """Answers as a small office does; `wall` shuts its list."""

    def __init__(self) -> None:
        self.wall = False

    def __call__(self, asked: Asked) -> Answer:
        cookie = (("Set-Cookie", "JSESSIONID=of-a-visitor; Path=/"),)
        if asked.path == "/tzgg/":
            if self.wall:
                return Answer(412, "<html><body>请求被拦截 编号 77</body></html>", headers=cookie)
            return Answer(body=f"<html><body><ul>{LIST}</ul></body></html>", headers=cookie)
        number = asked.path.removeprefix("/tzgg/").removesuffix(".html")
        return Answer(body=notice(int(number)), headers=cookie) if number.isdigit() else Answer(404)


@pytest.fixture(scope="module")
def office() -> Office:
    return Office()


@pytest.fixture(scope="module")
def site(office: Office) -> Iterator[MockSite]:
    with serving(office) as started:
        yield started


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, site: MockSite) -> Installation:
    """Crawled once; every test works on a copy."""
    installation = Installation(
        tmp_path_factory.mktemp("crawled") / "house", site.url, sources=SOURCES
    )
    assert installation.run("crawl").returncode == 0
    return installation


@pytest.fixture
def installation(tmp_path: Path, crawled: Installation, office: Office) -> Installation:
    office.wall = False
    copytree(crawled.folder, tmp_path / "house")
    return Installation(tmp_path / "house", crawled.upstream, sources=SOURCES)


def rows(installation: Installation, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(installation.folder / "data" / "zhengxun.db")) as db:
        return db.execute(sql).fetchall()


def context(installation: Installation, sources: str = "") -> Context:
    if sources:
        (installation.folder / "sources.toml").write_text(sources, encoding="utf-8")
    now = datetime.fromisoformat(installation.now)
    path = installation.folder / "zhengxun.toml"
    return Context(Config(data=installation.folder / "data", path=path, now=now))


def ask(at: Context, *, store: bool, since: str = "") -> dict[str, Any]:
    out = io.StringIO()
    code = reread(at, ["office"], since, Console(file=out), store=store, as_json=True)
    report: dict[str, Any] = json.loads(out.getvalue())
    assert code == int(report["counts"].get("damaged", 0) > 0)
    return report


STATE = "SELECT published_on, source, revised_at FROM notices ORDER BY key"
READ = [(f"2021-02-0{n}", "某市科学技术局", None) for n in (1, 2, 3)]
CORRECTED = [(f"2021-02-0{n}", "科研处", None) for n in (2, 3, 4)]


def test_a_mended_selector_corrects_what_was_read_and_no_reader_is_told_of_a_change(
    installation: Installation, site: MockSite
) -> None:
    assert rows(installation, STATE) == READ
    assert compose_due(context(installation))
    asked = len(site.asked)
    assert ask(context(installation), store=False)["counts"] == {"not_kept": 0, "unchanged": 3}

    installation.now = "2021-02-06T09:00:00+08:00"
    mended = context(installation, MENDED)
    looked = ask(mended, store=False)
    assert looked["counts"] == {"not_kept": 0, "changed": 3}
    first = next(one for one in looked["pages"] if one["url"].endswith("/1.html"))
    assert first["changes"]["source"] == ["某市科学技术局", "科研处"]
    assert first["changes"]["published_on"] == ["2021-02-01", "2021-02-02"]
    assert first["issues"] == ["2021-W05"]
    assert rows(installation, STATE) == READ

    ask(mended, store=True)
    assert rows(installation, STATE) == CORRECTED
    assert rows(installation, "SELECT count(*) FROM revisions") == [(0,)]
    told = json.loads(rows(installation, "SELECT changed FROM rereadings ORDER BY id")[0][0])
    assert told["source"] == ["某市科学技术局", "科研处"]
    assert ask(mended, store=False)["counts"] == {"not_kept": 0, "unchanged": 3}
    assert len(site.asked) == asked

    # The next re-reading finds the page as it was: no revision, nothing to issue again.
    installation.sources, installation.now = MENDED, "2021-02-09T09:00:00+08:00"
    assert installation.run("crawl").returncode == 0
    assert rows(installation, STATE) == CORRECTED
    assert rows(installation, "SELECT count(*) FROM revisions") == [(0,)]
    installation.now = "2021-02-12T17:00:00+08:00"
    assert compose_due(context(installation))
    issued = rows(
        installation,
        "SELECT week, count(notice_id) FROM issues LEFT JOIN issue_items ON issue_id = issues.id"
        " GROUP BY week ORDER BY week",
    )
    assert issued == [("2021-W05", 3), ("2021-W06", 0)]
    kept = rows(
        installation, "SELECT count(*), count(same_as) FROM saved_pages WHERE kind = 'notice'"
    )
    assert kept == [(6, 3)]


def test_pages_are_kept_without_cookies_and_not_at_all_when_switched_off(
    installation: Installation, tmp_path: Path
) -> None:
    archive = installation.folder / "data" / "warc" / "2021-02-office.warc.gz"
    text = gzip.decompress(archive.read_bytes()).decode()
    assert "津科〔2021〕1号" in text
    assert "JSESSIONID" not in text
    assert "Cookie" not in text
    off = Installation(
        tmp_path / "off", installation.upstream, settings="[evidence]\nkeep = false\n"
    )
    off.sources = SOURCES
    off.run("crawl")
    assert rows(off, "SELECT count(*) FROM notices") == [(3,)]
    assert rows(off, "SELECT count(*) FROM saved_pages") == [(0,)]
    assert not (off.folder / "data" / "warc").exists()


def test_a_damaged_archive_and_a_page_read_worse_are_said_and_stored_nowhere(
    installation: Installation,
) -> None:
    with closing(sqlite3.connect(installation.folder / "data" / "zhengxun.db")) as db:
        db.execute("UPDATE saved_pages SET sha256 = 'x' WHERE id = 1")
        db.commit()
    # A selector that names the wrong part: title and text are gone.
    worse = SOURCES + 'selectors = { notice_body = "p.no" }\n'
    report = ask(context(installation, worse), store=True)
    assert report["counts"]["damaged"] == 1
    assert "not what was kept" in report["pages"][0]["problem"]
    bad = [one for one in report["pages"] if one["outcome"] == "worse"]
    assert all(one["changes"] == {} for one in bad)
    assert ask(context(installation, SOURCES), store=False, since="2021-02-06")["counts"] == {
        "not_kept": 0
    }


def test_a_column_that_turns_bad_leaves_its_page_and_the_alarm_says_where(
    installation: Installation, office: Office
) -> None:
    office.wall = True
    for installation.now in ("2021-02-06T09:00:00+08:00", "2021-02-06T13:00:00+08:00"):
        installation.run("crawl")
    with context(installation).store() as db:
        review_columns(db, now=datetime.fromisoformat(installation.now))
    (alarm,) = rows(installation, "SELECT title, text FROM alarms")
    assert "通知公告 被拦截" in alarm[0]
    assert "网站回答：412（2021-02-06 09:00）" in alarm[1]
    copies = list((installation.folder / "data" / "evidence").iterdir())
    assert len(copies) == 1
    assert f"页面存档：evidence/{copies[0].name}" in alarm[1]
    assert "编号 77" in copies[0].read_text("utf-8")
    assert "原始记录：warc/2021-02-office.warc.gz 第" in alarm[1]
    kept = rows(
        installation, "SELECT status, copy <> '', same_as FROM saved_pages WHERE kind = 'list'"
    )
    assert [row[:2] for row in kept] == [(412, 1), (412, 0)]
    out = io.StringIO()
    inspect(
        context(installation),
        str(copies[0]),
        f"https://{HOST}/tzgg/",
        Console(file=out),
        as_json=True,
    )
    assert json.loads(out.getvalue())[0]["complete"] is False
