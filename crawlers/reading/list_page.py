"""Read the rows of a list page: column selectors, then the platform's patterns, then anything."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date

from parsel import Selector

from crawlers.catalogue import Selectors
from crawlers.reading.addresses import absolute, base_address
from crawlers.reading.asked_data import held_rows
from crawlers.reading.date_place import printed_date
from crawlers.reading.empty_lists import says_empty
from crawlers.reading.feed_page import is_feed, read_feed
from crawlers.reading.general_list import general_rows, is_pinned, script_rows, set_dates
from crawlers.reading.list_identity import list_identity
from crawlers.reading.list_links import address_in
from crawlers.reading.platform import Platform, RowPattern
from crawlers.reading.printed_dates import find_date
from crawlers.reading.row_dates import Place, words_beside
from crawlers.reading.row_titles import pieces_of, title_of, without_date
from crawlers.reading.row_years import with_years
from crawlers.reading.rows import MOST_ROWS, Row
from crawlers.reading.shells import script_list_reason
from crawlers.reading.text import first_text, visible_text
from crawlers.reading.tree import parse_page
from crawlers.reading.whole_titles import whole_title

_ENOUGH = 3
_FOLDER = re.compile(r"/(?:(?:index|list|default)\.\w+)?$")
_FRONT = "网页像是首页：并列几个栏目的列表，没有栏目名，没有当作这个栏目读"
_DATED = 0.6  # of a list's rows: then one without a day stands out


@dataclass(frozen=True, slots=True)
class Reading:
    """A list page as read. `reader`: column | platform | general, empty when there are no rows.
    `doubts` are Chinese sentences about what may be missing or wrong."""

    rows: list[Row]
    reader: str
    doubts: tuple[str, ...] = ()


def read_rows(
    text: str, url: str, selectors: Selectors, platform: Platform, encoding: str = "utf-8"
) -> tuple[list[Row], str]:
    """The rows and who read them; see `read_list`. Days printed without a year get one only where
    the page itself tells which."""
    found = read_list(text, url, selectors, platform, encoding=encoding)
    return found.rows, found.reader


def read_list(
    text: str,
    url: str,
    selectors: Selectors,
    platform: Platform,
    *,
    encoding: str = "utf-8",
    today: date | None = None,
) -> Reading:
    """Everything a list page says of its rows.

    `encoding` is the one the page came in: a raw query is sent in it. `today` is the day of the
    reading in Shanghai, by which days printed without a year get theirs.
    """
    page = parse_page(text)
    rows, reader = _read(page, text, base_address(page, url), selectors, platform)
    whole = len(rows)
    rows = rows[:MOST_ROWS]
    dates = with_years([row.date for row in rows], [row.url for row in rows], today)
    for row, day in zip(rows, dates, strict=True):
        row.date = day
        row.url = absolute(url, row.url, encoding) or row.url
    rows = _without_columns(rows)
    if reader == "general" and list_identity(page, rows, url).is_front:
        return Reading([], "", (_FRONT,))
    if reader == "general" and rows and says_empty(page, url, {row.url for row in rows}):
        return Reading([], "", ("网页写明这个列表没有内容；别处的链接没有当作这个栏目读",))
    return Reading(rows, reader, tuple(_doubts(page, rows, whole)))


def _without_columns(rows: list[Row]) -> list[Row]:
    """The rows without those that lead to a folder elsewhere and print no day while the others
    do: another column, a topic, a site, slipped in among the notices."""
    dated = [row for row in rows if row.date]
    if len(rows) < _ENOUGH or len(dated) < _DATED * len(rows):
        return rows
    known = {parent_of(row.url) for row in dated}
    return [row for row in rows if row.date or not leads_aside(row, known)]


def leads_aside(row: Row, parents: Container[str]) -> bool:
    """Whether a row, not kept on top, leads to a folder that lies in none of the `parents` of the
    notices (see `parent_of`). Of a row without a day that tells that it is none."""
    leads = not row.pinned and bool(_FOLDER.search(row.url))
    return leads and parent_of(row.url) not in parents


def parent_of(url: str) -> str:
    """The folder an address lies in, its numbers left out."""
    return re.sub(r"\d+", "#", _FOLDER.sub("", url).rpartition("/")[0])


def _doubts(page: Selector, rows: list[Row], whole: int) -> Iterator[str]:
    if whole >= MOST_ROWS:
        yield f"列表一页超过 {MOST_ROWS} 行，只读了前 {MOST_ROWS} 行"
    if not rows:
        reason = script_list_reason(page)
        if reason:
            yield reason


def _read(
    page: Selector, text: str, base_url: str, selectors: Selectors, platform: Platform
) -> tuple[list[Row], str]:
    rows = selected_rows(page, base_url, selectors)
    if rows:
        return _whole(page, base_url, rows, "column")
    if is_feed(text):
        return read_feed(text, base_url), "general"
    rows = script_rows(text, base_url)
    if rows:
        return rows, "platform" if platform.has_script_rows else "general"
    for pattern in platform.rows:
        rows = read_nodes(page.css(pattern.rows), base_url, _as_selectors(pattern))
        if rows:
            return _whole(page, base_url, rows, "platform")
    if platform.notice_link:
        known = general_rows(page, base_url, platform.notice_link)
        if len(known) >= _ENOUGH:
            return known, "platform"
    else:
        known = []
    rows = general_rows(page, base_url)  # a list of other addresses outweighs a link or two
    if not any(row.date for row in rows):  # a menu; what scripts hold is drawn as the list
        rows = held_rows(page, base_url) or rows
    if known and len(rows) <= len(known):
        return known, "platform"
    return rows, "general" if rows else ""


def _whole(page: Selector, base_url: str, rows: list[Row], reader: str) -> tuple[list[Row], str]:
    """These rows, or where they are a part of the list that stands on the page, all of it: a site
    that draws its first rows in another box leaves selectors with the others, and nothing else
    shows that any are missing. What is more must print days and lead where the others lead."""
    read = {row.url for row in rows}
    listed = general_rows(page, base_url)
    more = [row for row in listed if row.url not in read]
    if not more or len(listed) - len(more) < len(read):
        return rows, reader
    parents = {parent_of(row.url) for row in rows}
    if all(row.date and parent_of(row.url) in parents for row in more):
        return listed, "general"
    return rows, reader


def selected_rows(page: Selector, base_url: str, selectors: Selectors) -> list[Row]:
    """The rows that a column's own selectors find: those of the first of `rows` that finds any."""
    for css in selectors.rows:
        rows = read_nodes(page.css(css), base_url, selectors)
        if rows:
            return rows
    return []


def _as_selectors(pattern: RowPattern) -> Selectors:
    return Selectors(rows=(pattern.rows,), link=(pattern.link,), date=(pattern.date,))


def read_nodes(nodes: list[Selector], base_url: str, selectors: Selectors) -> list[Row]:
    """What these nodes say, each read as a row; those that link to nothing are left out."""
    read = [(node, _row(node, base_url, selectors)) for node in nodes]
    kept = [(node, row) for node, row in read if row is not None]
    rows = [row for _, row in kept]
    set_dates(rows, [_place(node, row) for node, row in kept])
    return rows


def _place(node: Selector, row: Row) -> Place:
    return Place(node.root, words_beside(node.root, node.root, row.title), row.url)


def _row(node: Selector, base_url: str, selectors: Selectors) -> Row | None:
    link, address = _link(node, selectors.link)
    url = absolute(base_url, address) if address else ""
    if not url:
        return None
    day = _date(node, selectors.date)
    title = whole_title(first_text(node, selectors.title) or _link_title(link, day), node.root)
    if not title:
        return None
    return Row(url, without_date(title, day), day, is_pinned(node.root))


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
    return find_date(words) or _date_behind(visible_text(node))


def _date_behind(words: str) -> str:
    """A date that ends the row inside its link; one within a title is not the row's."""
    words = words.rstrip(" ]）)")
    printed = find_date(words[-18:])
    return printed if printed and words.endswith(printed) else ""


def _link_title(link: Selector, day: str) -> str:
    title = title_of(pieces_of(link.root), set(), link.attrib.get("title", ""))
    return without_date(title, day)
