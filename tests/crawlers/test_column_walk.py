"""What the walk over a column makes of its rows beside those of the last reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from scrapy.http import Request

from crawlers.items import ColumnHistory, KnownRow, ListedRow
from crawlers.platforms import trs
from crawlers.reading.rows import Row
from crawlers.walking.column_walk import ColumnWalk, Met
from crawlers.walking.continuity import Ending
from crawlers.walking.known_places import KnownRows
from crawlers.walking.strand_walk import StrandWalk
from tests.crawlers.spider_at_hand import make

TODAY = date(2021, 3, 19)


def day(age: int) -> str:
    return (TODAY - timedelta(days=age)).isoformat()


def listed(*ages: int) -> tuple[ListedRow, ...]:
    return tuple(
        ListedRow(f"k{age}", f"https://a.cn/{age}.html", f"关于{age}天前事项的通知公告", day(age))
        for age in ages
    )


def walk(*ages: int, begun: int = 60, gaps: tuple[tuple[str, str], ...] = ()) -> ColumnWalk:
    history = ColumnHistory(day(begun), day(1), gaps, listed(*ages)) if ages else ColumnHistory()
    return ColumnWalk(
        history,
        KnownRows("通知公告", history, [], lambda key, url: None),
        since=TODAY - timedelta(days=14),
        taken_since=TODAY - timedelta(days=60),
        today=TODAY,
    )


def meet(column: ColumnWalk, *ages: int, key: str = "k", strand: int = 0) -> list[Met]:
    rows = [
        (
            Row(f"https://a.cn/{age}.html", f"关于{age}天前事项的通知公告", day(age)),
            f"{key}{age}",
            f"https://a.cn/{age}.html",
        )
        for age in ages
    ]
    return column.meet(column.strand(strand), rows)


def test_a_row_put_in_above_or_between_known_ones_is_told_as_that() -> None:
    met = meet(walk(2, 4, 6, 8), 0, 2, 3, 4, 6, 8)
    assert [one.place for one in met] == ["above", "", "between", "", "", ""]


def test_a_row_older_than_all_readings_is_below_wherever_it_stands() -> None:
    met = meet(walk(2, 4, 30, 32, begun=20), 2, 4, 25, 30, 32)
    assert met[2].place == "below"


def test_many_old_rows_at_once_are_an_archive() -> None:
    column = walk(2, 4, 30)
    met = meet(column, 0, 2, 4, 20, 21, 22, 23, 24, 30)
    assert [one.place for one in met[3:8]] == ["below"] * 5
    assert (met[0].place, column.archived) == ("above", 5)


def test_a_first_reading_tells_no_places() -> None:
    assert {one.place for one in meet(walk(), 0, 2, 20, 30)} == {""}


def test_the_same_rows_under_new_addresses_are_known_by_title_and_day() -> None:
    column = walk(2, 4, 6, 20)
    met = meet(column, 0, 2, 4, 6, 20, key="new")
    assert [one.is_known for one in met] == [False, True, True, True, True]
    assert not column.gone(column.strand(0))


def test_rows_that_are_gone_together_are_missed() -> None:
    column = walk(2, 4, 6, 8)
    meet(column, 0, 2, 20)
    assert len(column.gone(column.strand(0))) == 3


@pytest.mark.parametrize(("ended", "is_gap"), [("window", False), ("empty", True), ("stuck", True)])
def test_one_row_that_is_gone_tells_where_the_walk_broke_off(ended: Ending, is_gap: bool) -> None:
    # Half of the list stands under another tab, and the second page of what is left is none.
    column = walk(1, 3, 4, 10, 20)
    meet(column, 1, 3, 10)
    column.strand(0).strand.ended = ended
    gap = column.proof().gap
    assert (gap is not None) == is_gap
    assert gap is None or gap == (TODAY - timedelta(days=4), TODAY)


@pytest.mark.parametrize("ages", [(55, 50, 40, 30, 20), (55, 40, 20, 50, 30)])
def test_known_rows_of_long_ago_prove_nothing_of_a_list_that_begins_with_them(
    ages: tuple[int, ...],
) -> None:
    # Oldest first, or without order, and the page with the newest rows is not to be had. One old
    # row stood on top the last time.
    column = walk(55, 2, 4, 20, 30, 40, 50)
    meet(column, *ages)
    assert column.needs_more(column.strand(0))
    strand = column.strand(0).strand
    strand.ended, strand.why = "failed", "第 2 页没有读到"
    proof = column.proof()
    assert (proof.joined, proof.gap) == ("", (TODAY - timedelta(days=4), TODAY))


@pytest.mark.parametrize("gone", [(), (2,)])
def test_a_page_that_runs_upwards_to_its_newest_row_joins(gone: tuple[int, ...]) -> None:
    column = walk(2, 4, 6, 8, 10, 12)
    meet(column, *(age for age in (12, 10, 8, 6, 4, 2) if age not in gone))
    column.strand(0).strand.ended = "bare"
    assert column.proof().joined == "known"


def test_what_was_gone_where_a_walk_broke_off_stays_a_gap_while_it_does() -> None:
    column = walk(1, 3, 4, 10, 20, gaps=((day(4), day(2)),))
    meet(column, 0, 1, 3)  # the row that was gone would be the next one now
    column.strand(0).strand.ended = "empty"
    assert column.proof().gap == (TODAY - timedelta(days=4), TODAY)


def test_a_second_page_does_not_stand_above_the_first() -> None:
    column = walk(2, 4, 20, 22)
    meet(column, 2, 4)
    met = meet(column, 16, 20, 22)
    assert met[0].place == "between"


def test_rows_that_none_of_several_lists_shows_any_more_are_missed() -> None:
    column = walk(2, 4, 6, 8)
    for number, ages in enumerate([(0, 2, 20), (0, 2, 4, 21)]):
        rows = [
            (
                Row(f"https://a.cn/{age}.html", f"关于{age}天前事项的通知公告", day(age)),
                f"k{age}",
                "",
            )
            for age in ages
        ]
        column.meet(column.strand(number), rows)
        column.strand(number).strand.ended = "window"
    proof = column.proof()
    assert proof.gap is not None
    assert "2 条" in proof.why


def test_days_that_put_known_notices_into_another_year_are_not_believed() -> None:
    column = walk(2, 4, 6)
    rows = [
        KnownRow(f"k{age}", f"https://a.cn/{age}.html", "某通知", day(age)) for age in (2, 4, 6)
    ]
    column.known = KnownRows("通知公告", column.history, rows, lambda key, url: None)
    met = meet(column, 365, 367, 369, 371)
    assert [one.standing.day for one in met] != [None] * 4  # none of them is known
    shifted = [
        (Row(row.url, row.title, day(age + 365)), row.key, row.url)
        for row, age in zip(rows, (2, 4, 6), strict=True)
    ]
    new = (
        Row("https://a.cn/0.html", "关于今天事项的通知公告", day(365)),
        "k0",
        "https://a.cn/0.html",
    )
    met = column.meet(column.strand(1), [new, *shifted])
    # What was listed before keeps the day it had then.
    assert [str(one.standing.day) for one in met] == ["None", day(2), day(4), day(6)]
    assert met[0].row.date == ""
    assert column.is_misdated


def test_days_that_were_not_looked_through_again_are_said_though_the_reading_joined() -> None:
    column = walk(2, 4, 6, 8)
    meet(column, 0, 2, 4)
    strand = column.strand(0).strand
    strand.ended, strand.why = "empty", "第 2 页没有列出公告"
    assert column.proof().joined == "window"
    unchecked = column.unchecked()
    assert unchecked is not None
    assert unchecked.gap == (date(2021, 3, 5), date(2021, 3, 15))
    assert unchecked.why == "补登的通知可能没有看到：第 2 页没有列出公告"
    strand.ended = "window"
    assert column.unchecked() is None


def test_a_list_that_lost_its_days_keeps_those_of_the_last_reading() -> None:
    column = walk(90, 2, 4)
    rows = [
        (Row(f"https://a.cn/{age}.html", f"关于{age}天前事项的通知公告", ""), f"k{age}", "")
        for age in (90, 0, 2, 4)
    ]
    met = column.meet(column.strand(0), rows)
    told = [one.standing.day and one.standing.day.isoformat() for one in met]
    assert told == [day(90), None, day(2), day(4)]
    assert [one.day for one in column.listed] == [day(90), "", day(2), day(4)]


def test_a_feed_that_shows_far_less_than_before_leaves_its_earlier_days_open() -> None:
    column = walk(*range(1, 15))
    feed = column.strand(0).strand
    feed.shows_latest = True
    meet(column, 0, 1, 2)
    feed.ended = "bare"
    proof = column.proof()
    assert proof.gap == (TODAY - timedelta(days=14), TODAY - timedelta(days=2))
    assert proof.why == "订阅源只列出最近 3 条，上次有 14 条"


def test_a_feed_of_few_entries_that_was_always_so_is_well() -> None:
    column = walk(1, 2, 3)
    feed = column.strand(0).strand
    feed.shows_latest = True
    meet(column, 0, 1, 2)
    feed.ended = "bare"
    assert (column.proof().joined, column.proof().gap) == ("window", None)


def test_a_list_that_shows_far_less_than_it_did_without_a_next_page_leaves_its_days_open() -> None:
    column = walk(2, 4, 6, 8, 10, 12, 14)
    meet(column, 0, 2, 4)
    column.strand(0).strand.ended = "bare"
    assert column.proof().joined == "window"
    unchecked = column.unchecked()
    assert unchecked is not None
    assert unchecked.gap == (date(2021, 3, 5), date(2021, 3, 15))
    assert unchecked.why == "补登的通知可能没有看到：列表只列出 3 条，上次有 7 条"
    usual = walk(2, 4, 6, 8)
    meet(usual, 0, 2, 4)
    usual.strand(0).strand.ended = "bare"
    assert usual.unchecked() is None


@pytest.mark.parametrize("strays", [0, 1])
def test_days_of_the_last_reading_deny_no_page_its_own(strays: int) -> None:
    """Nor do they where an advertisement among the rows prints a day."""
    column = walk(2, 4, 6, 8)
    rows = [
        (Row(f"https://a.cn/{n}.html", f"关于{n}天前事项的通知公告", ""), f"k{n}")
        for n in (2, 99, 4)
    ]
    rows = [(Row("https://b.cn/promo/", "企业服务直通车专题活动", day(120)), "b")] * strays + rows
    met = column.meet(column.strand(0), [(row, key, row.url) for row, key in rows])
    assert {one.standing.near for one in met} == {None}


def test_rows_of_a_second_round_are_remembered_where_they_stand() -> None:
    column = walk(2, 4, 6, 8)
    meet(column, 2, 8)
    column.strand(0).first = Request("https://a.cn/")
    assert column.strand(0).again() is not None
    meet(column, 2, 4, 6, 8)
    assert [row.key for row in column.in_order()] == ["k2", "k4", "k6", "k8"]
    assert [row.key for row in column.listed] == ["k2", "k8", "k4", "k6"]


def test_a_gap_is_read_over_where_a_row_was_put_up_a_day_late() -> None:
    spider = make(trs, "https://a.cn/tzgg/")
    gap = ("2021-01-12", "2021-01-15")
    rows = ListedRow("k", "https://a.cn/k.html", "关于某事项的通知公告", "2021-01-20")
    spider.histories["通知公告"] = ColumnHistory("2021-01-01", "2021-02-04", (gap,), (rows,))
    since, _ = spider.window_of("通知公告")
    assert since == date(2021, 1, 11)

    # A row on the last page is a day newer than the one above it: another may follow.
    ages = [1, 2, 4, 8, 10, 14, 16, 17, 16]
    column = walk(*ages, gaps=((day(14), day(10)),))
    column.since = TODAY - timedelta(days=15)
    meet(column, *ages[:6])
    meet(column, *ages[6:])
    assert not column.needs_more(column.strand(0))
    proof = column.proof()
    assert proof.covered_from is not None
    assert proof.covered_from <= TODAY - timedelta(days=14)


@pytest.mark.parametrize(("usual", "is_whole"), [(20, True), (2, False), (None, False)])
def test_the_directory_of_a_year_that_has_just_begun_needs_no_pager(
    usual: int | None, is_whole: bool
) -> None:
    column = walk(12, 20, 30)
    column.history = replace(column.history, usual_rows=usual)
    for number, ages in enumerate([(0, 1), (12, 20, 30)]):
        meet(column, *ages, strand=number)
    column.strand(0).begins = TODAY - timedelta(days=10)
    column.strand(0).strand.ended, column.strand(1).strand.ended = "bare", "window"
    assert (column.proof().gap is None) is is_whole


def test_a_second_round_asks_without_the_conditions_of_the_first() -> None:
    headers = {"If-None-Match": '"x"', "If-Modified-Since": "y", "Referer": "z"}
    strand = StrandWalk(first=Request("https://a.cn/", headers=headers))
    again = strand.again()
    assert again is not None
    assert dict(again.headers) == {b"Referer": [b"z"]}
    assert again.meta["dont_cache"]
