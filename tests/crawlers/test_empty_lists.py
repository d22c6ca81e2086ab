"""A list that says it has nothing has nothing, whatever stands elsewhere on the page."""

from __future__ import annotations

import pytest

from crawlers.catalogue import Selectors
from crawlers.reading.list_page import read_list
from crawlers.reading.platform import NO_PLATFORM

URL = "https://www.example.gov.cn/xzcf/index.html"
HOT = "".join(
    f"<li><a href='/hot/{n}.html'>关于第{n}次安全生产检查情况的通报</a><i>2026-05-{n}</i></li>"
    for n in range(10, 18)
)
NOTHING = "<div class='main'><div class='list'><div class='none'><p>暂无数据</p></div></div></div>"


def rows_of(html: str) -> tuple[int, str]:
    found = read_list(f"<html><body>{html}</body></html>", URL, Selectors(), NO_PLATFORM)
    return len(found.rows), "；".join(found.doubts)


@pytest.mark.parametrize(
    "words", ["暂无数据", "暂无相关信息！", "对不起，没有找到符合条件的记录。"]
)
def test_what_is_hot_is_not_taken_for_an_empty_list(words: str) -> None:
    html = NOTHING.replace("暂无数据", words) + f"<div class='hot'><ul>{HOT}</ul></div>"
    count, doubt = rows_of(html)
    assert count == 0
    assert "没有内容" in doubt


@pytest.mark.parametrize(
    "html",
    [
        f"<div class='main'><ul>{HOT}</ul><div class='none'><p>暂无数据</p></div></div>",
        NOTHING.replace("<p>", "<p style='display: none'>") + f"<ul>{HOT}</ul>",
        f"<script type='text/html'>{NOTHING}</script><ul>{HOT}</ul>",
        NOTHING.replace("暂无数据", "暂无数据统计局的数据可供下载，请到别处查询")
        + f"<ul>{HOT}</ul>",
    ],
)
def test_a_line_of_the_template_beside_rows_empties_no_list(html: str) -> None:
    assert rows_of(html) == (8, "")
