"""What a model writes is printed only where it is the page's own words, whatever was changed."""

from __future__ import annotations

from collections import Counter

import pytest

from pipelines.summaries.fidelity import Said, UnfaithfulError, check
from pipelines.summaries.sentences import MOST, Numbered, numbered_sentences
from tests.pipelines.mutated_summaries import Faithful, faithful, mutants


def is_accepted(said: tuple[Said, ...], page: tuple[Numbered, ...]) -> bool:
    try:
        check(said, page)
    except UnfaithfulError:
        return False
    return True


def accepted(some: list[Faithful]) -> list[Faithful]:
    return [one for one in some if is_accepted(one.said, one.page)]


def test_most_summaries_made_as_asked_are_accepted() -> None:
    good = faithful("copied")
    assert len(good) == 50
    assert len(accepted(good)) >= 47
    later = faithful("later")
    assert len(later) == 24
    assert len(accepted(later)) >= 20


def test_what_is_true_in_other_words_cannot_be_told_from_what_is_not_and_is_refused() -> None:
    assert len(faithful("reworded")) == 12
    assert accepted(faithful("reworded")) == []


def test_of_a_thousand_summaries_made_false_none_is_accepted() -> None:
    wrong = mutants(accepted(faithful("copied")), 1000)
    kinds = Counter(one.kind for one in wrong)
    assert len(wrong) == 1000
    assert len(kinds) >= 20
    assert [(one.kind, one.said) for one in wrong if is_accepted(one.said, one.page)] == []


LIES = {
    "an item of what is refused": (
        "有下列情形之一的，不予受理：\n（一）重复申报的项目；\n（二）材料不全的项目。",
        [("重复申报的项目。", 2)],
    ),
    "under a heading that refuses": (
        "四、不予支持的情形\n（一）重复申报的项目可以由单位说明。\n五、其他",
        [("重复申报的项目可以由单位说明。", 2)],
    ),
    "an item of a line that refuses": (
        "不予支持的有：（一）重复申报的项目。（二）材料不全的项目。",
        [("材料不全的项目。", 2)],
    ),
    "a rumour without its denial": (
        "网传某药已获批准上市，经核实为不实消息。",
        [("网传某药已获批准上市。", 1)],
    ),
    "a rumour without its heading": (
        "以下说法系谣言：\n某药已获批准上市。",
        [("某药已获批准上市。", 2)],
    ),
    "a rumour cut out of its line": (
        "以下说法系谣言：某药已获批准上市。",
        [("某药已获批准上市。", 1)],
    ),
    "another subject": (
        "甲局负责审核申报材料。乙企业准备材料。应于3月1日前报送材料。",
        [("甲局负责审核申报材料。", 1), ("应于3月1日前报送材料。", 3)],
    ),
    "a number cut at its comma": ("奖励甲企业和乙企业1,000万元。", [("奖励甲企业和乙企业1。", 1)]),
    "a number taken for the item's": ("10.5万元补助发给企业。", [("5万元补助发给企业。", 1)]),
    "a numeral taken for the item's": (
        "一、二季度产值增长百分之五。",
        [("二季度产值增长百分之五。", 1)],
    ),
    "a line of production taken for an article": (
        "第三条生产线于3月1日停产检修。",
        [("生产线于3月1日停产检修。", 1)],
    ),
    "without its condition": (
        "根据申请人的请求，可以延期到3月1日办理。",
        [("可以延期到3月1日办理。", 1)],
    ),
    "without whom it is about": (
        "对未按期申报的企业，取消其资格。",
        [("取消其资格。", 1)],
    ),
    "without its exception": (
        "企业可以申报补助资金，上市企业除外。",
        [("企业可以申报补助资金。", 1)],
    ),
    "without the next sentence's exception": (
        "企业可以申报补助资金。但上市企业除外。",
        [("企业可以申报补助资金。", 1)],
    ),
    "a question as an answer": ("是否取消该企业的资格？", [("是否取消该企业的资格。", 1)]),
    "the day that was moved": (
        "会议原定于3月1日召开，现改为3月5日召开。",
        [("会议原定于3月1日召开。", 1)],
    ),
    "the first of what is shared out": (
        "甲、乙企业分别奖励10万元，20万元。",
        [("甲、乙企业分别奖励10万元。", 1)],
    ),
    "a named one taken for background": (
        "为甲企业提供担保的乙企业，应当于3月1日前报送材料。",
        [("应当于3月1日前报送材料。", 1)],
    ),
    "one day for another": (
        "甲企业于3月1日起停产；乙企业于4月1日起停产。",
        [("甲企业于4月1日起停产。", 1)],
    ),
    "a sentence that is not there": ("甲企业于3月1日起停产。", [("甲企业于3月1日起停产。", 2)]),
    "the same sentence twice": (
        "甲企业于3月1日起停产。",
        [("甲企业于3月1日起停产。", 1), ("甲企业于3月1日起停产。", 1)],
    ),
    "a promise of more": ("对符合下列条件的企业，给予奖励。", [("对符合下列条件的企业。", 1)]),
    "what only leads on": (
        "为促进发展，我局开展申报工作，现将有关事项通知如下：",
        [("我局开展申报工作，现将有关事项通知如下：", 1)],
    ),
    "a claim without who makes it": (
        "有关企业反映，甲药已获批准上市。",
        [("甲药已获批准上市。", 1)],
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_words_that_all_occur_can_lie(name: str) -> None:
    body, said = LIES[name]
    with pytest.raises(UnfaithfulError, match=r"第 \d 句"):
        check([Said(text, (number,)) for text, number in said], numbered_sentences(body))


TRUTHS = {
    "no heading that refuses stands above any more": (
        "一、不予支持的情形\n（一）重复申报的项目。\n二、申报时间\n申报截止时间为3月5日17:00。",
        [("申报截止时间为3月5日17：00。", (4,))],
    ),
    "numbering, background and the last clause are left out": (
        "三、根据《管理办法》（财建〔2021〕2号）的规定，现将名单予以公示，共6家，请社会监督。",
        [("将名单予以公示，共6家。", (1,))],
    ),
    "what leads on is left out": (
        "为促进发展，我局开展申报工作，现将有关事项通知如下：",
        [("我局开展申报工作。", (1,))],
    ),
    "a pronoun with its sentence": (
        "甲公司获批上市。该公司于3月1日开工。",
        [("甲公司获批上市。", (1,)), ("该公司于3月1日开工。", (2,))],
    ),
    "two sentences in one": (
        "申报截止时间为3月5日。联系我局科技处。评审于4月1日开始。",
        [("申报截止时间为3月5日；评审于4月1日开始。", (1, 3))],
    ),
    "full-width figures and other quotation marks": (
        "“小巨人”企业共１０家，见附件。",
        [('"小巨人"企业共10家。', (1,))],
    ),
}


@pytest.mark.parametrize("name", TRUTHS)
def test_what_may_be_left_out_may(name: str) -> None:
    body, said = TRUTHS[name]
    check([Said(text, cites) for text, cites in said], numbered_sentences(body))


def test_sentences_are_numbered_as_printed_and_bounded() -> None:
    body = "各单位：\n一、要求（见“附件。”说明）。请于3月5日前报送！\n序号 | 名称\n1 | 甲"
    assert [one.text for one in numbered_sentences(body)] == [
        "各单位：",
        "一、要求（见“附件。”说明）。",
        "请于3月5日前报送！",
    ]
    assert len(numbered_sentences("请按期报送材料。" * 500)) == MOST
    assert sum(len(one.text) for one in numbered_sentences(("长" * 500 + "。") * 60)) <= 6000
    assert numbered_sentences("长" * 10_000) == []


def test_a_page_of_any_form_takes_no_time() -> None:
    for body in ("，" * 5000, "（" * 5000, "一、" * 2000, "为a，" * 1500, "如有，" * 1500 + "。"):
        page = numbered_sentences(body)
        text = page[0].text if page else body[:500]
        assert not is_accepted((Said(text[:-3] + "x", (1,)),), tuple(page) or (Numbered(text),))
