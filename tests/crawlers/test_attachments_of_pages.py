"""Which files a page names: linked, shown, opened by script; never those of its furniture."""

from __future__ import annotations

import pytest
from parsel import Selector

from crawlers.reading.file_links import find_attachments

BASE = "https://kjj.example.gov.cn/tzgg/202102/t1.html"
TEXT = "<p>现将有关事项通知如下，请各单位按要求报送材料，逾期不予受理。</p>"


def urls(inside: str = "", outside: str = "", css: str = "div.zw") -> list[str]:
    """Addresses found on a page with a text, something in it and something after it."""
    page = Selector(text=f"<html><body><div class='zw'>{TEXT}{inside}</div>{outside}</body></html>")
    body = page.css(css)[0]
    return [
        link.url.removeprefix("https://kjj.example.gov.cn")
        for link in find_attachments(page, BASE, (), body)
    ]


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        ('<iframe src="/f/a.pdf"></iframe>', "/f/a.pdf"),
        ('<iframe src="/pdfjs/web/viewer.html?file=%2Ff%2Fa.pdf#page=2"></iframe>', "/f/a.pdf"),
        ('<embed src="/f/a.pdf" type="application/pdf">', "/f/a.pdf"),
        ('<object data="/f/a.ofd"></object>', "/f/a.ofd"),
        ('<script>var fileurl = "/f/a.pdf"; show(fileurl);</script>', "/f/a.pdf"),
        ("<a href=\"javascript:downFile('/f/a.dps','表')\">汇总表</a>", "/f/a.dps"),
        ('<a href="#" onclick="window.open(\'/f/a.ceb\')">附件1：名单</a>', "/f/a.ceb"),
        ('<a href="/download.do?id=7">附件下载</a>', "/download.do?id=7"),
        ('<a href="/f/scan.tif">附件2：批复扫描件</a>', "/f/scan.tif"),
        ('<a href="/f/form.docm">附件：模板</a>', "/f/form.docm"),
        ('<table><tr><td><a href="/f/a.ods">表</a></td></tr></table>', "/f/a.ods"),
    ],
)
def test_a_file_in_the_text_is_found_however_it_is_given(markup: str, address: str) -> None:
    assert urls(markup) == [address]


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="footer"><a href="/help.pdf">网站使用帮助.pdf</a></div>',
        '<div class="bot"><a href="/wz/gongyue.pdf">文明上网公约</a></div>',
        '<footer><a href="/a.doc">备案表.doc</a></footer>',
        '<div class="x"><a href="/attachment/1/2.jpg"><img src="/i.png">赏花地图</a></div>',
        '<div class="app"><a href="/app/zx.apk">下载客户端</a></div>',
        '<ul class="other"><li><a href="/tzgg/other.html">附件处理办法的通知</a></li></ul>',
    ],
)
def test_what_stands_on_every_page_is_nobody_s_attachment(markup: str) -> None:
    assert urls(outside=markup) == []


ROWS = (
    '<li><a href="/tzgg/t9.html">关于组织申报的通知</a><span>2021-01-20</span></li>',
    '<li><a href="/tzgg/P1.xlsx">2020年度认定名单</a><span>2021-01-19</span></li>',
    '<li><a href="/tzgg/t8.html"><i>关于开展评审的公告</i> <em>2021年1月8日</em></a></li>',
    '<li><a href="/tzgg/P2.pdf"><i>2019年度认定名单</i> <em>2021年1月7日</em></a></li>',
)
BEFORE = '<p>上一篇：<a href="/tzgg/P1.xlsx">2020年度认定名单</a></p>'


@pytest.mark.parametrize(
    "markup",
    [
        f"<div class='rel'><h4>相关文件</h4><ul>{''.join(ROWS)}</ul></div>",
        f"<div><h4>相关文件</h4><ul>{''.join(ROWS[1::-1])}</ul></div>",
        f"<table>{''.join(ROWS[:2])}</table>".replace("li>", "tr>").replace("span>", "td>"),
        f"<div>{BEFORE}<p>下一篇：没有了</p></div>",
        '<ul><li><b>下一篇</b><a href="/tzgg/P1.xlsx">2020年度认定名单</a></li></ul>',
    ],
)
@pytest.mark.parametrize("is_inside", [False, True])
def test_a_file_that_is_another_notice_is_no_attachment(markup: str, is_inside: bool) -> None:
    assert (urls(inside=markup) if is_inside else urls(outside=markup)) == []


@pytest.mark.parametrize(
    "markup",
    [
        # Files with the day of their upload, and a page that shows one of them.
        '<ul><li><a href="/f/1.pdf">2021年名单公示表</a> 2021-02-03</li>'
        '<li><a href="/f/2.pdf">2020年名单公示表</a> 2021-02-03</li></ul>',
        '<ul><li>附件：<a href="/f/1.pdf">2021年名单公示表</a></li>'
        '<li>依据：<a href="/zc/t1.html">名单管理办法（试行）</a></li></ul>',
        '<p><a href="/f/1.pdf">2021年名单公示表</a>（2021年2月3日）</p>'
        '<p>请登录<a href="/sys/">申报系统平台网站</a>办理，2021年3月5日前有效，逾期不予受理。</p>',
    ],
)
def test_a_file_beside_a_day_or_a_page_stays_the_notice_s(markup: str) -> None:
    assert "/f/1.pdf" in urls(inside=markup)


def test_a_file_below_the_text_counts_when_the_page_calls_it_one() -> None:
    below = '<p>相关附件：</p><ul class="fj"><li><a href="/f/1.xls">汇总表</a></li></ul>'
    assert urls(outside=below) == ["/f/1.xls"]
    named = '<div class="x"><a href="/f/2.xls">申报汇总表.xls</a></div>'
    assert urls(outside=named) == ["/f/2.xls"]


def test_a_page_made_of_links_ends() -> None:
    many = "".join(f'<a href="/f/{number}.pdf">附件{number}</a>' for number in range(3_000))
    assert len(urls(many)) == 200
