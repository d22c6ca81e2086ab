"""The markup of a body as an item carries it: whole links, no scripts, lazy pictures addressed."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection
from html import unescape

from lxml import etree
from parsel import Selector

from crawlers.reading.addresses import absolute

_LAZY = ("data-src", "data-original", "data-lazy-src", "_src")
_ESCAPED_TAG = re.compile(
    r"<\s?(?:/\s?)?(?:p|div|span|br|strong|table|td|tr|font|img|section)\b[^<>]{0,300}>"
)
_LINKING = (
    "a", "img", "iframe", "video", "audio", "source", "embed", "object", "area", "input", "track",
)  # fmt: skip
_ADDRESSES = ("href", "src", "data", "poster")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOST_ESCAPED = 200_000


def body_html(node: Selector, base_url: str, drop: Collection[etree._Element] = ()) -> str:
    """The node's markup, its own untouched; `drop` are parts of the page that are left out."""
    root = copy.deepcopy(node.root)
    if drop:
        for own, copied in list(zip(node.root.iter(), root.iter(), strict=True)):
            if own in drop and copied.getparent() is not None:
                copied.drop_tree()
    return written(root, base_url)


def written(root: etree._Element, base_url: str) -> str:
    """The markup of an element that may be changed: links made absolute, scripts gone.

    A link that is no address (`http://[内网]/`) loses its address, never its words.
    """
    etree.strip_elements(root, "script", "style", "noscript", with_tail=False)
    for image in root.iter("img", "iframe", "video"):
        lazy = next((image.get(name) for name in _LAZY if image.get(name)), "")
        if lazy:
            image.set("src", lazy)
    _rewrite_links(root, base_url)
    markup = etree.tostring(root, encoding="unicode", method="html", with_tail=False)
    return _meant(root, markup)


def _rewrite_links(root: etree._Element, base_url: str) -> None:
    """Make the addresses whole that elements of a body hold; what has none loses the attribute."""
    for node in root.iter(*_LINKING):
        for name in _ADDRESSES:
            link = node.get(name)
            if link is None:
                continue
            whole = _whole(link.strip(), base_url)
            if whole is None:
                del node.attrib[name]
            elif whole != link:
                node.set(name, whole)


def _whole(link: str, base_url: str) -> str | None:
    whole = link if link.startswith("mailto:") else absolute(base_url, link)
    return _CONTROL.sub("", whole) or None  # the tree takes none, an address spells them out


def _meant(root: etree._Element, markup: str) -> str:
    """A text escaped by mistake shows its tags as words; what was meant is the markup."""
    if "&lt;" not in markup or len(markup) > _MOST_ESCAPED:
        return markup
    shown = "".join(map(str, root.itertext()))
    return f"<div>{unescape(shown)}</div>" if len(_ESCAPED_TAG.findall(shown)) >= 2 else markup
