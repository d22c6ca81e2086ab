"""文号: a notice's own number, never one that it cites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.doc_numbers import find_doc_numbers, normalise_doc_number, own_doc_number


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("京知局〔2021〕35号", "京知局〔2021〕35号"),
        ("财建〔2021〕2 号", "财建〔2021〕2号"),
        ("财建[2021]2号", "财建〔2021〕2号"),
        ("财建（2021）2号", "财建〔2021〕2号"),
        ("财建(2021)第2号", "财建〔2021〕2号"),
        ("津政办规【２０２３】４号", "津政办规〔2023〕4号"),
        ("国知发运函字〔2026〕25号", "国知发运函字〔2026〕25号"),
        ("发文字号：津工信中小企服〔2025〕5号", "津工信中小企服〔2025〕5号"),
        ("2021年第7号", "2021年第7号"),
        ("2021 年 第 7 号 通告", "2021年第7号"),
        ("国家市场监督管理总局令第27号", "国家市场监督管理总局令第27号"),
        ("国家知识产权局公告 第三八六号", "国家知识产权局公告第三八六号"),
        ("----", ""),
        ("无", ""),
        ("", ""),
        ("　", ""),
        ("北京市知识产权局", ""),
    ],
)
def test_a_field_is_written_in_one_way(printed: str, number: str) -> None:
    assert normalise_doc_number(printed) == number


def test_the_field_goes_before_the_title() -> None:
    own = own_doc_number("京知局〔2022〕88号", "某通告（2021年第7号）", [])
    assert (own.number, own.told_by) == ("京知局〔2022〕88号", "field")


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("国家药监局药审中心关于发布《指导原则》的通告（2021 年第 7 号）", "2021年第7号"),
        ("国家药监局药审中心关于发布《指导原则》的通告(2021年第7号)", "2021年第7号"),
        ("关于印发工作要点的通知（京知局〔2021〕35号）", "京知局〔2021〕35号"),
        ("国家药监局关于某事的公告 2021年第7号", "2021年第7号"),
        ("药品注册管理办法（国家市场监督管理总局令第27号）", "国家市场监督管理总局令第27号"),
        ("国家知识产权局公告（第386号）", "国家知识产权局公告第386号"),
        ("关于转发《中小企业通知》（财建〔2021〕2号）", ""),
        ("关于落实《某通知》（财建〔2021〕2号）的意见", ""),
        ("关于2021年第7号公告的解读", ""),
        ("关于2021年度项目申报的通知", ""),
    ],
)
def test_the_title_s_own_number_is_the_trailing_one(title: str, number: str) -> None:
    assert own_doc_number("----", title, []).number == number


def test_a_line_of_its_own_under_the_repeated_title_is_own() -> None:
    title = "关于印发北京市知识产权局“两区”工作推进措施的通知"
    lines = [title, "京知局〔2021〕35 号", "各相关单位：", "现印发给你们。"]
    assert own_doc_number("", title, lines).number == "京知局〔2021〕35号"


def test_headings_over_several_lines() -> None:
    order = ["国家知识产权局公告", "第四一三号", "为了规范管理，现予公告。"]
    assert own_doc_number("", "关于某事的公告", order).number == "国家知识产权局公告第四一三号"
    signed = ["津科规〔2021〕1号    签发人：张三", "各有关单位："]
    assert own_doc_number("", "关于某事的通知", signed).number == "津科规〔2021〕1号"


def test_a_number_cited_in_a_sentence_is_not_own() -> None:
    lines = [
        "根据《国家药监局综合司关于印发发布程序的通知》（药监综药管〔2020〕9 号）要求，现予发布。",
        "特此通告。",
    ]
    assert own_doc_number("", "关于发布某指导原则的通告", lines).number == ""


def test_a_number_line_after_the_text_has_begun_is_not_own() -> None:
    lines = ["现将文件转发给你们，请认真执行。", "财政部文件", "财建〔2021〕2号", "各省："]
    assert own_doc_number("", "关于转发财政部文件的通知", lines).number == ""


def test_a_news_item_takes_the_number_of_the_document_it_announces_and_carries() -> None:
    title = "两部门联合印发《关于支持“专精特新”中小企业高质量发展的通知》"
    lines = [
        "2021年1月23日，两部门联合印发通知，旨在提升中小企业创新能力。",
        "财政部 工业和信息化部关于支持“专精特新”",
        "中小企业高质量发展的通知",
        "财建〔2021〕2 号",
        "各省、自治区、直辖市财政厅（局）：",
    ]
    own = own_doc_number("", title, lines)
    assert (own.number, own.told_by, own.line) == ("财建〔2021〕2号", "embedded", 3)


def test_an_interpretation_does_not_take_the_number_of_what_it_explains() -> None:
    title = "《关于支持中小企业发展的通知》印发解读"
    lines = ["近日，通知印发。", "关于支持中小企业发展的通知", "财建〔2021〕2号"]
    assert own_doc_number("", title, lines).number == ""


def test_cited_numbers_are_listed_once_each() -> None:
    text = "按照（津工信规〔2022〕5号）和（津工信规[2022]5号）、2021年第7号通告"
    assert find_doc_numbers(text) == ["津工信规〔2022〕5号", "2021年第7号"]


@given(st.text(), st.text(), st.lists(st.text(), max_size=6))
def test_no_text_raises(field: str, title: str, lines: list[str]) -> None:
    own_doc_number(field, title, lines)
