"""The score of an entry: what it does, how near it is to the company, and the reasons said."""

import time
from dataclasses import replace
from datetime import date

import pytest

from digest.choosing.document import Document
from digest.choosing.learning import Label, learn
from digest.choosing.pairs import pairs_of, terms_of
from digest.choosing.roles import addresses_outsiders, role_of
from digest.choosing.scoring import Taste, score_all

TASTE = Taste("中药新药研发，专利，商标", {"projects": "科技项目申报"})


def document(number: int, title: str, **over: object) -> Document:
    base = Document(number, "pharma", title, "为规范有关工作，现将有关事项通知如下。")
    return replace(base, **over)  # type: ignore[arg-type]


def values(*documents: Document, taste: Taste = TASTE) -> list[float]:
    scores = score_all(documents, taste)
    return [scores[one.id].value for one in documents]


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("关于印发某市促进条例实施方案的通知", "发布"),
        ("两部门联合印发《关于支持中小企业的通知》", "发布"),
        ("关于做好假期安全工作的通知", "通告"),
        ("关于支持创新联盟的若干措施（试行）", "文件"),
        ("某市工业增加值增速由负转正", "消息"),
        ("关于公开征求《某办法（征求意见稿）》意见的通知", "征求意见"),
        ("关于开展第三批专精特新“小巨人”企业培育工作的通知", "申报"),
        ("关于2024年高新技术企业认定管理工作的通知", "申报"),
        ("关于生物技术和大健康产业政策兑现的通知", "申报"),
        ("发明专利申请优先审查推荐", "申报"),
        ("国家医保局发布医保药品目录调整工作方案及申报指南", "申报"),
        ("征集海外知识产权纠纷应对指导需求", "申报"),
        ("又一款减重药申报上市", "消息"),
        ("关于10批次进口普通化妆品备案取消的通告", "通告"),
        ("关于持续严格规范专利申请行为的通知", "通告"),
        ("关于加强委托生产监督管理工作的公告（征求意见稿）", "征求意见"),
        ("机关办公楼物业服务项目竞争性磋商公告", "事务"),
        ("关于做好春节期间实验室安全和疫情防控工作的通知", "事务"),
        ("三部门联合部署春节期间工业企业稳岗保供工作", "消息"),
        ("国家组织药品集中采购中标公告", "通告"),
        ("“代理商离职泄露经销商名单”——客户信息构成商业秘密的三道门槛", "消息"),
    ],
)
def test_a_title_says_what_its_document_does(title: str, role: str) -> None:
    assert role_of(title) == role


def test_a_deadline_of_a_meeting_or_a_report_binds_nobody_outside() -> None:
    assert addresses_outsiders("关于组织申报某基金项目的通知")
    assert addresses_outsiders("某名单的公示")
    assert not addresses_outsiders("关于做好春节期间安全工作的通知", "报送")
    assert not addresses_outsiders("关于举办某培训班的通知", "报名")
    assert not addresses_outsiders("《某通知》解读", "申报")
    assert addresses_outsiders("关于有关事项的通知", "申报")


def test_what_is_nearer_to_the_company_scores_higher() -> None:
    near, far = values(
        document(1, "关于发布《中药新药质量研究指导原则》的通告"),
        document(2, "关于发布《兽用器械质量研究指导原则》的通告"),
    )
    assert near > far


def test_a_chapter_counts_its_own_profile_too() -> None:
    title = "关于组织科技项目申报的通知"
    own, other = values(document(1, title, chapter="projects"), document(2, title, chapter="ip"))
    assert own > other


def test_without_a_profile_the_kind_decides() -> None:
    issued, told = values(
        document(1, "关于印发某办法的通知"), document(2, "某局召开座谈会"), taste=Taste()
    )
    assert issued > told


@pytest.mark.parametrize(
    "over",
    [
        {"due_on": date(2021, 2, 18)},
        {"effective_on": date(2021, 3, 1)},
        {"replaces": "〔2018〕4号"},
        {"doc_number": "〔2021〕1号"},
    ],
    ids=lambda over: next(iter(over)),
)
def test_what_obliges_raises_the_score(over: dict[str, object]) -> None:
    title = "关于某事项的通知"
    more, less = values(document(1, title, **over), document(2, title))
    assert more > less


def test_one_of_a_long_series_scores_less_than_one_alone() -> None:
    series = [document(n, f"拟纳入优先审评公示：药品{n}号（CXHS210000{n}）") for n in range(1, 5)]
    alone = document(9, "拟纳入优先审评公示：药品9号（CXHS2100009）")
    assert values(*series)[0] < values(alone)[0]


def test_the_three_strongest_reasons_are_said_in_chinese() -> None:
    labels = [Label("pharma", f"关于公开征求《中药{n}》意见的通知", kept=True) for n in range(15)]
    labels += [Label("pharma", f"某处召开第{n}次座谈会", kept=False) for n in range(15)]
    taste = replace(TASTE, taught=learn(labels))
    one = document(1, "关于公开征求《中药新药研发指南》意见的通知", due_on=date(2021, 2, 18))
    score = score_all([one, document(2, "某处召开座谈会")], taste)[1]
    assert len(score.reasons) == 3
    assert "征求意见稿" in score.reasons
    assert "曾保留同类 15 次" in score.reasons
    assert any("命中“中药新药研发”" in reason for reason in score.reasons)


def test_terms_stand_between_commas_and_pairs_inside_them() -> None:
    assert terms_of("中药新药，专利 商标、GMP") == ("中药新药", "专利", "商标", "gmp")
    assert list(pairs_of("中药2021新药GMP")) == ["中药", "新药", "gmp"]


def test_scoring_a_large_week_takes_a_moment() -> None:
    many = [
        document(n, f"关于开展第{n}项中药新药研发工作的通知", text="中药新药研发工作的要求。" * 80)
        for n in range(1400)
    ]
    began = time.process_time()
    score_all(many, TASTE)
    # 0.3 s where nothing else runs; a machine that does much else counts longer.
    assert time.process_time() - began < 1.5
