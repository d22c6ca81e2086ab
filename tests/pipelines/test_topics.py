"""Topics from the controlled vocabulary."""

from __future__ import annotations

from pipelines.facts.topics import Topic, find_topics


def test_a_word_in_the_title_is_enough() -> None:
    topics = find_topics("关于公开征求《中药新药复方制剂》意见的通知", "")
    assert [topic.name for topic in topics] == ["中药", "征求意见"]


def test_a_word_in_the_text_counts_from_the_second_time() -> None:
    assert find_topics("通知", "专利一次，商标一次，商标两次。") == (Topic("商标", ("商标",)),)


def test_overlapping_words_are_all_found() -> None:
    names = {topic.name for topic in find_topics("创新型中小企业名单公示", "")}
    assert names == {"专精特新", "中小企业", "公示"}


def test_latin_words_are_found_in_any_case_and_width() -> None:
    assert [topic.name for topic in find_topics("ｇcp 检查", "")] == ["临床试验"]


def test_an_article_about_something_else_has_none() -> None:
    assert find_topics("天气预报", "今天晴。") == ()


def test_a_notice_is_tagged_by_what_it_does_not_by_a_word_in_its_text() -> None:
    text = "项目申报单位应当接受公示。项目申报和公示按规定进行。" * 3
    approved = {topic.name for topic in find_topics("关于2020年重大专项项目立项的通知", text)}
    assert "立项" in approved
    assert not approved & {"项目申报", "公示", "征求意见"}
    rules = {topic.name for topic in find_topics("优先审评工作程序（内部操作细则）", text)}
    assert not rules & {"项目申报", "公示"}
    call = {topic.name for topic in find_topics("关于组织申报2021年自然科学基金项目的通知", "")}
    assert "项目申报" in call


def test_a_title_without_an_act_is_read_by_its_opening_words() -> None:
    names = {topic.name for topic in find_topics("公告", "经审议，现将拟支持企业名单予以公示。")}
    assert "公示" in names
