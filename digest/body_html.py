"""A notice's body as markup that is safe to show: sanitised again, without remote images."""

from __future__ import annotations

from html import escape
from typing import cast

import nh3
from lxml import html as lxml_html

from digest.entry import Entry
from digest.safe_text import clean_line, safe_link, strip_hidden

_TAGS = {
    "a", "b", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt", "em", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "s",
    "section", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"rowspan", "colspan"},
    "th": {"rowspan", "colspan"},
    "ol": {"start"},
}


def body_tree(entry: Entry) -> lxml_html.HtmlElement | None:
    """The sanitised body as one <div>; None when its markup shows nothing.

    The store holds sanitised markup already; sanitising again means that no row written by
    another tool, or by an older version, can put script into a reader's mail.
    """
    safe = nh3.clean(
        strip_hidden(entry.body_html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
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
    return cast(lxml_html.HtmlElement, tree)


def safe_body(entry: Entry) -> str:
    """The body for the web: pictures become links, so opening a digest fetches nothing.

    A notice with text but no markup gets one <p> a line.
    """
    tree = body_tree(entry)
    if tree is None:
        lines = (escape(line) for line in entry.body_text.split("\n") if line.strip())
        return "".join(f"<p>{line}</p>" for line in lines)
    for image in list(tree.iter("img")):
        _replace_picture(image)
    _lower_headings(tree)
    inner = cast(str, lxml_html.tostring(tree, encoding="unicode"))
    return inner.removeprefix("<div>").removesuffix("</div>")


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


def _lower_headings(tree: lxml_html.HtmlElement) -> None:
    """A page's own h1..h3 must not outrank the chapter it stands in."""
    for element in tree.iter("h1", "h2", "h3"):
        element.tag = "h4"
