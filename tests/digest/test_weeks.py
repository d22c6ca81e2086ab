"""Weeks: seven days ending on the issue's day, named by the ISO week of that day."""

from datetime import date

import pytest

from digest.composing.weeks import parse_day, week_ending, week_name, week_of
from digest.models.issue import DigestError


def test_the_week_of_the_hand_made_digest() -> None:
    week = week_of("2021-W05")
    assert (week.from_on, week.to_on) == (date(2021, 1, 30), date(2021, 2, 5))
    assert week.name == "2021-W05"


def test_a_day_inside_a_week_names_the_week_that_is_over() -> None:
    assert week_ending(date(2021, 2, 5)).to_on == date(2021, 2, 5)
    assert week_ending(date(2021, 2, 4)).to_on == date(2021, 1, 29)
    assert week_ending(date(2021, 2, 11)).name == "2021-W05"


def test_another_weekday_moves_the_span() -> None:
    week = week_of("2021-W05", "mon")
    assert (week.from_on, week.to_on) == (date(2021, 1, 26), date(2021, 2, 1))
    assert week_ending(date(2021, 2, 5), "sun").to_on == date(2021, 1, 31)


def test_the_turn_of_the_year_follows_iso() -> None:
    assert week_name(date(2021, 1, 1)) == "2020-W53"
    assert week_of("2020-W53").to_on == date(2021, 1, 1)
    assert week_of("2026-w1").name == "2026-W01"


@pytest.mark.parametrize("bad", ["2021-5", "W05", "2021-W00", "2021-W53", "2021-W99", "", "next"])
def test_a_bad_week_is_one_line_with_the_right_form(bad: str) -> None:
    with pytest.raises(DigestError, match=r"write e\.g\. \d{4}-W05") as caught:
        week_of(bad)
    assert "\n" not in str(caught.value)


def test_a_bad_day_is_named() -> None:
    with pytest.raises(DigestError, match=r"--from '5 Feb' is not a date; write e\.g\. 2021-02-05"):
        parse_day("5 Feb", name="--from")


def test_a_bad_weekday_is_refused() -> None:
    with pytest.raises(DigestError, match="weekday 'freitag' is not one of mon"):
        week_ending(date(2021, 2, 5), "freitag")
