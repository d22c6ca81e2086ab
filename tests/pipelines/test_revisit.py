"""Pages that left their list are read again when they are due: real crawls of a small office."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers.items import NoticeItem
from crawlers.platforms import listing
from pipelines.revisit import MOST_PER_CRAWL, due_pages, due_requests
from storage.database import open_database
from storage.models import Notice
from storage.notices.notices import save_notice
from tests.crawlers.mock_site import Answer, Asked, MockSite, serving
from tests.crawlers.spider_at_hand import failed, make, run
from tests.installation import ONE_OFFICE, Installation

SOURCES = (
    ONE_OFFICE
    + """
[[office.columns]]
name = "通知公告"
url = "https://www.example.gov.cn/tzgg/"
min_rows = 2
selectors = { rows = "ul.news li", title = "a", link = "a", date = "span" }
"""
)
TITLE = "关于组织申报第{}批科技计划项目的通知"
LIST = "/tzgg/"


def page(number: int) -> str:
    return f"{LIST}{number}.html"


@dataclass
class Office:
    """A list of some notices; `days` are the closing days in their texts, 0 = not let in yet."""

    listed: tuple[int, ...] = (1, 2, 3)
    days: dict[int, int] = field(default_factory=lambda: {1: 11, 2: 12, 3: 0, 4: 14, 5: 15, 6: 16})
    gone: set[int] = field(default_factory=set)
    wall: bool = False

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == LIST:
            return Answer(412, "<html><body>拦截</body></html>") if self.wall else self._list()
        number = asked.path.removeprefix(LIST).removesuffix(".html")
        if not number.isdigit() or int(number) in self.gone:
            return Answer(404)
        title, day = TITLE.format(number), self.days[int(number)]
        if not day:
            return Answer(403, "<html><body>禁止访问</body></html>")
        text = f"各有关单位：现组织申报科技计划项目，请于2021年3月{day}日前报送材料。" * 3
        body = f'<div class="content"><p>{text}</p></div>'
        head = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        return Answer(body=f"{head}{body}</body></html>")

    def _list(self) -> Answer:
        rows = "".join(
            f'<li><a href="{page(n)}">{TITLE.format(n)}</a><span>2021-02-0{min(n, 5)}</span></li>'
            for n in self.listed
        )
        return Answer(body=f'<html><body><ul class="news">{rows}</ul></body></html>')


@dataclass
class Story:
    """The office's month: what each crawl asked for, and the installation it was crawled into."""

    installation: Installation
    site: MockSite
    asked: dict[str, list[str]] = field(default_factory=dict)

    def crawl(self, name: str, now: str) -> None:
        self.site.asked.clear()
        self.installation.now = f"2021-{now}+08:00"
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", "office"],
            cwd=self.installation.folder,
            env={**self.installation.environment(), "SCRAPY_SETTINGS_MODULE": "crawlers.settings"},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        self.asked[name] = sorted(self.site.paths())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.installation.folder / "data" / "zhengxun.db")) as db:
            return db.execute(sql).fetchall()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """1, 2 and 3 (answered 403) are listed at 09:00, and from 10:50 on 4, 5 and 6 in their place.

    Then 1 is changed, 2 taken down, and 3 opened.
    """
    office = Office()
    with serving(office) as site:
        folder = tmp_path_factory.mktemp("unlisted")
        (folder / "data").mkdir()
        told = Story(Installation(folder, site.url, sources=SOURCES), site)
        told.crawl("first", "02-05T09:00:00")
        office.listed, office.gone = (4, 5, 6), {2}
        office.days |= {1: 21, 3: 13}
        told.crawl("later that morning", "02-05T10:50:00")
        told.crawl("day 1", "02-06T09:05:00")
        told.crawl("day 1 again", "02-06T09:05:00")
        office.wall = True
        told.crawl("day 3, walled", "02-08T09:05:00")
        office.wall = False
        told.crawl("day 3", "02-08T09:05:00")
        told.crawl("day 29", "03-06T09:05:00")
        yield told


def test_what_is_not_due_is_not_asked_for(story: Story) -> None:
    assert story.asked["first"] == [LIST, page(1), page(2), page(3)]
    assert story.asked["later that morning"] == [LIST, page(4), page(5), page(6)]


def test_what_left_the_list_is_asked_for_once_on_its_day(story: Story) -> None:
    # 4, 5 and 6 were first seen at 10:50: at 09:05 their first day is not over, nor nearly so.
    # A page that changed may be compared with one known page beside it.
    beside = set(story.asked["day 1"]) & {page(4), page(5), page(6)}
    assert set(story.asked["day 1"]) - beside == {LIST, page(1), page(2), page(3)}
    assert len(beside) <= 1
    assert story.asked["day 1 again"] == [LIST]
    assert story.asked["day 3"] == [LIST, *(page(n) for n in (1, 2, 3, 4, 5, 6))]


def test_a_changed_page_that_left_its_list_is_a_revision(story: Story) -> None:
    found = story.rows(
        "SELECT n.url, r.changed, r.seen_at FROM revisions r JOIN notices n ON n.id = r.notice_id"
    )
    assert [(url, changed) for url, changed, _ in found] == [
        ("https://www.example.gov.cn/tzgg/1.html", "正文")
    ]
    assert datetime.fromisoformat(found[0][2]) == datetime(2021, 2, 6, 1, 5, tzinfo=UTC)


def test_an_incomplete_page_that_left_its_list_is_completed(story: Story) -> None:
    [(complete, text, attempts, warnings)] = story.rows(
        "SELECT complete, body_text, read_attempts, warnings FROM notices WHERE url LIKE '%/3.html'"
    )
    assert (complete, attempts) == (1, 3)
    assert "2021年3月13日" in text
    assert warnings == "[]"


def test_a_page_taken_down_is_kept_and_noted_and_asked_for_no_longer(story: Story) -> None:
    [(complete, text, revised, warnings)] = story.rows(
        "SELECT complete, body_text, revised_at, warnings FROM notices WHERE url LIKE '%/2.html'"
    )
    assert (complete, revised) == (1, None)
    assert "2021年3月12日" in text
    assert "公告页面已不存在（404）" in warnings
    # Days 7 and 14 passed without a crawl, and are not made up for two weeks later; what is still
    # listed is.
    assert story.asked["day 29"] == [LIST, page(4), page(5), page(6)]


def test_a_site_that_lets_nobody_in_is_not_asked_for_pages(story: Story) -> None:
    assert set(story.asked["day 3, walled"]) == {LIST}


def test_the_columns_verdict_is_the_lists(story: Story) -> None:
    # Page 2 failed on day 1 and on day 3, when all else was well. That all rows of the first list
    # were gone from the second is a gap, and the list has no further page to read over it.
    found = story.rows("SELECT verdict, rows, pages, new, revised FROM checks ORDER BY id")
    assert found == [
        ("degraded", 3, 1, 3, 0),  # page 3, then listed, was closed
        ("degraded", 3, 1, 3, 0),
        ("degraded", 3, 1, 0, 1),
        ("degraded", 3, 1, 0, 0),
        ("blocked", 0, 0, 0, 0),
        ("degraded", 3, 1, 0, 0),
        ("degraded", 3, 1, 0, 0),
    ]
    reasons = story.rows("SELECT reason FROM checks WHERE verdict = 'degraded' ORDER BY id")
    assert all(row[0].startswith("2021年2月5日发布的通知可能没有收全") for row in reasons[1:])
    assert not any("正文" in row[0] for row in reasons[1:])
    assert {row[0] for row in story.rows("SELECT state FROM runs")} == {"finished"}


NOW = datetime(2021, 2, 5, 9, tzinfo=UTC)
KXJS = "https://kxjs.tj.gov.cn/tzgg/"


def notice(key: str, url: str = "", *, column: str = "通知公告", complete: bool = True) -> Notice:
    return Notice(
        site="site",
        column=column,
        key=key,
        url=url or f"{KXJS}{key}.html",
        title=f"通知{key}",
        section="projects",
        grp="天津市",
        complete=complete,
    )


def test_a_crawl_asks_for_few_and_for_those_that_wait_longest(tmp_path: Path) -> None:
    db = open_database(tmp_path / "zhengxun.db")
    for number in range(14):
        seen = NOW - timedelta(days=2, minutes=number)
        save_notice(db, notice(f"{number:02}"), now=seen, run_id=None)
    # Retried after two hours: due for 70 hours, the others for little more than 24.
    failed = notice("failed", complete=False)
    save_notice(db, failed, now=NOW - timedelta(hours=72), run_id=None)
    assert len(due_pages(db, "site", NOW)) == 15
    asked = [request.url for request in due_requests(db, make(listing, KXJS), NOW)]
    db.close()
    assert MOST_PER_CRAWL == 10
    waiting = ["failed", "13", "12", "11", "10", "09", "08", "07", "06", "05"]
    assert asked == [f"{KXJS}{key}.html" for key in waiting]


def test_what_never_had_a_page_or_a_watched_column_is_not_asked_for(tmp_path: Path) -> None:
    db = open_database(tmp_path / "zhengxun.db")
    for one in (
        notice("a record", f"{KXJS}#CXHS2100001"),
        notice("a file", f"{KXJS}W020210205.pdf"),
        notice("elsewhere", "https://news.example.org/1.html"),
        notice("not watched any more", column="旧栏目"),
        notice("added by hand", column="page"),
        notice("biz:1:1", "https://mp.weixin.qq.com/s/AbCdEf"),
    ):
        save_notice(db, one, now=NOW - timedelta(days=2), run_id=None)
    found = due_requests(db, make(listing, KXJS), NOW)
    db.close()
    assert [(request.meta["notice"]["key"], request.url) for request in found] == [
        ("added by hand", f"{KXJS}added by hand.html".replace(" ", "%20")),
        ("biz:1:1", "https://mp.weixin.qq.com/s/AbCdEf"),
    ]


def test_what_a_list_held_fills_a_gap_and_never_stands_in_for_the_page() -> None:
    spider = make(listing, KXJS)
    url, title = f"{KXJS}1.html", "组织申报科技计划项目的通知"
    held = NoticeItem(
        "site", "通知公告", "1", url, "projects", "天津市", title="组织申报科技计划项目的通知"
    )
    held.doc_number, held.body_html = "津科〔2021〕1号", "<p>那时的正文。</p>"
    meta = {"key": "1", "url": url, "column": "通知公告"}
    meta |= {"list_title": title, "list_date": "2021-02-01"}
    request = spider.unlisted_request(meta, held)
    assert request is not None
    [item] = failed(request)
    assert (item.complete, item.body_html) == (False, "")
    text = "各有关单位：现组织申报科技计划项目，请按时报送材料。" * 5
    body = f'<h1>{title}</h1><div class="content"><p>{text}</p></div>'
    [item] = run(
        request,
        f"<html><head><title>{title}</title></head><body>{body}</body></html>",
    )
    assert (item.complete, item.doc_number) == (True, "津科〔2021〕1号")
    assert text in item.body_html
    assert spider.reports["通知公告"].notice_failures == 0
