"""A column whose list is no longer where it was: the site's own links may say where it went.

A person would look for the column's name in the menu. So does this, once a crawl and column: on
the page that answered, else on the front page. What is found there is the column only if it lists
notices that are known as this column's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urljoin

from parsel import Selector
from scrapy.http import Request, Response, TextResponse
from twisted.python.failure import Failure as TwistedFailure

from crawlers.catalogue import Column
from crawlers.items import ColumnReport
from crawlers.reading.addresses import absolute
from crawlers.reading.charset import readable
from crawlers.reading.rows import Row
from crawlers.reading.text import visible_text
from crawlers.walking.column_walk import ColumnWalk
from crawlers.walking.known_places import bare
from crawlers.walking.list_rows import Keyed
from crawlers.walking.misdirected import leads_elsewhere
from crawlers.walking.notice_pages import Output

ENOUGH = 3
"""Known notices that must be listed at an address before it is the column's."""
GONE = frozenset((404, 410))
"""Answers that say of a list that it is not there any more."""
_MOST_TRIED = 3
_MOST_LINKS = 2000  # of a page that are looked at


class Lists(Protocol):
    """What is needed of the spider that walks over the lists."""

    reports: dict[str, ColumnReport]

    def list_request(self, url: str, column: Column, page: int = 1, **kwargs: Any) -> Request: ...
    def list_rows(self, response: TextResponse, column: Column) -> list[Row]: ...
    def take_rows(
        self, response: TextResponse, column: Column, page: int, rows: list[Row]
    ) -> Iterator[Output]: ...
    def keyed(self, rows: Sequence[Row], walk: ColumnWalk) -> list[Keyed]: ...
    def walk_of(self, column: str) -> ColumnWalk: ...
    def degrade(self, column: Column, sentence: str) -> None: ...


def can_be_looked_for(walk: ColumnWalk) -> bool:
    """Whether so much of a column is known that it would be recognised at another address."""
    return not walk.is_looked_for and len(walk.history.listed) >= ENOUGH


@dataclass(frozen=True, slots=True)
class MovedColumn:
    """The search for one column. `meta`: of the list request that failed, for the one that takes
    its place; `otherwise`: what is to be done when the column is found nowhere."""

    spider: Lists
    column: Column
    meta: dict[str, Any]
    otherwise: Callable[[], Iterable[Output]]

    def look(self, page: TextResponse | None, *, has_rows: bool = False) -> Iterator[Output]:
        """Ask at the addresses that `page`, which answered in the list's place, links under the
        column's name, else at those of the front page. `has_rows`: it lists something, if nothing
        that is known, and may be the list after a busy day: the front page is not asked."""
        self.spider.walk_of(self.column.name).is_looked_for = True
        urls = self._named(page) if page is not None else []
        if urls:
            yield from self._ask(urls)
            return
        if has_rows:
            yield from self.otherwise()
            return
        front = urljoin(self.column.url, "/")
        yield self.spider.list_request(
            front, self.column, callback=self._at_front, errback=self._not_found
        )

    def _at_front(self, response: Response, column: str, page: int) -> Iterator[Output]:
        page_there = readable(response) if isinstance(response, TextResponse) else None
        yield from self._ask(self._named(page_there) if page_there is not None else [])

    def _named(self, page: TextResponse) -> list[str]:
        found = links_named(page.selector, page.url, self.column.name)
        return [url for url in found if leads_elsewhere(self.column.url, url)][:_MOST_TRIED]

    def _ask(self, urls: Sequence[str]) -> Iterator[Output]:
        """Ask at the first of these addresses; the others come after it."""
        if not urls:
            yield from self.otherwise()
            return

        def there(response: Response, column: str, page: int) -> Iterator[Output]:
            found = self._rows_there(response)
            if found is None:
                yield from self._ask(urls[1:])
                return
            where = f"栏目已移到 {response.url}，列出的仍是这个栏目；请更新 sources.toml"
            self.spider.degrade(self.column, where)
            yield from self.spider.take_rows(*found)

        def failed(_: TwistedFailure) -> Iterator[Output]:
            return self._ask(urls[1:])

        yield self.spider.list_request(
            urls[0], self.column, callback=there, errback=failed, meta=dict(self.meta)
        )

    def _not_found(self, _: TwistedFailure) -> Iterable[Output]:
        return self.otherwise()

    def _rows_there(self, response: Response) -> tuple[TextResponse, Column, int, list[Row]] | None:
        """What a walk over the list begins with, if it is this column's."""
        if not isinstance(response, TextResponse):
            return None
        answer, report = readable(response), self.spider.reports[self.column.name]
        said = report.degraded, report.reader
        rows = self.spider.list_rows(answer, self.column)
        walk = self.spider.walk_of(self.column.name)
        if sum(walk.is_of(*one) for one in self.spider.keyed(rows, walk)) >= ENOUGH:
            return answer, self.column, 1, rows
        report.degraded, report.reader = said  # what was said of a list that is not ours
        return None


def links_named(page: Selector, base_url: str, name: str) -> list[str]:
    """The addresses that a page links under just this name, other than its own."""
    wanted = bare(name)
    found: list[str] = []
    for link in page.css("a[href]")[:_MOST_LINKS]:
        words = {bare(visible_text(link)), bare(link.attrib.get("title", ""))}
        url = absolute(base_url, link.attrib["href"]) if wanted in words else ""
        if url and url not in found and leads_elsewhere(base_url, url):
            found.append(url)
    return found
