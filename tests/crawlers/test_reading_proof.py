"""A body is proved, not found: what is the notice, what stands beside it, what is none."""

import time

import pytest

from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.day_evidence import published_in
from crawlers.reading.notice import fill_from_page
from crawlers.reading.parts import next_part
from crawlers.reading.platform import NO_PLATFORM
from crawlers.reading.siblings import Siblings
from crawlers.saved_page import read_saved_page

TITLE = "关于开展二类器械备案核查的通知"
URL = "https://yjj.example.gov.cn/tzgg/202603/5.html"
FIRST = "各备案企业应当在四月底前完成自查，并将自查报告报送所在区局。"
LAST = "逾期未报送的，列入重点监督检查范围。"
STAMP = "<div>发布时间：2026-03-04　来源：器械处</div>"
HEAD = f"<h1>{TITLE}</h1>{STAMP}"


def read(body: str, listed: str = TITLE, siblings: Siblings | None = None) -> NoticeItem:
    item = NoticeItem("s", "c", "k", URL, "pharma", "", list_title=listed, list_date="2026-03-04")
    page = f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>"
    fill_from_page(item, page, Selectors(), NO_PLATFORM, siblings=siblings)
    return item


@pytest.mark.parametrize(
    "text",
    [
        f"<cms-text><p>{FIRST}</p><p>{LAST}</p></cms-text>",
        f"<section><section><p>{FIRST}</p></section></section><section><p>{LAST}</p></section>",
        f"<div>　　{FIRST}<br><br>　　{LAST}</div>",
        f"<table><tr><td><p>{FIRST}</p><p>{LAST}</p></td></tr></table>",
        f"<textarea hidden>&lt;p&gt;{FIRST}&lt;/p&gt;&lt;p&gt;{LAST}&lt;/p&gt;</textarea>",
        f'<iframe srcdoc="&lt;p&gt;{FIRST}&lt;/p&gt;&lt;p&gt;{LAST}&lt;/p&gt;"></iframe>',
    ],
)
def test_a_text_is_found_in_whatever_holds_it(text: str) -> None:
    tools = '<div class="t"><p>智能<br>问答</p><p>长者<br>助手</p></div>'
    more = "".join(f'<li><a href="/{n}.html">关于第{n}批检查结果的公告</a></li>' for n in range(6))
    item = read(f"{tools}<div>{HEAD}{text}</div><ul>{more}</ul>")
    assert item.complete
    assert FIRST in item.body_html
    assert LAST in item.body_html
    assert "助手" not in item.body_html
    assert "检查结果" not in item.body_html


def test_a_short_text_beside_a_long_list_is_entered_and_no_picture_above_it_taken() -> None:
    rows = "".join(f'<li><a href="/{n}.html">关于第{n}批检查结果的公告</a></li>' for n in range(30))
    text = f"<p>{FIRST}</p><p>甲　某某药业</p><p>乙　某某器械</p><p>{LAST}</p>"
    item = read(
        f'<div><img src="/code.png"></div><div class="header">{HEAD}</div>'
        f'<div class="main"><div>{text}</div><div><ul>{rows}</ul></div></div>'
    )
    assert FIRST in item.body_html
    assert "某某器械" in item.body_html
    assert LAST in item.body_html
    assert "code.png" not in item.body_html
    assert "检查结果" not in item.body_html


def test_a_list_of_pages_below_a_title_is_no_text() -> None:
    rows = "".join(f'<li><a href="/{n}.html">关于第{n}批检查结果的公告</a></li>' for n in range(30))
    item = read(f'<div class="header">{HEAD}</div><div><p>{FIRST}</p><ul>{rows}</ul></div>')
    assert "检查结果" not in item.body_html


@pytest.mark.parametrize(
    ("labelled", "published"),
    [("2026-03-04", "2026-03-04"), ("2026-03-09", "2026-02-27")],
)
def test_the_day_among_a_pages_facts_gives_way_to_the_one_the_row_bears_out(
    labelled: str, published: str
) -> None:
    facts = "<table><tr><td>索引号</td><td>1</td><td>发文日期</td><td>2026-02-27</td></tr></table>"
    head = f"<h1>{TITLE}</h1><div>发布时间：{labelled}</div>"
    item = read(f"{facts}{head}<div><p>{FIRST}</p><p>{LAST}</p></div>")
    assert item.published == published


def test_of_two_copies_one_is_kept() -> None:
    copy = f"<article>{HEAD}<div><p>{FIRST}</p><p>{LAST}</p></div></article>"
    item = read(f'<div class="phone">{copy}</div><div class="desk">{copy}</div>')
    assert item.body_html.count(FIRST) == 1
    assert item.published.startswith("2026-03-04")


@pytest.mark.parametrize(
    "body",
    [
        "<p>对不起，您访问的页面不存在或已被删除，请返回首页。</p>",
        "<h2>系统升级</h2><p>本网站正在升级维护，给您带来不便敬请谅解。</p>",
        f'<ul><li><a href="/5.html">{TITLE}</a></li><li><a href="/6.html">另一则通知</a></li></ul>',
    ],
)
def test_a_page_in_the_notices_place_gives_nothing_but_its_problem(body: str) -> None:
    item = NoticeItem("s", "c", "k", URL, "pharma", "", list_title=TITLE, list_date="2026-03-04")
    fill_from_page(item, f"<title>某局</title><body>{body}</body>", Selectors(), NO_PLATFORM)
    assert (item.title, item.published, item.complete) == (TITLE, "2026-03-04", False)
    assert item.problem
    assert item.body_html == ""


def test_a_login_page_with_advice_is_no_notice_though_no_row_was_promised() -> None:
    advice = "".join(
        f"<p>{n}、首次登录请先完成单位注册，并由管理员审核通过。</p>" for n in range(5)
    )
    form = '<form><input name="u"><input type="password" name="p"></form>'
    assert read(f"<h1>统一身份认证</h1>{form}{advice}", listed="").problem
    assert read(f"{HEAD}{form}<p>{FIRST}</p><p>{LAST}</p>", listed="").complete


def test_unseen_words_that_part_no_word_of_the_text_stay() -> None:
    shown_later = f'<p>{FIRST}<span style="display:none">{LAST}</span></p>'
    assert LAST in read(f"{HEAD}<div>{shown_later}</div>").body_html


def test_a_text_that_another_notice_has_is_no_body() -> None:
    siblings = Siblings()
    other = NoticeItem("s", "c", "o", f"{URL}?o", "pharma", "", list_title="另一则关于疫苗的公告")
    text = f"<div><p>{FIRST}</p><p>{LAST}</p></div>"
    page = "<h1>另一则关于疫苗的公告</h1><div>发布时间：2026-03-01</div>" + text
    fill_from_page(other, page, Selectors(), NO_PLATFORM, siblings=siblings)
    item = read(f"{HEAD}{text}", siblings=siblings)
    assert (item.complete, item.body_html) == (False, "")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("当前时间：2026-05-01 发布时间：2026-03-04", "2026-03-04"),
        ("实施日期：2026-04-01失效日期：2031-03-31", ""),
        ("报名时间：2026-03-07 至 2026-04-26", ""),
        ("来源：某处 时 间：2026-03-04", "2026-03-04"),
        ("某局 2026年03月04日 09时32分", "2026年03月04日 09时32分"),
        ("更新时间：2026-05-01 印发日期：2026-03-04", "2026-03-04"),
        ("报名截止2026-03-28 17:00 公告时间2026-03-04", "2026-03-04"),
        ("报名截至2026-03-28", ""),
        ("公告时间：2026-03-04 至 2026-03-14", ""),
    ],
)
def test_only_a_day_of_publication_is_the_pages(text: str, day: str) -> None:
    assert published_in(text) == day


def test_the_next_part_is_told_from_the_next_notice() -> None:
    part = '<a href="t1_5_1.html">下一页</a><a href="t1_6.html">下一篇</a>'
    assert next_part(part, "https://x.cn/t1_5.html") == "https://x.cn/t1_5_1.html"
    assert next_part('<a href="t1_6.html">下一页</a>', "https://x.cn/t1_5.html") == ""


@pytest.mark.parametrize(
    "piece",
    [
        "<div><p>文字。</p>",
        "时间：2026",
        "<a href=a>",
        "<td>一</td>",
        "发布日期 　",
        "字<i style='display:none'>x</i>",
    ],
)
def test_a_page_four_times_as_long_takes_no_more_than_its_share(piece: str) -> None:
    def seconds(times: int) -> float:
        started = time.process_time()
        read(HEAD + piece * times)
        return time.process_time() - started

    # A large process may collect garbage in between once; the square of a length comes each time.
    assert any(seconds(8_000) < 12 * max(seconds(2_000), 0.02) for _ in range(3))


def test_a_column_whose_rows_a_script_asks_for_says_so() -> None:
    page = (
        '<html><head><meta name="ColumnName" content="招标公告"></head><body><h3>全省搜索</h3>'
        '<ul id="rows"></ul><script>$.post("/search/list.do",{channel:"zbgg"},draw);</script>'
        "<p>主办单位：津海市公共资源交易中心</p></body></html>"
    )
    [item] = read_saved_page(page.encode(), url="http://www.example.gov.cn/jygg/")
    assert not item.complete
    assert "列表由脚本另行请求" in item.problem
