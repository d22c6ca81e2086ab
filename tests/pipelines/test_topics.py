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
