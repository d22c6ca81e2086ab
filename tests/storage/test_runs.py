"""Crawls and checks, and the state of every column that follows from them."""

from __future__ import annotations

from datetime import date

from sqlite_utils import Database

from storage.models import Check, Coverage, Verdict
from storage.runs.catalogue import sync_catalogue
from storage.runs.runs import (
    columns_without_check,
    days_unread,
    finish_run,
    first_run_at,
    last_success,
    latest_coverage,
    outages_between,
    save_check,
    start_run,
    unfinished_runs,
)
from tests.storage.samples import NOW, at, site


def checked(
    db: Database, when: str, verdict: Verdict, column: str = "新闻", **over: object
) -> None:
    """A run of cde with one check."""
    run = start_run(db, "cde", now=at(when), pid=1)
    values: dict[str, object] = {"rows": 20, "reason": f"{verdict}的原因"}
    save_check(db, Check(run, "cde", column, at(when), verdict, **(values | over)))  # type: ignore[arg-type] # any field


def test_a_column_never_checked_is_listed_without_a_verdict(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻")], NOW)

    assert latest_coverage(db, NOW) == [
        Coverage(
            site="cde",
            site_name="网站cde",
            column="新闻",
            url="https://cde.example.cn/",
            last_checked_at=None,
            last_good_at=None,
            rows=0,
            new=0,
            newest_on=None,
            verdict=None,
            reason="",
            bad_since=None,
        )
    ]


def test_an_outage_says_since_when_and_what_was_good_last(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻")], NOW)
    checked(db, "2021-02-01 02:00", "blocked")
    checked(db, "2021-02-02 02:00", "ok", newest_on=date(2021, 2, 1), new=3)
    checked(db, "2021-02-03 02:00", "unreachable", rows=0)
    checked(db, "2021-02-04 02:00", "blocked", rows=0)

    (coverage,) = latest_coverage(db, NOW)

    assert coverage.verdict == "blocked"
    assert coverage.reason == "blocked的原因"
    assert (coverage.rows, coverage.new) == (0, 0)
    assert coverage.last_checked_at == at("2021-02-04 02:00")
    assert coverage.last_good_at == at("2021-02-02 02:00")
    assert coverage.bad_since == at("2021-02-03 02:00")
    assert coverage.newest_on == date(2021, 2, 1)


def test_a_column_that_never_worked_is_bad_since_its_first_check(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻")], NOW)
    checked(db, "2021-02-01 02:00", "broken")
    checked(db, "2021-02-02 02:00", "blocked")

    (coverage,) = latest_coverage(db, NOW)

    assert (coverage.bad_since, coverage.last_good_at) == (at("2021-02-01 02:00"), None)


def test_quiet_and_degraded_count_as_read(db: Database) -> None:
    sync_catalogue(db, [site("cde", "甲", "乙")], NOW)
    checked(db, "2021-02-01 02:00", "quiet", "甲")
    checked(db, "2021-02-01 02:00", "degraded", "乙")

    assert [(item.last_good_at, item.bad_since) for item in latest_coverage(db, NOW)] == [
        (at("2021-02-01 02:00"), None),
        (at("2021-02-01 02:00"), None),
    ]


def test_coverage_is_as_of_an_instant(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻")], NOW)
    checked(db, "2021-02-01 02:00", "ok")
    checked(db, "2021-02-04 02:00", "blocked")

    (coverage,) = latest_coverage(db, at("2021-02-03 00:00"))

    assert (coverage.verdict, coverage.bad_since) == ("ok", None)


def test_coverage_is_in_the_order_of_the_catalogue_without_what_is_off(db: Database) -> None:
    off = site("off", "不抓", enabled=False)
    sync_catalogue(db, [site("gone", "旧")], NOW)
    sync_catalogue(db, [site("miit", "乙", "甲"), off, site("cde", "新闻")], NOW)

    assert [(item.site, item.column) for item in latest_coverage(db, NOW)] == [
        ("miit", "乙"),
        ("miit", "甲"),
        ("cde", "新闻"),
    ]


def test_a_second_word_about_a_run_replaces_the_first(db: Database) -> None:
    run = start_run(db, "cde", now=NOW, pid=1)
    save_check(db, Check(run, "cde", "新闻", NOW, "ok", rows=20))
    save_check(db, Check(run, "cde", "新闻", NOW, "broken", "只读到 2 条", rows=2, total=9))

    rows = db.execute("SELECT verdict, reason, rows, total FROM checks").fetchall()
    assert rows == [("broken", "只读到 2 条", 2, 9)]


def test_names_the_columns_a_run_said_nothing_about(db: Database) -> None:
    sync_catalogue(db, [site("cde", "甲", "乙", "丙"), site("miit", "丁")], NOW)
    run = start_run(db, "cde", now=NOW, pid=1)
    save_check(db, Check(run, "cde", "乙", NOW, "ok"))

    assert columns_without_check(db, run) == ["甲", "丙"]


def test_a_run_is_unfinished_until_it_ends_and_ends_once(db: Database) -> None:
    run = start_run(db, "cde", now=at("2021-02-01 02:00"), pid=4711)
    assert unfinished_runs(db) == [(run, "cde", 4711)]
    assert last_success(db, "cde") is None

    finish_run(db, run, now=at("2021-02-01 02:05"), state="finished", requests=9, notices=3)
    finish_run(db, run, now=at("2021-02-01 03:00"), state="killed", reason="超时")

    assert unfinished_runs(db) == []
    assert last_success(db, "cde") == at("2021-02-01 02:05")
    assert db.execute("SELECT state, reason, requests, notices FROM runs").fetchall() == [
        ("finished", "", 9, 3)
    ]


def test_a_failed_run_is_no_success(db: Database) -> None:
    run = start_run(db, "cde", now=NOW, pid=1)
    finish_run(db, run, now=NOW, state="failed", reason="2 errors")

    assert last_success(db, "cde") is None


def test_knows_when_watching_began(db: Database) -> None:
    assert first_run_at(db) is None
    start_run(db, "miit", now=at("2021-02-02 02:00"), pid=1)
    start_run(db, "cde", now=at("2021-02-01 02:00"), pid=1)

    assert first_run_at(db) == at("2021-02-01 02:00")


def test_days_unread_count_from_the_last_list_that_was_read(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻", "通告", "首页", "新栏目")], NOW)
    checked(db, "2021-01-01T01:00", "ok")
    checked(db, "2021-02-01T01:00", "blocked")
    checked(db, "2021-01-20T01:00", "degraded", "通告", pages=1)
    checked(db, "2021-01-10T01:00", "quiet", "首页")
    checked(db, "2021-01-25T01:00", "degraded", "首页", pages=0)

    assert days_unread(db, "cde", at("2021-02-05T09:00")) == {"新闻": 35, "通告": 16, "首页": 26}


def test_outages_of_a_time_are_its_bad_checks_but_not_our_own_stops(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻", "通告")], NOW)
    checked(db, "2021-02-01T01:00", "broken")
    checked(db, "2021-02-02T01:00", "blocked")
    checked(db, "2021-02-03T01:00", "unreachable")
    checked(db, "2021-02-03T01:00", "unreachable", "通告", reason="抓取没有完成：程序停止")

    found = outages_between(db, at("2021-02-01T12:00"), at("2021-02-05T09:00"))

    assert found == {("cde", "新闻"): (at("2021-02-02T01:00"), "blocked")}


def test_a_check_that_a_wrong_clock_dated_ahead_is_not_the_last_word_when_its_time_comes(
    db: Database,
) -> None:
    sync_catalogue(db, [site("cde", "新闻")], NOW)
    checked(db, "2021-02-08T01:00", "unreachable")
    checked(db, "2021-02-05T01:00", "ok")
    assert [row.verdict for row in latest_coverage(db)] == ["ok"]
    assert [row.verdict for row in latest_coverage(db, at("2021-02-09T01:00"))] == ["ok"]


def test_a_clock_that_was_set_back_hides_no_outage(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻")], NOW)
    checked(db, "2021-02-03T01:00", "ok")
    checked(db, "2021-02-05T01:00", "blocked")
    assert [row.verdict for row in latest_coverage(db)] == ["blocked"]
    assert [row.verdict for row in latest_coverage(db, at("2021-02-04T01:00"))] == ["ok"]
