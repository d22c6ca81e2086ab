"""An issue in two depths: what is told in full, and what was judged stays judged."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import docx
import pytest
from sqlite_utils import Database

from digest.choosing.folding import Room
from digest.composing.compose import Composer
from digest.composing.judging import Choice
from digest.composing.profile import Profile, personal
from digest.delivery.chat_text import Dialect, essentials
from digest.models.issue import ChapterSpec, Digest
from digest.rendering.docx.document import render_docx
from digest.rendering.render_html import render_html
from digest.rendering.render_json import digest_document
from digest.rendering.render_text import render_text
from digest.wording import due_head
from storage.issues import edits
from storage.issues.issues import find_issue, issue_entries
from storage.issues.judgements import list_judgements
from storage.models import Act, Deadline
from storage.notices.notices import save_notice
from tests.digest.samples import INSTANT, SEEN, make_notice

CHAPTERS = (
    ChapterSpec("ip", "知识产权信息篇", "知识产权部", ("地方级",)),
    ChapterSpec("pharma", "医药信息篇", "医药信息部", ("国家级",)),
)
PROFILE = "中药新药，专利，商标，临床试验"
WEEK = timedelta(days=7)


def save(db: Database, number: int, title: str, **over: Any) -> int:
    facts = {
        "key": f"k{number}",
        "url": f"https://www.cde.org.cn/main/news/{number}",
        "title": title,
        "content_hash": f"h{number}",
        "body_text": f"第{number}号的正文：有关事项通知如下。",
        "body_html": f"<p>第{number}号的正文：有关事项通知如下。</p>",
        "summary": f"第{number}号的摘要。",
    } | over
    return save_notice(db, make_notice(**facts), now=SEEN, run_id=None).id


def fill(db: Database) -> dict[str, int]:
    """Twenty entries of two chapters: a draft with a near term, a document and its explanation."""
    ids = {
        "draft": save(
            db,
            1,
            "关于公开征求《中药新药指导原则（征求意见稿）》意见的通知",
            deadline_on=date(2021, 2, 18),
            deadlines=(Deadline(date(2021, 2, 18), "征求意见", "2月18日前"),),
        ),
        "issued": save(db, 2, "关于印发《中药新药临床试验管理工作方案》的通知"),
        "told": save(db, 3, "《中药新药临床试验管理工作方案》解读"),
        "visit": save(db, 4, "某处赴企业调研"),
    }
    for number in range(5, 21):
        place = {"section": "ip", "grp": "地方级"} if number % 2 else {}
        save(db, number, f"第{number}次工作情况通报", **place)
    return ids


def composer(db: Database, now: datetime = INSTANT, lead: int = 4) -> Composer:
    choice = Choice(PROFILE, room=Room(lead=lead))
    return Composer(db, CHAPTERS, "盈科瑞", "政讯周报", {}, now, choice=choice)


@pytest.fixture
def issue(db: Database) -> Digest:
    fill(db)
    return composer(db).compose("2021-W05", instant=INSTANT)


def titles_of(issue: Digest) -> list[str]:
    return [entry.title for entry in issue.entries()]


def act(db: Database, name: Act, notice_id: int, week: str = "2021-W05") -> None:
    edits.record_edit(
        db, week=week, act=name, notice_id=notice_id, before={}, after={}, who="li", now=INSTANT
    )


def test_the_sample_has_both_depths_and_a_story(issue: Digest) -> None:
    assert issue.total == 20
    assert 4 <= issue.highlights.lead < 10
    assert [entry.title for entry in issue.entries() if entry.under is not None] == [
        "《中药新药临床试验管理工作方案》解读"
    ]
    assert issue.is_folded


def test_all_texts_stand_in_the_second_word_file_and_in_the_page(issue: Digest) -> None:
    texts = [f"第{number}号的正文" for number in range(1, 21)]
    full = words_of(render_docx(issue.in_full()))
    page = render_html(issue)
    assert all(text in full and text in page for text in texts)
    first = words_of(render_docx(issue))
    assert sum(text in first for text in texts) == issue.highlights.lead


def test_a_chat_says_how_many_it_leaves_out(issue: Digest) -> None:
    said = essentials(issue, Dialect(heading="## "), limit=900)
    named = sum(title in said for title in titles_of(issue))
    assert f"另有 {issue.total - named} 条" in said


def test_score_reasons_and_depth_stand_in_json(issue: Digest) -> None:
    items = [
        item
        for section in digest_document(issue)["sections"]
        for group in section["groups"]
        for item in group["items"]
    ]
    draft = next(item for item in items if "征求意见稿" in item["title"])
    assert draft["score"] > 0
    assert draft["folded"] is False
    assert 1 <= len(draft["reasons"]) <= 3
    told = next(item for item in items if item["title"].endswith("解读"))
    assert told["under"] == "https://www.cde.org.cn/main/news/2"


def test_the_main_points_and_the_deadline_come_from_the_score(issue: Digest) -> None:
    page = render_text(issue)
    assert "首要：2021-02-18 关于公开征求《中药新药指导原则" in page
    assert issue.highlights.due[0].entry.title.startswith("关于公开征求")


def test_what_asks_readers_to_act_falls_due_before_what_they_may_object_to(db: Database) -> None:
    ids = fill(db)
    soon = date(2021, 2, 6)
    listed = save(
        db,
        21,
        "关于2020年度某某资助拟入选名单的公示",
        deadline_on=soon,
        deadlines=(Deadline(soon, "公示", "2月6日前"),),
    )
    issue = composer(db).compose("2021-W05", instant=INSTANT)
    asked, idle = issue.highlights.due
    assert (asked.entry.id, idle.entry.id) == (ids["draft"], listed)
    assert (asked.asks, idle.asks, idle.is_pressing) == (True, False, False)
    assert "两周内截止 2 项，其中公示 1 项，首要：2021-02-18" in render_text(issue)
    louder = replace(idle, entry=replace(idle.entry, score=asked.entry.score + 1))
    assert "首要：2021-02-18" in due_head(replace(issue, reminders=(louder,)))
    named = replace(idle, entry=replace(idle.entry, reasons=("名单命中：盈科瑞",)))
    assert named.asks
    assert named.is_pressing


def test_a_recorded_issue_is_not_judged_again(db: Database) -> None:
    fill(db)
    first = composer(db).compose("2021-W05", instant=INSTANT, record=True)
    later = replace(composer(db, INSTANT + WEEK, lead=1), choice=Choice("体育比赛"))
    again = later.compose("2021-W05", instant=INSTANT + WEEK)
    assert json.dumps(digest_document(again)) == json.dumps(digest_document(first))
    record = find_issue(db, "2021-W05")
    assert record is not None
    assert any(row.folded for row in issue_entries(db, record.id))


def test_an_editor_promotes_folds_and_is_learned_from(db: Database) -> None:
    ids = fill(db)
    act(db, "promote", ids["visit"])
    act(db, "fold", ids["draft"])
    act(db, "keep", ids["issued"])
    issue = composer(db).compose("2021-W05", instant=INSTANT)
    found = {entry.id: entry for entry in issue.entries()}
    assert not found[ids["visit"]].folded
    assert found[ids["visit"]].reasons[0] == "编者列入重点"
    assert found[ids["draft"]].folded
    assert list_judgements(db, before="2021-W05") == []
    said = {one.title: one.kept for one in list_judgements(db, before="2021-W06")}
    assert said == {
        found[ids["visit"]].title: True,
        found[ids["draft"]].title: False,
        found[ids["issued"]].title: True,
    }


def test_what_was_told_to_be_forgotten_is_no_label(db: Database) -> None:
    ids = fill(db)
    act(db, "promote", ids["visit"])
    for chapter, left in (("ip", 1), ("pharma", 0)):
        edits.record_edit(
            db, week="", act="forget", before={}, after={"chapter": chapter}, who="li", now=INSTANT
        )
        assert len(list_judgements(db, before="2021-W06")) == left


def test_a_story_stands_alone_when_its_document_is_dropped(db: Database) -> None:
    ids = fill(db)
    act(db, "drop", ids["issued"])
    issue = composer(db).compose("2021-W05", instant=INSTANT)
    page = render_text(issue)
    assert "· 《中药新药临床试验管理工作方案》解读" in page
    assert issue.total == 19


def test_a_subscribers_own_issue_opens_what_has_their_words(db: Database) -> None:
    fill(db)
    whole = composer(db).compose("2021-W05", instant=INSTANT)
    folded = next(entry for entry in whole.entries() if entry.folded and entry.under is None)
    own = personal(whole, Profile(keywords=(folded.title,)))
    assert [(entry.title, entry.folded) for entry in own.entries()] == [(folded.title, False)]


def test_at_most_three_uncertain_entries_are_put_to_the_editor(db: Database) -> None:
    fill(db)
    draft = composer(db).compose("2021-W05", instant=INSTANT)
    assert 1 <= len(draft.asked) <= 3
    act(db, "keep", draft.asked[0])
    again = composer(db).compose("2021-W05", instant=INSTANT)
    assert draft.asked[0] not in again.asked


def words_of(file: bytes) -> str:
    document = docx.Document(io.BytesIO(file))
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return "".join(part.text or "" for part in document.element.body.iter(f"{space}t"))
