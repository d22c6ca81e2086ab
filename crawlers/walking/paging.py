"""What follows a list page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scrapy.http import Request


@dataclass(slots=True)
class Paging:
    """What follows a list page. `is_end`: the site itself shows that nothing does; `total` is its
    own count of rows; `stuck` says in Chinese that there are more pages and no way to them;
    `shows_latest`: the list drops what is older, so that nothing follows is no end; `pages`: how
    many the site says there are; `at` asks for one of them by its number."""

    following: Request | None = None
    is_end: bool = False
    total: int | None = None
    stuck: str = ""
    shows_latest: bool = False
    pages: int | None = None
    at: Callable[[int], Request | None] | None = None

    def before(self, page: int) -> Request | None:
        """What follows `page`, where pages count from zero: the address one lower than the one
        taken for it. None where addresses hold no number."""
        found = self.at(page) if self.at is not None else None
        if found is None:
            return None
        kwargs = {**found.cb_kwargs, "page": page + 1}
        return found.replace(cb_kwargs=kwargs, meta={**found.meta, "guessed": True})
