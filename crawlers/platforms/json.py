"""Lists that an interface sends as JSON, described in the catalogue alone.

A column's `endpoint` is the interface (default: the column's own address), `params` what is sent
with every request, `records`, `paging` and `detail` what `crawlers.records` says they are; `url`
stays the page for people, the Referer. Where known notices no longer come back, the fields are
found again by them.

Seen: 中国政府网 (one static file a library), 国家药典委员会, many provincial back ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode, urljoin

from parsel import Selector
from scrapy.http import Request, Response, TextResponse

from crawlers.catalogue import Column, Selectors
from crawlers.items import NoticeItem
from crawlers.reading.addresses import absolute
from crawlers.reading.asked_data import LEAST_ROWS, asked_addresses, described
from crawlers.reading.charset import readable
from crawlers.reading.file_links import find_attachments
from crawlers.reading.json_rows import (
    NotRecordsError,
    address_of,
    day_at,
    filled,
    number_at,
    read_json,
    record_objects,
    title_of,
    value_at,
)
from crawlers.reading.learned_records import LearnedRecords
from crawlers.reading.list_page import read_rows
from crawlers.reading.notice import body_html, finish, within_limit
from crawlers.reading.platform import NO_PLATFORM, THE_SHELL, Platform, Sign
from crawlers.reading.rows import Row
from crawlers.records import Records
from crawlers.walking.base import BaseSpider
from crawlers.walking.column_walk import Met
from crawlers.walking.json_lists import JsonLists
from crawlers.walking.notice_pages import Output
from crawlers.walking.paging import Paging

UNDESCRIBED = "sources.toml 里这个栏目没有写 records（怎样读列表接口的回答）"
_ASK = "zx_detail"
"""In the meta of a notice's request: its answer is data."""


class JsonSpider(JsonLists, BaseSpider):
    """Lists of a site whose columns are described by `records`."""

    reads_pages = False

    def column_requests(self, column: Column) -> Iterable[Request]:
        return [self._ask(column, 1)]

    def _ask(self, column: Column, page: int, cursor: str = "") -> Request:
        paging, sent = column.paging, dict(column.params)
        number = paging.first + page - 1
        if paging.number:
            sent[paging.number] = str(number)
        elif paging.offset:
            sent[paging.offset] = str((page - 1) * paging.size)
        elif paging.cursor and cursor:
            sent[paging.cursor] = cursor
        url = urljoin(column.url, column.endpoint.replace("{page}", str(number)))
        return self._sent(column, page, url, sent)

    def _sent(self, column: Column, page: int, url: str, sent: dict[str, str]) -> Request:
        headers = {
            "Accept": "application/json, text/plain, */*",
            "Referer": column.referer or column.url,
            "X-Requested-With": "XMLHttpRequest",
        }
        body, method = "", "GET"
        if column.send == "query":
            mark = "&" if "?" in url else "?"
            url = f"{url}{mark}{urlencode(sent)}" if sent else url
        elif column.send == "form":
            body, method = urlencode(sent), "POST"
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        else:
            body, method = json.dumps(_numbers(sent), ensure_ascii=False), "POST"
            headers["Content-Type"] = "application/json;charset=UTF-8"
        meta = {"want": "json", "browser_page": column.referer or column.url}
        return self.list_request(
            url, column, page, method=method, body=body, headers=headers, meta=meta
        )

    def read_list(self, response: TextResponse, column: Column, page: int) -> Iterator[Output]:
        """Read one page of records."""
        if column.records is None:
            self.fail(column.name, self.broken(response, UNDESCRIBED), page, response)
            return
        refused: NotRecordsError | None = None
        rows: list[Row] = []
        try:
            answer = response.meta["answer"] = read_json(response.text)
            found = record_objects(answer, column.records)
            rows = [self._row(one, column, column.records) for one in found]
        except NotRecordsError as error:
            refused = error
        learned = self.learned_records(response, column, page, _usable(rows))
        if learned is not None:
            response.meta["answer"], refused = learned[0], None
            rows = list(_learned_rows(*learned, column.url))
        if refused is not None:
            self.fail(column.name, self.broken(response, str(refused)), page, response)
            return
        response.meta["listed"] = len(rows)
        usable = _usable(rows)
        if len(usable) < len(rows):
            lacking = f"列表有 {len(rows) - len(usable)} 条记录没有标题或地址，没有读到"
            self.degrade(column, lacking)
        yield from self.take_rows(response, column, page, usable)

    def paging(self, response: TextResponse, column: Column, page: int, rows: int) -> Paging:
        """The next page by number, offset or cursor, until count, pages or a short page end it.
        A page is as long as its records are many, also those that are no notices."""
        rows = response.meta["listed"]
        answer, how, records = response.meta["answer"], column.paging, column.records
        total = number_at(answer, records.total) if records else None
        pages = number_at(answer, records.pages) if records else None
        is_paged = bool(how.number or how.offset or "{page}" in column.endpoint)
        if how.cursor:
            cursor = value_at(answer, (how.next,))
            following = self._ask(column, page + 1, cursor) if cursor and rows else None
            return Paging(following, is_end=following is None, total=total)
        if not is_paged:  # one file, which may leave out what is older
            return Paging(total=total, is_end=total == rows, shows_latest=total != rows)
        if pages is None and total is not None and how.size:
            pages = -(-total // how.size)
        if pages is not None and page >= pages:
            return Paging(is_end=True, total=total, pages=pages)
        if pages is None and rows < max(1, how.size):
            return Paging(is_end=True, total=total)
        at = partial(self._ask, column)
        return Paging(at(page + 1), total=total, pages=pages, at=at)

    # --- rows

    def _row(self, record: dict[str, Any], column: Column, records: Records) -> Row:
        day = day_at(record, records.date, records.date_form)
        address = address_of(record, records)
        url = absolute(column.url, address) if address else ""
        row = Row(url, title_of(record, records), day)
        body = value_at(record, records.body)
        if column.detail is not None:
            asked = absolute(column.url, filled(column.detail.ask, record))
            row.url = row.url or asked
            self._asked_at()[self.canonical(row.url)] = asked
        elif not row.url and value_at(record, records.key):
            row.url = f"{column.url}#{value_at(record, records.key)}"
            row.item = self._item(row, column.name, record, records)
            row.item.key = value_at(record, records.key)
            return row
        if row.url and body:
            row.spare = self._item(row, column.name, record, records)
        return row

    def _item(self, row: Row, column: str, record: dict[str, Any], records: Records) -> NoticeItem:
        """What a row says of its notice."""
        item = self.new_item(self.notice_meta(row, column))
        item.url = row.url
        item.title, item.published = row.title, row.date
        item.doc_number = value_at(record, records.doc_number)
        item.source = value_at(record, records.source)
        self._fill_body(item, value_at(record, records.body))
        filled_in = ("title", "published", "doc_number", "source", "body_html")
        item.read_by = {name: "list" for name in filled_in if getattr(item, name)}
        finish(item)
        return item

    def _fill_body(self, item: NoticeItem, markup: str) -> None:
        if not markup.strip():
            return
        body = Selector(text=f"<div>{within_limit(markup, item)}</div>", base_url=item.url)
        item.body_html = body_html(body.css("body > div")[0], item.url)
        item.attachments = find_attachments(body, item.url)

    # --- notices that are data

    def _asked_at(self) -> dict[str, str]:
        """Address of a notice -> where its data is asked for."""
        found: dict[str, str] = self.__dict__.setdefault("_details", {})
        return found

    def row_output(self, met: Met, column: Column) -> Output:
        """The request for a notice that is data, whatever its page is; else the usual."""
        asked = self._asked_at().get(self.canonical(met.row.url))
        if column.detail is None or not asked:
            return super().row_output(met, column)
        near = met.standing.near.isoformat() if met.standing.near else ""
        meta = self.notice_meta(met.row, column.name)
        meta |= {"key": met.key, "place": met.place, "near_on": near}
        request = self.notice_request(met.row, meta)
        more = {**request.meta, _ASK: True, "want": "json"}
        return request.replace(url=asked, meta=more)

    def _parsed(self, response: Response) -> NoticeItem:
        meta = response.meta["notice"]
        column = self.columns.get(meta["column"])
        detail = column.detail if column is not None else None
        if detail is None or not isinstance(response, TextResponse) or not _is_data(response):
            return super()._parsed(response)
        item = self.new_item(meta)
        try:
            answer = read_json(readable(response).text)
        except NotRecordsError:
            item.complete, item.problem = False, "公告接口返回的不是 JSON"
            finish(item)
            return item
        item.title = value_at(answer, detail.title)
        item.published = day_at(answer, detail.date)
        item.source = value_at(answer, detail.source)
        item.doc_number = value_at(answer, detail.doc_number)
        self._fill_body(item, value_at(answer, detail.body))
        named = ("title", "published", "source", "doc_number", "body_html")
        item.read_by = {name: "column" for name in named if getattr(item, name)}
        finish(item)
        return item


def _is_data(response: TextResponse) -> bool:
    """Whether data was asked for, or came: a kept answer says nothing of how it was asked for."""
    return bool(response.meta.get(_ASK)) or response.text.lstrip()[:1] in {"{", "["}


def _usable(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.url and row.title]


def _learned_rows(answer: object, learned: LearnedRecords, list_url: str) -> Iterator[Row]:
    """The rows by the fields that known notices teach."""
    for one in learned.records(answer):
        url = absolute(list_url, learned.address_of(one)) if learned.address_of(one) else ""
        yield Row(url, learned.title_of(one), learned.day_of(one))


def _numbers(sent: dict[str, str]) -> dict[str, object]:
    """Parameters as a JSON body holds them: counts are numbers."""
    return {
        name: int(value) if re.fullmatch(r"0|[1-9]\d{0,8}", value) else value
        for name, value in sent.items()
    }


def _sign(text: str, url: str) -> Sign | None:
    """A page without rows whose scripts ask for something."""
    if len(read_rows(text or "<p></p>", url, Selectors(), NO_PLATFORM)[0]) >= LEAST_ROWS:
        return None
    asks = tuple(asked_addresses(text, url))
    return Sign("网页里没有列表，由脚本另行请求数据", THE_SHELL, asks=asks) if asks else None


PLATFORM = Platform("json", sign=_sign, described=described)
PLATFORM_SPIDER = JsonSpider
