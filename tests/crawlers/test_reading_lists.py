"""Rows of list pages: column selectors, known skins, data in scripts, and anything else."""

import pytest

from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.reading.list_page import read_rows
from crawlers.reading.rows import Row

BASE = "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/"


def read(
    html: str, platform: str = "listing", selectors: Selectors | None = None
) -> tuple[list[Row], str]:
    return read_rows(html, BASE, selectors or Selectors(), platforms.platform(platform))


def test_the_columns_own_selectors_come_first() -> None:
    html = """<ul class="news_list news_list2"><li><a href="x.html">别的栏目的一条通知</a></li></ul>
      <div class="mine"><b><a href="./a/1.html">本栏目的一条通知</a></b>
      <i>(2021-02-04)</i></div>"""
    own = Selectors(rows=(".mine",), link=("b a",), date=("i",))
    rows, reader = read(html, "trs", own)
    assert reader == "column"
    assert rows == [Row(BASE + "a/1.html", "本栏目的一条通知", "2021-02-04")]


@pytest.mark.parametrize(
    "html",
    [
        '<ul class="news_list news_list2"><li><a href="./t20210204_1.html">关于某事的通知</a>'
        '<span class="time">2021-02-04</span></li></ul>',
        '<div class="xl-r2-list"><ul><li><a href="./t20210204_1.html">关于某事的通知</a>'
        '<span class="xl-r2li-s3">发文日期：2021-02-04</span></li></ul></div>',
        '<div class="xl-r-list"><ul><li><a href="./t20210204_1.html">关于某事的通知</a>'
        "<span>2021-02-04</span></li></ul></div>",
        '<div class="commonList-body"><ul><li><a href="./t20210204_1.html" title="关于某事的通知">'
        "关于…</a><p>2021-02-04</p></li></ul></div>",
        '<div class="sub_sameconrcc"><li><a title="关于某事的通知" href="./t20210204_1.html">关</a>'
        "<span>2021-02-04</span></li></div>",
        '<ul style="list-style-type:none"><li><a href="./t20210204_1.html">关于某事的通知</a>'
        "<span>2021-02-04</span></li></ul>",
    ],
)
def test_every_known_trs_skin_gives_the_same_row(html: str) -> None:
    rows, reader = read(html, "trs")
    assert reader == "platform"
    assert rows == [Row(BASE + "t20210204_1.html", "关于某事的通知", "2021-02-04")]


def test_an_unknown_trs_skin_is_read_by_its_notice_addresses() -> None:
    html = """<div class="nav"><a href="/index.html">首页导航链接很长</a></div>
      <div class="box">
      <div><a href="../../x/202102/t20210204_9.html">关于甲事项的通知</a><em>02-04</em></div>
      <div><a href="./202102/t20210203_8.html">关于乙事项的通知</a></div></div>"""
    rows, reader = read(html, "trs")
    assert reader == "platform"
    assert [(row.url, row.date) for row in rows] == [
        ("https://gyxxh.tj.gov.cn/ZWXX5652/x/202102/t20210204_9.html", "2021-02-04"),
        (BASE + "202102/t20210203_8.html", "2021-02-03"),
    ]


def test_a_title_keeps_its_brackets() -> None:
    html = """<ul class="news_list news_list2"><li>
      <a href="./t20210204_1.html">管理办法（征求意见稿） (2021-02-04)</a></li></ul>"""
    rows, _ = read(html, "trs")
    assert rows[0].title == "管理办法（征求意见稿）"


def test_a_row_marked_zhiding_is_pinned() -> None:
    html = """<ul class="news_list news_list2"><li><em>置顶</em>
      <a href="./t20210204_1.html">重要通知</a></li></ul>"""
    assert read(html, "trs")[0][0].pinned


def test_hanweb_arrays_in_a_script_are_rows() -> None:
    script = """<script>var i=0;
      urls[i] = '/art/2020/4/7/art_5652_519.html';headers[i]="关于&quot;某某&quot;的通知";
      year[i]='2020';month[i]='4';day[i]='7';i++;
      urls[i]='http://zscqj.beijing.gov.cn/art/2020/4/6/art_5652_518.html';headers[i]='另一个通知';
      year[i]='2020';month[i]='4';day[i]='6';i++;</script><ul class="subpageCon-conList"></ul>"""
    rows, reader = read(script, "hanweb")
    assert reader == "platform"
    assert [(row.url, row.title, row.date) for row in rows] == [
        ("https://gyxxh.tj.gov.cn/art/2020/4/7/art_5652_519.html", '关于"某某"的通知', "2020-4-7"),
        ("http://zscqj.beijing.gov.cn/art/2020/4/6/art_5652_518.html", "另一个通知", "2020-4-6"),
    ]


def test_the_general_reader_prefers_the_dated_list_to_the_menu() -> None:
    menu = "".join(
        f'<li><a href="/col{n}/index.html">政务公开栏目第{n}号</a></li>' for n in range(20)
    )
    rows = "".join(
        f'<tr><td><a href="/n/{n}.html">某局关于第{n}个事项的公告</a>'
        f"</td><td>2021/02/0{n}</td></tr>"
        for n in (4, 3, 2)
    )
    found, reader = read(f"<body><ul class='m'>{menu}</ul><table>{rows}</table></body>")
    assert reader == "general"
    assert [(row.title, row.date) for row in found] == [
        ("某局关于第4个事项的公告", "2021/02/04"),
        ("某局关于第3个事项的公告", "2021/02/03"),
        ("某局关于第2个事项的公告", "2021/02/02"),
    ]


def test_rows_spread_over_several_lists_are_one_list() -> None:
    def block(*days: int) -> str:
        rows = "".join(
            f'<li><a href="/n/{d}.html">某局关于第{d}个事项的公告</a><b>2021-02-{d:02}</b></li>'
            for d in days
        )
        return f'<ul class="five">{rows}</ul>'

    found, _ = read(f"<body><div>{block(5, 4)}{block(3, 2)}</div></body>")
    assert len(found) == 4


def test_two_links_are_not_a_list() -> None:
    html = "".join(f"<p><a href='/n/{n}.html'>第{n}个长一些的链接</a></p>" for n in (1, 2))
    assert read(html) == ([], "")


def test_an_empty_page_has_no_rows() -> None:
    assert read("", "trs") == ([], "")


def test_script_and_mail_links_are_no_rows() -> None:
    html = """<ul class="news_list news_list2">
      <li><a href="javascript:void(0)">点击查看更多内容</a></li>
      <li><a href="mailto:a@b.cn">给我们写信的链接</a></li></ul>"""
    assert read(html, "trs") == ([], "")


def test_a_broken_address_does_not_cost_the_other_rows() -> None:
    html = """<ul class="news_list news_list2"><li><a href="http://[内网]/1.html">地址写坏的通知</a></li>
      <li><a href="http://x:port/2.html">端口写坏的通知</a></li>
      <li><a href="./t20210204_1.html">好好的一条通知</a></li></ul>"""
    assert [row.title for row in read(html, "trs")[0]] == ["好好的一条通知"]
    assert [row.title for row in read(html.replace("news_list", "x"), "trs")[0]] == [
        "好好的一条通知"
    ]


def test_a_comment_between_a_link_and_its_date_is_passed_over() -> None:
    page = (
        '<div><a href="./t20210204_1.html">关于第一号事项的通知公告</a>'
        "<!-- time --><span>2021-02-04</span></div><!-- end -->"
    )
    rows, _ = read_rows(page, "https://a.gov.cn/tzgg/", Selectors(), platforms.platform("trs"))
    assert [(row.title, row.date) for row in rows] == [("关于第一号事项的通知公告", "2021-02-04")]
    broken = "<a href='./t20210204_1.html'>--></a><?xml ?>"
    assert (
        len(read_rows(broken, "https://a.gov.cn/", Selectors(), platforms.platform("trs"))[0]) <= 1
    )
