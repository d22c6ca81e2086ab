"""Pages captured from the real sites, where they lie beside the checkout; skipped elsewhere."""

import json
from html import escape
from pathlib import Path

import pytest

from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.cde_records import read_page, record_row
from crawlers.reading.jpaas_units import read_answer, read_units
from crawlers.reading.list_page import read_rows
from crawlers.reading.notice import fill_from_page
from crawlers.reading.platform import NO_PLATFORM
from crawlers.reading.wechat_page import fill_from_article

PAGES = Path(__file__).parents[2].parent / "shared" / "pages"
MOST_TITLE = (
    "科技部 金融监管总局 工业和信息化部 国家知识产权局印发"
    "《关于加快推动科技保险高质量发展 有力支撑高水平科技自立自强的若干意见》的通知"
)


def captured(name: str) -> str:
    path = PAGES / name
    if not path.is_file():
        pytest.skip(f"no captured page {name}")
    return path.read_text(encoding="utf-8")


def blank(url: str, listed: str = "") -> NoticeItem:
    return NoticeItem("site", "栏目", "key", url, "projects", "天津市", list_title=listed)


def read(name: str, url: str, platform: str) -> NoticeItem:
    item = blank(url)
    fill_from_page(item, captured(name), Selectors(), platforms.platform(platform))
    return item


def read_text(name: str) -> NoticeItem:
    """A page of which only the visible text was kept, one paragraph a line."""
    head, text = captured(name).split("----\n", 1)
    lines = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    item = blank(head.split("\n", 1)[0].split(" ")[-1])
    fill_from_page(item, f"<html><body>{lines}</body></html>", Selectors(), NO_PLATFORM)
    return item


def test_miit_prints_its_time_on_the_page_and_another_in_the_head() -> None:
    url = "https://www.miit.gov.cn/zwgk/zcjd/art/2026/art_ef24128ee7304a63b6777d7023631e94.html"
    item = read("miit/luck3mc_miit_detail_zcjd_20260806.html", url, "jpaas")
    assert item.title == "一图读懂强制性国家标准GB 44721—2026《智能网联汽车 自动驾驶系统安全要求》"
    assert (item.published, item.source) == ("2026-08-05 20:40", "装备工业一司")
    assert item.read_by["published"] == "platform"
    assert item.disagreements == [
        "发布日期不一致：采用 2026-08-05 20:40，meta 标签为 2026-08-06 09:11"
    ]
    assert item.complete  # a body of two pictures is a body
    picture = "https://www.miit.gov.cn/cms_files/filemanager/1226211233/picture/20267/"
    assert picture in item.body_html


def test_miits_shell_names_its_unit() -> None:
    (unit,) = read_units(captured("miit/column_shell_fragment.html"))
    assert unit.query["pageId"] == "ca517c97303b40cf80bd668b35f6148f"
    assert unit.query["tagId"] == "右侧内容"


def test_miits_unit_answer_is_a_list() -> None:
    html = read_answer(captured("miit/build_unit_response_shape.json")).html
    rows, reader = read_rows(
        html, "https://www.miit.gov.cn/", Selectors(), platforms.platform("jpaas")
    )
    assert reader == "platform"
    assert [(row.title, row.date) for row in rows] == [
        ("工业和信息化部举行新闻发布会", "2026-04-02")
    ]


def test_shanxi_trs_page_carries_the_meta_set_twice() -> None:
    url = "http://www.shanxi.gov.cn/yw/sxyw/201909/t20190918_693227.shtml"
    item = read("other/gne_shanxi_gov_TRS_detail.html", url, "trs")
    assert (item.title, item.published) == ("山西品牌丝路行（南美站）正式启动", "2019-09-18 06:23")
    assert item.source == "山西日报"
    assert item.read_by["body_html"] == "platform"
    assert "http://www.shanxi.gov.cn/yw/sxyw/201909/W020190918234243033577.jpg" in item.body_html
    assert "跨越千山万水" in item.body_html


def test_most_prints_its_fields_in_a_table_and_an_empty_source() -> None:
    url = "https://www.most.gov.cn/xxgk/gfxwj2026/202602/t20260228_195992.html"
    item = read("other/luck3mc_most_detail_TRS_xxgk_20260302.html", url, "trs")
    assert item.title == MOST_TITLE
    assert (item.published, item.written) == ("2026年03月02日", "2026年02月23日")
    assert item.issuers == "科技部 金融监管总局 工业和信息化部 国家知识产权局"
    assert (item.source, item.doc_number) == ("", "")
    assert item.disagreements == []
    assert "各省、自治区、直辖市" in item.body_html
    assert "扫一扫" not in item.body_html


@pytest.mark.parametrize("platform", ["trs", "listing"])
def test_mosts_list_has_two_date_spans_a_row(platform: str) -> None:
    html = captured("other/luck3mc_most_qykjzc_list.html")
    rows, reader = read_rows(
        html, "https://www.most.gov.cn/a/b/", Selectors(), platforms.platform(platform)
    )
    assert reader == ("platform" if platform == "trs" else "general")
    assert [row.date for row in rows] == [
        "2026-03-02",
        "2025-10-29",
        "2025-05-13",
        "2021-10-19",
        "2019-08-09",
        "2017-08-14",
    ]
    assert rows[0].title == MOST_TITLE
    assert rows[0].url.endswith("/gfxwj2026/202602/t20260228_195992.html")


@pytest.mark.parametrize(
    ("name", "key", "title", "account", "published"),
    [
        (
            "wechatsogou_article_detail_backgroud-image.html",
            "ODUzMjkwMzYx:2654593305:1",
            "4月6日周五【新闻速览一分钟】",
            "华商报",
            "2018-04-06 06:56",
        ),
        (
            "gne_wechat_1.html",
            "MjM5NzE1NTMyNg==:2650934104:1",
            "三星 Galaxy S20 系列手机正式发布",
            "爱否科技",
            "2020-02-12 22:17",
        ),
        (
            "article_2026_trimmed.html",
            "key",  # the trimmed page lost its ids: the listed key stays
            "苹果子公司因违反对俄制裁受到英国处罚",
            "合规小叨客",
            "2026-03-31 09:56",
        ),
    ],
)
def test_three_generations_of_wechat_articles(
    name: str, key: str, title: str, account: str, published: str
) -> None:
    item = blank("https://mp.weixin.qq.com/s/abc")
    fill_from_article(item, captured(f"wechat/{name}"))
    assert (item.key, item.title, item.source) == (key, title, account)
    assert (item.published, item.complete) == (published, True)
    assert "hidden" not in item.body_html.split(">", 1)[0]


def test_wechats_lazy_pictures_get_their_address() -> None:
    item = blank("https://mp.weixin.qq.com/s/abc")
    fill_from_article(item, captured("wechat/article_2026_trimmed.html"))
    assert 'src="https://mmbiz.qpic.cn/mmbiz_jpg/x/640?wx_fmt=jpeg"' in item.body_html


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("notice_param_error.html", "参数错误"),
        ("wechatsogou_article_detail_expired.html", "链接已过期"),
        ("captcha_shell_wappoc.html", "微信要求验证，没有给出文章"),
    ],
)
def test_a_wechat_page_without_article_says_why(name: str, reason: str) -> None:
    item = blank("https://mp.weixin.qq.com/s/abc", listed="列表上的标题")
    fill_from_article(item, captured(f"wechat/{name}"))
    assert (item.complete, item.problem, item.title) == (False, reason, "列表上的标题")


def test_cdes_three_captured_answers_hold_thirty_guides() -> None:
    listed = "https://www.cde.org.cn/zdyz/listpage/9cd8db3b7530c6fa0c86485e563f93c7"
    calls = json.loads(captured("cde/cde_pagination_test.json"))["all_xhr_fetch"]
    answers = [call for call in calls if "getDomesticGuideList" in call["url"]]
    pages = [read_page(json.dumps(call["response_json"])) for call in answers]
    assert [(page.total, page.pages) for page in pages] == [(640, 64)] * 3
    rows = [record_row(record, listed) for page in pages for record in page.records]
    assert len({row.url for row in rows}) == 30
    firsts = [call["first_record_title"] for call in answers]
    assert firsts == [rows[0].title, rows[10].title, rows[20].title]
    (packing,) = (row for row in rows if row.title == "关于开发适宜药品包装规格的指导原则")
    assert packing.date == "20260601"
    assert packing.url == (
        "https://www.cde.org.cn/zdyz/domesticinfopage?zdyzIdCODE=981efd549bda05ee430ec550583776fc"
    )
    assert all(row.title and len(row.date) == 8 for row in rows)


@pytest.mark.parametrize(
    ("name", "title", "published", "source", "original"),
    [
        (
            "tten_t20251124_168760",
            "市科技局关于2025年天津市工程科技发展战略研究项目拟立项的公示",
            "2025-11-24",
            "天津市科学技术局",
            "http://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202511/t20251121_7183240.html",
        ),
        (
            "tten_t20250623_167701",
            "2025年度第一批天津市创新型中小企业拟通过企业名单公示",
            "2025-06-23",
            "天津市工业和信息化局",
            "http://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2025n/202506/t20250620_6963362.html",
        ),
    ],
)
def test_a_repost_names_its_original(
    name: str, title: str, published: str, source: str, original: str
) -> None:
    item = read_text(f"tianjin/{name}.visible.txt")
    assert (item.title, item.published, item.source) == (title, published, source)
    assert item.original_url == original


def test_a_date_with_spaces_is_kept_as_printed() -> None:
    item = read_text("beijing/kw_art_6382_730642.visible.txt")
    assert (item.published, item.source) == ("2024- 06- 07", "宣传处")


@pytest.mark.parametrize(
    ("name", "words", "title"),
    [
        ("beijing/zscqj_743939560", "国家知识产权强国建设示范创建对象", ""),
        ("cde/mirror_20211104_jishi_opinion", "ztqd@cde.org.cn", ""),
        (
            "tianjin/gyxxh_t20240812_6696997_jcyjzj",
            "若干政策措施实施细则",
            "关于向社会公开征求《天津市推动制造业高质量发展若干政策措施实施细则(征求意见稿)》意见的公告",
        ),
        ("tianjin/kxjs_t20230705_6344560", "天津市自然科学基金项目指南", ""),
    ],
)
def test_a_text_without_title_and_date_is_read_but_nothing_is_invented(
    name: str, words: str, title: str
) -> None:
    item = read_text(f"{name}.visible.txt")
    assert words in item.body_html
    assert (item.title, item.published, item.complete) == (title, "", bool(title))
