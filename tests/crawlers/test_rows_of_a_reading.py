"""What one reading of a list may bring, however long a stranger makes it."""

from __future__ import annotations

import time

from crawlers.platforms import listing
from crawlers.reading.rows import MOST_ROWS
from tests.crawlers.spider_at_hand import make, run, started

ROW = '<li><a href="http://o{0}.example.com/{0}.html">关于第{0}号事项的通知</a><span>2021-02-04</span></li>'


def test_rows_that_link_outside_are_stored_in_bounded_number() -> None:
    """Each was a notice without a request: a list of 100,000 stored 60,300 in 90 s."""
    spider = make(listing, "https://www.example.gov.cn/tzgg/", min_rows=1)
    (request, *_) = started(spider)
    page = "".join(ROW.format(number) for number in range(20_000))
    began = time.process_time()
    found = run(request, f"<html><body><ul>{page}</ul></body></html>")
    assert 0 < len(found) <= MOST_ROWS + 1
    assert time.process_time() - began < 60
    report = spider.reports["通知公告"]
    assert report.rows <= MOST_ROWS
