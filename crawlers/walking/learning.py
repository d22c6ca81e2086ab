"""What a crawl learns of a column that changed its clothes; a spider has one `Learning`.

The catalogue's reader comes first. Only where it does not give back what the store knows of the
column are the known notices looked for, in the list and on pages of their own, and the selectors
that find them again read the rest. How a column is read so is said in its report.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from http import HTTPStatus
from typing import Any

from scrapy.http import Request, TextResponse
from scrapy.http.request import NO_CALLBACK

from crawlers.catalogue import Column, Selectors
from crawlers.items import ColumnReport, KnownRow, LearnedReader, NoticeItem
from crawlers.reading.addresses import is_wechat
from crawlers.reading.charset import readable
from crawlers.reading.file_links import is_file
from crawlers.reading.learned_body import agreement
from crawlers.reading.learned_list import derive_list, known_among, shown_on
from crawlers.reading.learned_page import (
    FITS,
    AsStored,
    Sample,
    derive_page,
    is_telling,
    words_of,
)
from crawlers.reading.learned_titles import ENOUGH, letters
from crawlers.reading.list_page import Reading, read_list
from crawlers.reading.notice import fill_from_page
from crawlers.reading.platform import NO_PLATFORM, Platform
from crawlers.reading.printed_dates import day_of
from crawlers.reading.rows import Row

ASKED = "zx_learning"
"""In the meta of a request for a known notice's page that is only asked for to learn from."""

_MOST_ASKED = 3  # pages of known notices that a crawl asks for, for one column
_WANTED = 2  # of them must have come
_MOST_EXAMPLES = 4
_NO_BODY = ("页面里没有", "正文在本网站的其他页面上也有")
_OWN = frozenset({"column", "platform"})
_TOLD = _OWN | {"learned"}
_WHAT = {
    "list": "列表已改版，已按库中已有的公告重新认出版式",
    "page": "公告页已改版，已按库中已有的公告重新认出正文位置",
}
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Column:
    """What one crawl finds out about one column."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    was_tried: bool = False
    samples: dict[str, Sample] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)


class Learning:
    """The learned readers of a site's columns, those of earlier crawls and those of this one."""

    def __init__(self, known: dict[str, list[KnownRow]]) -> None:
        self.known = known
        # Set when the crawl begins: before it, and in a saved page's reading, nothing is asked.
        self.may_ask = False
        # What the store keeps of a body; set likewise by whoever stores it.
        self.as_stored: AsStored = words_of
        self.readers: dict[tuple[str, str], LearnedReader] = {}
        self.obsolete: set[tuple[str, str]] = set()
        self._columns: defaultdict[str, _Column] = defaultdict(_Column)

    # --- lists

    def read_rows(
        self,
        text: str,
        url: str,
        column: Column,
        platform: Platform,
        *,
        encoding: str,
        today: date,
        is_first: bool,
    ) -> Reading:
        """A list page as `list_page.read_list` reads it, or with the reader "learned".

        `is_first`: it is a list's first page, on which known notices are to be expected.
        """

        def by(selectors: Selectors, platform: Platform = NO_PLATFORM) -> Reading:
            return read_list(text, url, selectors, platform, encoding=encoding, today=today)

        found = by(column.selectors, platform)
        learned = self.readers.get((column.name, "list"))
        if not is_first:
            other = by(_css(learned)) if learned and learned.is_used else found
            return replace(other, reader="learned") if other.reader == "column" else found
        known = self.known.get(column.name, [])
        pairs = known_among(found.rows, known)
        if found.reader in _OWN and not _is_doubtful(found.rows, pairs, text, known):
            if len(pairs) >= ENOUGH:
                self.obsolete.add((column.name, "list"))
        else:
            found = self._learned_list(text, url, column.name, len(pairs), by) or found
            pairs = known_among(found.rows, known)
        for row, one in pairs:
            self._columns[column.name].seen.setdefault(one.key, row.url)
        return found

    def _learned_list(
        self, text: str, url: str, column: str, joined: int, by: Callable[[Selectors], Reading]
    ) -> Reading | None:
        """The page by selectors that give back at least as many known notices as were read so
        far (`joined`): the earlier crawl's, else new ones."""
        known = self.known.get(column, [])
        earlier = self.readers.get((column, "list"))
        if earlier is not None:
            found = by(_css(earlier))
            is_by_it = found.reader == "column"
            if is_by_it and len(known_among(found.rows, known)) >= max(ENOUGH, joined):
                earlier.is_used = earlier.agrees = True
                return replace(found, reader="learned")
        derived = derive_list(text, url, known)
        if derived is None or derived.found < joined:
            return None
        evidence = f"列表中找到 {derived.found} 篇已知公告，读出 {len(derived.rows)} 行"
        self._keep(column, "list", derived.selectors, evidence)
        return replace(by(derived.selectors), reader="learned")

    # --- notice pages

    def page_selectors(self, column: str) -> tuple[Selectors, bool]:
        """The learned selectors of a column's notice pages, and whether they come before the
        platform's."""
        learned = self.readers.get((column, "page"))
        return (_css(learned), learned.overrides) if learned else (Selectors(), False)

    def is_doubtful(self, item: NoticeItem, text: str, url: str) -> bool:
        """Whether this reading of a page asks for learning: of a known notice other words were
        read, or of a new one in another way than the column's notices were read so far.

        `text` is the page's source; a known notice's becomes an example.
        """
        state = self._columns[item.column]
        rows = self.known.get(item.column, [])
        reader = item.read_by.get("body_html", "")
        known = _known_as(item, rows)
        fit = None
        if not item.complete and not item.problem.startswith(_NO_BODY):
            return False  # no page of a notice: nothing can be learned from it
        if known is not None and is_telling(known) and not is_wechat(url):
            state.samples.setdefault(known.key, Sample(text, url, known))
            fit = agreement(self.as_stored(item.body_html, url), known.text)
        self._count(item.column, reader, fit)
        if state.was_tried or is_wechat(url) or not any(map(is_telling, rows)):
            return False
        if fit is not None and fit < FITS:
            return True
        has_text = reader != "" or not item.attachments
        return has_text and reader not in _TOLD and _was_told(rows)

    async def learn_page(self, spider: Any, column: str) -> None:
        """Derive the column's page selectors, from pages of known notices that are asked for.

        Once a crawl; whoever comes meanwhile waits.
        """
        state = self._columns[column]
        async with state.lock:
            if state.was_tried:
                return
            for row in self._examples(column):
                if len(state.samples) >= _WANTED:
                    break
                sample = await _ask(spider, row, state.seen.get(row.key, row.url), column)
                if sample is not None:
                    state.samples[row.key] = sample
            state.was_tried = True
            self._derive(spider, column, list(state.samples.values())[:_MOST_EXAMPLES])

    def _examples(self, column: str) -> list[KnownRow]:
        """Known notices to ask for: those on the list now first, their addresses are sure."""
        state = self._columns[column]
        telling = [
            row
            for row in self.known.get(column, [])
            if is_telling(row)
            and row.key not in state.samples
            and not (is_file(row.url) or is_wechat(row.url))
        ]
        return sorted(telling, key=lambda row: row.key not in state.seen)[:_MOST_ASKED]

    def _derive(self, spider: Any, column: str, samples: Sequence[Sample]) -> None:
        """Keep the selectors under which the examples are read as they are known, unless the
        catalogue's readers read them so already."""
        items = [(one, _read(spider, column, one)) for one in samples]
        told = _was_told(self.known.get(column, []))
        wrong = [
            item.read_by.get("body_html", "")
            for one, item in items
            if agreement(self.as_stored(item.body_html, one.url), one.row.text) < FITS
            or (told and item.read_by.get("body_html") not in _OWN)
        ]
        # One page that reads otherwise among others that do not was changed by its publisher.
        derived = derive_page(samples, self.as_stored) if 2 * len(wrong) > len(samples) else None
        if derived is not None:
            evidence = f"由 {len(samples)} 篇已知公告的网页认出正文位置"
            learned = self._keep(column, "page", derived, evidence)
            learned.overrides = any(reader in _OWN for reader in wrong)

    def _count(self, column: str, reader: str, fit: float | None) -> None:
        """Note how a page was read; `fit` is how well that agrees with a known notice's text."""
        learned = self.readers.get((column, "page"))
        if learned is None:
            return
        if reader == "learned":
            learned.is_used = True
            learned.agrees = learned.agrees or fit is None or fit >= FITS
        elif reader in _OWN and fit is not None and fit >= FITS and not learned.is_used:
            self.obsolete.add((column, "page"))

    # --- both

    def _keep(self, column: str, kind: Any, selectors: Selectors, evidence: str) -> LearnedReader:
        named = {
            name: tuple(css) for name, css in selectors.model_dump(exclude_defaults=True).items()
        }
        learned = LearnedReader(column, kind, named, evidence=evidence, is_used=True, agrees=True)
        earlier = self.readers.get((column, kind))
        if earlier is not None and earlier.selectors == named:
            learned.runs_agreed, learned.accepted = earlier.runs_agreed, earlier.accepted
        self.readers[column, kind] = learned
        self.obsolete.discard((column, kind))
        return learned

    def say(self, report: ColumnReport | None) -> None:
        """Put into a column's report how it was read by what was learned, while that is not
        trusted."""
        for kind, what in _WHAT.items():
            learned = self.readers.get((report.column, kind)) if report is not None else None
            if report is None or learned is None or not learned.is_used or learned.is_trusted:
                continue
            sentence = f"{what}（第 {learned.runs_agreed + 1} 次吻合，待管理员确认）"
            if sentence not in report.degraded:
                report.degraded = "；".join(filter(None, (report.degraded, sentence)))


def _css(learned: LearnedReader) -> Selectors:
    return Selectors.model_validate(learned.selectors)


def _is_doubtful(
    rows: Sequence[Row],
    pairs: Sequence[tuple[Row, KnownRow]],
    text: str,
    known: Sequence[KnownRow],
) -> bool:
    """Whether the page shows more of the known notices than were read from it."""
    joined = len(pairs)
    if joined >= ENOUGH and 2 * joined >= len(rows):
        return False
    shown = shown_on(text, known)
    return shown >= ENOUGH and 2 * joined < shown


def _known_as(item: NoticeItem, rows: Sequence[KnownRow]) -> KnownRow | None:
    """The known notice that this is: under its key, or under a new address with title and day."""
    for row in rows:
        if row.key == item.key:
            return row
    title, day = letters(item.list_title), day_of(item.list_date)
    same = [
        row for row in rows if title and title in {letters(row.title), letters(row.listed_title)}
    ]
    return next((row for row in same if day is not None and day == day_of(row.day)), None)


def _was_told(rows: Sequence[KnownRow]) -> bool:
    """Whether the column's texts were read by selectors so far, not by the general reader."""
    readers = [row.body_reader for row in rows if row.text]
    return 2 * sum(reader in _TOLD for reader in readers) > len(readers)


async def _ask(spider: Any, row: KnownRow, url: str, column: str) -> Sample | None:
    listed = Row(url, row.title, row.day)
    meta = spider.notice_meta(listed, column)
    request: Request = spider.notice_request(listed, meta).replace(
        callback=NO_CALLBACK, errback=None, meta={ASKED: True}, dont_filter=True
    )
    asked = spider.crawler.engine.download_async(request)
    answer: object = (await asyncio.gather(asked, return_exceptions=True))[0]
    if not isinstance(answer, TextResponse) or answer.status != HTTPStatus.OK:
        logger.info("nothing to learn from %s: %r", url, answer)
        return None
    return Sample(readable(answer).text, answer.url, row)


def _read(spider: Any, column: str, sample: Sample) -> NoticeItem:
    """The example as the catalogue's readers read it."""
    found = spider.columns.get(column)
    selectors = found.selectors if found is not None else Selectors()
    item = NoticeItem("", column, sample.row.key, sample.url, "", "", list_title=sample.row.title)
    fill_from_page(item, sample.text, selectors, spider.platform_of(sample.url))
    return item
