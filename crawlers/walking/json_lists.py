"""Lists that an interface sends as JSON, read again by their known notices after a redesign.

A mixin for platforms: they ask it when an answer cannot be read, and when what was read of one
does not give the known notices back with their addresses and days.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from scrapy.http import TextResponse

from crawlers.catalogue import Column
from crawlers.items import KnownRow
from crawlers.reading.learned_records import LearnedRecords, derive_records
from crawlers.reading.learned_titles import letters
from crawlers.reading.meta import without_markup
from crawlers.reading.printed_dates import day_of
from crawlers.reading.rows import Row
from crawlers.walking.list_rows import ListRows


class JsonLists(ListRows):
    """What was learned of a site's interfaces in this crawl, by column."""

    _interfaces: dict[str, LearnedRecords]

    def learned_records(
        self, response: TextResponse, column: Column, page: int, rows: Sequence[Row]
    ) -> tuple[object, LearnedRecords] | None:
        """The answer and how its records are to be read, where `rows`, which the platform's own
        reader made of it, do not join up with what is known; None: they do, or nothing is known.

        Learned on a list's first page, where known notices are to be expected.
        """
        found = self.__dict__.setdefault("_interfaces", {})
        if page > 1 and column.name not in found:
            return None
        try:
            answer: object = json.loads(response.text)
        except (ValueError, RecursionError):
            return None
        if page == 1:
            known = self.known_rows.get(column.name, [])
            learned = derive_records(answer, known)
            if learned is None or 2 * _given_back(rows, known, learned) >= learned.found:
                found.pop(column.name, None)
                return None
            found[column.name] = learned
            what = f"列表接口已改版，按库中已有的 {learned.found} 篇公告重新认出：{learned.words}"
            self.degrade(column, what)
            self.reports[column.name].reader = "learned"
        return answer, found[column.name]


def _given_back(rows: Sequence[Row], known: Sequence[KnownRow], learned: LearnedRecords) -> int:
    """How many known notices the rows give back, with title and address, and with their day where
    the answer has it."""
    titles: dict[str, list[KnownRow]] = {}
    for one in known:
        for title in {letters(one.title), letters(one.listed_title)}:
            titles.setdefault(title, []).append(one)
    given: set[str] = set()
    for row in rows:
        for one in titles.get(letters(without_markup(row.title)), []):
            is_there = one.url == row.url or one.key in row.url
            days = {day_of(one.day), day_of(one.listed_day)}
            if is_there and (not learned.day or day_of(row.date) in days):
                given.add(one.key)
    return len(given)
