"""Normal forms: equal for the same, different for what differs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.normal_forms import content_hash, title_key


def test_spaces_widths_and_punctuation_do_not_change_a_title_s_key() -> None:
    printed = "国家药监局药审中心关于发布《指导原则》的通告（2021 年第 7 号）"
    other = "国家药监局药审中心关于发布“指导原则”的通告(２０２１年第7号)"
    assert title_key(printed) == title_key(other)
    assert title_key("第7号") != title_key("第8号")


def test_white_space_and_counters_are_no_change() -> None:
    first = content_hash("标题", "正文 第一段\n浏览次数：12", ["附件1.docx"])
    second = content_hash("标题", "正文第一段\n\n浏览次数：3,045 次", ["附件1.docx"])
    assert first == second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("浏览量：99", "浏览量：12,345次"),
        ("阅读 2.3万", "阅读 2.4万"),
        ("已阅：45次", "已阅：46次"),
        ("附件：申报书.docx（下载次数：5）", "附件：申报书.docx（下载次数：6）"),
        ("点赞 10+", "点赞 200"),
    ],
)
def test_counters_of_every_kind_are_no_change(one: str, other: str) -> None:
    assert content_hash("标题", f"正文\n{one}\n完") == content_hash("标题", f"正文\n{other}\n完")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("调研组访问 3 家企业。", "调研组访问 5 家企业。"),
        ("最多下载 3 份", "最多下载 5 份"),
        ("浏览 2021 年目录", "浏览 2022 年目录"),
    ],
)
def test_numbers_of_the_text_are_no_counters(one: str, other: str) -> None:
    assert content_hash("标题", one) != content_hash("标题", other)


def test_another_word_or_attachment_is_a_change() -> None:
    base = content_hash("标题", "正文", ["a.doc", "b.doc"])
    assert base == content_hash("标题", "正文", ["b.doc", "a.doc"])
    assert base != content_hash("标题", "正文！改", ["a.doc", "b.doc"])
    assert base != content_hash("标题", "正文", ["a.doc"])
    assert base != content_hash("标题二", "正文", ["a.doc", "b.doc"])


@given(st.text(), st.text())
def test_no_text_raises(title: str, text: str) -> None:
    assert len(content_hash(title, text)) == 64
    assert title_key(title_key(title)) == title_key(title)
