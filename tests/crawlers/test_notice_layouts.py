"""Notices whose layout nobody described: title, day and text, with a list's row and without."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.notice import fill_from_page
from crawlers.reading.platform import NO_PLATFORM
from crawlers.reading.printed_dates import day_of
from pipelines.facts.body import read_body

LAYOUTS = tomllib.loads(Path(__file__).with_name("notice_layouts.toml").read_text("utf-8"))
URL = "https://www.example.gov.cn/tzgg/content_88.html"
WORDS = {
    "T": "关于组织申报2021年度药物临床试验质量管理示范单位的通知",
    "D": "2021-02-04",
    "1": "为提高药物临床试验的质量，市局决定组织申报2021年度示范单位，现将有关事项通知如下。",
    "2": "申报单位应当在本市登记，近三年没有重大违法行为，并具备完整的质量管理体系。",
    "3": "申报材料一式两份，于3月15日前报送药品注册处，逾期不予受理。",
    "4": "本通知由津海市药品监督管理局负责解释，自印发之日起施行。",
    "O": "津海市药品监督管理局",
    "S": "2021年2月2日",
}


def told(text: str, words: dict[str, str]) -> str:
    return re.sub(r"\{([TDOS1-4])\}", lambda found: words[found[1]], text)


def read(layout: dict[str, Any], *, listed: bool) -> NoticeItem:
    words = WORDS | ({"T": layout["title"]} if "title" in layout else {})
    page = told(f"<html><head>{layout['head']}</head><body>{layout['markup']}</body></html>", words)
    item = NoticeItem("forecast", "通知公告", URL, URL, "ip", "地方级")
    if listed:
        item.list_title, item.list_date = words["T"], words["D"]
    fill_from_page(item, page, Selectors(), NO_PLATFORM)
    return item


def plain(text: str) -> str:
    return re.sub(r"[\s|]", "", text)


@pytest.mark.parametrize("listed", [True, False], ids=["row", "no row"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_title_day_and_text_of_any_layout(layout: dict[str, Any], listed: bool) -> None:
    item = read(layout, listed=listed)
    text = plain(read_body(item.body_html, URL).text)
    for rest in layout.get("rest", []):  # either way: of the text, or not
        text = text.replace(plain(rest), "")
    wanted = [told(line, WORDS) for line in layout["body"]]
    assert plain(item.title) == plain(layout.get("title", WORDS["T"]))
    assert str(day_of(item.published)) == "2021-02-04"
    assert text == plain("".join(wanted))
    assert item.complete


def test_links_between_sentences_cost_time_that_grows_with_their_number() -> None:
    pair = "<p>{1}</p><p><a href='9.html'>海河制药厂无菌检验方法研究</a></p>"

    def seconds(count: int) -> float:
        layout = {"head": "", "markup": f"<h1>{{T}}</h1><p>2021-02-04</p><div>{pair * count}</div>"}
        started = time.process_time()
        assert read(layout, listed=True).complete
        return time.process_time() - started

    # A busy machine may take longer once; what grows with the square does so each time.
    assert any(seconds(6_000) < 8 * seconds(1_500) + 0.2 for _ in range(3))
