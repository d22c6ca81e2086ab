"""EasySite (北京市各局): notices are /<column>/<number>/index.html, without a date in the address.

Page files are `<8 hex>-<n>.html`, named in the pager's `tagname` or `onclick`; the static design
before it (2019-20) had pc_index_list_<n>.html.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from scrapy.http import Request, TextResponse

from crawlers.catalogue import Column
from crawlers.platforms.base import BaseSpider

_PAGE_FILE = re.compile(r"[\"']([^\"'\s]*?/?[0-9a-f]{8})-(\d+)\.(s?html?)")
_STATIC = re.compile(r"(index_list)(?:_\d+)?\.html$")


class EasysiteSpider(BaseSpider):
    """Lists of an EasySite site."""

    def next_page(self, response: TextResponse, column: Column, page: int) -> Request | None:
        found = super().next_page(response, column, page)
        if found is not None:
            return found
        total = response.css("input[name='article_paging_list_hidden']::attr(totalpage)").get("")
        if total.isdigit() and page >= int(total):
            return None
        files = _PAGE_FILE.findall(response.text)
        if files:
            known = {int(number) for _, number, _ in files}
            if not total.isdigit() and page + 1 not in known:
                return None
            stem, _, ending = files[0]
            url = urljoin(response.url, f"{stem}-{page + 1}.{ending}")
            return self.list_request(url, column, page + 1)
        if _STATIC.search(response.url):
            url = _STATIC.sub(rf"\1_{page + 1}.html", response.url)
            return self.list_request(url, column, page + 1, meta={"guessed": True})
        return None


PLATFORM_SPIDER = EasysiteSpider
