"""What enters an issue: every rule of the selection, one test each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlite_utils import Database

from storage.database import StorageError
from storage.issues.issues import (
    find_issue,
    issue_entries,
    list_issues,
    record_issue,
    select_candidates,
)
from storage.matching.duplicates import link, promote
from storage.models import Candidate, Check, IssueEntry, Joined, Place
from storage.runs.gaps import record_gap
from storage.runs.runs import save_check, start_run
from tests.storage.samples import at, issue, page, saved

W04 = ("2021-W04", "2021-01-23", "2021-01-29", "2021-01-29 09:00")
INSTANT = at("2021-02-05 09:00")


def candidates(db: Database, instant: datetime = INSTANT) -> list[Candidate]:
    """What the week 2021-01-30..2021-02-05 takes."""
    return select_candidates(db, from_on=date(2021, 1, 30), to_on=date(2021, 2, 5), instant=instant)


def keys(found: list[Candidate]) -> list[str]:
    return [item.stored.notice.key for item in found]


def listed(db: Database, seen: str, rows: int = 20) -> int:
    """A run that listed the column of the sample notices; its id."""
    run = start_run(db, "cde", now=at(seen), pid=1)
    save_check(db, Check(run, "cde", "新闻中心", at(seen), "ok", rows=rows))
    return run


def test_takes_what_the_week_published(db: Database) -> None:
    saved(db, page("first", published_on=date(2021, 1, 30)))
    saved(db, page("last", published_on=date(2021, 2, 5)))

    found = candidates(db)

    assert keys(found) == ["last", "first"]
    assert not any(item.late or item.revised for item in found)


def test_what_is_dated_after_the_week_waits(db: Database) -> None:
    saved(db, page("tomorrow", published_on=date(2021, 2, 6)), "2021-02-05 08:00")

    assert candidates(db) == []


def test_what_is_first_seen_after_the_instant_waits(db: Database) -> None:
    saved(db, page("at"), seen="2021-02-05 09:00")
    saved(db, page("after"), seen="2021-02-05 09:00:00.000001")

    assert keys(candidates(db)) == ["at"]


def test_what_was_issued_is_not_repeated(db: Database) -> None:
    told = saved(db, page("told"))
    issue(db, *W04, told)

    assert candidates(db) == []


def test_what_came_too_late_for_its_week_is_late(db: Database) -> None:
    issue(db, *W04)
    saved(db, page("late", published_on=date(2021, 1, 28)), seen="2021-01-30 02:00")

    (found,) = candidates(db)

    assert found.late
    assert not found.revised


def test_first_issue_takes_a_clean_week(db: Database) -> None:
    saved(db, page("old", published_on=date(2021, 1, 29)))

    assert candidates(db) == []


def test_what_is_older_than_the_first_issue_and_was_known_then_is_backlog(db: Database) -> None:
    saved(db, page("backlog", published_on=date(2021, 1, 22)), seen="2021-01-29 09:00")
    issue(db, *W04)

    assert candidates(db) == []


def test_what_is_older_than_the_first_issue_and_turned_up_later_is_late(db: Database) -> None:
    issue(db, *W04)
    saved(db, page("found", published_on=date(2021, 1, 22)), seen="2021-01-29 09:01")

    assert [(item.stored.notice.key, item.late) for item in candidates(db)] == [("found", True)]


def test_what_the_first_issue_left_out_is_late_in_the_next(db: Database) -> None:
    saved(db, page("left", published_on=date(2021, 1, 25)), seen="2021-01-26 02:00")
    issue(db, *W04)

    assert [(item.stored.notice.key, item.late) for item in candidates(db)] == [("left", True)]


def test_first_fill_of_a_new_column_is_backlog_but_its_news_is_not(db: Database) -> None:
    issue(db, *W04)
    run = listed(db, "2021-02-01 02:00")
    saved(db, page("old", published_on=date(2020, 6, 1)), seen="2021-02-01 02:00", run=run)
    saved(db, page("new", published_on=date(2021, 2, 1)), seen="2021-02-01 02:00", run=run)

    assert keys(candidates(db)) == ["new"]


def test_first_fill_is_backlog_before_its_run_is_judged(db: Database) -> None:
    issue(db, *W04)
    run = start_run(db, "cde", now=at("2021-02-05 08:59"), pid=1)
    saved(db, page("old", published_on=date(2020, 6, 1)), seen="2021-02-05 08:59", run=run)

    assert candidates(db) == []


def test_a_run_that_listed_nothing_is_not_the_first_fill(db: Database) -> None:
    issue(db, *W04)
    listed(db, "2021-01-31 02:00", rows=0)
    run = listed(db, "2021-02-01 02:00")
    saved(db, page("old", published_on=date(2020, 6, 1)), seen="2021-02-01 02:00", run=run)

    assert candidates(db) == []


def test_an_old_notice_found_after_the_first_fill_is_late(db: Database) -> None:
    issue(db, *W04)
    listed(db, "2021-02-01 02:00")
    run = listed(db, "2021-02-02 02:00")
    saved(db, page("slipped", published_on=date(2021, 1, 20)), seen="2021-02-02 02:00", run=run)

    assert [(item.stored.notice.key, item.late) for item in candidates(db)] == [("slipped", True)]


def test_an_original_of_a_new_columns_first_fill_takes_no_late_repost_with_it(
    db: Database,
) -> None:
    issue(db, *W04)
    late = page("repost", site="tj_tten", published_on=date(2021, 1, 20))
    repost = saved(db, late, seen="2021-02-01 02:00")
    run = listed(db, "2021-02-02 02:00")
    first_fill = page("original", published_on=date(2021, 1, 19))
    original = saved(db, first_fill, seen="2021-02-02 02:00", run=run)
    link(db, original, repost, "转载")
    promote(db, original)

    (found,) = candidates(db)

    assert (found.stored.id, found.late, [other.id for other in found.also]) == (
        original,
        True,
        [repost],
    )


def test_an_original_in_the_backlog_takes_no_news_of_the_week_with_it(db: Database) -> None:
    backlog = page("original", published_on=date(2021, 1, 20))
    original = saved(db, backlog, seen="2021-01-28 02:00")
    issue(db, *W04)
    repost = saved(db, page("repost", site="tj_tten"), seen="2021-02-03 02:00")
    link(db, repost, original, "转载")

    assert keys(candidates(db)) == ["original"]


def test_a_repost_of_the_first_fill_brings_no_older_document_into_the_first_week(
    db: Database,
) -> None:
    run = listed(db, "2021-02-05 02:00")
    old = page("original", published_on=date(2021, 1, 27))
    original = saved(db, old, seen="2021-02-05 02:00", run=run)
    other = start_run(db, "tj_tten", now=at("2021-02-05 02:00"), pid=1)
    in_the_week = page("repost", site="tj_tten", published_on=date(2021, 2, 1))
    repost = saved(db, in_the_week, seen="2021-02-05 02:00", run=other)
    link(db, repost, original, "转载")

    assert candidates(db) == []


def test_a_document_whose_pages_are_all_of_first_fills_is_backlog(db: Database) -> None:
    issue(db, *W04)
    run = listed(db, "2021-02-01 02:00")
    original = saved(db, page("o", published_on=date(2020, 6, 1)), seen="2021-02-01 02:00", run=run)
    other = start_run(db, "tj_tten", now=at("2021-02-02 02:00"), pid=1)
    repost = saved(
        db,
        page("r", site="tj_tten", published_on=date(2020, 6, 2)),
        seen="2021-02-02 02:00",
        run=other,
    )
    link(db, repost, original, "转载")
    # A page that nobody knew by then counts for the next issue.
    after = saved(
        db, page("a", site="miit", published_on=date(2020, 6, 3)), seen="2021-02-06 02:00"
    )
    link(db, after, original, "转载")

    assert candidates(db) == []


def test_a_page_without_a_date_counts_from_the_day_it_was_first_seen_in_china(db: Database) -> None:
    # 17:00 UTC on the 5th is already the 6th in China.
    saved(db, page("in", published_on=None), seen="2021-02-04 02:00")
    saved(db, page("next", published_on=None), seen="2021-02-05 17:00")

    assert keys(candidates(db, at("2021-02-05 18:00"))) == ["in"]


def test_a_change_after_the_issue_is_reported_with_what_changed(db: Database) -> None:
    told = saved(db, page("told", published_on=date(2021, 1, 28)), seen="2021-01-28 02:00")
    issue(db, *W04, told)
    changed = page("told", published_on=date(2021, 1, 28), body_text="改了。", content_hash="b")
    saved(db, changed, seen="2021-02-02 02:00")

    (found,) = candidates(db)

    assert (found.revised, found.late, found.change) == (True, False, "正文")


def test_several_changes_after_the_issue_are_told_together(db: Database) -> None:
    told = saved(db, page("told"), seen="2021-01-28 02:00")
    issue(db, *W04, told)
    saved(db, page("told", body_text="改了。", content_hash="b"), seen="2021-02-01 02:00")
    again = page("told", title="新标题", body_text="改了。", content_hash="c")
    saved(db, again, seen="2021-02-02 02:00")

    assert [item.change for item in candidates(db)] == ["标题、正文"]


def test_a_change_before_the_issue_is_not_reported(db: Database) -> None:
    told = saved(db, page("told"), seen="2021-01-27 02:00")
    saved(db, page("told", body_text="改了。", content_hash="b"), seen="2021-01-28 02:00")
    issue(db, *W04, told)

    assert candidates(db) == []


def test_a_change_after_the_instant_waits(db: Database) -> None:
    told = saved(db, page("told"), seen="2021-01-28 02:00")
    issue(db, *W04, told)
    saved(db, page("told", body_text="改了。", content_hash="b"), seen="2021-02-05 09:01")

    assert candidates(db) == []


def test_a_change_taken_back_between_two_issues_is_not_reported(db: Database) -> None:
    told = saved(db, page("told"), seen="2021-01-28 02:00")
    issue(db, *W04, told)
    saved(db, page("told", body_text="改了。", content_hash="b"), seen="2021-02-01 02:00")
    saved(db, page("told"), seen="2021-02-02 02:00")

    assert candidates(db) == []


def test_a_change_is_reported_once(db: Database) -> None:
    told = saved(db, page("told"), seen="2021-01-20 02:00")
    issue(db, "2021-W03", "2021-01-16", "2021-01-22", "2021-01-22 09:00", told)
    saved(db, page("told", body_text="改了。", content_hash="b"), seen="2021-01-25 02:00")
    issue(db, *W04, told)

    assert candidates(db) == []


def test_a_document_on_several_sites_is_one_entry(db: Database) -> None:
    original = saved(db, page("original"))
    repost = saved(db, page("repost", site="tj_tten"))
    link(db, repost, original, "转载")

    (found,) = candidates(db)

    assert found.stored.id == original
    assert [other.id for other in found.also] == [repost]


def test_a_document_is_not_repeated_when_another_page_of_it_was_issued(db: Database) -> None:
    repost = saved(db, page("repost", site="tj_tten"), seen="2021-01-28 02:00")
    issue(db, *W04, repost)
    original = saved(db, page("original"), seen="2021-02-02 02:00")
    link(db, original, repost, "转载")
    promote(db, original)

    assert candidates(db) == []


def test_other_pages_found_after_the_instant_are_not_shown(db: Database) -> None:
    original = saved(db, page("original"))
    repost = saved(db, page("repost", site="tj_tten"), seen="2021-02-05 09:30")
    link(db, repost, original, "转载")

    assert candidates(db)[0].also == ()


def test_orders_by_section_group_and_newest_first(db: Database) -> None:
    saved(db, page("d", section="projects", grp="北京市", published_on=date(2021, 2, 5)))
    saved(db, page("b", section="ip", grp="资讯", published_on=date(2021, 2, 1)))
    saved(db, page("a", section="ip", grp="地方级", published_on=date(2021, 1, 31)))
    saved(db, page("c", section="pharma", published_on=date(2021, 2, 1)))
    saved(db, page("c2", section="pharma", published_on=date(2021, 2, 1)))
    saved(db, page("c0", section="pharma", published_on=date(2021, 2, 2)))

    assert keys(candidates(db)) == ["a", "b", "c0", "c", "c2", "d"]


def test_a_recorded_issue_is_read_back(db: Database) -> None:
    one, two = saved(db, page("one")), saved(db, page("two"))
    entries = [
        IssueEntry(two, "pharma", "国家级", 1, revised=True, change="附件"),
        IssueEntry(one, "pharma", "国家级", 2, late=True),
    ]
    recorded = record_issue(
        db,
        week="2021-W05",
        from_on=date(2021, 1, 30),
        to_on=date(2021, 2, 5),
        instant=INSTANT,
        now=at("2021-02-05 09:01"),
        title="政讯周报",
        entries=entries,
    )

    assert find_issue(db, "2021-W05") == recorded
    assert find_issue(db, "2021-W06") is None
    assert list_issues(db) == [recorded]
    assert issue_entries(db, recorded.id) == entries


def test_a_week_is_recorded_once(db: Database) -> None:
    issue(db, *W04)

    with pytest.raises(StorageError, match="2021-W04 is recorded already"):
        issue(db, *W04)


def test_an_issue_with_an_unknown_notice_is_not_recorded_at_all(db: Database) -> None:
    known = saved(db, page("known"))

    with pytest.raises(StorageError, match="no notice 99"):
        issue(db, *W04, known, 99)

    assert list_issues(db) == []
    assert issue_entries(db, 1) == []


def proved(db: Database, seen: str, covered_from: date | None) -> int:
    """A run that read the column of the sample notices back to a day; its id."""
    run = start_run(db, "cde", now=at(seen), pid=1)
    joined: Joined = "known" if covered_from else ""
    check = Check(run, "cde", "新闻中心", at(seen), "ok", rows=20, joined=joined)
    save_check(db, replace(check, covered_from=covered_from))
    return run


@pytest.mark.parametrize(
    ("place", "day", "late"),
    [
        ("below", date(2020, 12, 20), False),
        ("", date(2020, 12, 20), False),
        ("above", date(2020, 12, 20), True),
        ("above", date(2020, 10, 20), False),
        ("between", date(2020, 12, 20), False),
        ("between", date(2021, 1, 20), True),
        ("", date(2021, 1, 20), True),
        ("below", date(2021, 1, 20), False),
    ],
)
def test_late_is_only_what_an_earlier_reading_should_have_shown(
    db: Database, place: Place, day: date, late: bool
) -> None:
    issue(db, *W04)
    proved(db, "2021-01-25 02:00", date(2021, 1, 15))
    run = proved(db, "2021-02-02 02:00", date(2021, 1, 15))
    saved(db, page("found", published_on=day, place=place), seen="2021-02-02 02:00", run=run)

    assert [item.late for item in candidates(db)] == ([True] if late else [])


def test_what_lay_in_a_gap_is_told_when_the_gap_is_read(db: Database) -> None:
    issue(db, *W04)
    proved(db, "2021-01-24 02:00", date(2021, 1, 15))
    proved(db, "2021-01-25 02:00", date(2021, 1, 20))
    days = {"from_on": date(2021, 1, 10), "to_on": date(2021, 1, 18)}
    told: dict[str, Any] = {"site": "cde", "column": "新闻中心", "reason": "第 2 页没有读到"}
    record_gap(db, **told, **days, now=at("2021-01-25 02:00"))
    run = proved(db, "2021-02-02 02:00", date(2021, 1, 10))
    # What is older than all that was read before the gap was not hidden by it.
    for key, day in (("missed", 16), ("older", 12), ("before", 9)):
        one = page(key, published_on=date(2021, 1, day), place="below")
        saved(db, one, seen="2021-02-02 02:00", run=run)

    assert [(item.stored.notice.key, item.late) for item in candidates(db)] == [("missed", True)]


def test_where_no_reading_proved_anything_an_old_row_is_told(db: Database) -> None:
    issue(db, *W04)
    proved(db, "2021-01-25 02:00", None)
    run = proved(db, "2021-02-02 02:00", None)
    saved(db, page("doubt", published_on=date(2021, 1, 20)), seen="2021-02-02 02:00", run=run)

    assert keys(candidates(db)) == ["doubt"]


@pytest.mark.parametrize(("rows", "told"), [(4, 4), (5, 0)])
def test_many_rows_that_were_old_at_first_sight_are_an_archive(
    db: Database, rows: int, told: int
) -> None:
    issue(db, *W04)
    proved(db, "2021-01-25 02:00", date(2020, 11, 1))
    run = proved(db, "2021-02-02 02:00", date(2020, 11, 1))
    for number in range(rows):
        one = page(f"n{number}", published_on=date(2020, 12, 1 + number), place="between")
        saved(db, one, seen="2021-02-02 02:00", run=run)
    late = page("late", published_on=date(2021, 1, 27), place="between")
    saved(db, late, seen="2021-02-02 02:00", run=run)

    found = candidates(db)

    assert len(found) == told + 1
    assert all(item.late for item in found)
