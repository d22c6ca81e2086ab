"""Read the rows of a list page: column selectors, then the platform's patterns, then anything."""

from __future__ import annotations

from parsel import Selector

from crawlers.catalogue import Selectors
from crawlers.reading.addresses import absolute
from crawlers.reading.dates import find_date, url_date
from crawlers.reading.general_list import (
    date_behind,
    general_rows,
    is_pinned,
    script_rows,
    without_date,
)
from crawlers.reading.patterns import NOTICE_LINK, ROWS, RowPattern
from crawlers.reading.rows import Row
from crawlers.reading.text import first_text, visible_text

_ENOUGH = 3


def read_rows(
    text: str, base_url: str, selectors: Selectors, platform: str
) -> tuple[list[Row], str]:
    """The rows and who read them: column | platform | general, or nothing and an empty word."""
    page = Selector(text=text or "<html></html>")
    if selectors.rows:
        for css in selectors.rows:
            rows = _rows(page.css(css), base_url, selectors)
            if rows:
                return rows, "column"
    rows = script_rows(text, base_url)
    if rows:
        return rows, "platform" if platform in {"hanweb", "easysite"} else "general"
    for pattern in ROWS.get(platform, ()):
        rows = _rows(page.css(pattern.rows), base_url, _as_selectors(pattern))
        if rows:
            return rows, "platform"
    if platform in NOTICE_LINK:
        known = general_rows(page, base_url, NOTICE_LINK[platform])
        if len(known) >= _ENOUGH:
            return known, "platform"
    else:
        known = []
    rows = general_rows(page, base_url)  # a list of other addresses outweighs a link or two
    if known and len(rows) <= len(known):
        return known, "platform"
    return rows, "general" if rows else ""


def _as_selectors(pattern: RowPattern) -> Selectors:
    return Selectors(rows=(pattern.rows,), link=(pattern.link,), date=(pattern.date,))


def _rows(nodes: list[Selector], base_url: str, selectors: Selectors) -> list[Row]:
    rows = (_row(node, base_url, selectors) for node in nodes)
    return [row for row in rows if row is not None]


def _row(node: Selector, base_url: str, selectors: Selectors) -> Row | None:
    link = _link(node, selectors.link)
    if link is None:
        return None
    url = absolute(base_url, link.attrib["href"])
    if not url:
        return None
    date = _date(node, selectors.date)
    title = first_text(node, selectors.title) or _link_title(link, date)
    if not title:
        return None
    return Row(url, title, date or url_date(url), is_pinned(node.get()))


def _link(node: Selector, css: tuple[str, ...]) -> Selector | None:
    if node.root.tag == "a" and not css:
        return node
    for query in css or ("a[href]",):
        found = node.css(query)
        if found and "href" in found[0].attrib:
            return max(found, key=lambda a: len(visible_text(a))) if not css else found[0]
    return None


def _date(node: Selector, css: tuple[str, ...]) -> str:
    for query in css:
        for found in node.css(query):
            printed = find_date(visible_text(found))
            if printed:
                return printed
    words = visible_text(node)
    for anchor in node.css("a"):
        words = words.replace(visible_text(anchor), " ", 1)
    return find_date(words) or date_behind(visible_text(node))


def _link_title(link: Selector, date: str) -> str:
    printed = without_date(visible_text(link), date)
    whole = " ".join(link.attrib.get("title", "").split())
    return whole if whole and len(whole) >= len(printed.rstrip("….")) - 2 else printed
