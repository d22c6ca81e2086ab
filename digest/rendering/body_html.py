"""A notice's body as markup that is safe to show: sanitised again, without remote images."""

from __future__ import annotations

from html import escape
from typing import cast

import nh3
from lxml import html as lxml_html

from digest.models.entry import Entry
from digest.rendering.body_limits import MAX_MARKUP, cut_body, cut_lines
from digest.safe_text import clean_line, safe_link, strip_hidden
from texts.body_markup import ATTRIBUTES, HEADINGS, LAYOUT

# From here on a table is laid out differently on paper.
MANY_COLUMNS = 10


def body_tree(entry: Entry) -> lxml_html.HtmlElement | None:
    """The sanitised body as one <div>, within `body_limits`; None when its markup shows nothing.

    The store holds sanitised markup already; sanitising again means that no row written by
    another tool, or by an older version, can put script into a reader's mail.
    """
    safe = nh3.clean(
        strip_hidden(entry.body_html[:MAX_MARKUP]),
        tags=set(LAYOUT | HEADINGS),
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    if not safe.strip():
        return None
    # huge_tree: without it libxml2 drops what is nested deeper than 256 levels.
    parser = lxml_html.HTMLParser(huge_tree=True)
    tree = lxml_html.fragment_fromstring(safe, create_parent="div", parser=parser)
    if not tree.text_content().strip() and tree.find(".//img") is None:
        return None
    body = cast(lxml_html.HtmlElement, tree)
    cut_body(body, entry.url, cut_before=len(entry.body_html) > MAX_MARKUP)
    return body


def body_lines(entry: Entry) -> list[str]:
    """The body's text line by line, within `body_limits`."""
    return cut_lines(entry.body_text, entry.url)


def safe_body(entry: Entry, under: int = 4) -> str:
    """The body for the web: pictures become links, so opening a digest fetches nothing.

    Its headings rank below the level `under` of its title. A notice with text but no markup
    gets one <p> a line.
    """
    tree = body_tree(entry)
    if tree is None:
        lines = (escape(line) for line in body_lines(entry) if line.strip())
        return "".join(f"<p>{line}</p>" for line in lines)
    for image in list(tree.iter("img")):
        _replace_picture(image)
    _rank_headings(tree, under)
    for table in list(tree.iter("table")):
        _box_table(table)
    inner = cast(str, lxml_html.tostring(tree, encoding="unicode"))
    return inner.removeprefix("<div>").removesuffix("</div>")


def _box_table(table: lxml_html.HtmlElement) -> None:
    """Let a table scroll by itself, with the keyboard too, and say when it is a wide one."""
    if _columns(table) > MANY_COLUMNS:
        table.set("class", "many")
    if next(table.iterancestors("table"), None) is not None:
        return
    box = lxml_html.Element("div")
    box.attrib.update({"class": "wide", "tabindex": "0", "role": "group", "aria-label": "表格"})
    box.tail, table.tail = table.tail, None
    table.addprevious(box)
    box.append(table)


def _columns(table: lxml_html.HtmlElement) -> int:
    """How many cells its widest row has."""
    return max((len(row) for row in table.iter("tr")), default=0)


def picture_words(image: lxml_html.HtmlElement) -> str:
    """What stands in for a picture: its caption, or that there is one."""
    alt = clean_line(image.get("alt") or "")
    return f"［图：{alt}］" if alt else "［图］"


def _replace_picture(image: lxml_html.HtmlElement) -> None:
    words, link = picture_words(image), safe_link(image.get("src") or "")
    image.tag = "a" if link else "span"
    image.attrib.clear()
    image.text = words
    if link:
        image.set("href", link)


def _rank_headings(tree: lxml_html.HtmlElement, under: int) -> None:
    """A page's own headings must not outrank its title, nor skip a level (WCAG 1.3.1)."""
    headings = list(tree.iter("h1", "h2", "h3", "h4", "h5", "h6"))
    levels = sorted({str(heading.tag) for heading in headings})
    depth = 0
    for heading in headings:
        depth = min(levels.index(str(heading.tag)) + 1, depth + 1)
        heading.tag = f"h{min(under + depth, 6)}"
