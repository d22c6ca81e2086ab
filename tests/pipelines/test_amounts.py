"""Sums of money."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.amounts import find_amounts


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("安排 100 亿元以上奖补资金", ("100亿元以上",)),
        ("最高不超过50万元", ("最高不超过50万元",)),
        ("一次性给予五十万元补助", ("五十万元",)),
        ("注册资本1,000.5万元，年费900元", ("1,000.5万元", "900元")),
        ("给予50万元、再给予50万元", ("50万元",)),
        ("3元素与一元方程", ()),
        ("第2单元", ()),
        ("", ()),
    ],
)
def test_sums_are_read_as_printed(text: str, amounts: tuple[str, ...]) -> None:
    assert find_amounts(text) == amounts


@given(st.text(alphabet="0123456789,.万亿元一二百 至-超过"))
def test_no_text_raises(text: str) -> None:
    assert len(find_amounts(text)) <= 20
