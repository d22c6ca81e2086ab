"""`zhengxun inspect FILE` on pages captured from the real sites (expected values read by eye).

The captured pages lie outside the repository; where they are absent these tests are skipped.
"""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from app.context import Context
from commands.inspecting import inspect
from config import load_config

PAGES = Path(__file__).parents[3] / "shared" / "pages"

# file, address, title, published_on, source, what the text holds, complete
NOTICES = [
    (
        "miit/luck3mc_miit_detail_zcjd_20260806.html",
        "https://www.miit.gov.cn/zwgk/zcjd/art/2026/art_ef24128ee7304a63b6777d7023631e94.html",
        "一图读懂强制性国家标准GB 44721—2026《智能网联汽车 自动驾驶系统安全要求》",
        date(2026, 8, 5),
        "装备工业一司",
        "",
        True,
    ),
    (
        "miit/mock_detail_szyw.html",
        "https://www.miit.gov.cn/xwfb/szyw/art/2026/art_test123.html",
        "习近平就推动哲学社会科学高质量发展作出重要指示",
        date(2026, 5, 18),
        "新华社",
        "加快构建中国哲学社会科学自主知识体系。",
        True,
    ),
    (
        "other/gne_shanxi_gov_TRS_detail.html",
        "http://www.shanxi.gov.cn/yw/sxyw/201909/t20190918_693227.shtml",
        "山西品牌丝路行（南美站）正式启动",
        date(2019, 9, 18),
        "山西日报",
        "",
        True,
    ),
    (
        "other/luck3mc_most_detail_TRS_xxgk_20260302.html",
        "https://www.most.gov.cn/xxgk/xinxifenlei/fdzdgknr/fgzc/gfxwj/gfxwj2026/202602/t20260228_195992.html",
        "科技部 金融监管总局 工业和信息化部 国家知识产权局印发"
        "《关于加快推动科技保险高质量发展 有力支撑高水平科技自立自强的若干意见》的通知",
        date(2026, 3, 2),
        "科学技术部",  # ContentSource is empty there: the catalogue's name of the site
        "现印发给你们，请遵照执行。",
        True,
    ),
    (
        "wechat/article_2026_trimmed.html",
        "https://mp.weixin.qq.com/s/abc",
        "苹果子公司因违反对俄制裁受到英国处罚",
        date(2026, 3, 31),
        "合规小叨客",
        "正文内容",
        True,
    ),
    (
        "wechat/gne_wechat_1.html",
        "",
        "三星 Galaxy S20 系列手机正式发布",
        date(2020, 2, 12),
        "爱否科技",
        "",
        True,
    ),
    (
        "wechat/wechatsogou_article_detail_backgroud-image.html",
        "",
        "4月6日周五【新闻速览一分钟】",
        date(2018, 4, 6),
        "华商报",
        "",
        True,
    ),
]
UNREADABLE = [
    ("wechat/captcha_shell_wappoc.html", "验证"),
    ("wechat/notice_param_error.html", "参数错误"),
    ("wechat/wechatsogou_article_detail_expired.html", "链接已过期"),
    ("miit/column_shell_fragment.html", "ca517c97303b40cf80bd668b35f6148f"),
]
# file, how many rows, the first and the last: title begins, published_on
LISTS = [
    (
        "cde/cde_pagination_test.json",
        30,
        ("预防用mRNA疫苗临床试验技术指导原则（试行）", "2026-06-01"),
        ("化学药品创新药晶型研究技术指导原则（试行）", "2026-01-28"),
    ),
    (
        "cde/cde_guideline_pages_1_3.json",
        12,
        ("关于公开征求《培植牛黄研究技术指导原则（征求意见稿）》意见的通知", "2026-06-02"),
        ("国家药监局药审中心关于发布《治疗用重组蛋白药物首次申报临床", "2026-04-20"),
    ),
    (
        "other/luck3mc_most_qykjzc_list.html",
        6,
        ("科技部 金融监管总局 工业和信息化部 国家知识产权局印发", "2026-03-02"),
        ("科技部 财政部 国家税务总局关于进一步做好企业研发费用加计扣除", "2017-08-14"),
    ),
    (
        "miit/build_unit_response_shape.json",
        1,
        ("工业和信息化部举行新闻发布会", "2026-04-02"),
        ("工业和信息化部举行新闻发布会", "2026-04-02"),
    ),
]

pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="the captured pages are not here")


def facts(tmp_path: Path, name: str, url: str) -> list[dict[str, object]]:
    context = Context(load_config({"ZHENGXUN_NOW": "2026-11-20T09:00+08:00"}, cwd=tmp_path))
    printed = StringIO()
    console = Console(file=printed, width=10_000)
    assert inspect(context, str(PAGES / name), url, console, as_json=True) == 0
    found = json.loads(printed.getvalue())
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("name", "url", "title", "published", "source", "words", "complete"),
    NOTICES,
    ids=[row[0].rsplit("/", 1)[1] for row in NOTICES],
)
def test_a_captured_notice_is_read_right(
    tmp_path: Path,
    name: str,
    url: str,
    title: str,
    published: date,
    source: str,
    words: str,
    complete: bool,
) -> None:
    [notice] = facts(tmp_path, name, url)
    assert notice["title"] == title
    assert notice["published_on"] == published.isoformat()
    assert notice["source"] == source
    assert words in str(notice["body_text"])
    assert notice["complete"] is complete
    assert notice["read_by"]


def test_the_joint_issuers_of_a_captured_notice_are_told_apart(tmp_path: Path) -> None:
    [notice] = facts(tmp_path, NOTICES[3][0], NOTICES[3][1])
    assert notice["issuers"] == [
        "科学技术部",
        "国家金融监督管理总局",
        "工业和信息化部",
        "国家知识产权局",
    ]
    assert notice["written_on"] == "2026-02-23"
    assert notice["doc_number"] == ""


def test_a_picture_only_body_is_kept_and_marked(tmp_path: Path) -> None:
    [notice] = facts(tmp_path, NOTICES[0][0], NOTICES[0][1])
    assert str(notice["body_html"]).count("<img") == 2
    assert "https://www.miit.gov.cn/cms_files/" in str(notice["body_html"])
    assert any("图片" in warning for warning in list(notice["warnings"]))  # type: ignore[call-overload] # JSON


@pytest.mark.parametrize(("name", "words"), UNREADABLE)
def test_a_page_without_a_notice_says_why(tmp_path: Path, name: str, words: str) -> None:
    [notice] = facts(tmp_path, name, "")
    assert notice["complete"] is False
    assert words in str(notice["problem"])


@pytest.mark.parametrize(("name", "count", "first", "last"), LISTS)
def test_a_captured_list_is_read_whole(
    tmp_path: Path, name: str, count: int, first: tuple[str, str], last: tuple[str, str]
) -> None:
    rows = facts(tmp_path, name, "")
    assert len(rows) == count
    for row, (title, day) in ((rows[0], first), (rows[-1], last)):
        assert str(row["title"]).startswith(title)
        assert str(row["published_on"]).startswith(day)
    assert all(row["published_on"] for row in rows)
