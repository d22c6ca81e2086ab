"""What is layout in a text and what is not, and what of it two texts may differ in."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.matching.agreement import compare, plain
from pipelines.matching.normal_form import as_list, normal_form
from pipelines.matching.title_fit import headline_fits, series_differ
from storage.models import Notice

TEXT = (
    "为规范专项资金使用，现组织开展2021年度项目申报，有关事项通知如下。\n"
    "一、支持方向为生物医药和高端装备，每项资金不超过80万元，执行期2年。\n"
    "二、申报单位于2021年4月6日17时前登录平台填报，编号为BH2021077。\n"
    "三、联系方式见平台首页，咨询时间为工作日9时30分至17时。"
)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("9时30分开标", "09:30开标"),
        ("17时前", "17:00前"),
        ("9时至17时", "9:00-17:00"),
        ("预算486万元", "预算486.0万元"),
        ("市财政局　市科技局", "市科技局 市财政局"),
    ],
)
def test_two_ways_of_writing_are_one(one: str, two: str) -> None:
    assert plain(one) == plain(two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("9时30分开标", "9时开标"),
        ("9:30开标", "9:31开标"),
        ("比例为1:10", "比例为1:100"),
        ("预算486.5万元", "预算486万元"),
        ("规格1.05g", "规格1.5g"),
        ("市财政局　市科技局", "市财政局　市商务局"),
        ("甲公司 乙公司", "乙公司 甲公司"),
    ],
)
def test_two_facts_are_two(one: str, two: str) -> None:
    assert plain(one) != plain(two)


def test_the_numbers_of_a_tables_rows_are_layout() -> None:
    table = "序号 | 名称\n1 | 甲药\n2 | 乙药\n3 | 丙药"
    assert compare(table, "名称\n甲药\n乙药\n丙药").against == ""
    assert compare(table, "序号\n名称\n1\n甲药\n2\n乙药\n3\n丙药").against == ""
    assert compare(table, f"{table}\n4 | 丁药").against
    assert compare("甲药 | 甲厂\n乙药 | 乙厂", "甲药 | 甲厂\n乙药 | 乙厂\n丙药 | 丙厂").against


def test_quantities_in_the_first_column_are_not() -> None:
    assert as_list("1 | 甲药\n1 | 乙药\n2 | 丙药") == "1 | 甲药\n1 | 乙药\n2 | 丙药"
    assert compare("1 | 甲药\n1 | 乙药\n2 | 丙药", "1 | 甲药\n2 | 乙药\n3 | 丙药").against
    assert compare("甲药\n1\n乙药\n1\n丙药\n2", "甲药\n1\n乙药\n2\n丙药\n3").against


def test_a_preface_that_sets_a_day_of_its_own_is_a_difference() -> None:
    assert compare(TEXT, f"区科技局转来通知，请企业于3月31日前将材料报区科技局。\n{TEXT}").against
    assert compare(TEXT, f"各有关企业：\n请认真组织，材料由区科技局统一报送。\n{TEXT}").against
    assert compare(TEXT, f"区内各药品企业：\n材料请先报园区初审，不得自行报送。\n{TEXT}").against
    assert compare(TEXT, f"现将上级通知转发给你们。\n{TEXT}").against
    assert compare(TEXT, f"3月2日，市科技局发布申报通知，全文如下。\n{TEXT}").against == ""
    assert compare(TEXT, f"各药品注册申请人：\n{TEXT}").against == ""


def test_lines_that_tell_whom_to_ask_may_be_left_out_but_not_changed() -> None:
    full = TEXT.replace("\n三、", "\n联系人：刘洋，电话：58832956\n三、")
    assert compare(full, TEXT).against == ""
    assert compare(full, full.replace("58832956", "58832957")).against


def test_a_text_may_break_off_where_its_page_says_so() -> None:
    shorter = TEXT[: TEXT.index("三、")]
    assert compare(TEXT, f"{shorter}未完，点击阅读原文").against == ""
    assert compare(TEXT, shorter).against
    assert not normal_form(f"{TEXT}\n阅读原文请前往：https://kxjs.example.cn/1.html").is_cut
    assert not normal_form(f"{TEXT}\n指导原则全文见附件").is_cut


def page(site: str, title: str, text: str = TEXT) -> Notice:
    return Notice(
        site=site,
        column="通知公告",
        key=site,
        url=f"https://{site}.example.cn/1.html",
        title=title,
        section="projects",
        grp="天津市",
        published_on=date(2021, 3, 2),
        body_text=text,
        content_hash=site,
    )


ISSUED = page("tj_kxjs", "市科技局关于组织开展2021年度项目申报的通知")


def test_a_headline_fits_the_text_that_says_what_it_says() -> None:
    assert headline_fits(ISSUED, page("wechat", "每项80万！项目申报开始，支持生物医药"))
    assert not headline_fits(ISSUED, page("wechat", "每项90万！项目申报开始，支持生物医药"))
    assert not headline_fits(ISSUED, page("wechat", "新能源汽车充电设施补贴来了"))
    assert not headline_fits(ISSUED, page("wechat", "一图读懂2021年度项目申报"))
    assert not headline_fits(ISSUED, page("tj_kxjs", "每项80万！项目申报开始"))


def test_two_titles_of_issuers_are_no_headlines() -> None:
    assert not headline_fits(ISSUED, page("tj_bcq", "区科技局关于2021年度项目申报的通知"))


def test_a_text_that_any_notice_may_have_fits_no_headline() -> None:
    text = "经评审，现将名单予以公布，请各单位做好组织实施工作，按期完成任务。" * 4
    issued = page("tj_kxjs", "市科技局关于公布创新平台名单的通知", text)
    assert not headline_fits(issued, page("wechat", "评审名单公布，请按期完成任务", text))


def test_a_count_or_a_day_in_a_title_is_no_series() -> None:
    assert not series_differ(page("a", "2021年第3号抽检通告"), page("b", "4批次化妆品不合格"))
    assert not series_differ(page("a", "2021年申报通知"), page("b", "4月23日截止"))
    assert series_differ(page("a", "2021年第一批名单"), page("b", "2021年第二批名单"))
