"""Days that only the whole list explains: two digits of a year, a day under its month."""

from __future__ import annotations

import pytest

from crawlers.reading.printed_dates import day_of
from crawlers.reading.short_days import day_alone, two_digit_days


def test_years_of_two_digits_are_read_where_the_rows_run_from_new_to_old() -> None:
    assert two_digit_days(["05.07.12", "◆ 05.07.09", "05.06.27", "99.12.31"]) == [
        "2005-07-12",
        "2005-07-09",
        "2005-06-27",
        "1999-12-31",
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ["12.07.05", "09.07.05", "27.06.05", "21.06.05"],  # the day first
        ["05.07.12", "06.07.09", "05.08.08", "07.07.01"],  # in no order
        ["05.07.12", "05.07.12", "05.07.12", "05.07.12"],  # a version, not a day
        ["05.07.12", "05.07.09", "05.07.08", "", "", "", ""],
        ["05.13.12", "05.17.09", "05.19.08", "05.33.01"],
        ["2005.07.12.1", "192.168.1.1", "0577-29-18-80", ""],
        [],
    ],
)
def test_other_numbers_of_rows_are_no_days(texts: list[str]) -> None:
    assert two_digit_days(texts) == [""] * len(texts)


@pytest.mark.parametrize(
    ("words", "number"),
    [("19日 麦浦市", "19"), ("麦浦市 3日", "3"), ("第19日", ""), ("7月19日至21日", ""), ("", "")],
)
def test_a_day_counts_alone_where_nothing_else_belongs_to_it(words: str, number: str) -> None:
    assert day_alone(words) == number


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2 十一月, 2016", "2016-11-02"),
        ("22 十月, 2016", "2016-10-22"),
        ("十二月 3, 2016", "2016-12-03"),
        ("31 二月, 2016", None),
        ("第二十一月 3, 2016", None),
    ],
)
def test_a_month_in_characters_stands_between_numbers(text: str, day: str | None) -> None:
    found = day_of(text)
    assert (found.isoformat() if found else None) == day
