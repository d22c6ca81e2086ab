"""An issue once composed never changes: whoever is sent it later gets what the first were sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlite_utils import Database

from digest.composing.compose import Composer
from digest.models.issue import ChapterSpec, Digest
from digest.rendering.render_html import render_html
from digest.rendering.render_json import render_json
from storage.matching import duplicates
from storage.models import Attachment, Check, Deadline
from storage.notices.mended_readings import correct_notice
from storage.notices.notices import get_notice, save_notice
from storage.runs.catalogue import ColumnRow, SiteRow, sync_catalogue
from storage.runs.runs import save_check, start_run
from storage.runs.saved_pages import SavedPage, save_page
from tests.digest.samples import INSTANT, make_notice

CHAPTERS = (ChapterSpec("pharma", "医药信息篇", "医药信息部", ("国家级", "地方级")),)
NAMES = {"cde": "国家药监局药审中心", "tj_tten": "天津科服网"}
SEEN = datetime(2021, 2, 4, 1, 0, tzinfo=UTC)
LATER = INSTANT + timedelta(hours=2)
TERM = Deadline(date(2021, 2, 18), "征求意见", "2021年2月18日前")
FILE = Attachment("https://www.cde.org.cn/a.pdf", "附件1.pdf", "pdf", text="文件里的字")
FIRST = {
    "title": "原来的标题",
    "body_text": "原来的正文。",
    "body_html": "<p>原来的正文。</p>",
    "summary": "原来的摘要。",
    "doc_number": "药审〔2021〕6号",
    "deadline_on": TERM.on,
    "deadlines": (TERM,),
    "attachments": (FILE,),
    "content_hash": "one",
}
NEW_TERM = Deadline(date(2021, 3, 1), "征求意见", "2021年3月1日前")
REVISED = {
    "title": "改过的标题",
    "body_text": "改过的正文。",
    "body_html": "<p>改过的正文。</p>",
    "summary": "改过的摘要。",
    "doc_number": "药审〔2021〕7号",
    "deadline_on": NEW_TERM.on,
    "deadlines": (NEW_TERM,),
    "attachments": (replace(FILE, url="https://www.cde.org.cn/b.pdf", name="附件2.pdf"),),
    "content_hash": "two",
}

ANSWER = SavedPage(
    kind="notice",
    site="cde",
    column="政务新闻",
    url="https://www.cde.org.cn/main/news/viewInfoCommon/aa11",
    fetched_at=SEEN,
    status=200,
    via="http",
    bytes=1,
    sha256="ab",
    asked={},
)


@pytest.fixture(autouse=True)
def watched(db: Database) -> None:
    """One column, which was read well."""
    column = ColumnRow("cde", "政务新闻", "https://www.cde.org.cn/")
    sync_catalogue(
        db, [SiteRow("cde", "药审中心", "cde", "pharma", "国家级", columns=(column,))], SEEN
    )
    run = start_run(db, "cde", now=SEEN, pid=None)
    save_check(db, Check(run, "cde", "政务新闻", SEEN, "ok", rows=20))


def _compose(
    db: Database,
    week: str = "2021-W05",
    *,
    record: bool = False,
    now: datetime = INSTANT,
    release_at: datetime | None = None,
    names: dict[str, str] = NAMES,
) -> Digest:
    composer = Composer(db, CHAPTERS, company="盈科瑞", title="政讯周报", site_names=names, now=now)
    return composer.compose(week, instant=now, record=record, release_at=release_at)


def _save(db: Database, *, seen: datetime = SEEN, **over: object) -> int:
    return save_notice(db, make_notice(**over), now=seen, run_id=None).id


def _as_files(digest: Digest) -> tuple[str, str]:
    return render_json(digest), render_html(digest)


def test_a_page_revised_after_the_issue_is_told_by_the_next_one_alone(db: Database) -> None:
    _save(db, **FIRST)
    first = _as_files(_compose(db, record=True))
    _save(db, seen=LATER, **REVISED)

    again = _compose(db, now=LATER)
    following = _compose(db, "2021-W06", now=INSTANT + timedelta(days=7))

    assert "原来的正文。" in first[0]
    assert _as_files(again) == first
    assert [due.on for due in again.highlights.due] == [TERM.on]
    (news,) = following.entries()
    assert (news.title, news.revised) == ("改过的标题", True)
    assert [file.name for file in news.attachments] == ["附件2.pdf"]


def test_what_only_we_read_anew_does_not_change_the_issue(db: Database) -> None:
    number = _save(db, **FIRST, complete=False)
    first = _as_files(_compose(db, record=True))
    # Completed by a later reading, then put right: neither leaves a revision.
    _save(db, seen=LATER, **REVISED)
    better = replace(get_notice(db, number).notice, summary="重新读出的摘要。")
    correct_notice(db, number, better, {}, page_id=save_page(db, ANSWER), now=LATER)

    assert _as_files(_compose(db, now=LATER)) == first


def test_an_original_that_takes_over_later_changes_neither_entry_nor_other_pages(
    db: Database,
) -> None:
    repost = _save(db, key="k2", site="tj_tten", url="https://i.tten.cn/news/2.html")
    first = _as_files(_compose(db, record=True))
    original = _save(db, seen=SEEN, title="原件")
    duplicates.link(db, original, repost, "转载")
    duplicates.promote(db, original)

    again = _compose(db, now=LATER, names={})

    assert _as_files(again) == first
    assert [(entry.id, entry.pages) for entry in again.entries()] == [(repost, ())]
    assert _compose(db, "2021-W06", now=INSTANT + timedelta(days=7)).total == 0


def test_coverage_and_chart_are_those_of_the_first_print(db: Database) -> None:
    _save(db, **FIRST)
    first = _compose(db, record=True)
    # A column dropped from the catalogue, a check that came in with an earlier time.
    run = start_run(db, "cde", now=SEEN, pid=None)
    save_check(db, Check(run, "cde", "政务新闻", INSTANT, "broken", reason="改版"))
    sync_catalogue(db, [], LATER)

    again = _compose(db, now=LATER)

    assert [row.verdict for row in first.coverage] == ["ok"]
    assert (again.coverage, again.trend) == (first.coverage, first.trend)
    assert _as_files(again) == _as_files(first)


def test_a_reminder_stays_as_it_was_told_and_the_next_one_has_the_new_day(db: Database) -> None:
    _save(db, **FIRST)
    _compose(db, record=True)
    second = _compose(db, "2021-W06", record=True, now=INSTANT + timedelta(days=7))
    _save(db, seen=INSTANT + timedelta(days=7, hours=2), **REVISED)

    again = _compose(db, "2021-W06", now=INSTANT + timedelta(days=8))

    assert [(due.on, due.days_left) for due in second.reminders] == [(TERM.on, 6)]
    assert [(due.on, due.days_left) for due in again.reminders] == [(TERM.on, 6)]
    third = _compose(db, "2021-W07", now=INSTANT + timedelta(days=14))
    assert [due.on for due in third.highlights.due] == [NEW_TERM.on]


def test_an_issue_that_waits_goes_out_as_its_editor_saw_it(db: Database) -> None:
    number = _save(db, **FIRST)
    draft = _compose(db, record=True, release_at=LATER)
    _save(db, seen=INSTANT + timedelta(hours=1), **REVISED)

    (entry,) = _compose(db, now=LATER).entries()
    (news,) = _compose(db, "2021-W06", now=INSTANT + timedelta(days=7)).entries()

    assert draft.draft
    assert (entry.id, entry.title) == (number, "原来的标题")
    assert (news.id, news.title, news.revised) == (number, "改过的标题", True)


def test_an_issue_from_before_contents_were_kept_goes_by_the_revisions(db: Database) -> None:
    _save(db, **FIRST)
    first = _as_files(_compose(db, record=True))
    db.execute("DELETE FROM issue_contents")
    _save(db, seen=LATER, **REVISED)

    again = _compose(db, now=LATER)

    (entry,) = again.entries()
    assert (entry.title, entry.summary, entry.deadline_on) == (
        "原来的标题",
        "原来的摘要。",
        TERM.on,
    )
    assert render_json(again) == first[0]


def test_the_text_inside_files_is_not_kept_twice(db: Database) -> None:
    _save(db, **FIRST)
    _compose(db, record=True)

    (row,) = db.query("SELECT content FROM issue_contents")

    assert "文件里的字" not in row["content"]
