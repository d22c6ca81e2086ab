"""A month of a site, crawled as of successive days: which pages are asked for on which of them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from replica.entries import Entry
from replica.server import Replica, start_replica
from tests.installation import FRIDAY, Installation

FOLDER = "/news/tzgg/202102"
TAKEN_DOWN = f"{FOLDER}/t20210205_900001.html"
NEVER_LISTED = f"{FOLDER}/t20210205_900002.html"
# Two notices of their own: a page with the text of another would be no notice.
SUBJECTS = {TAKEN_DOWN: "科技服务机构备案", NEVER_LISTED: "技术合同登记点年度复核"}
BODY = "<p>各有关单位：现开展{}工作，请于2021年3月{}日前在线填报，逾期不再受理。</p>"


def entry(path: str, column: str, **others: Any) -> Entry:
    values = {
        "site": "tj_tten",
        "column": column,
        "url": f"https://i.tten.cn{path}",
        "title": f"关于开展{SUBJECTS[path]}的通知（{path[-8:-5]}）",
        "published": "2021-02-05 16:00",
        "body": BODY.format(SUBJECTS[path], 5),
    }
    return Entry.model_validate(values | others)


# Of the bundled 科服网, counted by hand in replica/content/tj_tten.toml and tj_example.toml: 25
# pages of 2021-01-06..02-05 (a pinned one of 2020-11-18 is older than the 60 days taken), one of
# 02-07, two of 02-08, one of 02-09, two of 02-10, none later. The test adds one page that is taken
# down after two days, and one that no list shows, added by hand and changed after two days. All 27
# are first seen on day 0 at 17:00.
EXPECTED = {
    0: 27,  # 25 + the one taken down later; and the one added by hand
    1: 27,  # all of them again, the one no list shows too
    2: 1,  # none is due; the page of 02-07 is new
    3: 30,  # the 27 for day 3, one of them gone; that of 02-07 for its day 1; two new of 02-08
    7: 33,  # the 27 for day 7; 02-07 for its day 3; both of 02-08 for theirs 1 and 3; three new
    14: 33,  # the 27 for day 14; 02-07 and both of 02-08 for day 7; those new on day 7 for 1, 3, 7
    15: 0,  # the 27 are done; the others wait for their day 14
    21: 6,  # 02-07, both of 02-08, and the three of 02-09 and 02-10, for day 14
    28: 0,  # nothing is recent any more
}


def pages_asked(replica: Replica) -> Counter[str]:
    """How often each notice page was asked for; `replica` forgets it."""
    asked = Counter(one.path for one in replica.requests if "/t202" in one.path)
    replica.clear()
    return asked


@pytest.mark.slow
def test_a_month_of_crawls_asks_for_every_page_on_its_days(tmp_path: Path) -> None:
    begin = datetime.fromisoformat(FRIDAY)
    asked: dict[int, Counter[str]] = {}
    with start_replica(as_of=begin) as replica:
        gone = entry(TAKEN_DOWN, "通知公告", vanishes="2021-02-07 12:00")
        change = {"at": "2021-02-07 10:00", "body": BODY.format(SUBJECTS[NEVER_LISTED], 19)}
        replica.publish([gone, entry(NEVER_LISTED, "别处", revision=change)])
        installation = Installation(tmp_path / "house", upstream=replica.origin)
        assert installation.run("add", f"https://i.tten.cn{NEVER_LISTED}").returncode == 0
        for day in EXPECTED:
            now = begin + timedelta(days=day)
            replica.set_as_of(now)
            installation.now = now.isoformat()
            assert installation.run("crawl", "tj_tten").returncode == 0
            asked[day] = pages_asked(replica)
            if day in {1, 3}:  # a second crawl at that instant
                assert installation.run("crawl", "tj_tten").returncode == 0
                assert pages_asked(replica) == Counter()
    assert {day: pages.total() for day, pages in asked.items()} == EXPECTED
    assert max(count for pages in asked.values() for count in pages.values()) == 1
    for path in (TAKEN_DOWN, NEVER_LISTED):
        assert [day for day, pages in asked.items() if path in pages] == [0, 1, 3, 7, 14]
    with closing(sqlite3.connect(installation.folder / "data" / "zhengxun.db")) as db:
        revised = db.execute(
            "SELECT n.url, r.changed, r.seen_at FROM revisions r JOIN notices n"
            " ON n.id = r.notice_id"
        ).fetchall()
        kept = db.execute(
            "SELECT complete, revised_at, warnings FROM notices WHERE url LIKE ?",
            [f"%{TAKEN_DOWN}"],
        ).fetchall()
        verdicts = db.execute(
            "SELECT DISTINCT verdict FROM checks WHERE column = '通知公告' AND site = 'tj_tten'"
            " AND rows > 0 AND checked_at < '2021-02-20'"
        ).fetchall()
    assert [(url, changed) for url, changed, _ in revised] == [
        (f"https://i.tten.cn{NEVER_LISTED}", "正文")
    ]
    assert datetime.fromisoformat(revised[0][2]) == begin + timedelta(days=3)
    [(complete, revised_at, warnings)] = kept
    assert (complete, revised_at) == (1, None)
    assert "公告页面已不存在（404）" in warnings
    assert verdicts == [("ok",)]
