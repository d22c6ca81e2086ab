"""A notice whose text goes on: on the next pages of it, or in a frame of its page.

The item waits until its last part has come; a part that does not come leaves it incomplete.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy.http import Request, Response, TextResponse
from twisted.python.failure import Failure as TwistedFailure

from crawlers.items import NoticeItem
from crawlers.reading.charset import readable
from crawlers.reading.notice import add_part
from crawlers.reading.parts import MOST_PARTS, frame_part, next_part
from crawlers.walls import failure_from

PART = "zx_part"
"""In the meta of a request for a further part: the item so far, and how many parts it has."""


class NoticeParts:
    """Asks for the parts of a notice, one after another; `parts_finished` hands the item on."""

    def parts_finished(self, item: NoticeItem, meta: dict[str, Any]) -> NoticeItem:
        """The item with all its parts, made ready as that of an ordinary page."""
        raise NotImplementedError

    def part_request(self, response: TextResponse, item: NoticeItem) -> Request | None:
        """The request for what the first page leaves out, or None where it is whole."""
        if item.body_html and item.complete:
            address = next_part(response.text, response.url)
        elif not item.body_html and not item.attachments and item.title:
            address = frame_part(response.text, response.url)
        else:
            return None
        known = {"item": item, "first": response.url, "read": 1, "meta": response.meta}
        return self._part_at(address, known) if address else None

    def parse_part(self, response: Response) -> Iterator[Request | NoticeItem]:
        """Add a part to its notice, and ask for the next."""
        known = response.meta[PART]
        item, read = known["item"], known["read"] + 1
        if not isinstance(response, TextResponse):
            yield self._cut_short(known, "不是网页")
            return
        page = readable(response)
        fault = add_part(item, page.text, page.url)
        if fault:
            yield self._cut_short(known, fault)
            return
        following = next_part(page.text, page.url, known["first"], read)
        if following and read < MOST_PARTS:
            yield self._part_at(following, {**known, "read": read})
            return
        if following:
            item.disagreements.append(f"正文超过 {MOST_PARTS} 页，只读取了前面的部分")
        yield self.parts_finished(item, known["meta"])

    def part_failed(self, failure: TwistedFailure) -> Iterator[NoticeItem]:
        """Keep what came, and say what did not."""
        request: Request = failure.request  # type: ignore[attr-defined]
        yield self._cut_short(request.meta[PART], failure_from(failure, request.url).reason)

    def _part_at(self, address: str, known: dict[str, Any]) -> Request:
        return Request(
            address,
            callback=self.parse_part,
            errback=self.part_failed,
            headers={"Referer": known["first"]},
            meta={PART: known},
            dont_filter=True,
        )

    def _cut_short(self, known: dict[str, Any], reason: str) -> NoticeItem:
        item: NoticeItem = known["item"]
        item.complete = False
        item.problem = f"正文第 {known['read'] + 1} 部分没有读到：{reason}"
        return self.parts_finished(item, known["meta"])
