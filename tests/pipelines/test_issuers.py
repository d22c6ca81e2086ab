"""Issuing offices: joint ones told apart, short names written out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.issuers import issuers_of_title, place_of, split_issuers

GYXXH = "天津市工业和信息化局"


@pytest.mark.parametrize(
    ("printed", "offices"),
    [
        ("财政部、工业和信息化部", ("财政部", "工业和信息化部")),
        ("市工业和信息化局 市财政局", (GYXXH, "天津市财政局")),
        ("市工业和信息化局　　市财政局", (GYXXH, "天津市财政局")),
        ("市工业和信息化局市财政局", (GYXXH, "天津市财政局")),
        ("财政部工业和信息化部", ("财政部", "工业和信息化部")),
        (
            "科技部 金融监管总局 工业和信息化部 国家知识产权局",
            ("科学技术部", "国家金融监督管理总局", "工业和信息化部", "国家知识产权局"),
        ),
        ("药审中心", ("国家药品监督管理局药品审评中心",)),
        ("国家药监局药审中心", ("国家药品监督管理局药品审评中心",)),
        ("天津市科技局", ("天津市科学技术局",)),
        ("天 津 市 财 政 局", ("天津市财政局",)),
        ("北京市科委、中关村管委会", ("北京市科学技术委员会、中关村科技园区管理委员会",)),
        ("国家药监局综合司", ("国家药品监督管理局综合司",)),
        ("市科技局，市科技局", ("天津市科学技术局",)),
    ],
)
def test_joint_offices_are_split_and_written_out(printed: str, offices: tuple[str, ...]) -> None:
    assert split_issuers(printed, "天津市") == offices


@pytest.mark.parametrize(
    "printed",
    [
        "----",
        "",
        "各有关单位",
        "各区工业和信息化主管部门、财政局",
        "特此通知",
        "联系人 张三",
        "我局",
    ],
)
def test_what_is_not_all_offices_is_none(printed: str) -> None:
    assert split_issuers(printed, "天津市") == ()


def test_city_s_own_name_is_used_where_the_site_stands() -> None:
    assert split_issuers("市知识产权局", place_of("北京市知识产权局")) == ("北京市知识产权局",)
    assert split_issuers("市科技局", place_of("科服网", "天津市")) == ("天津市科学技术局",)
    assert split_issuers("市科技局", place_of("工业和信息化部", "国家级")) == ("市科技局",)


@pytest.mark.parametrize(
    ("title", "offices"),
    [
        ("财政部 工业和信息化部关于支持中小企业的通知", ("财政部", "工业和信息化部")),
        ("国家药监局药审中心关于发布指导原则的通告", ("国家药品监督管理局药品审评中心",)),
        ("市工业和信息化局市财政局关于补充通知", (GYXXH, "天津市财政局")),
        ("国家知识产权局公告（第386号）", ("国家知识产权局",)),
        ("两部门联合印发《关于支持中小企业的通知》", ()),
        ("关于印发工作措施的通知", ()),
        ("2025年度第一批企业名单公示", ()),
    ],
)
def test_offices_that_a_title_opens_with(title: str, offices: tuple[str, ...]) -> None:
    assert issuers_of_title(title, "天津市") == offices


@given(st.text(), st.text(max_size=6))
def test_no_text_raises(text: str, place: str) -> None:
    split_issuers(text, place)
    issuers_of_title(text, place)
