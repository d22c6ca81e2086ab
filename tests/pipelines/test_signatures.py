"""落款: who signed and when."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.signatures import Signature, find_signature


def test_joint_signature_on_several_lines() -> None:
    lines = [
        "现印发给你们。",
        "科技部",
        "金融监管总局",
        "国家知识产权局",
        "2026年2月23日",
        "（此件主动公开）",
    ]
    assert find_signature(lines) == Signature(
        ("科学技术部", "国家金融监督管理总局", "国家知识产权局"), date(2026, 2, 23)
    )


def test_the_first_signature_is_the_notice_s_own() -> None:
    lines = [
        "现予印发。",
        "北京市知识产权局",
        "2022年4月20日",
        "行动方案",
        "财政部",
        "2021年1月1日",
    ]
    assert find_signature(lines) == Signature(("北京市知识产权局",), date(2022, 4, 20))


def test_office_and_date_on_one_line() -> None:
    lines = ["特此通知。", "天津市科学技术局 2021年2月3日"]
    assert find_signature(lines, "天津市") == Signature(("天津市科学技术局",), date(2021, 2, 3))


def test_a_date_alone_before_the_contact_lines() -> None:
    lines = [
        "公示期自2025年6月20日至6月26日。",
        "2025年6月20日",
        "（联系处室：市局某处；",
        "电话：83602785）",
    ]
    assert find_signature(lines) == Signature((), date(2025, 6, 20))


def test_offices_without_a_date() -> None:
    lines = ["逾期不再受理。", "特此通知。", "市工业和信息化局  市财政局"]
    assert find_signature(lines, "天津市") == Signature(("天津市工业和信息化局", "天津市财政局"))


def test_publication_stamps_and_sentences_are_no_signature() -> None:
    lines = ["标题", "发布时间：2021年02月04日", "会议于2021年2月1日"]
    assert find_signature(lines).issuers == ()
    assert find_signature(["第一段。", "截止日期：2021年3月1日"]) == Signature()


@given(st.lists(st.text(), max_size=8))
def test_no_text_raises(lines: list[str]) -> None:
    find_signature(lines)
