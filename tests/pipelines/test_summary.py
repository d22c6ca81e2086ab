"""Summaries: what, for whom, until when; short; never the salutation."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.summary import LONGEST, summarise
from storage.models import Deadline

DUE = (Deadline(date(2021, 2, 18), "征求意见", "征求意见时限为：2021年2月4日-2021年2月18日"),)


def test_a_short_body_is_its_own_summary() -> None:
    assert summarise("公告", "本局网站将于周六停机维护。") == "本局网站将于周六停机维护。"


def test_purpose_and_salutation_give_way_to_the_news_and_the_deadline() -> None:
    text = (
        "各有关单位：\n"
        "为贯彻落实《关于促进中医药传承创新发展的意见》提出的改革中药注册管理的要求，"
        "我中心组织起草了《中药新药复方制剂中医药理论申报资料撰写指导原则（征求意见稿）》。\n"
        "现在中心网站予以公示，以广泛听取各界意见和建议，欢迎各界提出宝贵意见和建议，并请及时反馈给我们。\n"
        "征求意见时限为：2021年2月4日-2021年2月18日（15天）。\n"
        "联系人：张亚欣，联系方式：zhangyaxin@cde.org.cn。"
    )
    summary = summarise("关于公开征求意见的通知", text, DUE)
    assert summary == (
        "征求意见截止 2021-02-18。"
        "我中心组织起草了《中药新药复方制剂中医药理论申报资料撰写指导原则（征求意见稿）》。"
        "现在中心网站予以公示，以广泛听取各界意见和建议，欢迎各界提出宝贵意见和建议，并请及时反馈给我们。"
    )


def test_the_title_is_not_repeated() -> None:
    title = "关于组织申报2021年度天津市科技计划项目的通知"
    text = (
        f"{title}\n各有关单位：\n"
        + "现组织开展项目申报，面向本市企业，最高资助50万元。" * 1
        + "\n"
        + "背景。" * 80
    )
    assert summarise(title, text).startswith("现组织开展项目申报")


def test_no_text_no_summary() -> None:
    assert summarise("标题", "") == ""


@given(
    st.text(),
    st.text(alphabet="各有关单位：为贯彻落实现将公示，。申报截止2021年3月\n一、", max_size=600),
)
def test_a_summary_is_never_longer_than_allowed(title: str, text: str) -> None:
    assert len(summarise(title, text, DUE)) <= LONGEST


def test_table_rows_and_ways_to_answer_are_no_summary() -> None:
    text = (
        "我局研究起草了《信用管理办法（征求意见稿）》，现向社会公开征求意见，欢迎提出修改意见。\n"
        "申请人 | 资助项目 | 合计\n北京某中药科技有限公司 | 15000 | 45000\n"
        "意见反馈渠道：\n1.电子邮箱：xinyong@zscqj.example\n"
        "2.通讯地址：北京市知识产权局知识产权保护处（请在信封上注明“意见征集”字样）\n"
        "3.电话：010-10006508\n4.传真：010-10006509\n附件：1.信用管理办法（征求意见稿）\n"
        "公开征集意见时间为2021年2月3日至3月4日，请有关单位和个人按时反馈，逾期不再受理。\n"
        "北京市知识产权局\n2021年2月3日"
    )
    found = summarise("关于公开征求意见的公告", text)
    assert found.startswith("我局研究起草了")
    assert "|" not in found
    assert "传真" not in found
    assert "信封" not in found


def test_who_must_act_by_a_day_comes_first_and_is_not_told_twice() -> None:
    printed = "请承担单位于2月20日前签订任务合同书"
    text = (
        "经评审，市科技局决定对“中药质量标准”等六个项目予以立项。\n"
        + printed
        + "。\n"
        + "背景。" * 60
    )
    due = (Deadline(date(2021, 2, 20), "办理", printed),)
    summary = summarise("关于项目立项的通知", text, due)
    assert summary.startswith(printed)
    assert summary.count("2月20日") == 1
    assert "2021-02-20" not in summary


def test_a_page_that_is_a_record_tells_what_its_title_does_not() -> None:
    text = (
        "受理号 | CXHL2000601\n药品名称 | HZ-0421片\n"
        "适应症 | 用于特应性皮炎\n注册分类 | 化学药品1类"
    )
    summary = summarise("临床试验默示许可：HZ-0421片（CXHL2000601）", text)
    assert summary == "适应症：用于特应性皮炎；注册分类：化学药品1类。"


def test_a_page_that_is_a_list_says_its_columns_and_rows() -> None:
    rows = "\n".join(f"{number} | 某某制药有限公司 | 西青区" for number in range(1, 8))
    assert (
        summarise("名单", f"序号 | 企业名称 | 所属区\n{rows}")
        == "表格（序号、企业名称、所属区）共 7 行。"
    )


def test_an_item_without_its_list_and_a_press_s_own_words_are_left_out() -> None:
    text = (
        "#IPR#未经许可，禁止转载；近日，国务院办公厅印发行动方案，提出五十一项举措，支持企业创新。\n"
        "1.具备固定的服务场所和两名以上专职人员，管理制度健全；\n"
        "2.采集企业知识产权需求，按季度汇总分析并提出建议；\n"
        "附件：申报书.docx\n"
    ) + "背景说明文字。" * 40
    summary = summarise("方案解读", text)
    assert "转载" not in summary
    assert "#" not in summary
    assert "采集" not in summary
    assert summary.endswith("。")


@given(st.text(alphabet="1.2、（一）；。：，甲乙丙丁报送截止 |\n", max_size=400))
def test_no_summary_begins_inside_a_list_or_ends_in_a_clause(text: str) -> None:
    summary = summarise("标题", text)
    assert not summary.endswith(("；", "，", "、"))
    assert " | " not in summary


def test_what_stands_before_the_news_is_no_part_of_it() -> None:
    text = (
        "某类抗体可同时结合两个靶点，其首次人体剂量的确定和联合用药策略与常规单抗有明显不同。"
        "为引导企业开展研发，我中心起草了《某类抗体临床研发技术指导原则》，现形成征求意见稿并在中心网站公示。\n"
        "一、充分认识工作的重要性\n各单位要把这项工作的意义讲清楚，把申报的要求讲明白。\n"
    )
    assert summarise("关于公开征求意见的通知", text) == (
        "我中心起草了《某类抗体临床研发技术指导原则》，现形成征求意见稿并在中心网站公示。"
    )


def test_what_stands_inside_of_an_item_is_told_only_where_there_is_nothing_else() -> None:
    text = (
        "现将《工作指引》印发给你们，请结合实际贯彻执行。\n二、建设程序\n"
        "（一）发起。由不少于10家单位共同发起，制定章程和三年工作计划，给予补助。\n"
        "本指引自2021年3月1日起施行，有效期5年。"
    )
    assert summarise("关于印发工作指引的通知", text) == (
        "现将《工作指引》印发给你们，请结合实际贯彻执行。本指引自2021年3月1日起施行，有效期5年。"
    )


def test_a_line_that_leads_to_items_tells_their_headings() -> None:
    text = (
        "按照部署，经研究论证，市科技局提出以下支持措施：\n"
        "（一）支持人才引进。摸清实际需要，指导成员单位申报项目。\n"
        "（二）支持平台建设。逐家对接成员单位，列出名单。\n"
        "（三）强化组织保障。定期听取汇报。\n"
    )
    assert summarise("若干措施", text) == (
        "市科技局提出以下支持措施：支持人才引进、支持平台建设、强化组织保障。"
    )


def test_a_heading_that_says_what_it_is_of_stands_before_its_sentence() -> None:
    text = (
        "现开展工作站建设单位征集工作，有关事项通知如下。\n一、征集对象\n"
        "产业园区、孵化器等在京法人单位，有固定服务场所和2名以上专职人员。\n"
        "四、联系方式\n公共服务处 周老师 010-10006415\n"
    ) + "其他说明。" * 20
    assert summarise("通知", text) == (
        "现开展工作站建设单位征集工作。"
        "征集对象：产业园区、孵化器等在京法人单位，有固定服务场所和2名以上专职人员。"
    )


def test_whom_a_term_is_of_stands_before_it_and_the_earlier_term_first() -> None:
    text = (
        "一、检查时限\n机构完成备案后60个工作日内，省级部门应当开展首次检查。"
        "此前已备案尚未检查的，应当于2021年6月30日前完成。\n"
    )
    due = (Deadline(date(2021, 6, 30), "办理", "此前已备案尚未检查的，应当于2021年6月30日前完成"),)
    assert summarise("关于首次检查的通知", text, due) == (
        "机构完成备案后60个工作日内，省级部门应当开展首次检查。"
        "此前已备案尚未检查的，应当于2021年6月30日前完成。"
    )
    text = "网上申报自2月5日9时开始，截止时间为3月5日24时。推荐单位审核截止时间为3月10日。"
    two = (
        Deadline(date(2021, 3, 5), "申报", "网上申报自2月5日9时开始，截止时间为3月5日24时"),
        Deadline(date(2021, 3, 10), "报送", "推荐单位审核截止时间为3月10日"),
    )
    assert summarise("申报的通知", text, two).startswith("网上申报自2月5日9时开始")


def test_of_a_record_its_content_is_told_and_not_its_form() -> None:
    text = (
        "名称 | 某指导原则\n文号 | 2021年第9号\n关键词 | 免疫球蛋白\n附件 | 某指导原则.pdf\n"
        "内容简介 | 某指导原则由药审中心组织制定，供申请人参考。关键内容涉及免疫球蛋白。"
    )
    assert summarise("某指导原则", text) == "某指导原则由药审中心组织制定，供申请人参考。"
    assert "pdf" not in summarise("某指导原则", text.replace("内容简介", "内容"))
