"""A small office changes its clothes between two crawls: what is stored stays right. Real HTTP."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from crawlers.reading.learned_body import agreement
from tests.crawlers.clothes import Clothes, Told, drawn, told
from tests.crawlers.mock_site import Answer, Asked, MockSite, serving
from tests.installation import ONE_OFFICE, Installation

SOURCES = f"""{ONE_OFFICE}
[[office.columns]]
name = "通知公告"
url = "https://www.example.gov.cn/tzgg/"
min_rows = 5

[office.columns.selectors]
rows = "ul.news li"
date = "span.day"
notice_body = "#zoom"
notice_title = "h1"
notice_date = "p.stamp"
"""
NOTICES = told(24, drawn(77), date(2021, 2, 20))


@dataclass
class Office:
    """Publishes what is dated up to `today`, plainly or in the clothes it has put on."""

    today: date
    clothes: Clothes | None = None

    def __call__(self, asked: Asked) -> Answer:
        out = [one for one in NOTICES if one.day <= self.today]
        if asked.path == "/tzgg/":
            return Answer(body=self._list(out[:15]))
        for one in out:
            if asked.path == one.path:
                return Answer(body=self._page(one, out[:3]))
        return Answer(404)

    def _list(self, shown: list[Told]) -> str:
        if self.clothes is not None:
            return self.clothes.list_page(shown, shown[2:8])
        rows = "".join(
            f'<li><a href="{one.path}">{one.title}</a><span class="day">{one.day}</span></li>'
            for one in shown
        )
        return f'<html><body><ul class="news">{rows}</ul></body></html>'

    def _page(self, one: Told, related: list[Told]) -> str:
        if self.clothes is not None:
            return self.clothes.notice_page(one, related)
        text = "".join(f"<p>{line}</p>" for line in one.paragraphs)
        return (
            f"<html><body><h1>{one.title}</h1><p class='stamp'>发布时间：{one.day}</p>"
            f"<div id='zoom'>{text}</div></body></html>"
        )


@dataclass
class Story:
    """The office, and the installation it is crawled into."""

    office: Office
    installation: Installation
    site: MockSite
    asked: dict[str, list[str]] = field(default_factory=dict)

    def crawl(self, day: str) -> None:
        """Crawl on the morning of this day."""
        self.office.today = date.fromisoformat(day)
        self.site.asked.clear()
        self.installation.now = f"{day}T18:00:00+08:00"
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
        assert "Traceback" not in done.stderr, done.stderr
        self.asked[day] = self.site.paths()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.installation.folder / "data" / "zhengxun.db")) as db:
            return db.execute(sql).fetchall()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The office in plain clothes, and what a healthy crawl made of it."""
    office = Office(date(2021, 2, 5))
    with serving(office) as site:
        folder = tmp_path_factory.mktemp("learning")
        (folder / "data").mkdir()
        told = Story(office, Installation(folder, site.url, sources=SOURCES), site)
        told.crawl("2021-02-12")
        yield told


def is_right(story: Story) -> None:
    """Every notice once, under its own title, day and text; none told as changed."""
    out = {one.path: one for one in NOTICES if one.day <= story.office.today}
    stored = story.rows("SELECT url, title, published_on, body_text, complete FROM notices")
    assert len(stored) == len({row[0] for row in stored})
    for url, title, day, text, complete in stored:
        one = out[url.removeprefix("https://www.example.gov.cn")]
        assert (title, day, complete) == (one.title, one.day.isoformat(), 1)
        assert agreement(text, "\n".join(one.paragraphs)) > 0.97, text
    newest = list(out.values())[:15]
    assert {f"https://www.example.gov.cn{one.path}" for one in newest} <= {row[0] for row in stored}
    assert story.rows("SELECT changed FROM revisions") == []


# The tests of this file are one story, in this order.


def test_a_healthy_column_learns_nothing(story: Story) -> None:
    is_right(story)
    assert story.rows("SELECT verdict FROM checks") == [("ok",)]
    assert story.rows("SELECT count(*) FROM learned_readers") == [(0,)]


def test_a_crawl_that_only_looks_reads_with_what_is_known_and_writes_nothing(story: Story) -> None:
    story.office.clothes = Clothes(drawn(5))
    before = story.rows("SELECT count(*), max(last_seen_at) FROM notices")
    done = story.installation.run("sources", "check", "office")
    assert done.returncode == 0, done.stderr
    assert "learned" in done.stdout
    assert story.rows("SELECT count(*), max(last_seen_at) FROM notices") == before
    assert story.rows("SELECT count(*) FROM learned_readers") == [(0,)]


def test_after_a_redesign_old_and_new_notices_are_read_right_and_it_is_said(story: Story) -> None:
    story.crawl("2021-02-19")
    is_right(story)
    verdict, reason = story.rows("SELECT verdict, reason FROM checks ORDER BY id")[-1]
    assert verdict == "degraded"
    assert "列表已改版" in reason
    assert "公告页已改版" in reason
    learned = story.rows("SELECT kind, selectors, runs_agreed FROM learned_readers ORDER BY kind")
    assert [(kind, runs) for kind, _, runs in learned] == [("list", 1), ("page", 1)]
    assert all(json.loads(css) for _, css, _ in learned)


def test_pages_of_known_notices_are_asked_for_only_to_learn_and_few(story: Story) -> None:
    asked = story.asked["2021-02-19"]
    assert story.asked["2021-02-12"].count(NOTICES[-1].path) <= 1
    assert len(asked) - len(set(asked)) <= 3


def test_what_was_learned_is_trusted_once_an_operator_accepts_it(story: Story) -> None:
    assert "notice_body" in story.installation.run("status").stdout
    assert story.installation.run("sources", "accept", "office").returncode == 0
    story.crawl("2021-02-20")
    is_right(story)
    assert story.rows("SELECT verdict FROM checks ORDER BY id DESC LIMIT 1") == [("ok",)]
    assert "notice_body" not in story.installation.run("status").stdout


def test_it_is_forgotten_when_the_old_clothes_come_back(story: Story) -> None:
    story.office.clothes = None
    story.crawl("2021-02-22")
    is_right(story)
    assert story.rows("SELECT verdict FROM checks ORDER BY id DESC LIMIT 1") == [("ok",)]
    assert story.rows("SELECT kind FROM learned_readers") == []
