"""WeChat messages of every kind: what is said in the page, and what only in its scripts."""

import pytest
from w3lib.html import remove_tags

from crawlers.items import NoticeItem
from crawlers.reading.wechat_page import article_key, fill_from_article
from crawlers.reading.wechat_script import script_value, script_values

URL = "https://mp.weixin.qq.com/s/AbCdEfGh"


def read(page: str, listed: str = "") -> NoticeItem:
    item = NoticeItem("s", "c", "k", URL, "ip", "资讯", list_title=listed)
    fill_from_article(item, page)
    return item


@pytest.mark.parametrize(
    "script",
    [
        'var ct = "1612318080";',
        "window.ct = '1612318080';",
        "x = { ct: '1612318080' * 1 };",
        "x = { ori_create_time: '1612318080' * 1, create_time: JsDecode('2021-02-04 10:08') };",
        "x = { create_time: JsDecode('2021-02-03 10:08') };",
        '{"create_time":"2021-02-03 10:08"}',
        "var createTime = '2021-02-03 10:08';",
        'var publish_time = "2021-02-03" || "";',
        "var ct = 1612318080;",
    ],
)
def test_the_day_is_read_in_every_form(script: str) -> None:
    page = f'<div id="js_content"><p>正文一段。</p></div><script>{script}</script>'
    assert read(page).published[:10] == "2021-02-03"


@pytest.mark.parametrize(
    "script",
    [
        'var nickname = htmlDecode("药学&amp;观察");',
        "x = { nick_name: JsDecode('药学\\x26amp;观察') };",
        "d.nick_name = (xml ? getXmlValue('nick_name.DATA') : '药学&观察').html(false);",
        '{"nick_name":"药学\\u0026观察"}',
    ],
)
def test_the_account_is_read_in_every_form(script: str) -> None:
    page = f'<div id="js_content"><p>正文一段。</p></div><script>{script}</script>'
    assert read(page).source == "药学&观察"


def test_words_shared_without_a_title_are_called_by_their_first_line() -> None:
    item = read(
        """<meta property="og:title" content="第一行说明升级。\\n第二行说明时间。">
        <div id="js_article" class="share_content_page"><div id="js_content">,</div></div>
        <script>window.cgiDataNew = { item_show_type: '10' * 1, text_page_info: {
        content: JsDecode('第一行说明升级。\\x0a\\x0a第二行说明时间。') } };</script>"""
    )
    assert (item.title, item.complete) == ("第一行说明升级。", True)
    assert "<p>第一行说明升级。</p><p>第二行说明时间。</p>" in item.body_html


def test_a_film_without_a_word_is_its_name_and_not_the_players_buttons() -> None:
    item = read(
        """<meta property="og:title" content="审评流程讲解"><div id="js_content" class="share_tips">
        <span>轻触播放</span></div><script>
        x = { item_show_type: '5' * 1 }; var ct = '1612318080';</script>"""
    )
    assert "［视频］审评流程讲解" in item.body_html
    assert "轻触" not in item.body_html


def test_a_recording_inside_an_article_is_named() -> None:
    item = read(
        """<h1 id="activity-name">每周药讯</h1><div id="js_content"><p>
        <mp-common-mpaudio name="第十二期录音"></mp-common-mpaudio></p></div>"""
    )
    assert item.complete
    assert "［音频］第十二期录音" in item.body_html


def test_a_shared_article_keeps_the_sharers_words_and_names_its_original() -> None:
    item = read(
        """<meta property="og:title" content="推荐一读">
        <div id="js_content" class="share_media"></div>
        <a id="js_share_source" href="https://mp.weixin.qq.com/s?__biz=MzA=&amp;mid=9&amp;idx=1">原</a>
        <script>x = { item_show_type: '11' * 1,
        content_noencode: '推荐同事们读一读。' };</script>"""
    )
    assert "推荐同事们读一读。" in item.body_html
    assert item.original_url == "https://mp.weixin.qq.com/s?__biz=MzA=&mid=9&idx=1"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ('<div class="weui-msg__title warn">该内容已被发布者删除</div>', "该内容已被发布者删除"),
        ('<div class="weui-msg__title">该公众号已迁移</div>', "该公众号已迁移"),
        ("<p>该内容暂时无法查看</p>", "微信页面里没有文章：该内容暂时无法查看"),
    ],
)
def test_a_page_in_an_articles_place_is_kept_by_its_row(page: str, words: str) -> None:
    item = read(page, "列表上的标题")
    assert (item.title, item.complete, item.problem) == ("列表上的标题", False, words)
    assert item.body_html == ""


def test_an_album_is_no_article() -> None:
    item = NoticeItem("s", "c", "k", "https://mp.weixin.qq.com/mp/appmsgalbum?album_id=1", "ip", "")
    fill_from_article(item, '<meta property="og:title" content="审评专辑"><ul><li>一</li></ul>')
    assert not item.complete
    assert "专辑" in item.problem


def test_the_key_is_read_from_the_data_of_a_share_too() -> None:
    assert (
        article_key("x = { bizuin: JsDecode('Mz=='), mid: '26' * 1, idx: '2' * 1 };") == "Mz==:26:2"
    )
    assert article_key("x = { bizuin: '', mid: '' * 1 };") == ""


def test_a_name_inside_another_name_is_not_read() -> None:
    assert script_value("var act = '1'; o.direct = '2'; a_ct: '3', ct: '4'", "ct") == "4"


@pytest.mark.parametrize("piece", ["ct: '", 'ct: "\\', "ct = ct = ", "nick_name: JsDecode('\\x0a"])
def test_quotes_that_never_close_are_read_in_bounded_time(piece: str) -> None:
    assert len(list(script_values(piece * 200_000, "ct"))) < 20


def test_calls_to_follow_and_other_articles_are_none_of_the_text() -> None:
    item = read(
        '<h1 id="activity-name">下厂检定计划公布</h1><div id="js_content">'
        "<p>点击上方蓝字关注我们</p><section><p>本月检定计划如下，请提前联系。</p></section>"
        "<p>长按样品可查看编号，检定完毕后领取。</p><p>—END—</p><p>往期推荐</p>"
        '<p><a href="https://mp.weixin.qq.com/s/a">专利转化运用专项结果公示</a></p>'
        "<p>编辑：文晴</p></div>"
    )
    words = remove_tags(item.body_html)
    assert (
        "".join(words.split())
        == "本月检定计划如下，请提前联系。长按样品可查看编号，检定完毕后领取。"
    )
