"""Dates: every printed form is read, and nothing else is taken for a date."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.dates import (
    Stamp,
    find_dates,
    parse_date,
    parse_epoch,
    parse_stamp,
    read_number,
)

FIFTH = date(2021, 2, 5)
NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2021年2月5日",
        "2021 年 02 月 05 日",
        "2021年02月05号",
        "2021-02-05",
        "2021-2-5",
        "2021/02/05",
        "2021.02.05",
        "2021- 02- 05",
        "20210205",
        "(2021-02-05)",
        "（2021-02-05）",
        "[2021-02-05]",
        "２０２１年２月５日",
        "２０２１－０２－０５",
        "二〇二一年二月五日",
        "二○二一年二月五日",
        "二零二一年二月五日",
        "二O二一年二月五日",
        "发布时间：2021-02-05",
        "发布日期: 2021- 02- 05 信息来源: 宣传处 字体:[ ]",
        "\u30002021\u00a0年2月5日\u3000",
        "2021⽉".replace("2021⽉", "2021年2⽉5⽇"),
    ],
)
def test_every_printed_form_of_a_day_is_read(text: str) -> None:
    assert parse_date(text) == FIFTH


@pytest.mark.parametrize(
    "text",
    [
        "",
        "第18号",
        "30.2.2021",
        "5.2.2021",
        "2021-02-30",
        "2021年2月30日",
        "二〇二一年十三月一日",
        "2021-13-05",
        "20211305",
        "022-58832857",
        "010-2021-02-05",
        "0512-2021-0205",
        "13820210205",
        "t20210205_158961",
        "https://example.cn/2021/02/05/a.html",
        "津科〔2021〕35号",
        "2021年2月",
        "2021-2025年",
        "12021-02-05",
        "2021-02-051",
        "2021.02.05.1",
        "1.2021.02.05",
        "2021-02/05",
        "1021-02-05",
        "昨天",
        "3天前",
    ],
)
def test_what_is_no_certain_date_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_an_impossible_first_date_is_not_replaced_by_a_later_one() -> None:
    assert parse_date("2021-02-30 2021-03-01") is None


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("发布时间：2021-02-02 14:38", Stamp(date(2021, 2, 2), "14:38")),
        ("来源：处室 发布时间:2020-09-18 10:24", Stamp(date(2020, 9, 18), "10:24")),
        ("2021年2月5日 9:05:31", Stamp(FIFTH, "09:05")),
        ("2021-02-05T14:38:00", Stamp(FIFTH, "14:38")),
        ("2021-02-05T16:30:00Z", Stamp(date(2021, 2, 6), "00:30")),
        ("2021-02-05T08:00:00+08:00", Stamp(FIFTH, "08:00")),
        ("Fri, 05 Feb 2021 18:00:00 GMT", Stamp(date(2021, 2, 6), "02:00")),
        ("20210205 08:00:00", Stamp(FIFTH, "08:00")),
        ("更新：2021-03-01 发布时间：2021-02-05", Stamp(FIFTH)),
    ],
)
def test_a_time_beside_the_day_is_read(text: str, stamp: Stamp) -> None:
    assert parse_stamp(text) == stamp


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天", FIFTH),
        ("昨天", date(2021, 2, 4)),
        ("前天 10:20", date(2021, 2, 3)),
        ("3天前", date(2021, 2, 2)),
        ("发布时间：3 天前", date(2021, 2, 2)),
        ("18小时前", date(2021, 2, 4)),
        ("2周前", date(2021, 1, 22)),
    ],
)
def test_relative_words_are_read_against_a_given_now(text: str, day: date) -> None:
    assert parse_date(text, NOW) == day


def test_a_relative_day_is_cut_in_shanghai() -> None:
    late_evening_utc = datetime(2021, 2, 5, 17, 0, tzinfo=UTC)
    assert parse_date("今天", late_evening_utc) == date(2021, 2, 6)


def test_epoch_seconds_and_milliseconds_are_shanghai_days() -> None:
    assert parse_epoch("1612454400") == Stamp(date(2021, 2, 5), "00:00")
    assert parse_epoch("1612454400000") == Stamp(date(2021, 2, 5), "00:00")
    assert parse_epoch("4008123456") is None
    assert parse_date("1612454400") is None


def test_offsets_point_into_the_text_as_printed() -> None:
    text = "于２０２１年２月５日前，至2021-02-18止"
    found = find_dates(text)
    assert [text[one.start : one.end] for one in found] == ["２０２１年２月５日", "2021-02-18"]


def test_a_range_in_hyphens_is_two_dates() -> None:
    found = find_dates("2021-02-04-2021-02-18")
    assert [one.on for one in found] == [date(2021, 2, 4), date(2021, 2, 18)]


@pytest.mark.parametrize(
    ("text", "number"),
    [("15", 15), ("十五", 15), ("三十", 30), ("二十一", 21), ("两", 2), ("十", 10), ("几", None)],
)
def test_small_numbers_in_characters(text: str, number: int | None) -> None:
    assert read_number(text) == number


@given(st.text())
def test_no_text_raises(text: str) -> None:
    parse_stamp(text, NOW)
    parse_epoch(text)
    find_dates(text)


@given(st.text(alphabet="零一二三四五六七八九十〇ABCxyz年月日号第上中下部局，。、 "))
def test_words_without_digits_and_a_year_give_no_ascii_date(text: str) -> None:
    for one in find_dates(text):
        assert "年" in text[one.start : one.end]


@given(st.integers(min_value=10**8, max_value=10**15))
def test_a_bare_long_number_is_never_a_date(number: int) -> None:
    assert parse_date(str(number)) is None


@given(st.dates(min_value=date(1949, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_is_read_back_from_its_printed_form(day: date) -> None:
    assert parse_date(f"{day.year}年{day.month}月{day.day}日") == day
    assert parse_date(f"{day:%Y/%m/%d}") == day
    assert parse_date(f"{day:%Y%m%d}") == day
