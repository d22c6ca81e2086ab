"""Columns that are a category of Hanweb's search server (工信部 政策文件库 and its sisters)."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode, urljoin

from parsel import Selector
from scrapy.http import Request, TextResponse

from crawlers.catalogue import Column
from crawlers.reading.addresses import absolute
from crawlers.reading.file_links import find_attachments
from crawlers.reading.learned_records import LearnedRecords, count_of
from crawlers.reading.notice import body_html, finish
from crawlers.reading.rows import Row
from crawlers.reading.search_api import (
    Hit,
    NotASearchAnswerError,
    SearchAnswer,
    hit_of,
    read_search,
)
from crawlers.walking.base import BaseSpider
from crawlers.walking.json_lists import JsonLists
from crawlers.walking.paging import Paging


class SearchColumns(JsonLists, BaseSpider):
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
        at = partial(self.search_request, column)
        return Paging(at(page + 1), total=total, pages=-(-total // size), at=at)

    def search_rows(self, response: TextResponse, column: Column) -> list[Row]:
        """Rows that bring the text along. The page is read all the same: only it has the files, and
        the same notice listed elsewhere must not read differently."""
        page = response.request.cb_kwargs["page"] if response.request else 1
        refused: NotASearchAnswerError | None = None
        answer = SearchAnswer()
        try:
            answer = read_search(response.text)
        except NotASearchAnswerError as error:
            refused = error
        own = [Row(absolute(column.url, hit.url), hit.title, hit.published) for hit in answer.hits]
        learned = self.learned_records(response, column, page, own)
        if learned is not None:
            answer, refused = _as_usual(*learned), None
        if refused is not None:
            self.fail(column.name, self.broken(response, str(refused)), page, response)
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


def _as_usual(answer: object, learned: LearnedRecords) -> SearchAnswer:
    """The answer with its fields under the names that they used to have."""
    hits = []
    for record in learned.records(answer):
        named = {
            "title": learned.title_of(record),
            "url": learned.address_of(record),
            "deploytime": learned.day_of(record),
        }
        usual = record | {name: value for name, value in named.items() if value}
        if usual.get("title") and usual.get("url"):
            hits.append(hit_of(usual))
    return SearchAnswer(hits, count_of(answer))
