"""Notice pages: the order of the readers, and what each of them sees."""

import pytest
from parsel import Selector

from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.meta import read_meta
from crawlers.reading.notice import fill_from_page

URL = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202102/t20210204_1.html"
HEAD = """<meta name="ArticleTitle" content="头部标题：关于申报的通知">
<meta name="PubDate" content="2021-02-05 09:00"><meta name="ContentSource" content="头部来源">"""


def read(
    html: str,
    platform: str = "trs",
    selectors: Selectors | None = None,
    *,
    listed: tuple[str, str] = ("", ""),
    url: str = URL,
) -> NoticeItem:
    item = NoticeItem("s", "c", "k", url, "projects", "天津市")
    item.list_title, item.list_date = listed
    fill_from_page(item, html, selectors or Selectors(), platforms.platform(platform))
    return item


def test_column_selectors_win_over_the_platforms() -> None:
    html = f"""<head>{HEAD}</head><h1>大标题关于申报</h1><b class="t">栏目自己的标题</b>
      <i class="d">发布时间：2021-02-04 10:24</i>
      <div class="TRS_Editor"><p>平台正文</p></div><div class="mine"><p>栏目正文</p></div>"""
    own = Selectors(notice_title=(".t",), notice_date=(".d",), notice_body=(".mine",))
    item = read(html, "trs", own)
    assert (item.title, item.published) == ("栏目自己的标题", "2021-02-04 10:24")
    assert item.body_html == '<div class="mine"><p>栏目正文</p></div>'
    assert item.read_by == {
        "title": "column",
        "published": "column",
        "source": "meta",
        "body_html": "column",
    }


def test_meta_tags_answer_where_the_skin_is_silent() -> None:
    item = read(f"<head>{HEAD}</head><div class='TRS_Editor'><p>正文</p></div>")
    assert (item.title, item.published, item.source) == (
        "头部标题：关于申报的通知",
        "2021-02-05 09:00",
        "头部来源",
    )
    assert item.read_by["title"] == "meta"


def test_the_general_reader_reads_the_line_under_the_heading() -> None:
    html = """<div class="crumb">首页 &gt; 通知公告 2019-01-01</div>
      <h1>市科技局关于申报项目的通知</h1>
      <p>来源:科研院所服务处 发布时间:2020-09-18 10:24</p>
      <div class="TRS_UEDITOR"><p>各有关单位：2020年1月1日起施行。</p></div>"""
    item = read(html)
    assert (item.title, item.published) == ("市科技局关于申报项目的通知", "2020-09-18 10:24")
    assert item.source == "科研院所服务处"
    assert item.read_by["published"] == "general"


def test_the_lists_words_are_the_last_resort() -> None:
    item = read("<div class='TRS_Editor'><p>正文</p></div>", listed=("列表标题", "2021-02-04"))
    assert (item.title, item.published) == ("列表标题", "2021-02-04")
    assert item.read_by["title"] == "list"
    assert item.complete


def test_readers_that_disagree_are_named() -> None:
    html = f"""<head>{HEAD}</head><div class="common-content-mainTitle">页面标题：完全另一件事</div>
      <p>发布时间：2021-02-05</p><div class="TRS_Editor"><p>正文</p></div>"""
    item = read(html, listed=("页面标题：完全另…", "2021-02-04"))
    assert item.disagreements == [
        "标题不一致：采用“页面标题：完全另一件事”，meta 标签为“头部标题：关于申报的通知”",
        "发布日期不一致：采用 2021-02-05 09:00，列表为 2021-02-04",
    ]


def test_a_publishers_table_gives_number_issuers_and_dates() -> None:
    html = """<table><tr><td>标　题：</td><td>关于印发办法的通知</td>
      <td>文　号：</td><td>津科规〔2021〕1号</td></tr>
      <tr><td>发文机构：</td><td>天津市科学技术局</td><td>成文日期：</td><td>2021年02月02日</td></tr>
      <tr><td>发布日期：</td><td>2021年02月04日</td><td>联合发文</td><td>----</td></tr></table>
      <div class="TRS_UEDITOR"><table><tr><td>文号：</td><td>附表里的文号</td></tr></table></div>"""
    item = read(html)
    assert (item.title, item.doc_number) == ("关于印发办法的通知", "津科规〔2021〕1号")
    assert (item.issuers, item.written) == ("天津市科学技术局", "2021年02月02日")
    assert item.published == "2021年02月04日"


def test_easysites_numbered_list_may_say_there_is_none() -> None:
    html = """<div class="easysite-news-title"><h2>关于做好质押融资工作的通知</h2></div>
      <p class="easysite-news-describe">来源：北京市知识产权局 发布时间：2021-01-27 作者：</p>
      <ol><li>[主题分类] 科技</li><li>发文机关：北京市知识产权局</li>
      <li>联合发文：北京银保监局</li><li>[发文字号] ----</li></ol>
      <div id="easysiteText"><p>现将有关工作通知如下</p></div>"""
    item = read(html, "easysite")
    assert (item.title, item.published) == ("关于做好质押融资工作的通知", "2021-01-27")
    assert item.source == "北京市知识产权局"
    assert (item.issuers, item.doc_number) == ("北京市知识产权局 北京银保监局", "")


def test_a_cde_news_page_has_its_own_classes() -> None:
    html = """<title>国家药品监督管理局药品审评中心</title><div class="news_detail_box">
      <div class="news_detail_title">关于发布指导原则的通告</div>
      <div class="news_detail_date">20210203</div>
      <div class="new_detail_content"><p>现予发布</p></div><div class="relatedNews">
      <a href="/zdyz/downloadAtt?idCODE=ab"><span class="fileLink_1">1.指导原则.pdf</span></a>
      <a href="/main/news/viewInfoCommon/cd">相关新闻</a></div></div>"""
    item = read(html, "cde", url="https://www.cde.org.cn/main/news/viewInfoCommon/ee")
    assert (item.title, item.published) == ("关于发布指导原则的通告", "20210203")
    assert [(link.name, link.url) for link in item.attachments] == [
        ("1.指导原则.pdf", "https://www.cde.org.cn/zdyz/downloadAtt?idCODE=ab")
    ]
    assert item.disagreements == []


def test_a_cde_guide_is_a_table_of_labels() -> None:
    html = """<table><tr><td>名称</td><td>某某指导原则</td></tr>
      <tr><td>文号</td><td>2021年第7号</td></tr>
      <tr><td>版本状态</td><td>颁布</td></tr><tr><td>发布时间</td><td>20210201</td></tr></table>"""
    item = read(html, "cde", url="https://www.cde.org.cn/zdyz/domesticinfopage?zdyzIdCODE=ab")
    assert (item.title, item.doc_number) == ("某某指导原则", "2021年第7号")
    assert (item.published, item.complete) == ("20210201", True)


def test_files_below_the_body_are_found_and_named() -> None:
    html = """<header><a href="/help.pdf">使用帮助</a></header><h1>关于申报的通知公告</h1>
      <div class="TRS_Editor"><p>正文</p><p><a href="./W020210204.docx">1.申报书</a></p></div>
      <p>相关附件</p><ul><li><a href="./P020210204.xls" title="汇总表"></a></li>
      <li><a href="./W020210204.docx">1.申报书</a></li></ul>"""
    folder = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202102/"
    assert [(link.name, link.url) for link in read(html).attachments] == [
        ("1.申报书", folder + "W020210204.docx"),
        ("汇总表", folder + "P020210204.xls"),
    ]


def test_a_body_of_pictures_is_a_body() -> None:
    item = read("<h1>一图读懂实施方案</h1><div class='TRS_Editor'><img src='./1.png'></div>")
    assert item.complete
    assert "/202102/1.png" in item.body_html


def test_an_attachment_alone_is_enough() -> None:
    html = "<h1>拟立项项目名单公示</h1><div class='TRS_Editor'></div><a href='./名单.xls'>名单</a>"
    assert read(html).complete


def test_scripts_do_not_enter_the_body() -> None:
    item = read("<div class='TRS_Editor'><p>正文</p><script>alert(1)</script>尾</div>")
    assert "alert" not in item.body_html
    assert "尾" in item.body_html


def test_of_two_editors_the_one_with_the_text_is_the_body() -> None:
    html = "<div class='TRS_Editor'>短</div><div class='TRS_Editor'><p>这里才是公告的正文</p></div>"
    assert "这里才是公告的正文" in read(html).body_html


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ('<meta name="contentSource" content="浙江省发改委">', "source", "浙江省发改委"),
        ('<meta name="ContenSource" content="自然资源部">', "source", "自然资源部"),
        (
            '<meta name="PubDate" content=""><meta name="PubDate" content="2019-09-18">',
            "published",
            "2019-09-18",
        ),
        ('<meta name="PubDate"content="2026.07.08">', "published", "2026.07.08"),
        ('<META NAME="ARTICLETITLE" CONTENT="大写的 标题">', "title", "大写的 标题"),
    ],
)
def test_meta_tags_are_read_with_their_deviations(head: str, field: str, value: str) -> None:
    meta = read_meta(Selector(text=f"<html><head>{head}</head><body></body></html>"))
    assert getattr(meta, field) == value


def test_a_deeply_nested_page_is_read() -> None:
    html = "<div class='TRS_Editor'>" + "<div>" * 1500 + "深处的正文" + "</div>" * 1500 + "</div>"
    assert "深处的正文" in read(f"<h1>关于某事项的通知</h1>{html}").body_html


def test_links_of_the_body_are_whole_and_broken_ones_gone() -> None:
    html = """<div class="TRS_Editor"><a href="../名单 1.xls">一</a><a href="http://[x/">二</a>
      <a href="mailto:a@b.cn">三</a><a href="javascript:alert(1)">四</a></div>"""
    body = read(html).body_html
    assert "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/" in body
    assert "%201.xls" in body
    assert "mailto:a@b.cn" in body
    assert "javascript" not in body
    assert "[x" not in body


def test_a_page_that_is_only_its_heading_is_not_complete() -> None:
    title = "关于组织申报第3批科技计划项目的通知"
    item = read(f"<title>{title}</title><body><h1>{title}</h1></body>", "listing")
    assert (item.title, item.body_html, item.complete) == (title, "", False)
    assert item.problem == "页面里没有读到正文"
    picture = f'<title>{title}</title><body><h1>{title}</h1><img src="/a.png"></body>'
    assert read(picture, "listing").complete


def test_a_summary_in_the_list_is_no_title_where_the_page_agrees_on_another() -> None:
    summary = "各有关单位：按照工作安排，现组织开展2021年科技计划项目申报工作……"
    title = "关于组织申报2021年科技计划项目的通知"
    html = f"""<head><meta name="ArticleTitle" content="{title}"></head>
      <h1>{title}</h1><p>发布时间：2021-02-04</p>
      <div class="TRS_Editor"><p>{summary.strip("…")}，请于3月5日前报送材料。</p>
      <p>逾期不予受理。</p></div>"""
    item = read(html, listed=(summary, "2021-02-04"))
    assert item.title == title
    assert item.complete
