"""normalise(): whole notices, from the page's words to the facts."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.spiders import Spider

from crawlers.items import NoticeItem, PrintedLink
from crawlers.reading.wechat_page import fill_from_article
from pipelines.normalise import NormalisePipeline, normalise
from storage.models import Contact, Deadline, Notice

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
PAGES = Path(__file__).parents[2].parent / "shared" / "pages"


def paragraphs(*lines: str) -> str:
    """A body with one paragraph a line."""
    return "".join(f"<p>{line}</p>" for line in lines)


def make_item(**changes: object) -> NoticeItem:
    """A notice of the Tianjin bureau; a test changes what it is about."""
    item = NoticeItem(
        site="tj_gyxxh",
        column="通知公告",
        key="t20210204_5348438",
        url="https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/202102/t20210204_5348438.html",
        section="projects",
        group="天津市",
        site_name="天津市工业和信息化局",
        title="关于补充通知",
        published="2021-02-05",
        body_html="<p>正文。</p>",
    )
    for name, value in changes.items():
        setattr(item, name, value)
    return item


def read(**changes: object) -> Notice:
    """normalise() of such an item at NOW."""
    return normalise(make_item(**changes), NOW)


def test_a_joint_notice_with_a_deadline() -> None:
    notice = read(
        title="【置顶】市工业和信息化局市财政局关于进一步做好\n2020年公共服务示范平台申报工作的通知",
        published="发布时间：2021-02-05 09:30  来源：中小企业处",
        list_date="2021-02-04",
        source="来源：中小企业处 发布时间：2021-02-05 09:30",
        body_html=paragraphs(
            "各区工业和信息化主管部门、财政局：",
            "“申报单位须提供 2019 年 12 月份社会缴费证明（单位）”可以不作为初步审查条件。",
            "符合条件的可以补充申报，于 2021 年 2 月 26 日前，将相关材料报市工业和信息化局工业"
            "中小企业服务发展处（河西区友谊路 35 号 城市大厦 701 室），逾期不再受理。",
            "特此通知。",
            "市工业和信息化局&nbsp;&nbsp;市财政局",
        ),
    )
    assert notice.title == (
        "市工业和信息化局市财政局关于进一步做好2020年公共服务示范平台申报工作的通知"
    )
    assert notice.issuers == ("天津市工业和信息化局", "天津市财政局")
    assert notice.source == "中小企业处"
    assert (notice.published_on, notice.published_time) == (date(2021, 2, 5), "09:30")
    assert notice.deadline_on == date(2021, 2, 26)
    assert [one.what for one in notice.deadlines] == ["报送"]
    assert notice.doc_number == ""
    assert notice.warnings == ("页面日期 2021-02-05 与列表日期 2021-02-04 不一致，以页面为准",)
    assert notice.complete


def test_a_news_item_that_carries_the_document_it_announces() -> None:
    notice = read(
        site_name="工业和信息化部",
        group="北京市",
        title="两部门联合印发《关于支持“专精特新”中小企业高质量发展的通知》",
        published="发布时间：2021-02-02 14:38",
        source="来源：中小企业局",
        body_html=paragraphs(
            "2021年1月23日，财政部、工业和信息化部联合印发《关于支持“专精特新”中小企业高质量发展的通知》"
            "（财建〔2021〕2号，以下简称《通知》），提升中小企业创新能力。",
            "中央财政将安排 100 亿元以上奖补资金。",
            "财政部 工业和信息化部关于支持“专精特新”<br>中小企业高质量发展的通知",
            "财建〔2021〕2 号",
            "各省、自治区、直辖市财政厅（局）：",
            "2021-2025年，中央财政累计安排100亿元以上奖补资金。",
            "第一批《实施方案》应于 2021 年 3 月 31 日前报送。",
        ),
    )
    assert notice.doc_number == "财建〔2021〕2号"
    assert notice.issuers == ("财政部", "工业和信息化部")
    assert notice.deadlines == (
        Deadline(date(2021, 3, 31), "报送", "第一批《实施方案》应于 2021 年 3 月 31 日前报送"),
    )
    assert notice.amounts == ("100亿元以上",)
    assert notice.read_by["doc_number"] == "embedded"


def test_a_circular_of_the_drug_centre() -> None:
    notice = read(
        site_name="国家药监局药审中心",
        group="国家级",
        title="国家药监局药审中心关于发布《流感药物临床试验技术指导原则》的通告（2021 年第 7 号）",
        published="20210201",
        body_html=paragraphs(
            "药审中心制定了《流行性感冒治疗和预防药物临床试验技术指导原则》（见附件）。根据《国家药监局综合司"
            "关于印发药品技术指导原则发布程序的通知》（药监综药管〔2020〕9号）要求，现予发布，自发布之日起施行。",
            "特此通告。",
            "国家药品监督管理局药品审评中心",
            "2021年2月1日",
        ),
    )
    assert notice.doc_number == "2021年第7号"
    assert notice.issuers == ("国家药品监督管理局药品审评中心",)
    assert notice.written_on == date(2021, 2, 1)
    assert notice.effective_on == date(2021, 2, 1)
    assert notice.deadlines == ()
    assert set(notice.topics) >= {"临床试验", "指导原则"}
    assert notice.topic_words["临床试验"] == ("临床试验",)
    assert list(notice.topic_words) == list(notice.topics)


def test_a_dash_is_no_number_and_the_line_under_the_repeated_title_is() -> None:
    title = "关于印发北京市知识产权局“两区”工作推进措施的通知"
    notice = read(
        site_name="北京市知识产权局",
        title=title,
        doc_number="----",
        body_html=paragraphs(title, "京知局〔2021〕35 号", "各相关单位：", "现印发给你们。"),
    )
    assert notice.doc_number == "京知局〔2021〕35号"


def test_a_repost_points_to_its_original() -> None:
    notice = normalise(
        make_item(
            url="https://i.tten.cn/news/tzgg/202511/t20251124_168760.html",
            site_name="天津市科学技术局",
            title="市科技局关于2025年天津市工程科技发展战略研究项目拟立项的公示",
            published="2025-11-24",
            body_html=paragraphs(
                "对拟立项项目有异议的，可在公布之日起5个工作日内以书面形式向我局提出，逾期不予受理。",
                "联系人：市科技局实验室工作处",
                "联系电话：022-58832837",
                "2025年11月21日",
                "阅读原文/下载相关附件请前往:http://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202511/t20251121_7183240.html",
                "资料来源:天津市科学技术局 kxjs.tj.gov.cn",
            ),
        ),
        datetime(2025, 11, 25, tzinfo=UTC),
    )
    assert notice.original_url == (
        "http://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202511/t20251121_7183240.html"
    )
    assert notice.source == "天津市科学技术局"
    assert "阅读原文" not in notice.body_text
    assert "资料来源" not in notice.body_html
    assert notice.written_on == date(2025, 11, 21)
    assert notice.deadline_on == date(2025, 11, 28)
    assert notice.contacts == (Contact("市科技局实验室工作处", "022-58832837", ""),)
    assert notice.warnings == ()


def test_the_list_supplies_what_the_page_lacks() -> None:
    notice = read(title="", list_title="关于补充通知", published="", list_date="2021/02/04")
    assert (notice.title, notice.published_on) == ("关于补充通知", date(2021, 2, 4))
    assert notice.read_by["title"] == "list"
    assert notice.read_by["published_on"] == "list"


def test_a_title_cut_on_the_page_is_completed_from_the_list() -> None:
    notice = read(title="关于进一步做好…", list_title="关于进一步做好申报工作的通知")
    assert notice.title == "关于进一步做好申报工作的通知"


def test_no_date_is_a_warning_and_never_a_guess() -> None:
    notice = read(published="近日", list_date="")
    assert notice.published_on is None
    assert notice.warnings == ("页面日期无法识别：近日", "未读到发布日期")


def test_undecodable_titles_are_incomplete() -> None:
    notice = read(title="关于\ufffd\ufffd的通知")
    assert not notice.complete
    assert "标题含无法解码的字符" in notice.warnings


def test_a_page_that_could_not_be_read_keeps_its_row_and_its_problem() -> None:
    notice = read(
        title="", list_title="关于补充通知", list_date="2021-02-05", published="", body_html="",
        complete=False, problem="正文选择器无结果", disagreements=["标题与列表不一致"],
    )  # fmt: skip
    assert not notice.complete
    assert notice.title == "关于补充通知"
    assert notice.warnings == ("标题与列表不一致", "正文选择器无结果")


def test_an_empty_body_is_incomplete_but_pictures_or_files_are_a_body() -> None:
    assert not read(body_html="<p>&nbsp;</p>").complete
    pictured = read(body_html='<p><img src="/a.png"></p>')
    assert pictured.complete
    assert pictured.summary == "正文为图片，请查看原文。"
    assert pictured.warnings == ("正文为图片",)
    assert read(body_html="", attachments=[PrintedLink("附件", "/a.pdf")]).complete


def test_counters_and_white_space_do_not_change_the_hash() -> None:
    first = read(body_html="<p>正文。</p><p>浏览次数：12</p>")
    second = read(body_html="<div>正文。 </div>\n<p>浏览次数：13</p>")
    assert first.content_hash == second.content_hash
    assert first.content_hash != read(body_html="<p>正文改。</p>").content_hash


def test_the_item_is_not_changed() -> None:
    item = make_item(read_by={"title": "column"}, title="", list_title="通知")
    assert normalise(item, NOW).read_by["title"] == "list"
    assert item == make_item(read_by={"title": "column"}, title="", list_title="通知")


def test_an_ordinary_notice_is_read_in_a_few_milliseconds() -> None:
    line = "为做好项目申报，现就有关事项通知如下，请于2021年3月1日前报送材料，最高资助50万元。"
    item = make_item(body_html=paragraphs(*[line] * 40))
    normalise(item, NOW)
    best = min(_seconds(item) for _ in range(5))
    assert best < 0.1


def _seconds(item: NoticeItem) -> float:
    started = time.process_time()
    normalise(item, NOW)
    return time.process_time() - started


@pytest.mark.parametrize(
    "unit", ["2021-03-01至", "《甲》、", "公示期", "a@", "市", "财政部", "（2021）"]
)
def test_text_made_to_be_slow_is_read_in_time(unit: str) -> None:
    assert _seconds(make_item(body_html=unit * (500_000 // len(unit)))) < 20


class _Site(Spider):
    name = "site"


def test_the_pipeline_reads_notices_and_passes_other_items_on() -> None:
    crawler = Crawler(_Site, Settings({"ZX_NOW": "2021-02-05T17:00:00+08:00"}))
    pipeline = NormalisePipeline.from_crawler(crawler)
    notice = pipeline.process_item(make_item(published="昨天"))
    assert isinstance(notice, Notice)
    assert notice.published_on == date(2021, 2, 4)
    other = {"not": "a notice"}
    assert pipeline.process_item(other) is other


def test_without_a_setting_the_pipeline_uses_the_real_clock() -> None:
    pipeline = NormalisePipeline.from_crawler(Crawler(_Site, Settings({"ZX_NOW": ""})))
    assert pipeline.process_item(make_item(published="昨天")).published_on is not None


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_no_page_raises(title: str, published: str, source: str, number: str, body: str) -> None:
    normalise(
        make_item(
            title=title, published=published, source=source, doc_number=number, body_html=body,
            issuers=source, written=number, effective=published, list_date=title, url=title,
        ),
        NOW,
    )  # fmt: skip


@pytest.mark.skipif(not PAGES.is_dir(), reason="the captured pages are not here")
@pytest.mark.parametrize(
    ("name", "deadline", "original"),
    [
        ("tianjin/tten_t20250623_167701", date(2025, 6, 26), "t20250620_6963362.html"),
        ("tianjin/tten_t20251124_168760", date(2025, 11, 28), "t20251121_7183240.html"),
        ("tianjin/kxjs_t20230705_6344560", date(2023, 7, 11), ""),
        ("cde/mirror_20211104_jishi_opinion", date(2021, 11, 18), ""),
        ("beijing/kw_art_6382_730642", None, ""),
        ("beijing/zscqj_743939560", None, ""),
    ],
)
def test_captured_pages(name: str, deadline: date | None, original: str) -> None:
    text = (PAGES / f"{name}.visible.txt").read_text(encoding="utf-8").split("----\n", 1)[1]
    published = {"kxjs": "2023-07-05", "mirror": "2021-11-04", "tten": name[-15:-7]}
    start = name.split("/")[1].split("_")[0]
    notice = read(
        published=published.get(start, "2024-06-07"), body_html=paragraphs(*text.splitlines())
    )
    assert notice.deadline_on == deadline
    assert notice.original_url.endswith(original)
    assert notice.doc_number == ""
    assert 0 < len(notice.summary) <= 160


def test_the_pictures_of_a_body_that_says_hardly_anything_are_named_for_reading() -> None:
    item = make_item(url="https://mp.weixin.qq.com/s/abc", body_html="")
    addresses = [f"https://mmbiz.qpic.cn/{number}/0?wx_fmt=png" for number in range(30)]
    pages = ", ".join(f"{{cdn_url: '{address}'}}" for address in addresses)
    fill_from_article(
        item,
        '<meta property="og:title" content="三张图告诉你"><div id="js_content"></div><script>'
        f'var item_show_type = "8"; window.picture_page_info_list = [{pages}];</script>',
    )
    notice = normalise(item, NOW)
    assert [picture.url for picture in notice.pictures] == addresses[:20]
    # Where words say it, pictures only adorn it.
    words = paragraphs("为贯彻落实规划，现组织开展申报工作，有关事项通知如下，请认真执行。" * 8)
    assert read(body_html=f"{words}<img src='https://a.gov.cn/1.png'>").pictures == ()


@pytest.mark.parametrize(
    ("page", "row", "is_believed"),
    [
        ("2018-12-27", "2018-12-27", True),  # kept on top, unmarked
        ("2012-02-03", "2012-02-03", False),  # the year was mistyped, and goes into both
        ("2011-12-30", "2011-12-30", True),
        ("2021-02-04", "2012-02-04", False),  # the page knows better
        ("", "2018-12-27", False),
    ],
)
def test_an_old_day_that_page_and_row_agree_on_is_no_slip(
    page: str, row: str, is_believed: bool
) -> None:
    notice = read(published=page, list_date=row, near_on="2021-02-04")
    assert notice.near_on == (None if is_believed else date(2021, 2, 4))


def test_a_week_goes_over_the_end_of_a_year() -> None:
    notice = read(published="2012-12-30", list_date="2012-12-30", near_on="2021-01-03")
    assert notice.near_on == date(2021, 1, 3)
