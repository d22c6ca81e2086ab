"""Deadlines: every day by which readers must act, and no other day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.deadlines import find_deadlines, nearest_deadline

PUBLISHED = date(2021, 2, 5)


def read(text: str, published: date = PUBLISHED, title: str = "") -> list[tuple[date, str, bool]]:
    """What was found, without the printed words."""
    found = find_deadlines(title, text, published=published)
    return [(one.on, one.what, one.computed) for one in found]


@pytest.mark.parametrize(
    ("text", "published", "on", "what"),
    [
        (
            "征求意见时限为：2021年2月4日-2021年2月18日（15天）。",
            date(2021, 2, 4),
            date(2021, 2, 18),
            "征求意见",
        ),
        (
            "公示期自2025年6月20日至6月26日，在此期间接受实名举报。",
            date(2025, 6, 23),
            date(2025, 6, 26),
            "公示",
        ),
        ("公示时间：2月4日至18日", PUBLISHED, date(2021, 2, 18), "公示"),
        (
            "现向全社会广泛征求意见，意见截止日期为2024年8月21日。",
            date(2024, 8, 12),
            date(2024, 8, 21),
            "征求意见",
        ),
        (
            "如有修改意见和建议，请填写《意见反馈表》并于2023年7月11日17点前发至电子邮箱。",
            date(2023, 7, 5),
            date(2023, 7, 11),
            "征求意见",
        ),
        (
            "可以补充申报，于 2021 年 2 月 26 日前，将材料报市工业和信息化局，逾期不再受理。",
            PUBLISHED,
            date(2021, 2, 26),
            "报送",
        ),
        ("第一批《实施方案》应于2021年3月31日前报送。", PUBLISHED, date(2021, 3, 31), "报送"),
        ("三、申报时间\n2021年3月1日至3月31日。", PUBLISHED, date(2021, 3, 31), "申报"),
        (
            "12月20日至1月10日为网上申报时间。",
            date(2020, 12, 15),
            date(2021, 1, 10),
            "申报",
        ),
        ("请于1月15日前报名。", date(2020, 12, 28), date(2021, 1, 15), "报名"),
        ("报名截止时间：2021年3月5日（星期五）下午5点", PUBLISHED, date(2021, 3, 5), "报名"),
        ("请在2021年3月5日（周五）下班前提交材料。", PUBLISHED, date(2021, 3, 5), "报送"),
        ("即日起至2021年3月10日止，接受网上申报。", PUBLISHED, date(2021, 3, 10), "申报"),
        ("申报期限延长至2021年3月20日。", PUBLISHED, date(2021, 3, 20), "申报"),
        ("年费应于2021年4月1日之前缴纳。", PUBLISHED, date(2021, 4, 1), "缴费"),
        ("请于2月10日（星期三）17:00前将回执发送至邮箱。", PUBLISHED, date(2021, 2, 10), "报名"),
        ("申报时间为2021年3月1日9:00至3月31日17:00。", PUBLISHED, date(2021, 3, 31), "申报"),
        ("受理时间：自通知发布之日起至2021年3月31日止", PUBLISHED, date(2021, 3, 31), "申报"),
        ("公示时间：2021.02.05-2021.02.11", PUBLISHED, date(2021, 2, 11), "公示"),
        ("（一）申报截止时间\n2021年2月28日17:00", PUBLISHED, date(2021, 2, 28), "申报"),
        ("年费缴纳的最后期限为2021年6月30日。", PUBLISHED, date(2021, 6, 30), "缴费"),
        ("会议时间：2021年3月6日，请于3月1日前报名。", PUBLISHED, date(2021, 3, 1), "报名"),
        ("考试报名时间为2021年3月1日至3月10日。", PUBLISHED, date(2021, 3, 10), "报名"),
        ("材料受理：2021-03-01至2021-03-12", PUBLISHED, date(2021, 3, 12), "申报"),
    ],
)
def test_printed_deadlines(text: str, published: date, on: date, what: str) -> None:
    assert read(text, published) == [(on, what, False)]


@pytest.mark.parametrize(
    ("text", "published", "on", "what"),
    [
        # 2021-11-04 is a Thursday, 2025-11-21 a Friday.
        ("征求意见时限：自发布之日起两周。", date(2021, 11, 4), date(2021, 11, 18), "征求意见"),
        (
            "对拟立项目有异议的，可在公布之日起5个工作日内以书面形式提出，逾期不予受理。",
            date(2025, 11, 21),
            date(2025, 11, 28),
            "公示",
        ),
        ("请自发布之日起30日内反馈意见。", PUBLISHED, date(2021, 3, 7), "征求意见"),
        (
            "请自本公告发布之日起一个月内提出意见。",
            date(2021, 1, 31),
            date(2021, 2, 28),
            "征求意见",
        ),
        # 国办发明电〔2020〕27号: 2021-02-11 to 17 is 春节, Sunday 7 and Saturday 20 are worked.
        ("公示期为5个工作日。", PUBLISHED, date(2021, 2, 18), "公示"),
        ("公示7天，自2021年2月5日起。", PUBLISHED, date(2021, 2, 11), "公示"),
        ("申报截止时间为发布之日起10个工作日。", PUBLISHED, date(2021, 2, 24), "申报"),
        ("公示时间为7天。", PUBLISHED, date(2021, 2, 12), "公示"),
        ("请于3月底前报送材料。", PUBLISHED, date(2021, 3, 31), "报送"),
    ],
)
def test_relative_terms_are_worked_out_and_marked(
    text: str, published: date, on: date, what: str
) -> None:
    assert read(text, published) == [(on, what, True)]


@pytest.mark.parametrize(
    "text",
    [
        "2021年2月3日",
        "本办法自2021年3月1日起施行。",
        "本办法自发布之日起30日后施行。",
        "2021年1月23日，财政部、工业和信息化部联合印发《关于支持中小企业的通知》。",
        "申报单位须提供 2019 年 12 月份社会缴费证明（单位）。",
        "截至2021年1月31日，全市共有企业申报项目10个。",
        "申报单位须在2020年12月31日前注册成立。",
        "2022年12月31日前注册的企业可以申报。",
        "应在接到中央直达资金指标发文后30日内，将分配方案上报财政部。",
        "培训时间：2021年3月10日至12日。",
        "会议于2021年3月10日召开，请报名单位参加。",
        "项目执行期为2021年7月1日至2024年6月30日，申报单位应当如实填写。",
        "2021年1月1日至2021年12月31日期间获得授权的专利可以申请资助。",
        "专利申请日在2021年6月1日以前的，适用修改前的规定。",
        "2021年6月1日前申请的专利不予受理。",
        "请于收到通知后3个工作日内报送。",
        "有效期至2026年2月4日。",
        "每年3月31日前报送年度报告。",
        "2021-2025年，中央财政累计安排100亿元以上奖补资金，分三批支持。",
        "2021年2月30日前报送。",
        "联系电话：022-58832857，请于第18号楼报送。",
        "详见 https://example.cn/2021/03/05/ 前申报。",
        "",
    ],
)
def test_other_days_are_no_deadlines(text: str) -> None:
    assert read(text) == []


def test_two_years_share_one_month_and_day() -> None:
    text = "第二批、第三批《实施方案》应分别于2021年、2022年7月15日前报送。"
    assert read(text) == [
        (date(2021, 7, 15), "报送", False),
        (date(2022, 7, 15), "报送", False),
    ]


def test_each_of_several_deadlines_says_what_it_is_for() -> None:
    text = "网上申报截止时间为2021年3月5日。\n纸质材料请于2021年3月12日前报送我局。"
    assert read(text) == [(date(2021, 3, 5), "申报", False), (date(2021, 3, 12), "报送", False)]


def test_a_repost_counts_from_the_original_s_day() -> None:
    found = find_deadlines(
        "拟立项的公示",
        "有异议的可在公布之日起5个工作日内提出。",
        published=date(2025, 11, 24),
        base=date(2025, 11, 21),
    )
    assert [one.on for one in found] == [date(2025, 11, 28)]


def test_the_printed_words_are_kept() -> None:
    found = find_deadlines("", "请于２０２１年３月５日前提交。", published=PUBLISHED)
    assert found[0].printed == "请于２０２１年３月５日前提交"


def test_the_nearest_deadline_is_the_earliest_since_publication() -> None:
    found = find_deadlines(
        "",
        "公示期：2021年1月1日至2021年1月8日。\n请于2021年3月1日前报送。\n请于2021年2月20日前报名。",
        published=PUBLISHED,
    )
    assert nearest_deadline(found, published=PUBLISHED, today=PUBLISHED) == date(2021, 2, 20)
    assert nearest_deadline(found, published=None, today=date(2021, 2, 21)) == date(2021, 3, 1)
    assert nearest_deadline((), published=PUBLISHED, today=PUBLISHED) is None


CHINESE = st.text(
    alphabet="2021年3月15日前至-自起公示期征求意见报送申报，。《》 \n一二十个工作天内止"
)


@given(CHINESE, st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 1, 1)))
def test_no_text_raises(text: str, published: date) -> None:
    for one in find_deadlines(text, text, published=published):
        assert one.what


@given(st.text(alphabet="公示征求意见报送申报截止前之日起内个，。月日年号第"))
def test_words_without_a_number_give_no_deadline(text: str) -> None:
    assert read(text) == []


@given(st.integers(1, 60), st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 1, 1)))
def test_days_are_counted_from_the_day_after(count: int, published: date) -> None:
    found = read(f"请自发布之日起{count}日内反馈意见。", published)
    assert found == [(published + timedelta(days=count), "征求意见", True)]
