"""TRS WCM: static lists index.html, index_1.html…; notices tYYYYMMDD_ID.html.

Seen: 天津市科技局, 天津市工信局, 科服网, 科技部, 发改委, 北京市科委, 山西省政府.
The date in a notice's address is the day its file was made, not the printed one.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from scrapy.http import Request, TextResponse

from crawlers.catalogue import Column
from crawlers.platforms.base import BaseSpider

_PAGER = re.compile(r"createPageHTML\s*\(\s*(\d[^)]*)\)")
_QUOTED = re.compile(r"[\"']([\w.-]+)[\"']")


class TrsSpider(BaseSpider):
    """Lists of a TRS site."""

    def next_page(self, response: TextResponse, column: Column, page: int) -> Request | None:
        """index_<page>.html: page 2 is index_1. Without a pager it is tried until a 404."""
        found = super().next_page(response, column, page)
        if found is not None:
            return found
        pages, name, ending = self._pager(response, column)
        if pages is not None and page >= pages:
            return None
        url = urljoin(response.url, f"{name}_{page}.{ending}")
        meta = {"guessed": pages is None}
        return self.list_request(url, column, page + 1, meta=meta)

    def _pager(self, response: TextResponse, column: Column) -> tuple[int | None, str, str]:
        """Pages, file name and ending. Two numbers are (pages, current), three or more (records,
        pages, current)."""
        match = _PAGER.search(response.text)
        if match is None:
            return None, "index", "html"
        numbers = [int(number) for number in re.findall(r"\d+", re.split("[\"']", match[1])[0])]
        words = _QUOTED.findall(match[1])
        name, ending = words[:2] if len(words) >= 2 else ("index", "html")
        if len(numbers) >= 3:
            self.reports[column.name].total = numbers[0]
            return numbers[1], name, ending
        return numbers[0], name, ending


PLATFORM_SPIDER = TrsSpider
