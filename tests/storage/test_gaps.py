"""Gaps stay open, and are told, until a reading reads over them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlite_utils import Database

from pipelines.column_history import history_of
from storage.database import StorageError
from storage.models import Check
from storage.runs.catalogue import sync_catalogue
from storage.runs.gaps import (
    dismiss_gap,
    dismissed_until,
    every_gap,
    open_gaps,
    read_over,
    record_gap,
)
from storage.runs.runs import latest_coverage, save_check, start_run
from tests.storage.samples import NOW, at, site

MONDAY, THURSDAY = date(2021, 2, 1), date(2021, 2, 4)


def gap(db: Database, from_on: date, to_on: date, when: str = "2021-02-05 09:00") -> None:
    record_gap(
        db,
        site="cde",
        column="新闻",
        from_on=from_on,
        to_on=to_on,
        reason="第 2 页没有读到",
        now=at(when),
    )


def days(db: Database) -> list[tuple[date, date]]:
    return [(one.from_on, one.to_on) for one in open_gaps(db)]


def test_a_gap_is_open_until_a_reading_reaches_back_over_it(db: Database) -> None:
    gap(db, MONDAY, THURSDAY)
    read_over(db, site="cde", column="别的", since=date(2021, 1, 1), now=NOW)
    assert days(db) == [(MONDAY, THURSDAY)]
    read_over(db, site="cde", column="新闻", since=MONDAY, now=NOW)
    assert days(db) == []


def test_a_reading_that_reaches_into_a_gap_shortens_it(db: Database) -> None:
    gap(db, MONDAY, THURSDAY)
    read_over(db, site="cde", column="新闻", since=date(2021, 2, 3), now=NOW)
    assert days(db) == [(MONDAY, date(2021, 2, 2))]


def test_a_gap_that_touches_an_open_one_widens_it(db: Database) -> None:
    gap(db, MONDAY, date(2021, 2, 2))
    gap(db, date(2021, 2, 3), THURSDAY, when="2021-02-06 09:00")
    gap(db, date(2021, 1, 4), date(2021, 1, 5))
    assert days(db) == [(date(2021, 1, 4), date(2021, 1, 5)), (MONDAY, THURSDAY)]
    assert open_gaps(db)[1].opened_at == at("2021-02-05 09:00")


def test_what_was_open_at_an_instant_is_told_of_that_instant(db: Database) -> None:
    gap(db, MONDAY, THURSDAY, when="2021-02-05 09:00")
    read_over(db, site="cde", column="新闻", since=MONDAY, now=at("2021-02-08 09:00"))
    assert open_gaps(db, now=at("2021-02-05 08:00")) == []
    assert len(open_gaps(db, now=at("2021-02-06 09:00"))) == 1
    assert open_gaps(db, now=at("2021-02-08 09:00")) == []


def test_the_state_of_a_column_names_its_gaps(db: Database) -> None:
    sync_catalogue(db, [site("cde", "新闻")], NOW)
    gap(db, MONDAY, THURSDAY, when="2021-02-01 09:00")
    (row,) = latest_coverage(db)
    assert [(one.from_on, one.to_on, one.reason) for one in row.gaps] == [
        (MONDAY, THURSDAY, "第 2 页没有读到")
    ]


def test_what_a_reading_proved_is_kept_with_its_check(db: Database) -> None:
    run = start_run(db, "cde", now=NOW, pid=1)
    said = {"rows": 20, "known": 17, "taken": 2, "refused": 1}
    save_check(
        db,
        Check(
            run, "cde", "新闻", NOW, "ok", covered_from=MONDAY, joined="known",
            refusals={"早于读取范围": 1}, page_rows=(15, 5), **said,
        ),
    )  # fmt: skip
    (row,) = db.query("SELECT * FROM checks")
    assert {name: row[name] for name in said} == said
    assert (row["covered_from"], row["joined"]) == ("2021-02-01", "known")
    assert (row["refusals"], row["page_rows"]) == ('{"早于读取范围": 1}', "[15, 5]")


def test_a_gap_that_a_person_dismisses_is_no_longer_open_and_is_kept(db: Database) -> None:
    gap(db, MONDAY, THURSDAY)
    (open_one,) = open_gaps(db)
    dismiss_gap(db, open_one.id, "已在网站上逐条核对", at("2021-02-06 09:00"))
    assert open_gaps(db) == []
    assert len(open_gaps(db, now=at("2021-02-05 10:00"))) == 1
    (kept,) = every_gap(db)
    assert (kept.dismissed_why, kept.closed_at) == ("已在网站上逐条核对", None)
    assert dismissed_until(db, "cde", "新闻") == THURSDAY
    with pytest.raises(StorageError, match="sources gaps"):
        dismiss_gap(db, open_one.id, "再说一次", at("2021-02-07 09:00"))


def test_days_that_a_person_vouches_for_count_as_read(db: Database) -> None:
    run = start_run(db, "cde", now=NOW, pid=1)
    read = Check(
        run, "cde", "新闻", at("2021-02-01 02:00"), "ok", covered_from=MONDAY, joined="end"
    )
    save_check(db, read)
    gap(db, MONDAY, THURSDAY)
    assert history_of(db, "cde", "新闻").until == "2021-02-01"
    dismiss_gap(db, open_gaps(db)[0].id, "已核对", at("2021-02-06 09:00"))
    found = history_of(db, "cde", "新闻")
    assert (found.until, found.gaps) == ("2021-02-04", ())
