"""Titles: whole, on one line, without decorations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.titles import clean_title, is_cut


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("【置顶】关于开展申报的通知", "关于开展申报的通知"),
        ("[置顶] 关于开展申报的通知", "关于开展申报的通知"),
        ("【进行中】关于征求意见的公告", "关于征求意见的公告"),
        ("关于开展申报的通知 NEW", "关于开展申报的通知"),
        ("HOT关于开展申报的通知", "关于开展申报的通知"),
        ("关于印发\n  工作要点的通知", "关于印发工作要点的通知"),
        ("财政部 工业和信息化部\r\n关于通知", "财政部 工业和信息化部关于通知"),
        ("\u3000关于\u00a0A\u3000类药品\u200b的通知 ", "关于 A 类药品的通知"),
        ("关于开展申报的通知-天津市科学技术局", "关于开展申报的通知"),
        ("关于开展申报的通知_天津市科学技术局网站", "关于开展申报的通知"),
        ("PD-1抑制剂临床试验指导原则", "PD-1抑制剂临床试验指导原则"),
        (
            "强制性国家标准GB 44721—2026《自动驾驶系统安全要求》",
            "强制性国家标准GB 44721—2026《自动驾驶系统安全要求》",
        ),
        ("通告（2021 年第 7 号）", "通告（2021 年第 7 号）"),
        ("【置顶】", "【置顶】"),
        ("", ""),
    ],
)
def test_decorations_go_and_the_words_stay(printed: str, title: str) -> None:
    assert clean_title(printed, "天津市科学技术局") == title


def test_a_title_cut_by_a_list_is_recognised() -> None:
    assert is_cut("关于开展2021年度天津市…")
    assert is_cut("关于开展2021年度天津市...")
    assert not is_cut("关于开展申报的通知")


@given(st.text(), st.text(max_size=8))
def test_a_title_is_one_line_and_never_lost(text: str, site: str) -> None:
    title = clean_title(text, site)
    assert not set("\r\n\t\u3000") & set(title)
    assert title or not any("\u4e00" <= sign <= "\u9fff" for sign in text)
