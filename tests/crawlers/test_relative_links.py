"""Links of a second page that lead nowhere are read from where the first page's lead."""

from __future__ import annotations

from crawlers.reading.rows import Row
from crawlers.walking.relative_links import as_meant

LIST = "https://a.cn/news/tzgg/"
PAGE = f"{LIST}page/2/"
LISTED = [f"{LIST}202103/t20210317_9.html"]
KNOWN = [f"{LIST}202103/t20210312_{n}.html" for n in (5, 6, 7)]


def rows(*numbers: int, folder: str = PAGE) -> list[Row]:
    return [Row(f"{folder}202103/t20210312_{n}.html", f"关于第{n}号事项的通知") for n in numbers]


def urls(found: list[Row]) -> list[str]:
    return [row.url for row in found]


def test_links_are_read_from_where_known_notices_are() -> None:
    there = Row("https://b.cn/x.html", "别处的通知")
    found = as_meant([*rows(8, 7, 6), there], PAGE, KNOWN, LISTED)
    assert urls(found) == [*urls(rows(8, 7, 6, folder=LIST)), there.url]


def test_one_known_notice_tells_nothing() -> None:
    assert urls(as_meant(rows(9, 8, 7), PAGE, KNOWN, LISTED)) == urls(rows(9, 8, 7))


def test_notices_that_moved_are_where_they_are_said_to_be() -> None:
    """The first page of this reading leads to the new folder as well."""
    moved = ["https://a.cn/new/202103/t20210317_9.html"]
    new = rows(8, 7, 6, folder="https://a.cn/new/")
    assert urls(as_meant(new, "https://a.cn/new/index_1.html", KNOWN, moved)) == urls(new)


def test_links_of_the_lists_own_folder_stay() -> None:
    own = rows(8, 7, 6, folder=LIST)
    assert urls(as_meant(own, f"{LIST}index_1.html", KNOWN, LISTED)) == urls(own)
