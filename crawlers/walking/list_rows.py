"""What becomes of the rows of a list page: each is known, taken, or refused for a counted reason.

The half of every platform between the lists (`crawlers.walking.base`) and the notice pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from scrapy.http import Request, Response, TextResponse

from crawlers import platforms
from crawlers.catalogue import Column
from crawlers.items import ColumnHistory, Failure
from crawlers.reading.known_keys import KnownKeys
from crawlers.reading.list_page import Reading
from crawlers.reading.rows import Row
from crawlers.walking.column_walk import ColumnWalk, Met
from crawlers.walking.known_places import KnownRows, bare, is_list_of_another
from crawlers.walking.list_order import AHEAD
from crawlers.walking.misdirected import leads_elsewhere
from crawlers.walking.notice_pages import NoticePages, Output
from crawlers.walking.own_hosts import hosts_taken_over
from crawlers.walking.relative_links import as_meant
from crawlers.walking.window import refusal

Keyed = tuple[Row, str, str]
"""A row, its key and its address."""
LEAST_ROWS = 3
"""Fewer rows do not tell whose list it is."""


class ListRows(NoticePages):
    """The rows of one site's lists."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._walks: dict[str, ColumnWalk] = {}
        self._known_keys: KnownKeys | None = None

    def walk_of(self, column: str) -> ColumnWalk:
        """The walk over a column, begun at the first call: what is known must be there by then."""
        if column not in self._walks:
            since, taken_since = self.window_of(column)
            history = self.histories.get(column, ColumnHistory())
            self._walks[column] = ColumnWalk(
                history,
                KnownRows(column, history, self.known_rows.get(column, []), self.in_store),
                since=since,
                taken_since=taken_since,
                today=self.today,
            )
        return self._walks[column]

    def degrade(self, column: Column, sentence: str) -> None:
        """Say, once, how the column was read in another way than expected."""
        report = self.reports[column.name]
        if sentence not in report.degraded:
            report.degraded = "；".join(filter(None, (report.degraded, sentence)))

    def broken(self, response: Response, reason: str) -> Failure:
        """An answer that came, but cannot be read as what it should be."""
        excerpt = response.text[:200] if isinstance(response, TextResponse) else ""
        return Failure("broken", reason, response.url, response.status, excerpt)

    def rows_of(
        self, response: TextResponse, markup: str, base_url: str, column: Column
    ) -> Reading:
        """The rows in the markup that an answer brought, and who read them: the catalogue's
        readers, or what the column's known notices teach."""
        page = response.request.cb_kwargs.get("page", 1) if response.request else 1
        found = self.learning.read_rows(
            markup,
            base_url,
            column,
            platforms.platform(self.site.platform),
            encoding=response.encoding,
            today=self.today,
            is_first=page == 1,
        )
        self.learning.say(self.reports[column.name])
        self.reports[column.name].reader = found.reader
        if page == 1:
            return found
        return replace(found, rows=self.as_meant(found.rows, base_url, column))

    def as_meant(self, rows: list[Row], page_url: str, column: Column) -> list[Row]:
        """The rows of a further page, its links read from where the first page's lead if none of
        them is known as it stands there."""
        walk = self.walk_of(column.name)
        if any(walk.known.column_of(key, url) for _, key, url in self.keyed(rows, walk)):
            return rows
        known = (row.url for row in self.known_rows.get(column.name, ()))
        meant = as_meant(rows, page_url, known, (row.url for row in walk.listed))
        if meant != rows:
            self.degrade(column, "后面几页的链接按列表首页的位置读，照网页写的地址找不到通知")
        return meant

    def without_asides(self, rows: Sequence[Keyed], column: Column) -> list[Keyed]:
        """The rows without those that are no notices, going by what the column listed before."""
        walk = self.walk_of(column.name)
        known = (one[0] for one in rows if walk.is_of(*one))
        left = walk.asides.among([row for row, _, _ in rows], known)
        if left:
            walk.asides.leave_out(left)
            what = f"列表里有 {len(left)} 行没有日期或日期很早、指向别处的栏目或专题，没有当作通知"
            self.degrade(column, what)
        return [one for one in rows if one[0] not in left]

    def moved_away(self, response: TextResponse, column: Column, rows: Sequence[Keyed]) -> str:
        """Why the answer is no list of this column (Chinese), or "": its address led to another
        place, whose rows are not this column's."""
        visited = response.meta.get("redirect_urls") or [response.url]
        asked, answered = response.meta.get("landed") or (visited[0], response.url)
        if not leads_elsewhere(asked, answered):
            return ""
        known = self.walk_of(column.name).known
        ours = sum(known.column_of(key, url) == column.name for _, key, url in rows)
        if rows and ours * 2 >= len(rows):
            moved = f"栏目地址已转到 {answered}，列出的仍是这个栏目；请更新 sources.toml"
            self.degrade(column, moved)
            return ""
        return f"栏目地址已转到别处：{answered}"

    def of_another(self, column: str, met: Sequence[Met]) -> str:
        """Why the rows are those of another column (Chinese), or "": they are known as such, or lie
        in the folders of the site's other columns only."""
        walk = self.walk_of(column)
        name = walk.known_elsewhere(met)
        if name:
            return f"列出的是“{name}”的通知"
        others = [
            row.url
            for other, history in self.histories.items()
            if other != column
            for row in history.listed
        ]
        ours = [row.url for row in walk.history.listed]
        urls = [self.canonical(one.row.url) for one in met]
        lies_there = len(urls) >= LEAST_ROWS and is_list_of_another(urls, ours, others)
        return "列出的是别的栏目的通知" if lies_there else ""

    def keyed(self, rows: Sequence[Row], walk: ColumnWalk) -> list[Keyed]:
        """(row, key, address) of each row. Two addresses that have one key under different titles
        are two notices: their addresses tell them apart."""
        if self._known_keys is None:
            known = (row for rows in self.known_rows.values() for row in rows)
            self._known_keys = KnownKeys((r.key, r.url, r.listed_title or r.title) for r in known)
        self._known_keys.look_at([row.url for row in rows])
        found = [(row, *self._key_of(row, self._known_keys)) for row in rows]
        titles: dict[str, set[tuple[str, str]]] = {}
        for row, key, url in found:
            titles.setdefault(key, set()).add((url, bare(row.title)))
        for key, seen in titles.items():
            earlier = walk.titles.get(key)
            if earlier is not None:
                seen.add(("", bare(earlier)))
        torn = {
            key
            for key, seen in titles.items()
            if len({url for url, _ in seen if url}) > 1 and len({title for _, title in seen}) > 1
        }
        return [(row, url if key in torn else key, url) for row, key, url in found]

    def of_one_address(self, rows: Sequence[Keyed]) -> str:
        """Why the rows cannot be told apart (Chinese), or "": most lead to one and the same page
        under different titles. What leads to the notices was not read, or is not there."""
        titles: defaultdict[str, set[str]] = defaultdict(set)
        for place, (row, key, _) in enumerate(rows):
            titles[key].add(bare(row.title) or f" {place}")  # without a title, each is another one
        most = max(map(len, titles.values()), default=0)
        if most < LEAST_ROWS or 2 * most <= len(rows):
            return ""
        return f"列出的 {len(rows)} 条中有 {most} 条指向同一个地址，认不出各条通知的地址"

    def _key_of(self, row: Row, known: KnownKeys) -> tuple[str, str]:
        url = self.canonical(row.url)
        if row.item is not None:
            return row.item.key, url
        return known.key_of(url, self.notice_key(url), row.title), url

    def note_hosts(self, column: Column, met: Sequence[Met]) -> None:
        """Take a host for the publisher's own when its list has moved known notices there."""

        def is_own(url: str) -> bool:
            return self.is_readable_host(url, column)

        away = [one.listed for one in met if not is_own(one.listed.url)]
        known = self.known_rows.get(column.name, [])
        for host in sorted(hosts_taken_over(away, known, is_own)) if away else ():
            self.taken_over.setdefault(column.name, set()).add(host)
            self.degrade(
                column, f"通知已移到 {host}，按这个网站自己的网页读取；请更新 sources.toml"
            )

    def count(self, column: str, met: Sequence[Met]) -> None:
        report = self.reports[column]
        report.rows += sum(one.is_new for one in met)
        days = [one.standing.day for one in met if one.standing.day is not None]
        sure = [day for day in days if day <= self.today + AHEAD]
        report.newest = max([report.newest, *(day.isoformat() for day in sure)])

    def taken(self, met: Met, column: Column, walk: ColumnWalk) -> Iterator[Output]:
        """What becomes of one row: a request or an item, or a refusal that is counted."""
        report = self.reports[column.name]
        if not met.is_new:
            return
        if met.key in self.asked_by and self.asked_by[met.key] != column.name:
            report.known += 1  # another column of the site asks for it in this crawl
            return
        reason = refusal(met, walk)
        if reason and met.is_known:
            report.known += 1
        elif reason:
            report.refusals[reason] = report.refusals.get(reason, 0) + 1
        else:
            self.asked_by[met.key] = column.name
            report.taken += 1
            output = self.row_output(met, column)
            if isinstance(output, Request):
                report.waiting.add(met.key)
            yield output
