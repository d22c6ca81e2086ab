"""Composing from a real store: what enters an issue, where it stands, and that it stays so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlite_utils import Database

from digest.composing.compose import Composer
from digest.composing.weeks import Week
from digest.models.issue import ChapterSpec, Digest, DigestError
from digest.rendering.coverage_table import merged_rows
from digest.wording import badges, meta_parts, short_facts
from storage.issues import issues
from storage.matching import duplicates
from storage.models import Check, Deadline
from storage.notices.notices import save_notice
from storage.runs.catalogue import ColumnRow, SiteRow, sync_catalogue
from storage.runs.runs import save_check, start_run
from tests.digest.samples import INSTANT, make_notice

CHAPTERS = (
    ChapterSpec("ip", "知识产权信息篇", "知识产权部", ("国家级", "地方级", "资讯")),
    ChapterSpec("pharma", "医药信息篇", "医药信息部", ("国家级", "地方级")),
    ChapterSpec("projects", "科技项目篇", "科技项目部", ("国家级", "北京市", "天津市")),
)
NAMES = {"cde": "国家药监局药审中心", "tj_kxjs": "天津市科学技术局", "tj_tten": "天津科服网"}
SEEN = datetime(2021, 2, 4, 1, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def _compose(
    db: Database, week: str = "2021-W05", *, record: bool = False, instant: datetime = INSTANT
) -> Digest:
    return _composer(db, instant).compose(week, instant=instant, record=record)


def _composer(db: Database, now: datetime = INSTANT) -> Composer:
    return Composer(db, CHAPTERS, company="盈科瑞", title="政讯周报", site_names=NAMES, now=now)


def _save(db: Database, number: int, *, seen: datetime = SEEN, **over: object) -> int:
    facts: dict[str, object] = {
        "key": f"k{number}",
        "url": f"https://www.cde.org.cn/main/news/{number}",
        "title": f"第{number}号通知",
        "content_hash": f"h{number}",
    }
    return save_notice(db, make_notice(**(facts | over)), now=seen, run_id=None).id


def _titles(digest: Digest) -> list[str]:
    return [entry.title for entry in digest.entries()]


def test_entries_stand_in_configured_order_under_their_headings(db: Database) -> None:
    _save(db, 1, section="projects", grp="天津市")
    _save(db, 2, section="ip", grp="资讯")
    _save(db, 3, section="ip", grp="地方级")
    digest = _compose(db)
    assert [section.id for section in digest.sections] == ["ip", "pharma", "projects"]
    assert [group.title for group in digest.sections[0].groups] == ["国家级", "地方级", "资讯"]
    assert _titles(digest) == ["第3号通知", "第2号通知", "第1号通知"]


def test_nothing_falls_off_an_unknown_shelf(db: Database) -> None:
    _save(db, 1, section="pharma", grp="广东省")
    _save(db, 2, section="finance", grp="税务")
    _save(db, 3, section="", grp="")
    other = _compose(db).sections[-1]
    assert (other.id, other.title, other.department) == ("other", "其他", "")
    assert sorted(group.title for group in other.groups) == [
        "医药信息篇 · 广东省",
        "未分组",
        "税务",
    ]
    assert other.count == 3


def test_an_empty_week_is_an_issue(db: Database) -> None:
    digest = _compose(db, record=True)
    assert digest.total == 0
    assert issues.find_issue(db, "2021-W05") is not None
    assert len(digest.sections) == 3


def test_a_preview_records_nothing(db: Database) -> None:
    _save(db, 1)
    _compose(db)
    assert issues.list_issues(db) == []


def test_a_week_that_has_not_begun_is_looked_at_and_never_recorded(db: Database) -> None:
    for ahead in ("2021-W06", "2022-W05"):
        with pytest.raises(DigestError, match="still to come"):
            _compose(db, ahead, record=True)
        assert _compose(db, ahead).total == 0
    assert issues.list_issues(db) == []


def test_a_day_that_cannot_be_right_is_shown_as_doubtful(db: Database) -> None:
    _save(db, 1, published_on=date(2031, 2, 1))
    [entry] = _compose(db, record=True).entries()
    assert "日期存疑" in badges(entry)
    assert "日期存疑：网页写 2031-02-01" in meta_parts(entry)
    assert "02-01" not in short_facts(entry, date(2021, 2, 5))
    # A day put right later does not change what the issue said.
    _save(db, 1, published_on=date(2021, 2, 1), seen=SEEN + WEEK)
    [entry] = _compose(db).entries()
    assert entry.doubted_on == date(2031, 2, 1)


def test_a_recorded_issue_is_never_selected_again(db: Database) -> None:
    _save(db, 1)
    _save(db, 2, grp="地方级")
    first = _compose(db, record=True)
    _save(db, 3, seen=SEEN)  # in the week, and in the store too late
    again = _compose(db, record=True, instant=INSTANT + WEEK)
    assert _titles(again) == _titles(first) == ["第1号通知", "第2号通知"]
    assert again.instant == INSTANT
    assert len(issues.list_issues(db)) == 1


def test_what_came_late_is_marked_in_the_next_issue(db: Database) -> None:
    _save(db, 1)
    _compose(db, record=True)
    _save(db, 2, seen=INSTANT + timedelta(hours=1))
    following = _compose(db, "2021-W06", record=True, instant=INSTANT + WEEK)
    assert [(entry.title, entry.late) for entry in following.entries()] == [("第2号通知", True)]


def test_a_change_is_told_once_and_said_what(db: Database) -> None:
    _save(db, 1)
    _compose(db, record=True)
    changed = {
        "body_text": "全新的正文。",
        "body_html": "<p>全新的正文。</p>",
        "content_hash": "new",
    }
    _save(db, 1, seen=INSTANT + timedelta(hours=1), **changed)
    following = _compose(db, "2021-W06", record=True, instant=INSTANT + WEEK)
    (entry,) = following.entries()
    assert entry.revised
    assert entry.change
    assert list(_compose(db, "2021-W07", instant=INSTANT + 2 * WEEK).entries()) == []


def test_news_stands_before_late_and_changed_entries(db: Database) -> None:
    _save(db, 1)
    _compose(db, record=True)
    later = INSTANT + timedelta(hours=1)
    _save(db, 1, seen=later, content_hash="new", body_text="改")
    _save(db, 2, seen=later)
    _save(db, 3, seen=later, published_on=date(2021, 2, 8))
    following = _compose(db, "2021-W06", instant=INSTANT + WEEK)
    assert _titles(following) == ["第3号通知", "第2号通知", "第1号通知"]


def test_a_document_on_two_sites_is_one_entry_that_names_the_other(db: Database) -> None:
    original = _save(db, 1, site="tj_kxjs", section="projects", grp="天津市")
    url = "https://i.tten.cn/news/tzgg/202102/t20210205_158961.html"
    repost = _save(db, 2, site="tj_tten", url=url, section="projects", grp="天津市")
    duplicates.link(db, repost, original, "原文链接")
    for digest in (_compose(db, record=True), _compose(db)):
        (entry,) = digest.entries()
        assert [(page.name, page.link) for page in entry.pages] == [("天津科服网", url)]


def test_other_days_of_a_recorded_week_are_refused_unless_previewed(db: Database) -> None:
    _save(db, 1)
    _compose(db, record=True)
    days = Week(date(2021, 2, 1), date(2021, 2, 3), "2021-W05")
    with pytest.raises(DigestError, match="already recorded for 2021-01-30"):
        _composer(db).compose(days, instant=INSTANT, record=True)
    preview = _composer(db).compose(days, instant=INSTANT)
    assert (preview.week, preview.total) == ("2021-W05", 0)


def test_days_that_end_before_they_begin_are_refused(db: Database) -> None:
    days = Week(date(2021, 2, 3), date(2021, 2, 1), "2021-W05")
    with pytest.raises(DigestError, match="is after the last day"):
        _composer(db).compose(days, instant=INSTANT)


def test_a_deadline_of_an_earlier_issue_is_remembered(db: Database) -> None:
    term = Deadline(date(2021, 2, 18), "征求意见", "2021年2月18日前")
    _save(db, 1, deadlines=(term,), deadline_on=term.on)
    _compose(db, record=True)
    following = _compose(db, "2021-W06", instant=INSTANT + WEEK)
    (due,) = following.highlights.due
    assert (due.entry.title, due.week, due.days_left) == ("第1号通知", "2021-W05", 6)
    assert following.total == 0


def test_an_outage_that_is_over_is_told_in_one_issue(db: Database) -> None:
    column = ColumnRow(site="cde", name="政务新闻", url="https://www.cde.org.cn/")
    other = replace(column, name="工作动态")
    site = SiteRow("cde", "药审中心", "cde", "pharma", "国家级", columns=(column, other))
    sync_catalogue(db, [site], INSTANT)
    for day, verdict, reason in (
        (2, "blocked", "403"),
        (1, "unreachable", "抓取没有完成：程序停止"),
        (0, "ok", ""),
    ):
        at = SEEN - timedelta(days=day)
        run = start_run(db, "cde", now=at, pid=None)
        name = "政务新闻" if verdict != "unreachable" else "工作动态"
        save_check(db, Check(run, "cde", name, at, verdict, reason=reason))  # type: ignore[arg-type]
        if verdict == "ok":
            save_check(db, Check(run, "cde", "工作动态", at, "ok"))
    told, untold = _compose(db, record=True).coverage
    assert (told.verdict, told.reason) == ("ok", "2021-02-02 09:00 起曾被拦截，已恢复")
    assert untold.reason == ""
    assert [row.word for row in merged_rows(_compose(db))] == ["正常", "正常"]
    next_week = SEEN + WEEK
    run = start_run(db, "cde", now=next_week, pid=None)
    save_check(db, Check(run, "cde", "政务新闻", next_week, "ok"))
    assert _compose(db, "2021-W06", instant=INSTANT + WEEK).coverage[0].reason == ""


def test_a_column_nobody_looked_at_this_week_is_not_called_well(db: Database) -> None:
    column = ColumnRow(site="cde", name="政务新闻", url="https://www.cde.org.cn/")
    other = replace(column, name="工作动态")
    site = SiteRow("cde", "药审中心", "cde", "pharma", "国家级", columns=(column, other))
    sync_catalogue(db, [site], INSTANT)
    for name, at in (("政务新闻", SEEN), ("工作动态", SEEN - WEEK)):
        run = start_run(db, "cde", now=at, pid=None)
        save_check(db, Check(run, "cde", name, at, "ok", rows=20))
    seen, stale = _compose(db).coverage
    assert (seen.verdict, stale.verdict) == ("ok", None)
    assert stale.reason == "本期未检查过（最近一次检查：2021-01-28 09:00）"
    assert stale.last_good_at == SEEN - WEEK
