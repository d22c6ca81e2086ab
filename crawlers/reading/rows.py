"""One line of a list page."""

from __future__ import annotations

from dataclasses import dataclass

from crawlers.items import NoticeItem


@dataclass(slots=True)
class Row:
    """What a list printed for one notice. `url` is absolute, `date` as printed.

    `pinned` is 置顶. `item` is set where the list already holds the whole notice (CDE records,
    the search API), so that no page needs to be fetched.
    """

    url: str
    title: str
    date: str = ""
    pinned: bool = False
    item: NoticeItem | None = None
