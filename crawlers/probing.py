"""What `zhengxun sources probe` needs of a list page nobody described: which platform it is of, a
selector for its rows, and a crawl that stops at one list page and one notice."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from parsel import Selector
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.addresses import absolute
from crawlers.reading.asked_data import named_addresses
from crawlers.reading.list_identity import OFFICE
from crawlers.reading.list_page import read_rows
from crawlers.reading.meta import read_meta
from crawlers.reading.platform import NO_PLATFORM, Platform, Sign
from crawlers.reading.rows import Row
from crawlers.reading.text import visible_text

_ENOUGH = 3
MOST_LOOKED_AT = 8
_SCRIPT = re.compile(r"\.m?js(?:[?#]|$)")
_ANCESTORS = 5


@dataclass(slots=True)
class Guess:
    """A platform, and what its column needs beside name and address. `sign` says why (Chinese)."""

    platform: str
    sign: str
    column: dict[str, Any] = field(default_factory=dict)
    site: dict[str, Any] = field(default_factory=dict)
    asks: tuple[str, ...] = ()


def guess_platform(text: str, url: str) -> Guess:
    """The platform of a list page, by the surest of the signs that publishing systems leave."""
    page = Selector(text=text or "<html></html>")
    links = {absolute(url, a.attrib["href"]) for a in page.css("a[href]")}
    name, best = platforms.PLAIN, Sign("没有已知系统的特征，由通用阅读器读", 0)
    for one in platforms.every_platform():
        sign = one.sign(text, url) or _sign_of_links(one, links)
        if sign is not None and sign.sureness > best.sureness:
            name, best = one.name, sign
    return Guess(name, best.words, best.column, best.site, best.asks)


def looked_at(guess: Guess, url: str, fetch: Callable[[str], str]) -> Guess:
    """The guess with what its addresses told, each asked for by `fetch` (empty: no answer), the
    scripts among them for further addresses; the plain platform where none brought a list."""
    waiting, seen = list(guess.asks), set[str]()
    platform = platforms.platform(guess.platform)
    while waiting and len(seen) < MOST_LOOKED_AT:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = fetch(address)
        column = platform.described(answer, url, address)
        if column is not None:
            return replace(guess, sign=f"{guess.sign}：{address}", column=column)
        if _SCRIPT.search(address):
            waiting += named_addresses(answer, url)
    return Guess(platforms.PLAIN, "网页里没有列表，脚本请求的数据也没有认出列表")


def _sign_of_links(platform: Platform, links: Collection[str]) -> Sign | None:
    if not platform.notice_link:
        return None
    count = sum(bool(re.search(platform.notice_link, link)) for link in links)
    return Sign(f"{count} 个链接是这种系统的公告地址", count) if count >= _ENOUGH else None


def row_selector(text: str, url: str, rows: Sequence[Row]) -> str:
    """A CSS selector that finds exactly these rows; empty when no simple one does."""
    addresses = {row.url for row in rows}
    page = Selector(text=text or "<html></html>")
    anchors = [a.root for a in page.css("a[href]") if absolute(url, a.attrib["href"]) in addresses]
    best = ""  # the largest box: a smaller one may leave the date outside
    for height in range(_ANCESTORS):
        nodes = [[a, *a.iterancestors()][height : height + 2] for a in anchors]
        names = {tuple(map(_css_name, reversed(pair))) for pair in nodes if len(pair) == 2}
        if len(names) != 1:
            continue
        css = " > ".join(names.pop())
        found, reader = read_rows(text, url, Selectors(rows=(css,)), NO_PLATFORM)
        if reader == "column" and [(r.url, r.date) for r in found] == [
            (r.url, r.date) for r in rows
        ]:
            best = css
    return best


def names_of(text: str) -> tuple[str, str]:
    """The site's and the column's name as the page gives them; empty where it does not."""
    page = Selector(text=text or "<html></html>")
    meta = read_meta(page)
    title = page.css("title")
    parts = [
        part.strip() for part in re.split(r"[-_|—–]+", visible_text(title[0]) if title else "")
    ]
    is_office = bool(OFFICE.search(parts[-1]))
    column = "" if len(parts) == 1 and is_office else parts[0]
    site = parts[-1] if len(parts) > 1 or is_office else ""
    return meta.site_name or site, meta.column or column


class OneOfEach:
    """Spider middleware: the first notice is fetched, the other rows become items at once, and
    no second list page is asked for."""

    def __init__(self) -> None:
        self.asked = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls()

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        async for output in result:
            row = output.meta.get("notice") if isinstance(output, Request) else None
            if row is not None:
                yield _listed(row)
                if not self.asked:
                    self.asked = True
                    yield output
            elif not isinstance(output, Request) or output.cb_kwargs.get("page") in {None, 1}:
                yield output


def _listed(row: dict[str, str]) -> NoticeItem:
    return NoticeItem(
        "probe", row["column"], row["key"], row["url"], "", "",
        list_title=row["list_title"], list_date=row["list_date"], complete=False,
    )  # fmt: skip


def _css_name(node: Any) -> str:
    classes = [c for c in (node.get("class") or "").split() if re.fullmatch(r"[A-Za-z][\w-]*", c)]
    name = re.sub(r"(?<!\d)\d+$", "", classes[0]) if classes else ""
    return f"{node.tag}.{classes[0]}" if name else str(node.tag)
