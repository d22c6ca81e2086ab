"""Whatever a page holds, reading it ends in an answer, not in an exception."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.charset import detect
from crawlers.reading.list_page import read_rows
from crawlers.reading.notice import fill_from_page
from crawlers.reading.wechat_page import fill_from_article

PIECES = st.sampled_from(
    [
        "<ul>",
        "</ul>",
        "<li>",
        "<table><tr><td>",
        "</td>",
        "<div class='TRS_Editor'>",
        "</div>",
        "<a href='./t20210204_1.html'>",
        "<a href='http://[x'>",
        "<a href=''>",
        "</a>",
        "<!--",
        "-->",
        "<script>urls[i]='",
        "';headers[i]=\"",
        "day[i]='7'",
        "<record><![CDATA[",
        "]]>",
        "</record>",
        "<meta name='PubDate' content='",
        "'>",
        "<base href='http://[::'>",
        "<",
        "\x00",
        "<img src='x:y'>",
        "<?xml ?>",
        "2021-02-04",
        "2021年13月40日",
        "发布时间：",
        "来源：",
        "文号：",
        "〔2021〕1号",
        "关于某事项的通知公告",
        "&#0;",
        "😀",
    ]
)
PAGE = st.lists(PIECES, max_size=40).map("".join)
PLATFORM = st.sampled_from(["trs", "jpaas", "cde", "easysite", "hanweb", "listing"])
FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(PAGE, PLATFORM)
def test_any_list_page_is_read(page: str, platform: str) -> None:
    rows, reader = read_rows(
        page, "https://example.gov.cn/a/", Selectors(), platforms.platform(platform)
    )
    assert bool(rows) == bool(reader)
    assert all(row.url.startswith("http") and row.title for row in rows)


@FEW
@given(PAGE, PLATFORM)
def test_any_notice_page_is_read(page: str, platform: str) -> None:
    item = NoticeItem("s", "c", "k", "https://example.gov.cn/a/1.html", "ip", "资讯")
    fill_from_page(item, page, Selectors(), platforms.platform(platform))
    assert item.complete or item.problem


@FEW
@given(PAGE)
def test_any_article_page_is_read(page: str) -> None:
    item = NoticeItem("s", "c", "k", "https://mp.weixin.qq.com/s/a", "ip", "资讯")
    fill_from_article(item, page)
    assert item.complete or item.problem


@FEW
@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "gb2312", "big5", "nonsense"]))
def test_any_bytes_have_an_encoding(body: bytes, declared: str) -> None:
    assert isinstance(body.decode(detect(body, declared), errors="replace"), str)
