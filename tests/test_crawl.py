"""Crawling twice, dying in the middle, and a site added by an operator."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from replica.server import Replica
from tests.installation import FRIDAY, RELAYS, ROOT, Installation


@pytest.fixture
def installation(tmp_path: Path, replica: Replica) -> Installation:
    replica.clear()
    return Installation(tmp_path / "house", upstream=replica.origin)


def rows_of(installation: Installation, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(installation.folder / "data" / "zhengxun.db")) as db:
        return db.execute(sql).fetchall()


def test_a_changed_page_becomes_a_revision_and_is_issued_again(
    installation: Installation, replica: Replica
) -> None:
    installation.run("crawl", "tj_kxjs")
    assert installation.run("digest", "--week", "2021-W05").returncode == 0
    installation.now = "2021-02-10T09:00:00+08:00"
    replica.set_as_of(datetime.fromisoformat(installation.now))
    installation.run("crawl", "tj_kxjs")
    replica.set_as_of(datetime.fromisoformat(FRIDAY))
    revised = rows_of(installation, "SELECT url FROM notices WHERE revised_at IS NOT NULL")
    assert [str(row[0]).rsplit("/", 1)[1] for row in revised] == ["t20210203_5346233.html"]
    old = rows_of(installation, "SELECT body_text FROM revisions")
    assert "2月26日" in str(old[0][0])
    installation.now = "2021-02-12T17:00:00+08:00"
    installation.run("digest", "--week", "2021-W06")
    text = (installation.folder / "data/issues/2021-W06/digest.txt").read_text("utf-8")
    assert "更新" in text
    assert "天津市自然科学基金项目" in text
    late = [line for line in text.splitlines() if "补发" in line]
    assert late


def test_a_notice_listed_two_weeks_after_its_date_is_not_missed(
    installation: Installation, replica: Replica
) -> None:
    installation.run("crawl", "miit")
    assert installation.run("digest", "--week", "2021-W05").returncode == 0
    installation.now = "2021-02-12T17:00:00+08:00"
    replica.set_as_of(datetime.fromisoformat(installation.now))
    installation.run("crawl", "miit")
    replica.set_as_of(datetime.fromisoformat(FRIDAY))
    installation.run("digest", "--week", "2021-W06")
    issue = json.loads(
        (installation.folder / "data/issues/2021-W06/digest.json").read_text("utf-8")
    )
    late = [
        (item["published_on"], item["title"])
        for section in issue["sections"]
        for group in section["groups"]
        for item in group["items"]
        if item["late"]
    ]
    assert [day for day, _ in late] == ["2021-01-28"]
    assert "中药材" in late[0][1]


def test_an_upstream_that_dies_leaves_verdicts_and_no_half_notice(
    tmp_path: Path, replica: Replica
) -> None:
    installation = Installation(tmp_path / "house", upstream="http://127.0.0.1:9")
    done = installation.run("crawl", "tj_kxjs")
    assert done.returncode in {0, 1}
    rows = [row for (site, _), row in installation.coverage().items() if site == "tj_kxjs"]
    assert {row["verdict"] for row in rows} == {"unreachable"}
    assert rows_of(installation, "SELECT count(*) FROM notices") == [(0,)]


def test_a_crawl_that_is_killed_leaves_a_verdict_for_every_column(
    installation: Installation,
) -> None:
    crawl = subprocess.Popen(
        [sys.executable, "-c", KILLED_CRAWL],
        env={**installation.environment(), "ZHENGXUN_DATA": str(installation.folder / "data")},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    printed, _ = crawl.communicate(timeout=60)
    assert "killed" in printed
    rows = [row for (site, _), row in installation.coverage().items() if site == "tj_kxjs"]
    assert len(rows) == 5
    assert all(row["verdict"] == "unreachable" for row in rows)
    assert all("没有完成" in row["reason"] for row in rows)


# The child is killed as soon as it says that it has opened.
KILLED_CRAWL = """
import asyncio, os, signal, subprocess
from rich.console import Console
from config import load_config
from app.context import Context
from app.crawl_runs import Crawl

def kill(event):
    if event["event"] == "opened":
        found = subprocess.run(["pgrep", "-P", str(os.getpid())], capture_output=True)
        for pid in found.stdout.split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:  # pgrep lists itself
                pass

desk = Context(load_config())
with desk.store():
    pass
print(asyncio.run(desk.supervisor().run_all([Crawl("tj_kxjs")], kill))[0].state)
"""

NEW_SITE = """
[tj_new]
name = "天津市工业和信息化局动态"
platform = "trs"
section = "projects"
group = "天津市"
crawl = "20 8,14 * * mon-fri"

[[tj_new.columns]]
name = "工信动态"
url = "https://gyxxh.tj.gov.cn/ZWXX5652/GXDT9285/"
min_rows = 1
max_quiet_days = 60
"""


def test_a_dozen_lines_of_toml_add_a_site(installation: Installation) -> None:
    installation.sources = RELAYS + NEW_SITE
    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        env={**installation.environment(), "SCRAPY_SETTINGS_MODULE": "crawlers.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "tj_new" in listed.stdout.split()
    assert installation.run("crawl", "tj_new").returncode == 0
    assert installation.coverage()["tj_new", "工信动态"]["verdict"] == "ok"
    assert rows_of(installation, "SELECT count(*) FROM notices WHERE site = 'tj_new'") > [(0,)]


def test_sources_check_and_inspect_store_nothing(installation: Installation) -> None:
    checked = installation.run("sources", "check", "tj_gyxxh")
    assert checked.returncode == 0, checked.stderr
    assert "published_on" in checked.stdout
    seen = installation.run(
        "inspect", "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/202102/t20210204_5348438.html"
    )
    assert seen.returncode == 0, seen.stderr
    assert "2021-02-05" in seen.stdout
    assert "2021-02-26" in seen.stdout
    assert (
        rows_of(installation, "SELECT count(*) FROM notices") == [(0,)]
        if (installation.folder / "data" / "zhengxun.db").exists()
        else True
    )


def test_add_puts_one_page_into_the_store(installation: Installation) -> None:
    url = "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/202102/t20210204_5348438.html"
    done = installation.run("add", url)
    assert done.returncode == 0, done.stderr
    assert rows_of(installation, "SELECT count(*), min(complete) FROM notices") == [(1, 1)]
    assert not os.environ.get("ZHENGXUN_CONFIG")
    # Nothing was listed: no column is judged, and the site was not crawled.
    assert (
        rows_of(installation, "SELECT * FROM checks")
        == rows_of(installation, "SELECT * FROM runs")
        == []
    )
    assert "，编号 1）" in done.stdout
    assert installation.run("remove", "1", "--reason", "误加").returncode == 0
    assert rows_of(installation, "SELECT * FROM notices") == []
    history = installation.run("history").stdout
    assert "手工加入  编号 1" in history
    assert "（理由：误加）" in history


def test_a_page_that_does_not_exist_is_not_stored(installation: Installation) -> None:
    url = "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/202102/t20210204_9999999.html"
    done = installation.run("add", url)
    assert done.returncode == 1
    assert "公告页面已不存在（404）" in done.stderr
    assert f"没有收录 {url}" in done.stderr
    assert rows_of(installation, "SELECT * FROM notices") == []
    assert rows_of(installation, "SELECT * FROM checks") == []
