"""A feed that shows few of the entries it showed: what else it held is a gap with its days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from crawlers.items import ColumnHistory, ColumnReport, ListedRow
from crawlers.platforms import feed
from tests.crawlers.spider_at_hand import make, run, started

TODAY = date(2021, 2, 5)
SINCE = TODAY - timedelta(days=14)


def listed(age: int) -> ListedRow:
    url = f"https://press.example.com/{age}.html"
    day = TODAY - timedelta(days=age)
    return ListedRow(f"{age}.html", url, f"关于{age}天前有关事项的报道", str(day))


def read(*ages: int, dated: bool, key: str = "") -> ColumnReport:
    """A reading of a feed of these entries; the last one, three days ago, showed twenty. `key`: the
    keys of what was listed begin so, as before they were learned from the pages."""
    spider = make(feed, "https://press.example.com/feed.xml", min_rows=1)
    history = ColumnHistory(str(TODAY - timedelta(days=60)), str(TODAY - timedelta(days=3)))
    rows = [replace(one, key=key + one.key) for one in map(listed, range(3, 23))]
    spider.histories["通知公告"] = replace(history, listed=tuple(rows))
    spider.in_store = lambda found, url: "通知公告" if int(url[26:-5]) >= 3 else None
    entries = "".join(
        f"<item><title>{one.title}</title><link>{one.url}</link>"
        + (f"<pubDate>{one.day}T08:00:00+08:00</pubDate>" if dated else "")
        + "</item>"
        for one in map(listed, ages)
    )
    (request,) = started(spider)
    run(request, f"<rss><channel>{entries}</channel></rss>")
    spider.prove()
    return spider.reports["通知公告"]


@pytest.mark.parametrize("ages", [(0, 1, 5), (5, 0, 1), (0, 4, 5)])
@pytest.mark.parametrize("key", ["", "old "])
def test_few_entries_without_days_reach_back_to_nowhere(ages: tuple[int, ...], key: str) -> None:
    report = read(*ages, dated=False, key=key)
    assert report.gap == (str(SINCE), str(TODAY))
    assert "订阅源只列出最近 3 条，上次有 20 条" in report.gap_why


def test_few_entries_with_days_reach_as_far_as_they_say() -> None:
    report = read(1, 3, 4, dated=True)
    assert report.gap == (str(SINCE), str(TODAY - timedelta(days=4)))


def test_few_entries_that_leave_out_a_newer_one_reach_nowhere() -> None:
    assert read(1, 3, 5, dated=True).gap == (str(SINCE), str(TODAY))


def test_a_feed_that_shows_as_many_without_days_joins() -> None:
    assert read(*range(20), dated=False).gap is None


def test_a_row_whose_key_was_learned_since_keeps_its_day() -> None:
    # Its address is as it was, so the day of the last reading is still its own.
    report = read(*range(20), dated=False, key="old ")
    assert [row.day for row in report.listed][3:5] == [listed(3).day, listed(4).day]
