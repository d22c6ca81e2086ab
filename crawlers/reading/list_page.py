"""Read the rows of a list page: column selectors, then the platform's patterns, then anything."""

from __future__ import annotations

import re

from parsel import Selector

from crawlers.catalogue import Selectors
from crawlers.reading.addresses import absolute, base_address
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
_LONGEST_ATTRIBUTE = 2000
_ADDRESS = re.compile(
    r"""(?:^|['"])\s*((?:https?:)?//?[^\s'"<>()]+"""
    r"""|[\w.%/-]{1,300}\.(?:s?html?|jsp|aspx?|do|php)(?:\?[^\s'"<>()]*)?)"""
)


def read_rows(
    text: str, url: str, selectors: Selectors, platform: str, encoding: str = "utf-8"
) -> tuple[list[Row], str]:
    """The rows and who read them: column | platform | general, or nothing and an empty word.

    `encoding` is the one the page came in: a raw query is sent in it.
    """
    page = Selector(text=text or "<html></html>")
    rows, reader = _read(page, text, base_address(page, url), selectors, platform)
    if encoding.lower() not in {"utf-8", "utf8", ""}:
        for row in rows:
            row.url = absolute(url, row.url, encoding)
    return rows, reader


def _read(
    page: Selector, text: str, base_url: str, selectors: Selectors, platform: str
) -> tuple[list[Row], str]:
    rows = selected_rows(page, base_url, selectors)
    if rows:
        return rows, "column"
    rows = script_rows(text, base_url)
    if rows:
        return rows, "platform" if platform in {"hanweb", "easysite"} else "general"
    for pattern in ROWS.get(platform, ()):
        rows = read_nodes(page.css(pattern.rows), base_url, _as_selectors(pattern))
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


def selected_rows(page: Selector, base_url: str, selectors: Selectors) -> list[Row]:
    """The rows that a column's own selectors find: those of the first of `rows` that finds any."""
    for css in selectors.rows:
        rows = read_nodes(page.css(css), base_url, selectors)
        if rows:
            return rows
    return []


def address_in(words: str) -> str:
    """The first address in an attribute: its whole value, or a word of a script in it."""
    match = _ADDRESS.search(words[:_LONGEST_ATTRIBUTE])
    return match[1] if match else ""


def _as_selectors(pattern: RowPattern) -> Selectors:
    return Selectors(rows=(pattern.rows,), link=(pattern.link,), date=(pattern.date,))


def read_nodes(nodes: list[Selector], base_url: str, selectors: Selectors) -> list[Row]:
    """What these nodes say, each read as a row; those that link to nothing are left out."""
    rows = (_row(node, base_url, selectors) for node in nodes)
    return [row for row in rows if row is not None]


def _row(node: Selector, base_url: str, selectors: Selectors) -> Row | None:
    link, address = _link(node, selectors.link)
    url = absolute(base_url, address) if address else ""
    if not url:
        return None
    date = _date(node, selectors.date)
    title = first_text(node, selectors.title) or _link_title(link, date)
    if not title:
        return None
    return Row(url, without_date(title, date), date or url_date(url), is_pinned(node.get()))


def _link(node: Selector, css: tuple[str, ...]) -> tuple[Selector, str]:
    """What is clicked, and where that leads; `a::attr(data-url)` names an attribute in the row."""
    if node.root.tag == "a" and not css:
        return node, node.attrib.get("href", "")
    for query in css or ("a[href]",):
        found = node.css(query)
        if found and isinstance(found[0].root, str):
            clicked = node.css(query.partition("::")[0] or "a")
            return clicked[0] if clicked else node, address_in(found[0].root)
        if found and "href" in found[0].attrib:
            best = max(found, key=lambda a: len(visible_text(a))) if not css else found[0]
            return best, best.attrib["href"]
    return node, ""


def _date(node: Selector, css: tuple[str, ...]) -> str:
    for query in css:
        place, query = node, query
        if query.startswith("+"):  # in what follows the row: a title row and a date row
            place, query = Selector(text="<p></p>"), query[1:].strip()
            follower = node.xpath("following-sibling::*[1]")
            place = follower[0] if follower else place
        for found in place.css(query):
            printed = printed_date(found)
            if printed:
                return printed
    words = visible_text(node)
    for anchor in node.css("a"):
        words = words.replace(visible_text(anchor), " ", 1)
    return find_date(words) or date_behind(visible_text(node))


def printed_date(place: Selector) -> str:
    """The date of one place; day and month may be set apart by style alone."""
    if isinstance(place.root, str):
        return find_date(place.root)
    return find_date(visible_text(place)) or find_date(" ".join(place.root.itertext()))


def _link_title(link: Selector, date: str) -> str:
    printed = without_date(visible_text(link), date)
    whole = " ".join(link.attrib.get("title", "").split())
    return whole if whole and len(whole) >= len(printed.rstrip("….")) - 2 else printed
