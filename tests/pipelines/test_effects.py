"""Entry into force and repeal."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.effects import find_effective_on, find_repeals

PUBLISHED = date(2021, 2, 5)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("本办法自2021年3月1日起施行。", date(2021, 3, 1)),
        ("现予发布，自发布之日起施行。", PUBLISHED),
        ("本通知自印发之日起执行，有效期5年。", PUBLISHED),
        ("本规定自二〇二一年六月一日起实施。", date(2021, 6, 1)),
        ("新修订的《药品管理法》自2019年12月1日起施行，各单位应当学习。", None),
        ("本办法自发布之日起30日后施行。", None),
        ("自2021年3月1日起受理申报。", None),
        ("", None),
    ],
)
def test_the_day_of_entry_into_force(text: str, day: date | None) -> None:
    assert find_effective_on("", text, PUBLISHED) == day


def test_the_page_s_field_goes_first() -> None:
    assert find_effective_on("2021-04-01", "自2021年3月1日起施行", PUBLISHED) == date(2021, 4, 1)


def test_entry_on_publication_is_unknown_without_a_publication_day() -> None:
    assert find_effective_on("", "自发布之日起施行。", None) is None


def test_repealed_documents_with_their_numbers() -> None:
    text = "《甲办法》（津政办规〔2018〕4号）和《乙细则》同时废止。《丙办法》继续有效。"
    assert find_repeals(text) == ("《甲办法》（津政办规〔2018〕4号）", "《乙细则》")


def test_a_decision_to_repeal() -> None:
    text = "现决定废止《甲管理办法》（第12号令）、《乙实施细则》。"
    assert find_repeals(text) == ("《甲管理办法》（第12号令）", "《乙实施细则》")


def test_nothing_repealed() -> None:
    assert find_repeals("《甲办法》未废止。") == ()
    assert find_repeals("依据《甲办法》。本通知自2021年起废止旧系统。") == ()


@given(st.text())
def test_no_text_raises(text: str) -> None:
    find_effective_on(text, text, PUBLISHED)
    find_repeals(text)
