"""The replica as a soak needs it: pages are added while it runs, taken down, lists redesigned."""

from __future__ import annotations

from datetime import timedelta

from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.reading.list_page import read_rows
from replica.entries import Entry
from replica.server import Replica
from tests.replica.conftest import FRIDAY
from tests.replica.visitor import Visitor

PAGE = "/ZWGK4143/TZGG2079/202102/t20210205_77.html"
LIST = "/ZWGK4143/TZGG2079/"


def entry() -> Entry:
    return Entry.model_validate(
        {
            "site": "tj_kxjs",
            "column": "通知公告",
            "url": f"https://kxjs.tj.gov.cn{PAGE}",
            "title": "关于新增事项的通知",
            "published": "2021-02-05 18:00",
            "vanishes": "2021-02-08 09:00",
        }
    )


def test_a_page_added_while_it_runs_appears_and_is_taken_down(
    replica: Replica, visitor: Visitor
) -> None:
    replica.publish([entry()])
    for hours, status in ((0, 404), (2, 200), (80, 404)):
        replica.set_as_of(FRIDAY + timedelta(hours=hours))
        assert visitor.get(f"https://kxjs.tj.gov.cn{PAGE}").status == status
        assert ("新增事项" in visitor.get(f"https://kxjs.tj.gov.cn{LIST}").text) is (status == 200)


def test_a_redesigned_list_is_read_by_the_operators_selectors_only(
    replica: Replica, visitor: Visitor
) -> None:
    replica.publish([entry()])
    replica.set_as_of(FRIDAY + timedelta(hours=2))
    replica.set_wall("tj_kxjs", "redesign")
    text = visitor.get(f"https://kxjs.tj.gov.cn{LIST}").text
    address = f"https://kxjs.tj.gov.cn{LIST}"
    assert read_rows(text, address, Selectors(), platforms.platform("trs"))[0] == []
    selectors = Selectors(
        rows=(".feed-card",), title=("h3",), link=("el-link.go",), date=(".when",)
    )
    rows, reader = read_rows(text, address, selectors, platforms.platform("trs"))
    assert reader == "column"
    assert (rows[0].title, rows[0].date) == ("关于新增事项的通知", "2021-02-05")
    assert rows[0].url.endswith(PAGE)
