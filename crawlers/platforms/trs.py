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
from crawlers.platforms.paging import Paging

_PAGER = re.compile(r"createPageHTML\s*+\(\s*+(\d[^()]*+)\)")
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


PLATFORM_SPIDER = TrsSpider
