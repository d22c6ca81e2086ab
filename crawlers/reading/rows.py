"""One line of a list page."""

from __future__ import annotations

from dataclasses import dataclass

from crawlers.items import NoticeItem

MOST_ROWS = 2_000
"""Rows of one list page that are read; no publisher prints so many."""


@dataclass(slots=True)
class Row:
    """What a list printed for one notice. `url` is absolute, `date` as printed.

    `pinned` is 置顶. `item` is set where the list is all there is (CDE records): then no page is
    fetched. `spare` is the text a list brought along (the search API), for a page that fails;
    `body_html` is that text while nobody has made an item of it (a feed's content).
    """

    url: str
    title: str
    date: str = ""
    pinned: bool = False
    item: NoticeItem | None = None
    spare: NoticeItem | None = None
    body_html: str = ""
