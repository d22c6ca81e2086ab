"""A file under the address of a page is a file."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook
from scrapy import Request
from scrapy.http import HtmlResponse, Response, TextResponse

from crawlers.file_answers import FileAnswersMiddleware
from crawlers.items import NoticeItem
from crawlers.platforms import trs
from tests.crawlers.spider_at_hand import make

URL = "https://kxjs.tj.gov.cn/zcfb/2021-01-19/514309.html"


def workbook() -> bytes:
    book, file = Workbook(), BytesIO()
    book.active.append(["序号", "企业名称"])  # type: ignore[union-attr] # a new book has one sheet
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("body", [workbook(), b"%PDF-1.7\n%..."])
def test_a_file_is_none_of_text_and_the_notice_of_its_row_names_it(body: bytes) -> None:
    request = Request(URL)
    came = HtmlResponse(URL, 200, {"ETag": "x"}, body, request=request)
    answer = FileAnswersMiddleware().process_response(request, came)
    assert (type(answer), answer.body, answer.headers) == (Response, body, came.headers)
    assert answer.request is request

    spider = make(trs, "https://kxjs.tj.gov.cn/tzgg/")
    meta = spider.single_meta(URL) | {"list_title": "认定名单", "list_date": "2021-01-19"}
    request.meta["notice"] = meta
    (item,) = list(spider.parse_notice(answer))  # type: ignore[arg-type] # nothing is asked for
    assert isinstance(item, NoticeItem)
    assert [(one.name, one.url) for one in item.attachments] == [("认定名单", URL)]
    assert (item.title, item.published, item.body_html) == ("认定名单", "2021-01-19", "")


def test_a_page_stays_one() -> None:
    page = TextResponse(URL, body="PK 赛通知 %PDF-".encode(), request=Request(URL))
    assert FileAnswersMiddleware().process_response(Request(URL), page) is page
