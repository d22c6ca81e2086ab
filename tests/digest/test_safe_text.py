"""Text from pages cannot reorder, hide or break what readers see."""

from __future__ import annotations

import pytest

from digest.safe_text import clean_line, clean_text, safe_link, shorten, strip_hidden


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("关于\u202e知通\u202c的通知", "关于知通的通知"),
        ("一\u2066二\u2069三\u200b四\ufeff五", "一二三四五"),
        ("a\x00b\x07c\x1bd\x7fe", "abcde"),
        ("Subject\r\nBcc: x@example.com", "Subject Bcc: x@example.com"),
        ("两\u2028行\u2029字", "两 行 字"),
        ("  空　 格\u00a0多  ", "空 格 多"),
        ("半\ud800截\uffff", "半截"),
    ],
)
def test_a_line_is_one_line_of_visible_text(dirty: str, clean: str) -> None:
    assert clean_line(dirty) == clean


def test_text_keeps_its_lines_and_loses_the_rest() -> None:
    assert clean_text("一\r\n二\x00\u202e\n\n\n\n三  \n") == "一\n二\n\n三"


def test_markup_keeps_its_spacing() -> None:
    assert strip_hidden("<p>a\x00\u202eb</p>\n <p>c</p>") == "<p>ab</p>\n <p>c</p>"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//x",
        "",
        "http://[::1",
        "x",
    ],
)
def test_only_web_links_are_links(url: str) -> None:
    assert safe_link(url) == ""


def test_a_link_is_kept_as_served() -> None:
    url = "http://www.cde.org.cn/news.do?method=viewInfoCommon&id=39dbfc16589f1d5f"
    assert safe_link(url) == url
    assert safe_link("https://example.com/a b\r\n.pdf") == "https://example.com/a%20b%20.pdf"


def test_shortening_ends_at_a_sentence_or_says_it_goes_on() -> None:
    assert shorten("第一句话说完。第二句话很长很长很长", 10) == "第一句话说完。"
    assert shorten("没有标点的一长串文字没有标点", 6) == "没有标点的…"
    assert shorten("短", 6) == "短"
