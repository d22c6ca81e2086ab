"""Hanweb jpage: /col/colN/ with the rows in a script, further rows from dataproxy.jsp.

The next page is the address in `<nextgroup>` where there is one (some sites encrypt it, and then
answer with an empty recordset), else it is built from the numbers in the page's script.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode, urljoin

from parsel import Selector
from scrapy.http import Request, TextResponse

from crawlers.catalogue import Column
from crawlers.reading.general_list import script_rows
from crawlers.reading.key_rules import article_number
from crawlers.reading.platform import THE_DATA, NoticePattern, Platform, RowPattern, Sign
from crawlers.walking.base import BaseSpider
from crawlers.walking.paging import Paging

_NEXT = re.compile(r"<nextgroup>\s*+<!\[CDATA\[((?:(?!\]\]>|<nextgroup>).)*)\]\]>", re.DOTALL)
_NUMBER = re.compile(
    r"""["']?\b(columnid|unitid|webid|perpage|totalrecord|totalpage)["']?\s*[:=>]\s*["']?(\d+)""",
    re.IGNORECASE,
)
_ENOUGH = 3
_PROXY = "/module/web/jpage/dataproxy.jsp"


class HanwebSpider(BaseSpider):
    """Lists of a Hanweb site."""

    def paging(self, response: TextResponse, column: Column, page: int, rows: int) -> Paging:
        """`<nextgroup>`, else the numbers of the page's script, else whatever the page shows."""
        numbers: dict[str, str] = response.meta.get("numbers") or {
            name.lower(): number for name, number in _NUMBER.findall(response.text)
        }
        size, total = int(numbers.get("perpage", 0)), int(numbers.get("totalrecord", 0))
        group = _NEXT.search(response.text)
        if group:
            link = Selector(text=group.group(1) or "<a></a>").css("a::attr(href)").get("")
            url = urljoin(response.url, link)
            following = self.list_request(url, column, page + 1) if link else None
            return Paging(following, is_end=following is None, total=total or None)
        if size and "columnid" in numbers:
            if page * size >= total:
                return Paging(is_end=True, total=total)
            return Paging(self._proxied(response, column, page, numbers), total=total)
        seen = super().paging(response, column, page, rows)
        seen.total = total or seen.total
        return seen

    def _proxied(
        self, response: TextResponse, column: Column, page: int, numbers: dict[str, str]
    ) -> Request:
        """The next page's rows from dataproxy.jsp."""
        size, total = int(numbers["perpage"]), int(numbers["totalrecord"])
        query = {
            "startrecord": page * size + 1,
            "endrecord": min((page + 1) * size, total),
            "perpage": size,
        } | {name: numbers[name] for name in ("columnid", "unitid", "webid") if name in numbers}
        url = f"{urljoin(response.url, _PROXY)}?{urlencode(query)}"
        return self.list_request(url, column, page + 1, meta={"numbers": numbers})


def _sign(text: str, url: str) -> Sign | None:
    is_data = len(script_rows(text, url)) >= _ENOUGH
    return Sign("列表数据写在脚本里", THE_DATA) if is_data else None


PLATFORM = Platform(
    "hanweb",
    notice_link=r"/art/(?:19|20)\d\d/\d{1,2}/\d{1,2}/art_\d+_\d+\.html",
    key=article_number,
    rows=(
        RowPattern("ul.subpageCon-conList > li"),
        RowPattern("tr[style*='dashed']", "font[color='#808080'], td:last-child"),
    ),
    notice=NoticePattern(body=("#zoom", "#Zoom", "div.article-word", "div.article", ".article")),
    has_script_rows=True,
    sign=_sign,
)
PLATFORM_SPIDER = HanwebSpider
