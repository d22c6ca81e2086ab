"""国家药监局药审中心: JSON lists asked for by POST, behind 瑞数.

Where the lists stay walled after cookie warm-up and browser (`crawlers.walls`), the open home page
is read instead: it links recent news. `extra.home` is the regex of the titles a column takes from
it, `extra.variants` further forms of the same list (纳入名单 and 拟纳入公示 are two noticeTypes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy.http import FormRequest, Request, Response, TextResponse
from twisted.python.failure import Failure as TwistedFailure

from crawlers.catalogue import Column
from crawlers.items import Failure, NoticeItem
from crawlers.reading.cde_records import (
    CdePage,
    Record,
    RefusedListError,
    has_page,
    read_page,
    record_code,
    record_day,
    record_row,
    record_table,
    record_title,
)
from crawlers.reading.general_list import linked_rows
from crawlers.reading.key_rules import last_hex
from crawlers.reading.learned_records import LearnedRecords, count_of, pages_of
from crawlers.reading.platform import THE_HOST, NoticePattern, Platform, Sign
from crawlers.reading.rows import Row
from crawlers.walking.base import BaseSpider
from crawlers.walking.json_lists import JsonLists
from crawlers.walking.list_outcomes import STRAND
from crawlers.walking.notice_pages import Output
from crawlers.walking.paging import Paging
from crawlers.walls import failure_from

CENTRE = "国家药品监督管理局药品审评中心"
HOME = "https://www.cde.org.cn/"
_API = re.compile(r"[\"'](/(?:\w+/){1,2}get\w+)[\"']")
_LIST_ID = re.compile(r"/listpage/([0-9a-f]{32})")
_NEWS_LINK = r"/main/(?:news/viewInfoCommon|newspic/view)/[0-9a-f]{32}"


class CdeSpider(JsonLists, BaseSpider):
    """`endpoint` is a column's API, `params` its form, `url` its list page (the Referer)."""

    reads_pages = False

    def column_requests(self, column: Column) -> Iterable[Request]:
        forms = [column.params | variant for variant in [{}, *column.extra.get("variants", [])]]
        return [self._ask(column, 1, form) for form in forms]

    def _ask(self, column: Column, page: int, form: dict[str, str]) -> Request:
        request = FormRequest(
            urljoin(column.url, column.endpoint), formdata=form | {"pageNum": str(page)}
        )
        headers = {
            "Accept": "application/json, text/javascript, */*; q=0.01",
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "Origin": HOME.rstrip("/"),
            "Referer": column.url,
            "X-Requested-With": "XMLHttpRequest",
        }
        meta = {"want": "json", "form": form, "browser_page": column.url}
        return self.list_request(
            request.url, column, page, method="POST", body=request.body, headers=headers, meta=meta
        )

    def read_list(self, response: TextResponse, column: Column, page: int) -> Iterator[Output]:
        """Read one page of records."""
        refused: RefusedListError | None = None
        answer = CdePage()
        try:
            answer = read_page(response.text)
        except RefusedListError as error:
            refused = error
        own = [record_row(record, column.url) for record in answer.records]
        learned = self.learned_records(response, column, page, own)
        if learned is not None:
            answer, refused = _as_usual(*learned, column.url), None
        elif own and not any(row.title or row.item for row in own):
            refused = RefusedListError("列表接口已改版，认不出标题和地址", blocked=False)
        if refused is not None:
            failure = self.broken(response, str(refused))
            failure.verdict = "blocked" if refused.blocked else "broken"
            yield from self._home_or_fail(failure, column.name, page, response)
            return
        response.meta["pages"], response.meta["total"] = answer.pages, answer.total
        rows = [self._row(record, column) for record in answer.records]
        yield from self.take_rows(response, column, page, rows)

    def paging(self, response: TextResponse, column: Column, page: int, rows: int) -> Paging:
        """The next page of the same form; the home page has none."""
        if "form" not in response.meta:
            return Paging()
        total = response.meta["total"]
        if page >= response.meta["pages"]:
            return Paging(is_end=total is not None, total=total)
        at = partial(self._ask, column, form=response.meta["form"])
        return Paging(at(page + 1), total=total, pages=response.meta["pages"], at=at)

    def list_failed(self, failure: TwistedFailure) -> Any:
        """Behind a wall the home page is the last resort."""
        request: Request = failure.request  # type: ignore[attr-defined]
        found = failure_from(failure, request.url)
        column, page = request.cb_kwargs["column"], request.cb_kwargs["page"]
        return self._home_or_fail(found, column, page, request)

    def _home_or_fail(
        self, failure: Failure, column: str, page: int, of: Request | Response
    ) -> Iterator[Request]:
        wants_home = "home" in self.site.walls and "home" in self.columns[column].extra
        if failure.verdict == "blocked" and wants_home and page == 1:
            yield self.list_request(
                HOME,
                self.columns[column],
                callback=self.parse_home,
                errback=self.home_failed,
                meta={"list_failure": failure, STRAND: of.meta.get(STRAND, 0)},
            )
        else:
            self.fail(column, failure, page, of)

    def parse_home(self, response: TextResponse, column: str, page: int) -> Iterator[Output]:
        """News of the home page whose titles are this column's."""
        wanted = re.compile(self.columns[column].extra["home"])
        found = linked_rows(response.selector, response.url, _NEWS_LINK)
        if not found:
            self.fail(column, response.meta["list_failure"], page, response)
            return
        self.degrade(self.columns[column], "列表接口被拦截，改读首页新闻")
        rows = [row for row in found if wanted.search(row.title)]
        yield from self.take_rows(response, self.columns[column], page, rows)
        strand = self.walk_of(column).strand(response.meta.get(STRAND, 0)).strand
        strand.ended, strand.why = "short", "列表读不到，首页只列出最近的几条"

    def home_failed(self, failure: TwistedFailure) -> None:
        """The home page is closed too: what the list met is the column's verdict."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self.fail(request.cb_kwargs["column"], request.meta["list_failure"], 1, request)

    def read_notice(self, response: TextResponse, meta: dict[str, str]) -> NoticeItem:
        """The centre prints no source: it is its own."""
        item = super().read_notice(response, meta)
        if not item.source:
            item.source, item.read_by["source"] = CENTRE, "platform"
        return item

    def _row(self, record: Record, column: Column) -> Row:
        row = record_row(record, column.url)
        if has_page(record):
            return row
        kind = column.name
        if kind.endswith("公示"):  # a closing date means the objection period, none the final list
            stem = kind.removesuffix("公示")
            kind = f"拟纳入{kind}" if record.get("endNoticeDate") else f"纳入{stem}"
        item = self.new_item(self.notice_meta(row, column.name))
        item.key = record_code(record) or item.key
        item.url = row.url
        item.title, item.published = record_title(record, kind) or row.title, row.date
        item.list_title, item.source = item.title, CENTRE
        item.body_html = record_table(record)
        item.read_by = dict.fromkeys(("title", "published", "source", "body_html"), "platform")
        row.title, row.item = item.title, item
        return row


def _as_usual(answer: object, learned: LearnedRecords, list_url: str) -> CdePage:
    """The page with its fields under the names that they used to have."""
    records = []
    for record in learned.records(answer):
        named = {
            "title": learned.title_of(record),
            "publishDate": learned.day_of(record),
            "externalLinks": urljoin(list_url, learned.address_of(record))
            if learned.address_of(record)
            else "",
        }
        records.append(record | {name: value for name, value in named.items() if value})
    return CdePage(records, count_of(answer), pages_of(answer) or 1)


def _sign(text: str, url: str) -> Sign | None:
    """The centre's lists are asked for by script: the interface is in the page, the form follows
    from the list's kind."""
    if urlsplit(url).hostname != urlsplit(HOME).hostname:
        return None
    endpoint, page = _API.search(text), _LIST_ID.search(url)
    params = {"pageSize": "10"}
    if page and "/news/" in url:
        params["classId"] = page[1]
    elif page and "/zdyz/" in url:
        empty = ("searchTitle", "zyfl1", "zyfl2", "issueDate1", "issueDate2")
        params |= dict.fromkeys(empty, "") | {"isFbtg": "1", "classid": page[1]}
    column = {"endpoint": endpoint[1] if endpoint else "", "params": params}
    site = {"user_agent": "browser", "walls": ["warmup", "browser"], "warmup_url": HOME}
    return Sign("药审中心", THE_HOST, column, site)


def _answered(node: dict[str, Any], base_url: str) -> Iterable[Row]:
    """One record: its row, or all that it holds where it has no page."""
    if record_day(node) and (node.get("title") or record_code(node)):
        row = record_row(node, urljoin(base_url, "/"))
        row.body_html = record_table(node)
        yield row


PLATFORM = Platform(
    "cde",
    key=last_hex,
    notice=NoticePattern(
        title=("div.news_detail_title",),
        published=("div.news_detail_date",),
        body=(
            ".new_detail_content",
            "div.news_detail_box",
            "div#content",
            "table:contains('版本状态')",  # a guide's page is its record
        ),
        attachments=(".relatedNews a[href]", "a[href*='downloadAtt']"),
    ),
    sign=_sign,
    answered=_answered,
)
PLATFORM_SPIDER = CdeSpider
