"""The walk every platform shares: list pages back to where the last reading began, then notices.

A platform overrides hooks (`list_rows`, `paging`, `canonical`, `notice_key`, `read_notice`),
never the walk. What a list did is in `reports`, one `ColumnReport` a column; what that proves is
said by `prove` when the crawl is over.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from scrapy.http import FormRequest, Request, Response, TextResponse
from twisted.python.failure import Failure as TwistedFailure

from crawlers.catalogue import Column, begins_on, column_urls
from crawlers.reading.charset import readable
from crawlers.reading.pager import read_pager, renumbered
from crawlers.reading.rows import Row
from crawlers.truncation import LOOKS_CUT
from crawlers.walking.column_walk import ColumnWalk, Met
from crawlers.walking.from_the_end import back_from, forward_after_all, to_the_end
from crawlers.walking.list_outcomes import STRAND, ListOutcomes
from crawlers.walking.moved_columns import GONE, MovedColumn, can_be_looked_for
from crawlers.walking.notice_pages import Output
from crawlers.walking.paging import Paging
from crawlers.walking.strand_walk import StrandWalk
from crawlers.walking.window import PAGE_CAP
from crawlers.walls import failure_from


class BaseSpider(ListOutcomes):
    """The walk over the lists of one site. `reads_pages`: its lists are pages that a reader of the
    site sees, and that its other pages link."""

    reads_pages = True

    # --- lists

    async def start(self) -> AsyncIterator[Any]:
        if self.only_url:
            yield self.single_page()
            return
        for column in self.columns.values():
            requests = list(self.column_requests(column))
            walk = self.walk_of(column.name)
            walk.starts = len(requests)
            for number, request in enumerate(requests):
                request.meta[STRAND] = number
                strand = walk.strand(number)
                strand.first, strand.begins = request, begins_on(column, request.url)
                yield request

    def column_requests(self, column: Column) -> Iterable[Request]:
        """The first requests of a column."""
        for url in column_urls(column, self.now, self.window_of(column.name)[0]):
            yield self.list_request(url, column)

    def list_request(self, url: str, column: Column, page: int = 1, **kwargs: Any) -> Request:
        """A request for a list page. `meta={"guessed": True}`: a 404 only ends the list."""
        kwargs.setdefault("callback", self.parse_list)
        kwargs.setdefault("errback", self.list_failed)
        kwargs.setdefault("cb_kwargs", {"column": column.name, "page": page})
        referer = column.referer or (column.url if page > 1 else "")
        kwargs["headers"] = ({"Referer": referer} if referer else {}) | kwargs.get("headers", {})
        return Request(url, dont_filter=True, **kwargs)

    def parse_list(self, response: Response, column: str, page: int) -> Iterator[Output]:
        """Read one list page, ask for its notices and, if the window is not covered, the next."""
        if not isinstance(response, TextResponse):
            self.fail(column, self.broken(response, "列表地址返回的不是网页"), page, response)
            return
        if LOOKS_CUT in response.flags:
            self.degrade(self.columns[column], "列表网页没有传完，可能缺少公告")
        yield from self.read_list(readable(response), self.columns[column], page)

    def read_list(self, response: TextResponse, column: Column, page: int) -> Iterator[Output]:
        """Read the rows of one list page and take them."""
        yield from self.take_rows(response, column, page, self.list_rows(response, column))

    def take_rows(
        self, response: TextResponse, column: Column, page: int, rows: list[Row]
    ) -> Iterator[Output]:
        """Count rows, yield what is to be taken, and walk on."""
        walk, report = self.walk_of(column.name), self.reports[column.name]
        strand = walk.strand(response.meta.get(STRAND, 0))
        keyed = self.without_asides(self.keyed(rows, walk), column)
        if (
            page == 1
            and self._may_be_elsewhere(walk)
            and not any(walk.is_of(*one) for one in keyed)
        ):
            otherwise = partial(self.take_rows, response, column, page, rows)
            moved = MovedColumn(self, column, _strand_of(response), otherwise)
            yield from moved.look(response, has_rows=bool(keyed))
            return
        why = self.moved_away(response, column, keyed) or self.of_one_address(keyed)
        met = [] if why else walk.meet(strand, keyed)
        why = why or (self.of_another(column.name, met) if page == 1 else "")
        if why:
            strand.strand.pages.clear()
            self.fail(column.name, self.broken(response, why), page, response)
            return
        walk.answered += page == 1
        report.pages += 1
        report.reader = report.reader or ("platform" if keyed else "")
        report.page_rows.append(len(keyed))
        self.settle(column)
        self.count(column.name, met)
        self.note_hosts(column, met)
        for one in met:
            yield from self.taken(one, column, walk)
        yield from self._walk_on(response, column, page, met)

    def list_failed(self, failure: TwistedFailure) -> Any:
        """A list page was not answered, or answered by a wall."""
        request: Request = failure.request  # type: ignore[attr-defined]
        found = failure_from(failure, request.url)
        column, page = request.cb_kwargs["column"], request.cb_kwargs["page"]
        forward = forward_after_all(self.walk_of(column).strand(request.meta.get(STRAND, 0)))
        if forward is not None:
            forward.meta[STRAND] = request.meta.get(STRAND, 0)
            return iter([forward])
        if found.status == 404 and request.meta.get("guessed"):
            self.walk_of(column).strand(request.meta.get(STRAND, 0)).strand.ended = "bare"
            return None

        def failed() -> Iterator[Output]:
            self.fail(column, found, page, request)
            return iter(())

        walk = self.walk_of(column)
        if page == 1 and found.status in GONE and walk.starts == 1 and self._may_be_elsewhere(walk):
            return MovedColumn(self, self.columns[column], _strand_of(request), failed).look(None)
        return failed()

    # --- hooks for platforms

    def list_rows(self, response: TextResponse, column: Column) -> list[Row]:
        """The rows of a list page."""
        found = self.rows_of(response, response.text, response.url, column)
        for doubt in found.doubts:
            self.degrade(column, doubt)
        if found.reader == "general":
            self.degrade(column, "列表版式不认识，由通用阅读器读出")
        if found.rows and not any(row.date for row in found.rows):
            self.degrade(column, "列表没有日期")
        return found.rows

    def paging(self, response: TextResponse, column: Column, page: int, rows: int) -> Paging:
        """What follows `page`, on which `rows` notices were read: the column's own selector, else
        whatever pager the page shows."""
        for css in column.selectors.next:
            for node in response.css(css):
                address = node.root if isinstance(node.root, str) else node.attrib.get("href", "")
                if address and not address.startswith(("javascript", "#")):
                    url = response.urljoin(address)
                    return Paging(self.list_request(url, column, page + 1))
        seen = read_pager(
            response.selector, response.url, asked=page, column_url=column.url, rows=rows
        )
        following = None
        if seen.next_url:
            meta = {"guessed": seen.guessed}
            following = self.list_request(seen.next_url, column, page + 1, meta=meta)
            if seen.form:
                following = _posted(following, seen.form)
        stuck = f"{seen.sign}，但不知道怎样翻页" if seen.stuck else ""
        found = Paging(following, seen.is_end, seen.total, stuck)
        if seen.next_url and not seen.form:
            found.pages = seen.last
            found.at = partial(self._numbered, column, seen.next_url, page + 1)
        return found

    def _numbered(self, column: Column, url: str, number: int, wanted: int) -> Request | None:
        """Page `wanted`, by the address of page `number`."""
        address = renumbered(url, number, wanted)
        return self.list_request(address, column, wanted) if address else None

    # --- inside

    def _may_be_elsewhere(self, walk: ColumnWalk) -> bool:
        return self.reads_pages and can_be_looked_for(walk)

    def _walk_on(
        self, response: TextResponse, column: Column, page: int, met: Sequence[Met]
    ) -> Iterator[Request]:
        walk = self.walk_of(column.name)
        strand = walk.strand(response.meta.get(STRAND, 0))
        paging = self.paging(response, column, page, self.reports[column.name].page_rows[-1])
        strand.total = paging.total if paging.total is not None else strand.total
        strand.strand.shows_latest = paging.shows_latest
        self._note_total(column.name, walk)
        following = self._end_or_next(walk, strand, paging, page, met)
        if following is None:
            following = self._second_round(walk, strand)
        if following is not None:
            following.meta[STRAND] = response.meta.get(STRAND, 0)
            yield following

    def _end_or_next(
        self,
        walk: ColumnWalk,
        strand: StrandWalk,
        paging: Paging,
        page: int,
        met: Sequence[Met],
    ) -> Request | None:
        """The next request; without one, the strand knows how it ended."""
        state = strand.strand
        if strand.turned is not None and strand.turned.is_back:
            return back_from(strand, page, met, needs_more=walk.needs_more(strand))
        rows = self.reports[walk.known.column].page_rows[-1]
        is_counted = bool(rows) and paging.is_end and strand.total is not None
        if page > 1 and not met and not is_counted:
            what = "仍是同样的内容" if rows else "没有列出公告"
            short = len(state.pages) > 2 and len(state.pages[-2].rows) < len(state.pages[0].rows)
            state.ended = "bare" if short else "repeated" if rows else "empty"
            state.why = f"第 {page} 页{what}"
        elif not walk.needs_more(strand):
            state.ended = "end" if paging.is_end else "window"
        elif paging.following is not None and page < PAGE_CAP:
            following = paging.before(page) if strand.is_shifted else None
            return following or to_the_end(strand, paging, walk.since) or paging.following
        elif paging.following is not None:
            state.ended, state.why = "cap", f"翻到第 {PAGE_CAP} 页仍没有读到头"
        elif paging.is_end:
            state.ended = "end"
        elif paging.stuck:
            state.ended, state.why = "stuck", paging.stuck
        else:
            state.ended = "bare"
        return None

    def _second_round(self, walk: ColumnWalk, strand: StrandWalk) -> Request | None:
        """Once more from the first page where rows fell between pages; then it is said."""
        usual = walk.history.missing or 0
        falls_short = strand.strand.ended == "end" and strand.missing > max(usual, 0)
        if not falls_short and not walk.one_fell_through(strand):
            return None
        pages, strand.skipped = strand.strand, walk.skipped(strand)
        again = strand.again() if len(pages.pages) > 1 else None
        if again is None and falls_short:
            pages.ended = "short"
            pages.why = f"网站说共 {strand.total} 条，只列出 {len(strand.ever)} 条"
        strand.is_shifted = bool(strand.skipped) and again is not None
        return again

    def _note_total(self, column: str, walk: ColumnWalk) -> None:
        totals = [one.total for one in walk.strands.values() if one.total is not None]
        if totals:
            self.reports[column].total = sum(totals)


def _strand_of(of: Request | Response) -> dict[str, Any]:
    return {STRAND: of.meta.get(STRAND, 0)}


def _posted(request: Request, form: Sequence[tuple[str, str]]) -> Request:
    """The request as a form of these fields sends it."""
    kept = {"meta": request.meta, "cb_kwargs": request.cb_kwargs, "headers": request.headers}
    return FormRequest(
        request.url,
        formdata=list(form),
        method="POST",
        callback=request.callback,
        errback=request.errback,
        dont_filter=True,
        **kept,
    )
