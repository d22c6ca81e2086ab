"""Selectors known for each publishing system, from public crawlers' code and captured pages.

They are candidates in order: sites of one system differ in their skin. A site that needs its own
writes it in its column's `selectors`, which are asked first.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowPattern:
    """How one skin prints a list: `rows`, and inside a row the link and the date."""

    rows: str
    date: str = "span"
    link: str = "a[href]"


@dataclass(frozen=True, slots=True)
class NoticePattern:
    """Candidates for each field of a notice page. Title, date, source: first with text."""

    title: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    doc_number: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()


# A link that is a notice of this system whatever surrounds it.
NOTICE_LINK = {
    "trs": r"/t(?:19|20)\d{6}_\d+\.s?html?(?:[?#]|$)",
    "jpaas": r"/art/(?:19|20)\d\d/art_[0-9a-f]{32}\.html|/art_[0-9a-f]{32}\.html",
    "hanweb": r"/art/(?:19|20)\d\d/\d{1,2}/\d{1,2}/art_\d+_\d+\.html",
    "easysite": r"/\d{5,9}/index\.s?html?(?:[?#]|$)",
}

ROWS: dict[str, tuple[RowPattern, ...]] = {
    "trs": (
        RowPattern("ul.news_list.news_list2 li", "span.time"),  # kxjs.tj.gov.cn
        RowPattern(".xl-r2-list li", ".xl-r2li-s3"),  # kxjs, 信息公开 skin
        RowPattern(".xl-r-list li"),  # same
        RowPattern(".commonList-body li", "p"),  # sthj.tj.gov.cn, gyxxh's sister
        RowPattern("ul.info_list2 li", "span.date"),  # most.gov.cn
        RowPattern("ul.x_zxzc_list li", "span.mhide"),  # most.gov.cn: two date spans a row
        RowPattern(".sub_sameconrcc li"),  # kxjs until 2020
        RowPattern("ul.u-list li"),  # ndrc.gov.cn
        RowPattern("ul[style*='list-style-type:none'] li"),  # i.tten.cn
        RowPattern("ul[style*='list-style-type: none'] li"),
    ),
    "jpaas": (
        RowPattern(".page-content li", "span.fr, span"),
        RowPattern("li.cf", "span.fr, span"),
    ),
    "easysite": (  # rows of sister bureaus; zscqj's own were not captured
        RowPattern("p.article-title.xinwen", "span"),  # yjj.beijing.gov.cn
        RowPattern("div.ContentBoox li"),  # bjpg.gov.cn
        RowPattern("div.h_wz_m > ul > li"),  # sthjj.beijing.gov.cn
        RowPattern("div.colum_nr li"),
        RowPattern("ul.subpageCon-conList > li"),  # zscqj 2019-20
    ),
    "hanweb": (
        RowPattern("ul.subpageCon-conList > li"),
        RowPattern("tr[style*='dashed']", "font[color='#808080'], td:last-child"),
    ),
}

_TRS_BODY = (
    ".trs_editor_view",
    ".TRS_UEDITOR",
    ".TRS_Editor",
    ".view[class*='TRS']",
    ".TRS_PreAppend",
    ".xl-zw-cons",
    ".page_info",
)

NOTICE: dict[str, NoticePattern] = {
    "trs": NoticePattern(
        title=(
            ".common-content-mainTitle",
            ".ty-content-main-title",
            ".qt-title",
            ".xxgk_title",
            ".xl-zw-top .sx-con",
        ),
        published=("#content_fbrq", ".ty-content-bsmain", ".common-content-subTitle"),
        source=(".ty-content-bsmain",),
        body=_TRS_BODY,
    ),
    "jpaas": NoticePattern(
        title=("#con_title",),
        published=("#con_time",),
        source=(".cinfo",),
        doc_number=("span.xxgk-fwzh",),
        body=("#con_con", ".xxgk_con", ".article_con"),
        attachments=("#con_con a[href*='attach']",),
    ),
    "easysite": NoticePattern(
        title=(".easysite-news-title h2", ".easysite-news-title h1", ".easysite-news-title"),
        published=(".easysite-news-describe",),
        source=(".easysite-news-describe",),
        body=("#easysiteText", "div.article-word"),
    ),
    "hanweb": NoticePattern(body=("#zoom", "#Zoom", "div.article-word", "div.article", ".article")),
    "cde": NoticePattern(
        title=("div.news_detail_title",),
        published=("div.news_detail_date",),
        body=(
            ".new_detail_content",
            "div.news_detail_box",
            "div#content",
            "table:contains('版本状态')",  # a guide's page is its record
        ),
        attachments=(".relatedNews a[href]", "a[href*='downloadAtt']"),
    ),
}

# Body containers across families, the order that proved itself over many provinces.
BODIES = (
    "#UCAP-CONTENT",
    *_TRS_BODY,
    "#zoom",
    "#Zoom",
    "#easysiteText",
    "#con_con",
    "#js_content",
    ".article-content",
    ".article_content",
    ".article-body",
    ".article-word",
    "#article_content",
    "#article",
    ".zw",
    "article",
)
