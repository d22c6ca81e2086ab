"""Which way a list runs, and which of its days the rows around them confirm."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from crawlers.walking.list_order import Order, Standing, direction, disorder, standings

TODAY = date(2021, 2, 5)


def days(words: str) -> list[date | None]:
    return [date.fromisoformat(word) if len(word) > 1 else None for word in words.split()]


def seen(words: str, marked: str = "") -> tuple[list[Standing], Order]:
    found = days(words)
    return standings(found, [str(n) in marked.split() for n in range(len(found))], TODAY)


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("2021-02-03 2021-02-03 2021-02-01 2021-01-20", "down"),
        ("2021-02-03 2021-01-20 2021-02-01 2021-01-30 2021-01-28", "down"),
        ("2020-09-01 2020-09-10 2020-09-19 2021-02-04", "up"),
        ("2021-02-01 2021-01-02 2021-02-02 2021-01-01 2021-02-03 2021-01-03", "mixed"),
        ("2021-02-01 2021-02-01 2021-02-01", "down"),
        ("", "none"),
        ("- - -", "none"),
    ],
)
def test_a_list_runs_as_most_of_its_rows_do(words: str, order: Order) -> None:
    assert seen(words)[1] == order


def test_a_shuffled_page_is_in_no_order() -> None:
    shuffled = [TODAY - timedelta(days=n) for n in range(20)]
    Random(7).shuffle(shuffled)  # noqa: S311 # a rehearsal, not a secret
    assert direction(shuffled) == "mixed"


@pytest.mark.parametrize("typed", ["2012-02-02", "2031-02-02"])
def test_a_day_years_off_its_neighbours_is_not_believed(typed: str) -> None:
    found, order = seen(f"2021-02-04 2021-02-03 {typed} 2021-02-01 2021-01-28")
    assert order == "down"
    assert found[2] == Standing(None, near=date(2021, 2, 1))
    assert [one.day for one in found if one.near is None] == [
        date(2021, 2, 4),
        date(2021, 2, 3),
        date(2021, 2, 1),
        date(2021, 1, 28),
    ]


def test_rows_that_are_years_apart_by_nature_are_believed() -> None:
    found, _ = seen("2021-02-03 2019-06-01 2015-05-05 2012-01-01")
    assert all(one.day is not None and one.near is None for one in found)


def test_old_rows_kept_on_top_are_pinned_whether_marked_or_not() -> None:
    unmarked, order = seen("2019-01-01 2018-05-05 2021-02-03 2021-02-02 2021-01-20")
    assert (order, [one.pinned for one in unmarked]) == ("down", [True, True, False, False, False])
    marked, _ = seen("2021-02-04 2021-02-03 2021-02-02", marked="0")
    assert [one.pinned for one in marked] == [True, False, False]


def test_a_row_kept_on_top_keeps_its_day_and_its_neighbours_are_told() -> None:
    found, _ = seen("2012-02-04 2021-02-03 2021-02-02 2021-02-01")
    assert found[0] == Standing(date(2012, 2, 4), pinned=True, near=date(2021, 2, 2))


def test_a_page_of_pinned_rows_only_has_no_order() -> None:
    assert seen("2019-01-01 2018-01-01", marked="0 1")[1] == "none"


def test_two_neighbours_of_one_age_are_no_slips() -> None:
    found, _ = seen("2020-02-01 2020-03-01 2021-02-04 2021-02-03")
    assert all(one.day is not None for one in found)


def test_a_long_page_is_judged_in_bounded_time() -> None:
    many = [TODAY - timedelta(days=n % 977) for n in range(20_000)]
    assert len(standings(list(many), [False] * len(many), TODAY)[0]) == 20_000


def test_one_row_put_up_late_is_no_disorder_and_neither_is_a_slip() -> None:
    fell = [date(2021, 2, 5) - timedelta(days=age) for age in range(10)]
    assert disorder(fell) == timedelta()
    assert disorder([fell[9], *fell[:9]]) == timedelta()
    assert disorder([fell[0], date(2020, 2, 4), *fell[1:]]) == timedelta()
    assert disorder([fell[9], fell[8], *fell[:8]]) == timedelta(days=8)
    assert disorder([fell[2], fell[0], fell[1]]) == timedelta(days=2)
