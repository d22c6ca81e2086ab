"""Candidates by bands, and the word-by-word comparison that decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.matching.agreement import compare, plain
from pipelines.matching.similarity import BANDS, MIN_CHARACTERS, bands_of

TEXT = (
    "根据药品管理法和药品注册管理办法的有关规定，经药品上市许可持有人申请，现决定注销华北制药"
    "有限公司生产的阿莫西林胶囊的药品注册证书，批准文号国药准字H13020001，规格0.25g。"
    "自公告发布之日起，上述药品不得继续生产和销售，已经上市的由持有人依法履行质量责任和召回义务，"
    "并在15个工作日内将处置情况报告所在地省级药品监督管理部门，我局将加强监督检查。"
)


def shared(one: str, two: str) -> int:
    return len(set(bands_of(one)) & set(bands_of(two)))


def test_a_text_shares_all_bands_with_itself_whatever_its_layout() -> None:
    assert shared(TEXT, TEXT.replace("，", "，\n  ").replace("0", "０")) == BANDS


def test_a_copy_with_furniture_is_a_candidate_and_another_text_is_not() -> None:
    assert shared(TEXT, f"来源：国家药监局\n{TEXT}\n打印 关闭") > BANDS // 2
    assert shared(TEXT, "为提升专利审查质量，现就预审备案主体的申报工作作出如下安排。" * 8) == 0


def test_a_templated_sister_is_a_candidate_and_is_refused() -> None:
    sister = TEXT.replace("阿莫西林", "头孢克洛")
    assert shared(TEXT, sister) > 0
    assert compare(TEXT, sister).against in {
        "“阿莫西林”与“头孢克洛”不一致",
        "“头孢克洛”与“阿莫西林”不一致",
    }


def test_a_short_text_has_no_signature() -> None:
    assert bands_of("药" * (MIN_CHARACTERS - 1)) == ()
    assert len(bands_of(TEXT)) == BANDS


def test_bands_are_the_same_in_every_process() -> None:
    # Pinned: signatures are kept, and compared with those of later processes.
    assert bands_of(TEXT)[:3] == (-42080845993817, -91369790386481, -96285993697845)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.25g", "0.5g"),
        ("0.25g", "025g"),
        ("15个", "10个"),
        ("H13020001", "H13020002"),
        ("华北制药", "石药集团"),
        ("阿莫西林胶囊", "阿莫西林克拉维酸钾胶囊"),
        ("阿莫西林胶囊", "注射用阿莫西林胶囊"),
        ("不得继续", "继续"),
        ("省级", "市级"),
        ("现决定注销", "现决定暂停"),
    ],
)
def test_a_difference_in_a_fact_is_told(old: str, new: str) -> None:
    changed = TEXT.replace(old, new)
    assert changed != TEXT
    assert compare(TEXT, changed).against
    assert compare(changed, TEXT).against


@pytest.mark.parametrize(
    "copy",
    [
        TEXT.replace("我局", "国家药监局"),
        TEXT.replace("，", ","),
        TEXT.replace("。", "。\n\n　　"),
        f"发布时间：2021-02-01　来源：国家药监局\n{TEXT}",
        f"{TEXT}\n国家药品监督管理局\n2021年2月1日",
        f"{TEXT}\n责任编辑：李明\n浏览次数：1200\n【打印】【关闭】",
        TEXT.replace("H13020001", "Ｈ１３０２０００１"),
    ],
)
def test_layout_furniture_and_a_publishers_name_for_itself_are_no_difference(copy: str) -> None:
    assert compare(TEXT, copy).against == ""
    assert compare(TEXT, copy).shared > 0.8


def test_list_numbers_are_layout_and_quantities_are_not() -> None:
    assert plain("一、条件。\n（二）材料。") == plain("1.条件。\n2、材料。")
    assert plain("1.5倍") != plain("5倍")
    assert plain("2021年起") != plain("年起")


def test_what_only_one_page_has_in_the_middle_is_a_difference() -> None:
    half = len(TEXT) // 2
    assert compare(TEXT, TEXT[:half] + "但生产企业另有规定的除外" + TEXT[half:]).against


@given(
    st.text(st.sampled_from("药械局12.。，\n我中心第一批"), max_size=60),
    st.text(st.sampled_from("药械局12.。，\n我中心第一批"), max_size=60),
)
def test_comparing_has_no_order_and_survives_anything(one: str, two: str) -> None:
    there, back = compare(one, two), compare(two, one)
    assert bool(there.against) == bool(back.against)
    assert 0.0 <= there.shared <= 1.0
    assert compare(one, one).against == ""


def test_texts_too_long_to_be_laid_side_by_side_are_never_called_copies() -> None:
    assert compare("甲乙" * 10_000, "丙丁" * 10_000).against
