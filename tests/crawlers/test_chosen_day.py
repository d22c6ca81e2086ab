"""Which day is the page's where page, head and list say different ones."""

from __future__ import annotations

import pytest

from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.notice import fill_from_page
from crawlers.reading.platform import Platform

TITLE = "关于受理海水淡化备案材料的函"
TEXT = "".join(
    f"<p>{number}、各单位应当建立工作台账，按月更新，重大事项及时报告，并附佐证材料。</p>"
    for number in "一二三四五"
)
URL = "https://www.example.gov.cn/art/2021/art_3d27.html"


def read(around: str, *, meta: str, listed: str, url: str = URL) -> tuple[str, str]:
    """Day and reader of a page with something below its text."""
    item = NoticeItem("s", "司局动态", "k", url, "projects", "北京市", list_title=TITLE)
    item.list_date = listed
    head = f'<meta name="PubDate" content="{meta}"><title>{TITLE}</title>'
    page = f"<html><head>{head}</head><body><h1>{TITLE}</h1><div>{TEXT}</div>{around}</body></html>"
    fill_from_page(item, page, Selectors(), Platform("listing"))
    return item.published, item.read_by["published"]


@pytest.mark.parametrize(
    "printed", ["2021-3-18", "来源：甲司 2021年3月18日", "来源：甲司 2021/03/18"]
)
def test_a_day_below_the_text_that_is_the_rows_is_right_against_the_head(printed: str) -> None:
    below = f"<div class='info'><span>{printed}</span></div>"
    day, reader = read(below, meta="2021-03-15 02:00", listed="2021-03-18")

    assert (day in printed, reader) == (True, "general")


@pytest.mark.parametrize(
    ("below", "listed", "url"),
    [
        # The head and the address against the row and whatever else is printed.
        ("<p>2021-03-18</p>", "2021-03-18", "https://x.gov.cn/202103/t20210315_1.html"),
        # The day of today is nobody's witness.
        ("<p>今天是：2021年3月18日 星期四</p>", "2021-03-18", URL),
        # Nothing on the page bears the row out, or no row has a day.
        ("<p>2021-03-17</p>", "2021-03-18", URL),
        ("<p>2021-03-18</p>", "", URL),
        ("", "2021-03-18", URL),
    ],
)
def test_the_head_is_believed_where_nothing_agrees_against_it(
    below: str, listed: str, url: str
) -> None:
    day, reader = read(below, meta="2021-03-15 02:00", listed=listed, url=url)
    assert (day, reader) == ("2021-03-15 02:00", "meta")
