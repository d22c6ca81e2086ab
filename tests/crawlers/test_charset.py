"""The encoding a page is in, whatever it says of itself."""

from __future__ import annotations

import pytest
from scrapy.http import HtmlResponse

from crawlers.reading.charset import detect, readable

PAGE = (
    '<html><head><meta charset="{}"><title>通知公告</title></head><body>'
    "<p>关于组织申报二〇二一年度科技计划项目的通知</p><a href='1.html'>附件</a></body></html>"
)
SENT = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("header", ["", "utf-8", "gb2312", "gbk", "iso-8859-1"])
@pytest.mark.parametrize("meta", ["utf-8", "gb2312", "GBK", "utf-16", "iso-8859-1", "nonsense"])
@pytest.mark.parametrize("sent", SENT)
def test_a_page_is_read_in_the_encoding_it_is_in(sent: str, meta: str, header: str) -> None:
    kind = f"text/html; charset={header}" if header else "text/html"
    response = HtmlResponse(
        "https://x.gov.cn/", body=PAGE.format(meta).encode(sent), headers={"Content-Type": kind}
    )
    page = readable(response)
    assert page.css("title::text").get() == "通知公告"
    assert "二〇二一年度" in page.css("p::text").get("")


def test_zero_bytes_here_and_there_are_no_utf_16() -> None:
    body = "通知公告关于申报的通知".encode() + b"\0" * 3 + b"<p>text</p>" * 50
    assert detect(body, "utf-8") == "utf-8"
