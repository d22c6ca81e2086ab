"""Columns that are a category of Hanweb's search server (工信部 政策文件库 and its sisters)."""

from __future__ import annotations

from urllib.parse import urlencode, urljoin

from parsel import Selector
from scrapy.http import Request, TextResponse

from crawlers.catalogue import Column
from crawlers.platforms.base import BaseSpider, Paging
from crawlers.reading.addresses import absolute
from crawlers.reading.file_links import find_attachments
from crawlers.reading.notice import body_html, finish
from crawlers.reading.rows import Row
from crawlers.reading.search_api import Hit, NotASearchAnswerError, read_search


class SearchColumns(BaseSpider):
    """Adds search columns to a platform: `endpoint` is the API, `params` its query (`pg`: size)."""

    def search_request(self, column: Column, page: int = 1) -> Request:
        """One page of results, newest first."""
        url = (
            f"{urljoin(column.url, column.endpoint)}?{urlencode(column.params | {'p': str(page)})}"
        )
        headers = {"Referer": column.referer or column.url, "X-Requested-With": "XMLHttpRequest"}
        return self.list_request(url, column, page, headers=headers, meta={"want": "json"})

    def search_paging(self, column: Column, page: int) -> Paging:
        """The next page while the claimed total is not reached."""
        size = int(column.params.get("pg", "10"))
        total = self.reports[column.name].total
        if total is None:
            return Paging()
        if page * size >= total:
            return Paging(is_end=True, total=total)
        return Paging(self.search_request(column, page + 1), total=total)

    def search_rows(self, response: TextResponse, column: Column) -> list[Row]:
        """Rows that bring the text along. The page is read all the same: only it has the files, and
        the same notice listed elsewhere must not read differently."""
        try:
            answer = read_search(response.text)
        except NotASearchAnswerError as error:
            page = response.request.cb_kwargs["page"] if response.request else 1
            self.fail(column.name, self.broken(response, str(error)), page, response)
            return []
        self.reports[column.name].total = answer.total
        rows = [self._search_row(hit, column) for hit in answer.hits]
        return [row for row in rows if row.url]

    def _search_row(self, hit: Hit, column: Column) -> Row:
        row = Row(absolute(column.url, hit.url), hit.title, hit.published)
        if not row.url or not hit.body_html.strip():
            return row
        item = self.new_item(self.notice_meta(row, column.name))
        item.title, item.published = hit.title, hit.published
        item.doc_number, item.source = hit.doc_number, hit.source
        body = Selector(text=f"<div>{hit.body_html}</div>", base_url=item.url)
        item.body_html = body_html(body.css("body > div")[0], item.url)
        item.attachments = find_attachments(body, item.url)
        filled = ("title", "published", "doc_number", "source", "body_html")
        item.read_by = {name: "list" for name in filled if getattr(item, name)}
        finish(item)
        row.spare = item
        return row
