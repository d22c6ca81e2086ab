"""What stands around and behind a text in its own boxes is none of it; what only looks so, is."""

from __future__ import annotations

import pytest

from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.notice import fill_from_page
from crawlers.reading.platform import NO_PLATFORM
from pipelines.facts.body import read_body

TITLE = "关于组织申报岚川市科技成果转化项目的通知"
TEXT = (
    "<p>各有关单位：</p><p>为促进科技成果转化，现组织申报本年度项目，有关事项通知如下。</p>"
    "<p>一、申报单位应当在本市登记满两年，财务状况良好。</p>"
    "<p>二、材料一式两份，请于6月30日前报送，逾期不予受理。</p>"
    "<p>岚川市科学技术局</p><p>2026年5月11日</p>"
)
LAST = "2026年5月11日"


def body_of(behind: str, before: str = "<p>发布时间：2026-05-12</p>", text: str = TEXT) -> str:
    page = (
        f"<html><head><title>{TITLE}</title></head><body><div class='main'><h1>{TITLE}</h1>"
        f"{before}<div class='txt'>{text}{behind}</div></div></body></html>"
    )
    item = NoticeItem("s", "栏目", "k", "http://www.example.cn/a/1.html", "ip", "g")
    item.list_title, item.list_date = TITLE, "2026-05-12"
    fill_from_page(item, page, Selectors(), NO_PLATFORM)
    return read_body(item.body_html, item.url).text


BEHIND = {
    "comments under a heading": "<h3>网友评论</h3><div>春江水暖 05-14 09:20</div>"
    "<div>去年我们公司就拿到了，流程不复杂，注意研发费用要有专项审计报告。</div>",
    "comments counted, the time at their end": "<b>精选评论（2）</b>"
    "<p>研发小蔡：去年的宣讲会干货很多，希望今年把答疑时间延长一些。05-14</p>"
    "<p>GMP老兵：有没有录像，出差赶不上第二天。05-15</p>",
    "a bar of moods": "<ul><li>支持 12</li><li>高兴 4</li><li>震惊 0</li><li>愤怒 1</li></ul>",
    "a bar with buttons": "<div><a href='#'>顶一下</a></div><div>(2)</div><div><a href='#'>踩一下"
    "</a></div><div>------分隔线------</div>",
    "links to other notices and a disclaimer": "<p>相关阅读：</p>"
    "<p><a href='/a/2.html'>关于公布入库企业名单的通知</a></p>"
    "<p><a href='/a/3.html'>关于开展项目中期检查的通知</a></p>"
    "<p><a href='/a/4.html'>关于调整受理窗口时间的公告</a></p>"
    "<p>本网转载内容版权归原作者所有，如有侵权请联系删除。</p>",
}


@pytest.mark.parametrize("behind", BEHIND.values(), ids=BEHIND.keys())
def test_what_stands_behind_a_text_in_its_box_is_left_out(behind: str) -> None:
    body = body_of(behind)
    assert body.startswith("各有关单位")
    assert body.endswith(LAST)


KEPT = {
    "a section about comments": "<p>三、评论数据的报送</p>"
    "<p>网络评论数据由各区汇总，每月5日前报送。</p>",
    "figures of a text": "<p>四、名额分配</p><p>东区 12</p><p>西区 8</p>",
    "related rules without links": "<p>相关规定：</p><p>申报单位应当遵守项目管理办法的规定。</p>",
}


@pytest.mark.parametrize("behind", KEPT.values(), ids=KEPT.keys())
def test_a_text_that_goes_on_is_kept(behind: str) -> None:
    body = body_of("", text=TEXT.partition("<p>岚川市")[0] + behind)
    lines = [line for line in body.split("\n") if line]
    assert lines[-1] in behind


def test_facts_above_a_text_are_its_head_whatever_they_are_called() -> None:
    facts = (
        "<dl><dt>发文部门</dt><dd>成果转化处</dd><dt>信息编号</dt><dd>LC-3165</dd>"
        "<dt>发布日期</dt><dd>20260512</dd><dt>有效期至</dt><dd>20270512</dd></dl>"
    )
    assert body_of("", before=facts).startswith("各有关单位")


@pytest.mark.parametrize(
    "line",
    ["由 webmaster 提交于 周二, 05/12/2026 - 15:08", "某镇办公室 发布于05-12 17:20 (2026年)"],
)
def test_a_by_line_without_labels_is_the_head(line: str) -> None:
    assert body_of("", before="", text=f"<p>{line}</p>{TEXT}").startswith("各有关单位")


def test_a_text_that_says_where_something_was_published_is_kept() -> None:
    line = "本目录发布于2026年5月12日，由某局提交于省级平台"
    assert line in body_of("", text=f"<p>{line}</p>{TEXT}")


def test_a_day_of_an_event_above_a_text_belongs_to_it() -> None:
    text = "<div><p>活动时间：2026年6月1日</p><p>活动地点：市民中心</p></div>" + TEXT
    body = body_of("", text=text)
    assert "活动地点：市民中心" in body


def test_a_window_that_says_what_the_foot_says_is_no_title() -> None:
    item = NoticeItem("s", "栏目", "k", "http://www.example.cn/a/1.html", "ip", "g")
    page = (
        f"<html><head><title>岚川检测联盟</title></head><body><div><div>{TITLE}</div>"
        f"<div>发布时间：2026-05-12</div><div>{TEXT}</div></div>"
        "<div>© 2026 岚川检测联盟 版权所有</div></body></html>"
    )
    fill_from_page(item, page, Selectors(), NO_PLATFORM)
    assert item.title == TITLE
