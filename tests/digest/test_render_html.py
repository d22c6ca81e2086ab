"""The mail page and the file: what readers see, and that a page cannot do them harm."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from lxml import html

from digest.models.issue import Digest, Group, Section
from digest.rendering.render_html import MAX_MAIL_BYTES, render_html, render_mail_html
from tests.digest.samples import (
    make_coverage,
    make_digest,
    make_entry,
    one_entry_digest,
    week_digest,
)

Render = Callable[[Digest], str]
BOTH = pytest.mark.parametrize("render", [render_html, render_mail_html])


def _text(page: str) -> str:
    tree = html.document_fromstring(page)
    for element in tree.iter("style", "title"):
        element.text = ""
    return re.sub(r"\s+", " ", tree.text_content())


def _many(count: int) -> Digest:
    title = "关于组织开展年度企业技术中心认定和运行评价工作有关事项的通知（第%d批）"
    entries = tuple(
        make_entry(
            number,
            title=title % number,
            url=f"https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/202102/t20210204_{number:07d}.html",
            site_name="天津市工业和信息化局",
        )
        for number in range(1, count + 1)
    )
    return make_digest(Section("projects", "科技项目篇", "科技项目部", (Group("天津市", entries),)))


@BOTH
def test_chapters_are_headed_and_signed_as_by_hand(render: Render) -> None:
    text = _text(render(week_digest()))
    assert "知识产权信息篇（2021/01/30~2021/02/05）" in text
    assert "盈科瑞﹒知识产权部2021年02月05日" in text.replace(" ", "")
    places = [text.rindex(title) for title in ("知识产权信息篇（", "医药信息篇（", "科技项目篇（")]
    assert places == sorted(places)


@BOTH
def test_every_kind_of_fact_is_shown(render: Render) -> None:
    text = _text(render(week_digest()))
    for words in (
        "本周共 8 条：知识产权信息篇 2 条，医药信息篇 3 条，科技项目篇 3 条",
        "其中更新 1 条，补发 1 条。",
        "北京市知识产权局 · 2021-02-04 · 京知局〔2021〕35号",
        "联合发文：工业和信息化部办公厅、财政部办公厅",
        "截止：2021-02-18（还有 13 天）征求意见",
        "更新内容：附件 1 个换新；正文第二段改动",
        "附件1：撰写指导原则（征求意见稿）.docx",
        "另见：天津科技服务平台",
        "正文未能读取，请点击标题查看原文。",
        "即将截止",
        "4 个栏目未能正常读取",
    ):
        assert words in text


@BOTH
def test_the_state_of_every_source_stands_at_the_foot(render: Render) -> None:
    text = _text(render(week_digest()))
    foot = text[text.rindex("信息来源状况") :]
    for word in ("正常", "安静", "部分异常", "被拦截", "读取失败", "无法访问"):
        assert word in foot
    assert "返回 202 与脚本校验页，未取得列表" in foot
    assert "2021-01-29 08:30" in foot  # last good, in Shanghai


@BOTH
def test_an_empty_issue_says_so(render: Render) -> None:
    empty = make_digest(Section("ip", "知识产权信息篇", "知识产权部", (Group("国家级"),)))
    text = _text(render(empty))
    assert text.count("本周没有新通知。") >= 2
    assert "盈科瑞﹒知识产权部" in text


@BOTH
def test_nothing_is_fetched_from_anywhere(render: Render) -> None:
    page = render(week_digest())
    tree = html.document_fromstring(page)
    assert not tree.xpath("//link | //script | //iframe | //@background | //@srcset")
    assert all(source.startswith("cid:") for source in tree.xpath("//@src"))
    assert "url(" not in page
    assert "@import" not in page


@BOTH
def test_markup_in_a_page_stays_text(render: Render) -> None:
    entry = make_entry(
        title='<script>alert(1)</script>"><img src=x onerror=alert(1)>通知',
        summary="<b onclick=x>粗</b>",
        source='<a href="javascript:x">源</a>',
        body_html='<p onclick="x">正文</p><script>alert(1)</script><a href="javascript:x">点</a>'
        '<iframe src="https://example.com"></iframe><img src="http://track.example/p.gif">',
        url="javascript:alert(1)",
    )
    page = render(one_entry_digest(entry))
    tree = html.document_fromstring(page)
    assert not tree.xpath("//script | //img | //iframe | //@onclick | //@onerror")
    assert not [link for link in tree.xpath("//@href") if link.startswith("javascript")]
    assert "<script>alert(1)</script>" in tree.text_content()


@BOTH
def test_direction_overrides_and_control_characters_are_gone(render: Render) -> None:
    entry = make_entry(
        title="通知\u202egnp.exe\x00\x1b[31m",
        body_html="<p>正\u202e文\x08</p>",
        summary="摘\u2067要",
    )
    page = render(one_entry_digest(entry))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", page)
    assert "通知gnp.exe[31m" in _text(page)


def test_the_file_has_whole_bodies_contents_and_anchors() -> None:
    tree = html.document_fromstring(render_html(week_digest()))
    targets = {link[1:] for link in tree.xpath("//nav//@href")}
    assert {"s-ip", "n1", "n8"} <= targets
    assert targets <= set(tree.xpath("//@id"))
    article = tree.get_element_by_id("n6")
    assert [cell.text for cell in article.xpath(".//table//tr[1]/th")] == [
        "地区",
        "名额（家）",
        "备注",
    ]
    assert article.xpath(".//th[@colspan='2']")
    assert "［图：申报流程图］" in article.text_content()


def test_the_mail_uses_what_mail_programs_understand() -> None:
    page = render_mail_html(week_digest())
    tree = html.document_fromstring(page)
    styles = " ".join(tree.xpath("//@style"))
    assert not re.search(r"flex|grid\s*:|display:\s*grid|position\s*:|float\s*:", styles)
    assert max(int(width) for width in tree.xpath("//table/@width") if width.isdigit()) <= 680
    assert tree.xpath("//body/@bgcolor") == ["#eef1f4"]
    assert "prefers-color-scheme: dark" in page
    assert tree.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
    assert tree.body[0].text_content().startswith("本周共 8 条")  # the preheader
    assert "'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC'" in styles


def test_the_mail_has_no_bodies() -> None:
    assert "创新是引领发展的第一动力" not in render_mail_html(week_digest())
    assert "创新是引领发展的第一动力" in render_html(week_digest())


@pytest.mark.parametrize("count", [30, 90, 150, 500])
def test_the_mail_stays_small_and_names_every_entry(count: int) -> None:
    page = render_mail_html(_many(count))
    assert len(page.encode()) < MAX_MAIL_BYTES
    links = html.document_fromstring(page).xpath("//a/@href")
    wanted = {entry.url for entry in _many(count).entries()}
    assert wanted <= set(links)
    assert len(set(re.findall(r"(\d+)、", _text(page)))) == count


def test_two_thousand_entries_keep_their_titles_shortened() -> None:
    page = render_mail_html(_many(1500))
    assert len(page.encode()) < MAX_MAIL_BYTES
    assert "1500、关于组织开展年…" in _text(page)
    assert "邮件内仅列标题，全文见附件" in _text(page)


def test_five_thousand_entries_are_counted_and_referred_to_the_attachment() -> None:
    page = render_mail_html(_many(5000))
    assert len(page.encode()) < MAX_MAIL_BYTES
    assert "共 5000 条，标题与全文见附件。" in _text(page)


def test_hundreds_of_sources_do_not_burst_the_mail() -> None:
    rows = tuple(
        make_coverage(column=f"栏目{number}", verdict="broken", reason="列表为空，" * 60)
        for number in range(600)
    )
    page = render_mail_html(one_entry_digest(make_entry(), coverage=rows))
    assert len(page.encode()) < MAX_MAIL_BYTES
    assert "个栏目的状况见附件" in _text(page)
