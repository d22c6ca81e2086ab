"""Dates, addresses, charsets, feeds and WeChat variables: the small readers."""

import json
from datetime import date

import pytest
from scrapy.http import HtmlResponse

from crawlers import platforms
from crawlers.items import NoticeItem
from crawlers.reading.addresses import canonical_url, notice_key
from crawlers.reading.charset import detect, readable
from crawlers.reading.feed_page import NotAFeedError, read_feed
from crawlers.reading.file_links import is_file
from crawlers.reading.printed_dates import day_of, find_date, from_unix, url_date
from crawlers.reading.rows import Row
from crawlers.reading.search_api import read_search
from crawlers.reading.wechat_page import article_key, blocked_reason, fill_from_article, js_value

CHINESE = "天津市科学技术局关于组织申报项目的通知，特此通知。" * 3


@pytest.mark.parametrize(
    ("text", "printed", "day"),
    [
        ("发布时间：2026-08-05 20:40", "2026-08-05 20:40", date(2026, 8, 5)),
        ("发布日期: 2024- 06- 07 信息来源", "2024- 06- 07", date(2024, 6, 7)),
        ("2026年03月02日", "2026年03月02日", date(2026, 3, 2)),
        ("20260601", "20260601", date(2026, 6, 1)),
        ("[2021/02/05]", "2021/02/05", date(2021, 2, 5)),
        ("2026.07.08", "2026.07.08", date(2026, 7, 8)),
        ("2026.06 01", "2026.06 01", date(2026, 6, 1)),
        ("05 2021-02", "2021-02-05", date(2021, 2, 5)),
        ("编号 20219999 无日期", "", None),
        ("2021-13-01", "", None),
    ],
)
def test_dates_are_found_as_printed(text: str, printed: str, day: date | None) -> None:
    assert find_date(text) == printed
    assert day_of(text) == day


def test_an_address_may_carry_a_day() -> None:
    assert url_date("https://x/ZWGK/202102/t20210204_1.html") == "2021-02-04"
    assert url_date("https://x/art/2020/4/7/art_1_2.html") == "2020-04-07"
    assert url_date("https://x/zscqj/zwgk/tzgg/10938105/index.html") == ""


def test_seconds_since_1970_are_told_in_shanghai() -> None:
    assert from_unix(1612108800) == "2021-02-01 00:00"


@pytest.mark.parametrize(
    ("url", "platform", "key"),
    [
        (
            "https://k.tj.gov.cn/A/202102/t20210204_1.html?type=4",
            "trs",
            "/A/202102/t20210204_1.html",
        ),
        ("https://m/art/2021/art_" + "a" * 32 + ".html?xxgkhide=1", "jpaas", "a" * 32),
        ("https://c/main/news/viewInfoCommon/" + "b" * 32 + "?MmEwMD=3l6w", "cde", "b" * 32),
        ("https://c/zdyz/domesticinfopage?zdyzIdCODE=" + "c" * 32, "cde", "c" * 32),
        ("https://z/zscqj/zwgk/tzgg/743939560/index.html", "easysite", "743939560"),
        ("https://z/art/2019/12/20/art_5652_519.html", "easysite", "art_5652_519"),
        ("https://n/art/2021/2/4/art_74_156657.html", "hanweb", "art_74_156657"),
        (
            "http://i.cn/article_1.html?utm_source=x&id=3#top",
            "listing",
            "http://i.cn/article_1.html?id=3",
        ),
        ("https://mp.weixin.qq.com/s?__biz=Mz==&mid=5&idx=2&sn=f", "listing", "Mz==:5:2"),
        (
            "https://mp.weixin.qq.com/s/f7sCO8zhy8FhkjWClJUAIj?scene=1",
            "wechat",
            "s/f7sCO8zhy8FhkjWClJUAIj",
        ),
    ],
)
def test_a_page_keeps_its_key_under_every_address(url: str, platform: str, key: str) -> None:
    assert notice_key(url, platforms.platform(platform)) == key


def test_a_verification_address_is_unwrapped() -> None:
    wrapped = (
        "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=H&target_url="
        "https%3A%2F%2Fmp.weixin.qq.com%2Fs%3F__biz%3DMz%3D%3D%26mid%3D5%26idx%3D1%26sn%3Dab%26chksm%3D9"
    )
    assert canonical_url(wrapped) == "https://mp.weixin.qq.com/s?__biz=Mz==&mid=5&idx=1&sn=ab"


def test_old_wechat_names_are_understood() -> None:
    old = (
        "http://mp.weixin.qq.com/mp/appmsg/show?__biz=Mz==&amp;appmsgid=5&amp;itemidx=1&amp;sign=ab"
    )
    assert notice_key(old, platforms.platform("wechat")) == "Mz==:5:1"


def test_files_are_told_from_pages() -> None:
    assert is_file("https://x/202102/W0202.DOCX?download=1")
    assert is_file("https://x/%E5%90%8D%E5%8D%95.wps")
    assert not is_file("https://x/t20210204_1.html")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "gb2312"),
        ("gb18030", "gb2312"),
        ("gb18030", "utf-8"),
        ("gb18030", ""),
    ],
)
def test_the_bytes_decide_the_encoding(encoding: str, declared: str) -> None:
    assert detect(CHINESE.encode(encoding), declared) == encoding


def test_a_rare_character_beyond_gb2312_survives() -> None:
    body = ("<p>张㛃、王喆、李䶮" + CHINESE + "</p>").encode("gb18030")
    headers = {"Content-Type": "text/html; charset=gb2312"}
    assert (
        "张㛃、王喆、李䶮" in readable(HtmlResponse("http://x/", headers=headers, body=body)).text
    )


def test_a_cut_utf8_page_stays_utf8() -> None:
    body = CHINESE.encode()[:-1]
    assert detect(body, "gb2312") == "utf-8"


def test_a_declared_charset_decides_where_bytes_do_not() -> None:
    assert detect("联通".encode("gbk"), "gb2312") == "gb18030"
    assert detect(b"plain", "") == "utf-8"


def test_big5_is_left_to_its_declaration() -> None:
    assert detect(("臺灣" * 20).encode("big5"), "big5").startswith("big5")


def test_atom_entries_prefer_the_alternate_link() -> None:
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>文章一</title>
      <link rel="self" href="/self"/><link rel="alternate" href="https://mp.weixin.qq.com/s/abc"/>
      <published>2021-02-03T10:00:00Z</published></entry></feed>"""
    rows = read_feed(atom, "http://relay.example.net/feed.xml")
    assert rows == [Row("https://mp.weixin.qq.com/s/abc", "文章一", "2021-02-03 18:00")]


def test_a_feed_without_entries_is_empty_and_a_page_no_feed() -> None:
    assert read_feed("<rss version='2.0'><channel></channel></rss>", "http://x/") == []
    with pytest.raises(NotAFeedError):
        read_feed("", "http://x/")


def test_the_simple_form_of_the_search_answer_is_read_too() -> None:
    hit = {"title": "标题", "url": "/a.html", "cdate": "2021-02-03"}
    result = {"totalCount": 1, "dataResults": [{"data": hit}]}
    answer = read_search(json.dumps({"data": {"searchResult": result}}))
    assert (answer.total, answer.hits[0].published) == (1, "2021-02-03")


def test_wechat_variables_are_undone() -> None:
    page = r"""var biz = "" || "Mz=="; var mid = "" || "" || "5";
    var msg_title = 'A\x26amp;B \'引\' ; 完'.html(false);
    var nickname = htmlDecode("知产&amp;热点");"""
    assert article_key(page) == "Mz==:5:1"
    assert js_value(page, "msg_title") == "A&B '引' ; 完"
    assert js_value(page, "nickname") == "知产&热点"


def test_the_word_verification_in_an_article_is_no_wall() -> None:
    article = '<div id="js_content"><p>环境异常时去验证，操作频繁会被限制</p></div>'
    assert blocked_reason(article, "https://mp.weixin.qq.com/s/abc") == ""
    shell = "<p>当前环境异常，完成验证后即可继续访问</p><a>去验证</a>"
    assert blocked_reason(shell, "https://mp.weixin.qq.com/s/abc") != ""


def test_a_picture_article_is_its_pictures() -> None:
    item = NoticeItem("s", "c", "k", "https://mp.weixin.qq.com/s/abc", "ip", "资讯")
    page = """<meta property="og:title" content="三张图告诉你"><div id="js_content"></div><script>
      var ct = "1612173600"; var item_show_type = "8";
      window.picture_page_info_list = [{cdn_url: 'https://mmbiz.qpic.cn/1/0?a=1\\x26amp;b=2'}];</script>"""
    fill_from_article(item, page)
    assert (item.title, item.complete) == ("三张图告诉你", True)
    assert 'src="https://mmbiz.qpic.cn/1/0?a=1&amp;b=2"' in item.body_html
