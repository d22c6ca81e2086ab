"""EasySite (北京市各局): notices are /<column>/<number>/index.html, without a date in the address.

Page files are `<8 hex>-<n>.html`, named in the pager's `tagname` or `onclick`; the static design
before it (2019-20) had pc_index_list_<n>.html.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin

from scrapy.http import TextResponse

from crawlers.catalogue import Column
from crawlers.reading.key_rules import article_number
from crawlers.reading.platform import NoticePattern, Platform, RowPattern
from crawlers.walking.base import BaseSpider
from crawlers.walking.paging import Paging

_PAGE_FILE = re.compile(r"[\"']([^\"'\s]*?/?[0-9a-f]{8})-(\d+)\.(s?html?)")
_NUMBERED = re.compile(r"/(\d{5,9})/(?:index\.s?html?)?$")
_STATIC = re.compile(r"(index_list)(?:_\d+)?\.html$")


class EasysiteSpider(BaseSpider):
    """Lists of an EasySite site."""

    def paging(self, response: TextResponse, column: Column, page: int, rows: int) -> Paging:
        """The pager's page files, the static design's numbers, else whatever the page shows."""
        total = response.css("input[name='article_paging_list_hidden']::attr(totalpage)").get("")
        if total.isdigit() and page >= int(total):
            return Paging(is_end=True)
        files = _PAGE_FILE.findall(response.text)
        known = {int(number) for _, number, _ in files}
        if files and (total.isdigit() or page + 1 in known):
            stem, _, ending = files[0]
            url = urljoin(response.url, f"{stem}-{page + 1}.{ending}")
            return Paging(self.list_request(url, column, page + 1))
        seen = super().paging(response, column, page, rows)
        if seen.following is None and not seen.is_end and _STATIC.search(response.url):
            url = _STATIC.sub(rf"\1_{page + 1}.html", response.url)
            seen.following = self.list_request(url, column, page + 1, meta={"guessed": True})
        return seen


def _key(address: SplitResult) -> str:
    """The number of the notice's folder; the articles of the system before it (until 2019)."""
    match = _NUMBERED.search(address.path)
    return match[1] if match else article_number(address)


PLATFORM = Platform(
    "easysite",
    notice_link=r"/\d{5,9}/index\.s?html?(?:[?#]|$)",
    key=_key,
    rows=(  # rows of sister bureaus; zscqj's own were not captured
        RowPattern("p.article-title.xinwen", "span"),  # yjj.beijing.gov.cn
        RowPattern("div.ContentBoox li"),  # bjpg.gov.cn
        RowPattern("div.h_wz_m > ul > li"),  # sthjj.beijing.gov.cn
        RowPattern("div.colum_nr li"),
        RowPattern("ul.subpageCon-conList > li"),  # zscqj 2019-20
    ),
    notice=NoticePattern(
        title=(".easysite-news-title h2", ".easysite-news-title h1", ".easysite-news-title"),
        published=(".easysite-news-describe",),
        source=(".easysite-news-describe",),
        body=("#easysiteText", "div.article-word"),
    ),
    has_script_rows=True,
)
PLATFORM_SPIDER = EasysiteSpider
