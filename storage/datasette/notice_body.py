"""A notice's body as markup that is safe to show beside our own pages."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

import nh3
from lxml import etree
from lxml import html as lxml_html

from texts.body_markup import ATTRIBUTES, LAYOUT

# The page has headings of its own above these.
_TAGS = set(LAYOUT | {"h4", "h5", "h6"})


def safe_body(body_html: str, body_text: str) -> str:
    """The body without anything that acts; a page known as text only gets one <p> a line.

    The store holds sanitised markup; cleaning again means that no row written by another tool,
    or by an older version, can act in an analyst's browser. Pictures from http:// addresses
    become links, because the page is not allowed to load them.
    """
    cleaned = nh3.clean(
        _prepared(body_html),
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "data"},
        attribute_filter=_own_rules,
        set_tag_attribute_values={"img": {"loading": "lazy", "referrerpolicy": "no-referrer"}},
        link_rel="noopener noreferrer nofollow",
    )
    inner = cleaned.removeprefix("<div>").removesuffix("</div>")
    if inner.strip():
        return inner
    lines = (escape(line.strip()) for line in body_text.split("\n") if line.strip())
    return "".join(f"<p>{line}</p>" for line in lines)


def web_address(url: str) -> str:
    """The address if a browser may follow it from our page, else empty."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in {"http", "https"} and parts.netloc else ""


def _own_rules(tag: str, attribute: str, value: str) -> str | None:
    """Data addresses for pictures only; addresses relative to our own server for nothing."""
    if attribute == "href":
        return value if web_address(value) or value.startswith("mailto:") else None
    if attribute == "src":
        is_picture = value.startswith("data:image/") and "svg" not in value[:20]
        return value if is_picture or value.startswith("https://") else None
    return value


def _prepared(markup: str) -> str:
    """Headings below our own, pictures we may not load as links. Not yet safe."""
    if not markup.strip():
        return ""
    try:
        tree = lxml_html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, ValueError):
        return markup
    for heading in list(tree.iter("h1", "h2", "h3")):
        heading.tag = "h4"
    for image in list(tree.iter("img")):
        source = str(image.get("src") or "")
        if not source.startswith(("https://", "data:")):
            _as_link(image, source)
        elif not image.get("alt"):
            image.set("alt", "［图］")
    return str(lxml_html.tostring(tree, encoding="unicode"))


def _as_link(image: lxml_html.HtmlElement, source: str) -> None:
    words = str(image.get("alt") or "").strip()
    address = web_address(source)
    image.tag = "a" if address else "span"
    image.attrib.clear()
    image.text = f"［图：{words}］" if words else "［图］"
    if address:
        image.set("href", address)
