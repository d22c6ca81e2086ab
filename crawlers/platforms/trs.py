"""TRS WCM: static lists index.html, index_1.html…; notices tYYYYMMDD_ID.html.

Seen: 天津市科技局, 天津市工信局, 科服网, 科技部, 发改委, 北京市科委, 山西省政府.
The date in a notice's address is the day its file was made, not the printed one.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin

from scrapy.http import Request, TextResponse

from crawlers.catalogue import Column
from crawlers.reading.platform import NoticePattern, Platform, RowPattern
from crawlers.walking.base import BaseSpider
from crawlers.walking.paging import Paging

_PAGER = re.compile(r"createPageHTML\s*+\(\s*+(\d[^()]*+)\)")
_FILE = re.compile(r"/t\d{8}_\d+\.s?html?$")
_QUOTED = re.compile(r"[\"']([\w.-]+)[\"']")


class TrsSpider(BaseSpider):
    """Lists of a TRS site."""

    def paging(self, response: TextResponse, column: Column, page: int, rows: int) -> Paging:
        """index_<page>.html: page 2 is index_1. Without any pager it is tried until a 404."""
        if _PAGER.search(response.text) is None:
            seen = super().paging(response, column, page, rows)
            if seen != Paging(total=seen.total):
                return seen
        pages, total, name, ending = self._pager(response)
        if pages is not None and page >= pages:
            return Paging(is_end=True, total=total)
        meta = {"guessed": pages is None}

        def at(number: int) -> Request:
            url = urljoin(response.url, f"{name}_{number - 1}.{ending}")
            return self.list_request(url, column, number, meta=dict(meta))

        return Paging(at(page + 1), total=total, pages=pages, at=at)

    @staticmethod
    def _pager(response: TextResponse) -> tuple[int | None, int | None, str, str]:
        """Pages, records, file name and ending. Two numbers are (pages, current), three or more
        (records, pages, current)."""
        match = _PAGER.search(response.text)
        if match is None:
            return None, None, "index", "html"
        numbers = [int(number) for number in re.findall(r"\d+", re.split("[\"']", match[1])[0])]
        words = _QUOTED.findall(match[1])
        name, ending = words[:2] if len(words) >= 2 else ("index", "html")
        if len(numbers) >= 3:
            return numbers[1], numbers[0], name, ending
        return numbers[0], None, name, ending


def _key(address: SplitResult) -> str:
    return address.path if _FILE.search(address.path) else ""


PLATFORM = Platform(
    "trs",
    notice_link=r"/t(?:19|20)\d{6}_\d+\.s?html?(?:[?#]|$)",
    key=_key,
    rows=(
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
    notice=NoticePattern(
        title=(
            ".common-content-mainTitle",
            ".ty-content-main-title",
            ".qt-title",
            ".xxgk_title",
            ".xl-zw-top .sx-con",
        ),
        published=("#content_fbrq", ".ty-content-bsmain", ".common-content-subTitle"),
        source=(".ty-content-bsmain",),
        body=(
            ".trs_editor_view",
            ".TRS_UEDITOR",
            ".TRS_Editor",
            ".view[class*='TRS']",
            ".TRS_PreAppend",
            ".xl-zw-cons",
            ".page_info",
        ),
    ),
)
PLATFORM_SPIDER = TrsSpider
