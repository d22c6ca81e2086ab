"""Hanweb jpaas: a column page is a shell, its list comes from the unit the shell names (MIIT).

pageIds are never written down: RSSHub's fixed ones broke with each redesign. A column with
`extra.api = "search"` is a category of the search server, `endpoint` and `params` its query.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode, urljoin

from scrapy.http import Request, Response, TextResponse

from crawlers.catalogue import Column, Selectors
from crawlers.reading.charset import readable
from crawlers.reading.jpaas_units import NotAUnitError, Unit, read_answer, read_units
from crawlers.reading.key_rules import last_hex
from crawlers.reading.list_page import read_rows
from crawlers.reading.platform import THE_SCRIPT, NoticePattern, Platform, RowPattern, Sign
from crawlers.reading.rows import Row
from crawlers.walking.base import BaseSpider
from crawlers.walking.list_outcomes import STRAND
from crawlers.walking.notice_pages import Output
from crawlers.walking.paging import Paging
from crawlers.walking.search_columns import SearchColumns


class JpaasSpider(SearchColumns, BaseSpider):
    """Lists of a jpaas site."""

    reads_pages = False

    def column_requests(self, column: Column) -> Iterable[Request]:
        if column.extra.get("api") == "search":
            return [self.search_request(column)]
        return [
            request.replace(callback=self.parse_shell)
            for request in super().column_requests(column)
        ]

    def parse_shell(self, response: Response, column: str, page: int) -> Iterator[Output]:
        """Find the list's unit in the column page; a page with its rows in place is read as is."""
        if not isinstance(response, TextResponse):
            self.fail(column, self.broken(response, "栏目地址返回的不是网页"))
            return
        response = readable(response)
        units = read_units(response.text)
        if units:
            request = self._unit_request(response.url, self.columns[column], page, units)
            yield _of_strand(request, response)
            return
        rows = super().list_rows(response, self.columns[column])
        if rows:
            self.degrade(self.columns[column], "栏目页里没有列表单元脚本，直接读页面上的列表")
            yield from self.take_rows(response, self.columns[column], page, rows)
        else:
            self.fail(column, self.broken(response, "栏目页里没有列表单元脚本（buildstatic）"))

    def parse_unit(self, response: TextResponse, column: str, page: int) -> Iterator[Output]:
        """Read one answer of build/unit; an empty block gives way to the page's next one."""
        units: list[Unit] = response.meta["units"]
        shell: str = response.meta["shell"]
        try:
            answer = read_answer(response.text)
        except NotAUnitError as error:
            self.fail(column, self.broken(response, str(error)), page, response)
            return
        found = self.rows_of(response, answer.html, shell, self.columns[column])
        has_more = page == 1 and len(units) > 1
        if has_more and not self._notices_among(found.rows, self.columns[column]):
            request = self._unit_request(shell, self.columns[column], page, units[1:])
            yield _of_strand(request, response)
            return
        if found.reader == "general":
            self.degrade(self.columns[column], "列表版式不认识，由通用阅读器读出")
        yield from self.take_rows(response, self.columns[column], page, found.rows)

    def _notices_among(self, rows: list[Row], column: Column) -> bool:
        return bool(self.without_asides(self.keyed(rows, self.walk_of(column.name)), column))

    def list_rows(self, response: TextResponse, column: Column) -> list[Row]:
        return self.search_rows(response, column)

    def paging(self, response: TextResponse, column: Column, page: int, rows: int) -> Paging:
        """paramJson names the page: compact JSON, pageSize a string; a plain pageNo is ignored."""
        if "units" not in response.meta:
            if column.extra.get("api") == "search":
                return self.search_paging(column, page)
            return super().paging(response, column, page, rows)
        answer = read_answer(response.text)
        if answer.count is None or not answer.rows:
            return Paging(total=answer.count)
        if page * answer.rows >= answer.count:
            return Paging(is_end=True, total=answer.count)
        units: list[Unit] = response.meta["units"]
        shell, size = response.meta["shell"], answer.rows

        def at(number: int) -> Request:
            wanted = {"pageNo": number, "pageSize": str(size)}
            extra = {"paramJson": json.dumps(wanted, separators=(",", ":"))}
            return self._unit_request(shell, column, number, units, extra)

        return Paging(at(page + 1), total=answer.count, pages=-(-answer.count // size), at=at)

    def _unit_request(
        self,
        shell: str,
        column: Column,
        page: int,
        units: list[Unit],
        extra: dict[str, str] | None = None,
    ) -> Request:
        """The API answers 403 without the column page as Referer."""
        url = f"{urljoin(shell, units[0].url)}?{urlencode(units[0].query | (extra or {}))}"
        return self.list_request(
            url,
            column,
            page,
            callback=self.parse_unit,
            headers={"Referer": shell, "X-Requested-With": "XMLHttpRequest"},
            meta={"want": "json", "units": units, "shell": shell},
        )


def _of_strand(request: Request, response: Response) -> Request:
    """The request, belonging to the list of the answer that led to it, and to where that came
    from: the API is no place of its own."""
    request.meta[STRAND] = response.meta.get(STRAND, 0)
    visited = response.meta.get("redirect_urls")
    landed = (visited[0], response.url) if visited else response.meta.get("landed")
    if landed:
        request.meta["landed"] = landed
    return request


def _sign(text: str, url: str) -> Sign | None:
    words, site = "列表单元脚本 buildstatic", {"user_agent": "browser"}
    return Sign(words, THE_SCRIPT, site=site) if read_units(text) else None


def _answered(node: dict[str, Any], base_url: str) -> Iterable[Row]:
    """build/unit answers with the markup of the list."""
    markup = node.get("html")
    return read_rows(markup, base_url, Selectors(), PLATFORM)[0] if isinstance(markup, str) else ()


PLATFORM = Platform(
    "jpaas",
    notice_link=r"/art/(?:19|20)\d\d/art_[0-9a-f]{32}\.html|/art_[0-9a-f]{32}\.html",
    key=last_hex,
    rows=(
        RowPattern(".page-content li", "span.fr, span"),
        RowPattern("li.cf", "span.fr, span"),
    ),
    notice=NoticePattern(
        title=("#con_title",),
        published=("#con_time",),
        source=(".cinfo",),
        doc_number=("span.xxgk-fwzh",),
        body=("#con_con", ".xxgk_con", ".article_con"),
        attachments=("#con_con a[href*='attach']",),
    ),
    sign=_sign,
    answered=_answered,
)
PLATFORM_SPIDER = JpaasSpider
