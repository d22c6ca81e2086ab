"""Bodies: hostile or sloppy HTML in, clean HTML and plain text out."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.body import read_body

PAGE = "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/202102/t20210204_5348438.html"


def text_of(fragment: str) -> str:
    return read_body(fragment, PAGE).text


def html_of(fragment: str) -> str:
    return read_body(fragment, PAGE).html


def test_a_div_per_line_and_br_make_paragraphs() -> None:
    assert text_of("<div>甲</div><div>乙<br>丙<br/><br/>丁</div>") == "甲\n乙\n丙\n丁"
    assert html_of("<div>甲<br>乙</div>") == "<p>甲</p>\n<p>乙</p>"


def test_bold_over_several_paragraphs_is_bold_in_each() -> None:
    assert (
        html_of("<b>甲<br>乙</b>丙") == "<p><strong>甲</strong></p>\n<p><strong>乙</strong>丙</p>"
    )


def test_word_and_wps_droppings_are_gone() -> None:
    fragment = (
        '<p class="MsoNormal" style="mso-char-indent-count:2.0;text-indent:24pt">'
        "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml>"
        '<![endif]--><span lang="EN-US"><o:p>&nbsp;</o:p></span>'
        "&nbsp;&nbsp;&emsp;　　各有关<span></span>单位：<o:p></o:p></p><p>&nbsp;</p>"
    )
    assert html_of(fragment) == "<p>各有关单位：</p>"


def test_lines_wrapped_in_the_source_are_joined_without_a_space() -> None:
    assert text_of("<p>知识\n   产权，\n保护 in\nChina</p>") == "知识产权，保护 in China"


def test_a_printed_gap_between_two_offices_is_kept() -> None:
    assert text_of("<p>市工业和信息化局&nbsp;&nbsp;市财政局</p>") == "市工业和信息化局 市财政局"


def test_links_and_pictures_become_absolute() -> None:
    body = read_body(
        '<p><a href="./W020210204.docx">附件</a><img src="../a.png" alt="图"></p>', PAGE
    )
    folder = "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n"
    assert body.links == (("附件", f"{folder}/202102/W020210204.docx"),)
    assert body.images == (f"{folder}/a.png",)


def test_wechat_pictures_and_hidden_body_are_read() -> None:
    fragment = (
        '<div id="js_content" style="visibility: hidden; opacity: 0;"><p>正文</p>'
        '<img data-src="https://mmbiz.qpic.cn/x/640" src="data:image/gif;base64,R0lGOD"></div>'
    )
    body = read_body(fragment, PAGE)
    assert body.text == "正文"
    assert body.images == ("https://mmbiz.qpic.cn/x/640",)


@pytest.mark.parametrize(
    "fragment",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>x</p>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java&#10;script:alert(1)">x</a>',
        '<a href=" &#1;javascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        "<img src=x onerror=alert(1)>",
        '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
        "<svg><script>alert(1)</script></svg>",
        "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<style>@import 'javascript:alert(1)'</style>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<p><<script>alert(1)//<</script></p>",
    ],
)
def test_nothing_that_runs_survives(fragment: str) -> None:
    html = html_of(fragment)
    for word in ("<script", "alert(1)</", "onerror", "onclick", "onload", "javascript:", "data:"):
        assert word not in html


def test_written_markup_stays_text() -> None:
    assert html_of("<p>&lt;script&gt;1&lt;/script&gt; A&amp;B</p>") == (
        "<p>&lt;script&gt;1&lt;/script&gt; A&amp;B</p>"
    )


def test_share_bars_counters_and_crumbs_are_gone() -> None:
    fragment = (
        "<p>您的位置：首页 > 通知公告</p><p>发布时间：2021-02-04 来源：某处 字体：大 中 小</p>"
        "<p>正文一。</p><p>【字体：大 中 小】</p><p>浏览次数：<span>123</span></p>"
        '<div class="bdsharebuttonbox">分享到：<a href="#">微信</a></div><p>分享到：</p>'
        "<p>扫一扫在手机打开当前页</p>"
        "<p>【打印本页】 【关闭窗口】</p><p>上一篇：旧闻</p><p>正文二。</p>"
    )
    assert text_of(fragment) == "正文一。\n正文二。"


def test_sentences_about_printing_and_sharing_stay() -> None:
    text = "请打印申请表并扫一扫二维码报名，分享到各单位。"
    assert text_of(f"<p>{text}</p>") == text


def test_a_data_table_keeps_its_merged_cells() -> None:
    fragment = (
        '<table border="1" class="MsoTable"><tr><td colspan="2" style="x"><p>名单</p></td></tr>'
        '<tr><td rowspan="1">甲</td><td><p>乙</p><p>丙</p></td></tr></table>'
    )
    body = read_body(fragment, PAGE)
    assert body.html == (
        '<table><tbody><tr><td colspan="2">名单</td></tr>'
        "<tr><td>甲</td><td>乙<br>丙</td></tr></tbody></table>"
    )
    assert body.text == "名单\n甲 | 乙 丙"


def test_a_table_that_only_places_the_text_is_no_table() -> None:
    fragment = "<table><tr><td><p>甲</p><p>乙</p></td></tr></table>"
    assert html_of(fragment) == "<p>甲</p>\n<p>乙</p>"


def test_lists_keep_their_numbers_in_the_text() -> None:
    body = read_body("<ol><li>甲</li><li><p>乙</p></li></ol><ul><li>丙</li></ul>", PAGE)
    assert body.text == "1. 甲\n2. 乙\n丙"
    assert body.html.count("<li>") == 3


def test_a_body_of_pictures_is_kept_and_marked() -> None:
    body = read_body('<p style="text-align:center"><img src="/a.png"></p>', PAGE)
    assert body.text == ""
    assert body.html == '<p><img src="https://gyxxh.tj.gov.cn/a.png" alt=""></p>'
    assert body.warnings == ("正文为图片",)


def test_the_list_of_attachments_stays_in_the_text() -> None:
    assert text_of("<p>附件：1.申请表</p><p>2.名单</p>") == "附件：1.申请表\n2.名单"


def test_the_two_lines_that_end_a_repost_are_read_and_removed() -> None:
    url = "http://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202511/t20251121_7183240.html"
    body = read_body(
        f"<p>2025年11月21日</p><p>　　阅读原文/下载相关附件请前往:<a href='{url}'>{url}</a></p>"
        "<p>　　资料来源:天津市科学技术局 kxjs.tj.gov.cn</p>",
        "https://i.tten.cn/news/tzgg/202511/t20251124_168760.html",
    )
    assert body.original_url == url
    assert body.source == "天津市科学技术局"
    assert body.text == "2025年11月21日"
    assert body.html == "<p>2025年11月21日</p>"


def test_the_original_s_link_may_hide_behind_words() -> None:
    body = read_body("<p><a href='http://kxjs.tj.gov.cn/a.html'>阅读原文</a></p>", PAGE)
    assert body.original_url == "http://kxjs.tj.gov.cn/a.html"


def test_small_hidden_boxes_go_and_a_hidden_body_stays() -> None:
    long = "正文很长。" * 60
    assert (
        text_of(f'<p style="display:none">广告</p><div style="display: none">{long}</div>') == long
    )


@pytest.mark.parametrize(
    "soup",
    [
        "<div>" * 2_000_000 + "深",
        "<p><font>字" * 300_000,
        "<table><tr><td>" * 300_000 + "x",
        "<b><i>x" * 400_000,
        "<" * 10_000_000,
        "&" * 10_000_000,
        "&x" * 5_000_000,
        "<p " + "a=b " * 1_000_000 + ">x",
    ],
    ids=["div", "font", "table", "inline", "lt", "amp", "reference", "attributes"],
)
def test_tag_soup_ends_soon_and_says_so(soup: str) -> None:
    started = time.process_time()
    body = read_body(soup, PAGE)
    assert time.process_time() - started < 20
    assert body.warnings


def test_deep_nesting_loses_no_words() -> None:
    body = read_body("<div>" * 1000 + "里" + "</div>" * 1000 + "<p>外</p>", PAGE)
    assert body.text == "里\n外"
    assert body.warnings == ("正文标签嵌套超过 250 层，已展平",)


def test_paragraphs_left_open_are_not_depth() -> None:
    body = read_body("<p>段" * 1000, PAGE)
    assert body.text == "\n".join(["段"] * 1000)
    assert body.warnings == ()


def test_pictures_written_into_the_page_do_not_push_out_the_text() -> None:
    picture = '<img src="data:image/png;base64,' + "A" * 4_000_000 + '">'
    body = read_body(f"<p>前</p>{picture}<p>后</p>", PAGE)
    assert body.text == "前\n后"
    assert body.warnings == ()


@given(st.text(alphabet="<>/=\"' &;abdiprtulgsc!-#x字。\n\x00"))
def test_no_soup_raises(soup: str) -> None:
    body = read_body(soup, PAGE)
    assert "<script" not in body.html


@given(st.text())
def test_no_text_raises(text: str) -> None:
    read_body(text, text)
