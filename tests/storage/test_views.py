"""What analysts see in the views."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlite_utils import Database

from storage.matching.duplicates import link
from storage.models import Check, Deadline
from storage.runs.catalogue import sync_catalogue
from storage.runs.runs import save_check, start_run
from storage.values import select
from tests.storage.samples import NOW, at, page, saved, site


def view(db: Database, name: str) -> list[dict[str, Any]]:
    return select(db, f"SELECT * FROM {name}")  # noqa: S608 - a name of ours


@pytest.fixture
def today() -> date:
    """Today in China: the views know no other clock."""
    return (datetime.now(UTC) + timedelta(hours=8)).date()


def test_this_week_holds_one_row_a_document(db: Database, today: date) -> None:
    sync_catalogue(db, [site("cde", "新闻中心")], NOW)
    seen = f"{today} 00:00"
    one = saved(db, page("one", published_on=today), seen)
    two = saved(db, page("two", published_on=today - timedelta(days=6)), seen)
    saved(db, page("old", published_on=today - timedelta(days=7)), seen)
    saved(db, page("tomorrow", published_on=today + timedelta(days=1)), seen)
    link(db, saved(db, page("repost", published_on=today)), one, "转载")

    rows = view(db, "v_this_week")

    assert [(row["id"], row["also_at"], row["site_name"]) for row in rows] == [
        (one, 1, "网站cde"),
        (two, 0, "网站cde"),
    ]


def test_deadlines_are_one_row_each_nearest_first(db: Database, today: date) -> None:
    near, far = today + timedelta(days=3), today + timedelta(days=30)
    several = page(
        "several",
        deadline_on=near,
        deadlines=(
            Deadline(far, "纸质材料", "30日前"),
            Deadline(near, "网上申报", "3日内", computed=True),
            Deadline(today - timedelta(days=1), "已过", "昨天"),
        ),
    )
    saved(db, several)
    saved(db, page("plain", deadline_on=today))

    rows = view(db, "v_deadlines")

    assert [(row["days_left"], row["what"], row["computed"]) for row in rows] == [
        (0, "", 0),
        (3, "网上申报", 1),
        (30, "纸质材料", 0),
    ]


def test_sources_show_how_every_column_answered_last(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻中心", "公告")], NOW)
    saved(db, page("a", published_on=date(2021, 2, 2)))
    for day, verdict in ((1, "ok"), (2, "blocked")):
        when = at(f"2021-02-0{day} 02:00")
        run = start_run(db, "cde", now=when, pid=1)
        save_check(db, Check(run, "cde", "新闻中心", when, verdict, "412"))  # type: ignore[arg-type] # literals

    first, second = view(db, "v_sources")

    assert (first["column"], first["verdict"], first["reason"]) == ("新闻中心", "blocked", "412")
    assert first["last_good_at"] == "2021-02-01T02:00:00+00:00"
    assert (first["notices"], first["newest_on"]) == (1, "2021-02-02")
    assert (second["column"], second["verdict"], second["notices"]) == ("公告", None, 0)


def test_same_document_shows_the_representative_first(db: Database) -> None:
    repost, original = saved(db, page("repost")), saved(db, page("original"))
    saved(db, page("alone"))
    link(db, repost, original, "转载")

    assert [
        (row["document"], row["id"], row["representative"], row["duplicate_why"])
        for row in view(db, "v_same_document")
    ] == [(original, original, 1, ""), (original, repost, 0, "转载")]


def test_same_document_shows_every_page_once(db: Database) -> None:
    first, second, third = (saved(db, page(key)) for key in ("first", "second", "third"))
    saved(db, page("alone"))
    for repost in (second, third):
        link(db, repost, first, "转载")

    assert [row["id"] for row in view(db, "v_same_document")] == [first, second, third]


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("v_same_document", "SEARCH notices USING COVERING INDEX notices_by_group"),
        ("v_weekly_counts", "SCAN notices USING COVERING INDEX notices_by_column"),
        ("v_deadlines", "SEARCH m USING INDEX notices_by_last_deadline"),
        ("v_this_week", "SEARCH n USING INDEX notices_by_day"),
    ],
)
def test_views_do_not_read_every_notice(db: Database, name: str, step: str) -> None:
    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {name}").fetchall()]  # noqa: S608 - a name of ours

    assert any(line.startswith(step) for line in plan), plan
    assert not {"SCAN n", "SCAN m", "SCAN notices"} & set(plan)


def test_revisions_show_before_and_now(db: Database) -> None:
    saved(db, page(title="旧标题"), "2021-02-01 02:00")
    saved(db, page(title="新标题", content_hash="b"), "2021-02-02 02:00")

    (row,) = view(db, "v_revisions")

    assert (row["old_title"], row["title_now"], row["changed"]) == ("旧标题", "新标题", "标题")


@pytest.mark.parametrize(
    ("published", "week", "friday"),
    [
        (date(2021, 1, 30), "2021-W05", "2021-02-05"),
        (date(2021, 2, 5), "2021-W05", "2021-02-05"),
        (date(2021, 2, 6), "2021-W06", "2021-02-12"),
        (date(2021, 1, 1), "2020-W53", "2021-01-01"),
        (date(2020, 12, 31), "2020-W53", "2021-01-01"),
        (date(2019, 12, 31), "2020-W01", "2020-01-03"),
        (date(2024, 12, 28), "2025-W01", "2025-01-03"),
    ],
)
def test_weeks_run_from_saturday_to_friday(
    db: Database, published: date, week: str, friday: str
) -> None:
    seen = f"{published} 02:00"
    one = saved(db, page("one", published_on=published), seen)
    link(db, saved(db, page("two", published_on=published), seen), one, "转载")

    assert view(db, "v_weekly_counts") == [
        {
            "week": week,
            "to_on": friday,
            "section": "pharma",
            "grp": "国家级",
            "site_name": "cde",
            "pages": 2,
            "documents": 1,
        }
    ]


@pytest.mark.parametrize(
    ("seen", "friday"),
    [("2021-02-05 15:59", "2021-02-05"), ("2021-02-05 16:00", "2021-02-12")],
)
def test_a_page_without_a_date_counts_in_the_week_it_was_first_seen_in_china(
    db: Database, seen: str, friday: str
) -> None:
    saved(db, page(published_on=None), seen)

    assert [(row["to_on"], row["pages"]) for row in view(db, "v_weekly_counts")] == [(friday, 1)]


def test_this_week_knows_pages_without_a_date_by_the_day_they_were_seen(
    db: Database, today: date
) -> None:
    first = f"{today - timedelta(days=7)} 16:00"  # midnight in China
    new = saved(db, page("new", published_on=None), first)
    saved(db, page("old", published_on=None), f"{today - timedelta(days=7)} 15:59")

    assert [row["id"] for row in view(db, "v_this_week")] == [new]


def test_what_was_published_before_the_week_and_found_in_it_is_not_of_this_week(
    db: Database, today: date
) -> None:
    saved(db, page("late", published_on=today - timedelta(days=10)), f"{today} 01:00")

    assert view(db, "v_this_week") == []


def test_a_deadline_that_runs_is_found_whatever_the_order_the_page_names_them_in(
    db: Database, today: date
) -> None:
    soon, over = today + timedelta(days=5), today - timedelta(days=5)
    dates = (Deadline(soon, "申报截止", "某日"), Deadline(over, "报名截止", "某日"))
    saved(db, page("a", deadlines=dates, deadline_on=soon))

    rows = db.execute("SELECT deadline_on, what FROM v_deadlines").fetchall()

    assert rows == [(soon.isoformat(), "申报截止")]
