"""The day a notice counts from, when the printed one cannot be right."""

from __future__ import annotations

from datetime import date

import pytest
from sqlite_utils import Database

from storage.issues.issues import select_candidates
from storage.notices.counted_day import counted_on
from storage.notices.notices import get_notice
from storage.runs.runs import newest_published
from tests.storage.samples import at, page, saved

SEEN = at("2021-02-10 01:00")


@pytest.mark.parametrize(
    ("printed", "near", "is_on_top", "counts"),
    [
        (date(2021, 2, 9), None, False, date(2021, 2, 9)),
        (date(2012, 2, 9), None, False, date(2012, 2, 9)),
        (date(2021, 2, 11), None, False, date(2021, 2, 11)),
        (date(2021, 2, 12), None, False, date(2021, 2, 10)),
        (date(2031, 2, 9), None, False, date(2021, 2, 10)),
        (None, None, False, date(2021, 2, 10)),
        (date(2012, 2, 9), date(2021, 2, 8), True, date(2021, 2, 10)),
        (date(2012, 2, 9), date(2020, 12, 8), False, date(2020, 12, 8)),
        (date(2021, 1, 5), date(2021, 2, 8), False, date(2021, 1, 5)),
        (None, date(2020, 12, 8), False, date(2020, 12, 8)),
    ],
)
def test_a_printed_day_counts_where_it_can_be_right(
    printed: date | None, near: date | None, is_on_top: bool, counts: date
) -> None:
    assert counted_on(printed, SEEN, near_on=near, is_on_top=is_on_top) == counts


def test_a_notice_dated_years_ahead_is_issued_in_the_week_it_is_seen(db: Database) -> None:
    saved(db, page("typed", published_on=date(2031, 2, 3)), "2021-02-03 02:00")

    (found,) = select_candidates(
        db, from_on=date(2021, 1, 30), to_on=date(2021, 2, 5), instant=at("2021-02-05 09:00")
    )

    assert (found.late, found.stored.day_on) == (False, date(2021, 2, 3))
    assert found.stored.notice.published_on == date(2031, 2, 3)


def test_a_day_that_cannot_be_right_is_not_the_newest_of_its_column(db: Database) -> None:
    saved(db, page("typed", published_on=date(2031, 2, 3)), "2021-02-03 02:00")
    saved(db, page("right", published_on=date(2021, 2, 1)), "2021-02-03 02:00")

    assert newest_published(db, "cde", "新闻中心") == date(2021, 2, 1)


def test_a_corrected_day_counts_from_then_on(db: Database) -> None:
    typed = saved(db, page("typed", published_on=date(2031, 2, 3)), "2021-02-03 02:00")

    saved(db, page("typed", published_on=date(2021, 2, 3)), "2021-02-04 02:00")

    assert get_notice(db, typed).day_on == date(2021, 2, 3)


def test_a_page_read_again_stays_where_it_counts(db: Database) -> None:
    one = page("typed", published_on=date(2012, 2, 3), near_on=date(2021, 2, 2), place="above")
    notice_id = saved(db, one, "2021-02-03 02:00")

    saved(db, page("typed", published_on=date(2012, 2, 3)), "2021-02-04 02:00")

    assert get_notice(db, notice_id).day_on == date(2021, 2, 3)
