"""A reading proves that nothing lies between, or names the days from which something may be
missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from crawlers.walking.continuity import (
    Ending,
    PageSeen,
    Past,
    Proof,
    Seen,
    Strand,
    covered,
    is_another,
    outer_order,
    prove,
    reach_of,
    runs_on,
    together,
)
from crawlers.walking.known_places import folder_of, is_list_of_another, places
from crawlers.walking.list_order import direction

TODAY = date(2021, 2, 5)
SINCE = date(2021, 1, 22)
FIRST = Past()
BEFORE = Past(date(2021, 1, 18), date(2021, 2, 1))


def page(*rows: int | tuple[int, str]) -> PageSeen:
    """Rows by their age in days; "k" = known before, "p" = kept on top, "u" = without a day."""
    seen = []
    for row in rows:
        age, marks = row if isinstance(row, tuple) else (row, "")
        day = None if "u" in marks else TODAY - timedelta(days=age)
        seen.append(Seen(day, pinned="p" in marks, known="k" in marks))
    flow = [one.day for one in seen if one.day is not None and not one.pinned]
    return PageSeen(tuple(seen), direction(flow))


def strand(*pages: PageSeen, ended: Ending = "bare", why: str = "") -> Strand:
    return Strand(list(pages), ended, why)


def proved(given: Strand, past: Past = BEFORE, gone: Sequence[date] = ()) -> Proof:
    return prove(given, past, SINCE, TODAY, gone)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_a_known_row_joins_the_reading_to_the_one_before() -> None:
    found = proved(strand(page(0, 1, 2, (3, "k"), (5, "k")), ended="failed", why="第 2 页 404"))
    assert (found.joined, found.gap) == ("window", None)
    found = proved(strand(page(0, 1, (2, "k"), (3, "k")), ended="failed", why="第 2 页 404"))
    assert (found.joined, found.covered_from, found.gap) == ("known", ago(2), None)


@pytest.mark.parametrize(
    ("ended", "why"),
    [
        ("failed", "第 2 页没有读到：栏目地址已不存在（404）"),
        ("empty", "第 2 页没有列出公告"),
        ("repeated", "第 2 页仍是同样的内容"),
        ("stuck", "有“下一页”，但不知道怎样翻页"),
        ("bare", ""),
        ("cap", "翻到第 50 页仍没有读到头"),
    ],
)
def test_a_page_of_unknown_rows_that_does_not_reach_back_leaves_a_gap(
    ended: Ending, why: str
) -> None:
    found = proved(strand(page(0, 1, 2), ended=ended, why=why))
    assert (found.joined, found.gap) == ("", (ago(4), ago(2)))
    assert found.why
    assert why in found.why


def test_one_known_row_among_unknown_ones_joins_nothing() -> None:
    assert proved(strand(page(0, (1, "k"), 1, 2, 2, 2))).joined == ""


def test_the_first_reading_reaches_the_window_or_the_end() -> None:
    assert proved(strand(page(0, 5, 20), ended="window"), FIRST) == Proof("window", ago(19))
    assert proved(strand(page(0, 5), ended="end"), FIRST) == Proof("end", SINCE)
    assert proved(strand(page(0, 5), ended="bare"), FIRST) == Proof("end", ago(4))
    found = proved(strand(page(0, 5), ended="failed", why="第 2 页没有读到"), FIRST)
    assert found == Proof("", None, (SINCE, ago(5)), "第 2 页没有读到")


def test_a_single_old_row_at_the_end_is_no_window() -> None:
    found = proved(strand(page(0, 1, 2, 900), ended="failed", why="第 2 页没有读到"), FIRST)
    assert found.gap == (SINCE, ago(2))


def test_oldest_first_is_proved_by_its_end_only() -> None:
    pages = [page(90, 80, 70), page(60, 50, 40), page(9, 5, 1)]
    assert outer_order(pages) == "up"
    assert proved(strand(*pages, ended="end"), FIRST).joined == "end"
    found = proved(strand(*pages, ended="cap", why="翻到第 50 页"))
    assert found.gap == (ago(4), TODAY)


def test_an_old_first_page_in_rising_order_is_no_end() -> None:
    assert runs_on(strand(page(90, 80, 70)), SINCE, is_first=True)
    assert not runs_on(strand(page(70, 80, 90)), SINCE, is_first=True)


def test_a_page_of_pinned_rows_is_no_end() -> None:
    assert runs_on(strand(page((400, "p"), (500, "p"))), SINCE, is_first=True)


def test_days_in_rising_order_within_falling_pages_reach_the_window() -> None:
    pages = [page(6, 5, 1, 0), page(20, 18, 16, 15)]
    assert runs_on(strand(pages[0]), SINCE, is_first=True)
    assert not runs_on(strand(*pages), SINCE, is_first=True)
    assert proved(strand(*pages, ended="window"), FIRST).joined == "window"


def test_a_list_in_no_order_is_read_to_its_end() -> None:
    pages = [page(30, 1, 20, 4, 50, 0), page(2, 60, 3, 40, 9, 33)]
    assert runs_on(strand(*pages), SINCE, is_first=False)
    assert proved(strand(*pages, ended="stuck", why="不知道怎样翻页")).gap == (ago(4), TODAY)
    assert proved(strand(*pages, ended="end")).joined == "end"


def test_without_days_only_known_rows_join() -> None:
    known = strand(page((0, "u"), (0, "uk"), (0, "uk")))
    assert proved(known) == Proof("known")
    assert not runs_on(known, SINCE, is_first=False)
    unknown = strand(page((0, "u"), (0, "u")))
    assert runs_on(unknown, SINCE, is_first=False)
    assert proved(unknown).gap == (ago(4), TODAY)
    assert proved(unknown, FIRST).gap is not None or proved(unknown, FIRST).joined == "end"


def test_rows_of_the_last_reading_that_are_gone_leave_a_gap() -> None:
    gone = [ago(6), ago(5)]
    found = proved(strand(page(0, (3, "k"), (20, "k")), ended="window"), gone=gone)
    assert (found.joined, found.gap) == ("", (ago(6), TODAY))
    assert "2 条" in found.why
    assert not is_another(expected=12, gone=1)
    assert not is_another(expected=12, gone=4)
    assert is_another(expected=12, gone=5)


def test_fewer_rows_than_the_site_claims_are_said() -> None:
    why = "网站说共 12 条，只列出 10 条"
    assert proved(strand(page(0, 20), ended="short", why=why)).why == why


def test_an_older_gap_stays_until_a_reading_reaches_back_over_it() -> None:
    past = Past(ago(40), ago(1), ((ago(9), ago(6)),))
    assert covered(Proof("known", ago(3)), past) == ago(5)
    assert covered(Proof("window", ago(7)), past) == ago(7)
    assert covered(Proof("window", ago(9)), past) == ago(40)
    assert covered(Proof("known"), past) == ago(5)
    assert covered(Proof("known"), Past(ago(40), ago(1))) == ago(40)


def test_a_column_of_several_lists_is_proved_by_the_weakest() -> None:
    strong, weak = Proof("end", ago(60)), Proof("window", ago(14))
    assert together([strong, weak], FIRST) == weak
    broken: Any = Proof("", None, (ago(3), ago(1)), "第 2 页没有读到")
    assert together([strong, broken], FIRST) == broken


def test_days_whose_rows_were_refused_are_not_covered() -> None:
    assert together([Proof("end", ago(300))], FIRST, ago(60)).covered_from == ago(60)
    past = Past(ago(90), ago(1))
    assert together([Proof("end", ago(300))], past, ago(60)).covered_from == ago(90)


def test_where_a_row_stands_among_known_ones() -> None:
    assert places([False, True, True]) == ["above", "", ""]
    assert places([True, False, True, True]) == ["", "between", "", ""]
    assert places([True, False]) == ["", "below"]
    assert places([False, False]) == ["", ""]
    assert places([True, False, False, False, False, True]) == [""] * 6
    assert places([False, True, True, True], below_known=True) == ["between", "", "", ""]


def test_rows_in_the_folders_of_another_column_only_are_not_ours() -> None:
    ours = ["https://a.cn/tzgg/202101/t1.html", "https://a.cn/tzgg/202102/t2.html"]
    theirs = ["https://a.cn/gzdt/202101/t3.html"]
    assert folder_of(ours[0]) == folder_of(ours[1])
    assert is_list_of_another(["https://a.cn/gzdt/202102/t9.html"], ours, theirs)
    assert not is_list_of_another(["https://a.cn/neu/202102/t9.html"], ours, theirs)
    assert not is_list_of_another([*theirs, ours[0]], ours, theirs)


def sighted(*rows: int | None) -> PageSeen:
    """Rows without days by how long ago they were first seen; None: not known yet."""
    seen = [Seen(None, known=age is not None, seen_on=_sight(age)) for age in rows]
    return PageSeen(tuple(seen), "none")


def _sight(age: int | None) -> date | None:
    return None if age is None else TODAY - timedelta(days=age)


def test_without_days_a_gap_closes_when_what_was_seen_before_it_stands_below() -> None:
    past = Past(ago(40), ago(4), ((ago(9), ago(7)),))
    pages = [sighted(None, None, 3, 3, 6), sighted(6, 8, 12, 12)]
    found = prove(strand(*pages), past, ago(14), TODAY)
    assert (found.joined, found.covered_from) == ("known", ago(11))
    assert together([found], past).covered_from == ago(40)
    short = prove(strand(pages[0]), past, ago(14), TODAY)
    assert (short.joined, together([short], past).covered_from) == ("known", ago(6))


def test_without_days_the_walk_goes_on_until_it_is_below_the_gap() -> None:
    page = sighted(None, 3, 3, 6)
    assert not runs_on(strand(page), ago(9), is_first=False)
    assert runs_on(strand(page), ago(9), is_first=False, has_gap=True)
    whole = strand(page, sighted(8, 12, 12))
    assert not runs_on(whole, ago(9), is_first=False, has_gap=True)


def test_without_days_rows_out_of_the_order_of_their_first_sight_join_nothing() -> None:
    found = proved(strand(sighted(9, 2, None, 12, 5, 3)))
    assert (found.joined, found.gap) == ("", (BEFORE.until, TODAY))


def test_known_rows_on_top_of_unknown_ones_join_nothing() -> None:
    found = proved(strand(sighted(30, 30, 30, 30, None, None, None)))
    assert found.gap == (BEFORE.until, TODAY)


def test_rows_that_stand_some_days_out_of_order_reach_back_the_less() -> None:
    rows = page(0, 1, (3, "k"), 2, (4, "k"), 1, (5, "k"), (6, "k"), 3, (7, "k"))
    assert direction(rows.days) == "mixed" or reach_of(strand(rows), SINCE) == ago(3)
    calm = page(0, 1, 2, 3, 4, 4, 5, 6, 7)
    assert reach_of(strand(calm), SINCE) == ago(6)
    loose = page(0, 1, 2, 4, 3, 4, 5, 5, 7, 6, 8)
    assert reach_of(strand(loose), SINCE) == ago(7)


def test_a_feed_in_no_order_may_have_dropped_what_is_new() -> None:
    rows = page((3, "k"), (9, "k"), (1, "k"), (7, "k"), 0, (8, "k"), (2, "k"))
    whole = strand(rows)
    assert proved(whole).joined == "known"
    whole.shows_latest = True
    assert proved(whole).gap == (BEFORE.until, TODAY)


def test_a_list_without_order_reaches_as_far_as_its_rows_do_not_stray() -> None:
    """Its pages run from new to old; on each stand rows of every age."""
    first = page(1, 20, 3, 40, 0, 30, 2, 60, 5, 50, 4, 44)
    last = page(40, 90, 20, 70, 33, 80, 25, 95, 61, 99, 30, 64)
    assert direction([ago(n) for n in (1, 20, 3, 40, 0, 30, 2, 60)]) == "mixed"
    # 70 days, below the row of 90, may be a slip; 69, below that of 99, is how it goes here.
    assert reach_of(strand(first, last), SINCE) == ago(20) + timedelta(days=69 + 1)
    assert reach_of(strand(page(1, 3, 5, 7), page(20, 30, 25, 40)), SINCE) == ago(40) + timedelta(1)
