"""The editor's journal, issues that wait, and corrections."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlite_utils import Database

from storage.database import StorageError
from storage.issues import corrections, edits, issues, releases
from storage.matching import duplicates
from storage.models import Act, Candidate, CorrectedItem, IssueEntry, IssueRecord
from storage.readers import subscribers
from storage.readers.deliveries import claim, ensure_deliveries, list_deliveries, settle
from tests.storage.samples import NOW, at, issue, page, saved

W05 = ("2021-W05", "2021-01-30", "2021-02-05", "2021-02-05 09:00")
W06 = ("2021-W06", "2021-02-06", "2021-02-12", "2021-02-12 09:00")


def edit(
    db: Database, act: Act, notice_id: int | None, week: str = "2021-W05", **over: Any
) -> None:
    facts: dict[str, Any] = {"before": {}, "after": {}, "who": "li", "now": NOW}
    edits.record_edit(db, week=week, act=act, notice_id=notice_id, **(facts | over))


def select(db: Database, week: tuple[str, str, str, str]) -> list[Candidate]:
    name, first, last, instant = week
    return issues.select_candidates(
        db,
        from_on=date.fromisoformat(first),
        to_on=date.fromisoformat(last),
        instant=at(instant),
        week=name,
    )


def held(db: Database, *notice_ids: int) -> IssueRecord:
    return issues.record_issue(
        db,
        week="2021-W05",
        from_on=date(2021, 1, 30),
        to_on=date(2021, 2, 5),
        instant=NOW,
        now=NOW,
        title="政讯周报",
        entries=[IssueEntry(item, "pharma", "国家级", 1) for item in notice_ids],
        release_at=at("2021-02-05 12:00"),
    )


def test_an_act_is_kept_with_who_when_before_and_after(db: Database) -> None:
    one = saved(db, page("n1"))
    edit(db, "annotate", one, before={"note": ""}, after={"note": "请关注"}, reason="领导交办")
    (found,) = edits.list_edits(db, "2021-W05")
    assert (found.act, found.document, found.who, found.made_at) == ("annotate", one, "li", NOW)
    assert (found.before, found.after, found.reason) == (
        {"note": ""},
        {"note": "请关注"},
        "领导交办",
    )
    assert edits.list_edits(db, "2021-W06") == []


def test_an_edit_follows_its_document_to_another_page(db: Database) -> None:
    repost, original = saved(db, page("n1")), saved(db, page("n2"))
    edit(db, "pin", repost)
    duplicates.link(db, repost, original, "原文链接")
    (found,) = edits.edits_in_force(db, "2021-W05")
    assert (found.notice_id, found.document) == (repost, original)


def test_an_edit_is_of_the_next_appearance_only(db: Database) -> None:
    one = saved(db, page("n1"))
    edit(db, "annotate", one)
    # The issue it was made for never appeared: it holds for the next one.
    assert [item.act for item in edits.edits_in_force(db, "2021-W06")] == ["annotate"]
    issue(db, *W06, one)
    assert edits.edits_in_force(db, "2021-W07") == []


def test_a_dropped_document_is_never_new_again_unless_restored(db: Database) -> None:
    one = saved(db, page("n1"))
    edit(db, "drop", one)
    assert [item.stored.id for item in select(db, W05)] == [one]  # its editor still sees it
    issue(db, *W05)
    assert select(db, W06) == []
    saved(db, page("n1", body_text="改", content_hash="new"), "2021-02-08 01:00")
    assert select(db, W06) == []
    assert [item.document for item in edits.dropped_before(db, "2021-W06")] == [one]
    edit(db, "restore", one, "2021-W06")
    (again,) = select(db, W06)
    assert (again.stored.id, again.late, again.revised) == (one, True, False)
    assert edits.dropped_before(db, "2021-W06") == []


def test_a_restored_document_of_the_first_issue_is_no_backlog(db: Database) -> None:
    one = saved(db, page("n1"), seen="2021-02-03 02:00", run=None)
    db.execute("INSERT INTO runs (id, site, started_at, state) VALUES (1, 'cde', 'x', 'finished')")
    db.execute("UPDATE notices SET run_id = 1")
    edit(db, "drop", one)
    issue(db, *W05)
    edit(db, "restore", one, "2021-W06")
    assert [item.stored.id for item in select(db, W06)] == [one]


def test_a_dropped_update_is_told_and_the_next_change_is_not(db: Database) -> None:
    one = saved(db, page("n1"))
    issue(db, *W05, one)
    saved(db, page("n1", body_text="一", content_hash="a"), "2021-02-08 01:00")
    assert [item.revised for item in select(db, W06)] == [True]
    edit(db, "drop", one, "2021-W06", now=at("2021-02-09 01:00"))
    issue(db, *W06)
    w07 = ("2021-W07", "2021-02-13", "2021-02-19", "2021-02-19 09:00")
    assert select(db, w07) == []
    saved(db, page("n1", body_text="二", content_hash="b"), "2021-02-15 01:00")
    assert [item.revised for item in select(db, w07)] == [True]


def test_an_issue_that_waits_is_listed_apart_and_released_once(db: Database) -> None:
    one, two = saved(db, page("n1")), saved(db, page("n2"))
    record = held(db, one, two)
    assert record.waits
    assert issues.list_issues(db) == []
    assert releases.waiting_issues(db) == [record]
    assert releases.waiting_issues(db, due_at=at("2021-02-05 11:59")) == []
    assert releases.waiting_issues(db, due_at=at("2021-02-05 12:00")) == [record]
    edit(db, "drop", two)
    kept = [IssueEntry(one, "projects", "天津市", 1, moved=True, note="请关注")]
    released = releases.release(db, record, title="专刊", entries=kept, now=NOW)
    assert released is not None
    assert (released.title, released.released_at) == ("专刊", NOW)
    assert issues.issue_entries(db, record.id) == kept
    assert issues.list_issues(db) == [released]
    assert releases.release(db, record, title="又", entries=[], now=NOW) is None
    assert issues.issue_entries(db, record.id) == kept
    with pytest.raises(StorageError, match="zhengxun correct --week 2021-W05"):
        edit(db, "pin", one)


def test_a_new_notice_waits_for_the_issue_after_the_one_that_waits(db: Database) -> None:
    held(db, saved(db, page("n1")))
    late = saved(db, page("n2"), seen="2021-02-05 10:00")
    (next_week,) = select(db, W06)
    assert (next_week.stored.id, next_week.late) == (late, True)


def test_an_issue_without_a_wait_is_released_when_recorded(db: Database) -> None:
    record = issue(db, *W05)
    assert record.released_at == at("2021-02-05 09:00")
    assert releases.waiting_issues(db) == []


def test_the_editor_is_told_once(db: Database) -> None:
    record = held(db)
    assert releases.untold(db) == [record]
    releases.mark_told(db, record.id, NOW)
    assert releases.untold(db) == []


def test_corrections_are_numbered_and_kept_apart_from_issues(db: Database) -> None:
    one = saved(db, page("n1"))
    record = issue(db, *W05, one)
    item = CorrectedItem(one, "标题", "https://x.example/", "2020年", "2021年")
    first = corrections.record_correction(db, record, words="日期有误", items=[item], now=NOW)
    second = corrections.record_correction(db, record, words="又", items=[], now=NOW)
    assert (first.record.week, first.record.number, first.items) == ("2021-W05-C1", 1, (item,))
    assert second.record.number == 2
    assert corrections.all_corrections(db) == [first, second]
    assert issues.list_issues(db) == [record]
    assert issues.find_issue(db, "2021-W05-C1") is None
    assert corrections.issued_entry(db, record.id, one) == (page("n1").title, page("n1").url)
    assert corrections.issued_entry(db, record.id, 99) is None


def test_an_issue_that_waits_is_edited_not_corrected(db: Database) -> None:
    with pytest.raises(StorageError, match="zhengxun edit"):
        corrections.record_correction(db, held(db), words="x", items=[], now=NOW)


def test_a_correction_is_owed_to_those_who_got_the_issue(db: Database) -> None:
    record = issue(db, *W05)
    people = [
        subscribers.add_subscriber(db, f"{name}@example.com", now=NOW)
        for name in ("got", "waits", "refused")
    ]
    ensure_deliveries(db, record.id, people, ["<a@x>", "<b@x>", "<c@x>"], NOW)
    got, _, refused = list_deliveries(db, record.id)
    for row, state in ((got, "sent"), (refused, "refused")):
        claim(db, row.id, NOW)
        settle(db, row.id, state, "", NOW)  # type: ignore[arg-type]
    made = corrections.record_correction(db, record, words="x", items=[], now=NOW)
    assert corrections.owed(db, made.record) == [people[0].id]
    ensure_deliveries(db, made.record.id, people[:1], ["<d@x>"], NOW)
    assert corrections.owed(db, made.record) == []
    assert corrections.message_ids(db, record.id)[people[0].id] == "<a@x>"
