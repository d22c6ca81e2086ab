"""Pages a site and week, as the chart of an issue counts them."""

from __future__ import annotations

from datetime import date

from sqlite_utils import Database

from storage.issues.trends import notices_by_week
from storage.models import Check, SourceTrend
from storage.runs.catalogue import sync_catalogue
from storage.runs.runs import save_check, start_run
from tests.storage.samples import NOW, at, page, saved, site

TO_ON = date(2021, 2, 5)


def _counts(db: Database) -> dict[str, tuple[int | None, ...]]:
    return {row.site: row.counts for row in notices_by_week(db, to_on=TO_ON, instant=NOW)}


def test_pages_are_counted_by_the_week_they_are_dated_in(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻中心")], now=NOW)
    for number, day in enumerate(
        ["2020-12-12", "2020-12-18", "2020-12-19", "2021-01-29", "2021-01-30", "2021-02-05"]
    ):
        saved(db, page(f"n{number}", published_on=date.fromisoformat(day)), "2021-02-05 01:00")
    # Eight weeks ending on Friday 5 February: the first is 12..18 December.
    assert _counts(db) == {"cde": (2, 1, 0, 0, 0, 0, 1, 2)}


def test_what_was_dated_outside_or_seen_later_does_not_count(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻中心")], now=NOW)
    saved(db, page("old", published_on=date(2020, 12, 11)))
    saved(db, page("tomorrow", published_on=date(2021, 2, 6)), "2021-02-05 08:00")
    saved(db, page("later", published_on=date(2021, 2, 4)), "2021-02-05 09:01")
    assert _counts(db) == {"cde": (0, 0, 0, 0, 0, 0, 0, 0)}


def test_weeks_before_the_oldest_page_are_unknown_and_not_empty(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻中心"), site("miit", "文件")], now=NOW)
    saved(db, page("first", published_on=date(2021, 1, 25)))
    assert _counts(db) == {
        "cde": (None, None, None, None, None, None, 1, 0),
        "miit": (None, None, None, None, None, None, None, 0),
    }


def test_an_undated_page_counts_from_the_day_in_china_it_was_seen(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻中心")], now=NOW)
    saved(db, page("dated", published_on=date(2021, 1, 23)))
    # 16:30 UTC on the Friday is Saturday in China: already this week.
    saved(db, page("undated", published_on=None), "2021-01-29 16:30")
    assert _counts(db)["cde"][-2:] == (1, 1)


def test_sites_come_in_the_order_of_the_catalogue_without_those_switched_off(db: Database) -> None:
    rows = [site("miit", "文件"), site("cde", "新闻中心"), site("off", "栏", enabled=False)]
    sync_catalogue(db, rows, now=at("2021-02-05 01:00"))
    names = [(row.site, row.site_name) for row in notices_by_week(db, to_on=TO_ON, instant=NOW)]
    assert names == [("miit", "网站miit"), ("cde", "网站cde")]


def test_a_store_without_sites_has_no_trend(db: Database) -> None:
    found: list[SourceTrend] = notices_by_week(db, to_on=TO_ON, instant=NOW)
    assert found == []


def test_weeks_before_the_first_look_back_are_unknown_whatever_old_page_a_list_showed(
    db: Database,
) -> None:
    sync_catalogue(db, [site("cde", "新闻中心")], now=NOW)
    saved(db, page("pinned", published_on=date(2020, 12, 14)))
    saved(db, page("new", published_on=date(2021, 2, 1)))
    assert _counts(db)["cde"] == (1, 0, 0, 0, 0, 0, 0, 1)
    run = start_run(db, "cde", now=NOW, pid=None)
    looked = date(2021, 1, 20)
    save_check(db, Check(run, "cde", "新闻中心", NOW, "ok", rows=20, covered_from=looked))
    # The week of the 20th was read in part only.
    assert _counts(db)["cde"] == (None, None, None, None, None, None, 0, 1)
