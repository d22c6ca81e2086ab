"""A page's source as a tree, parsed as parsel does it, with elements all of one class.

lxml.html asks a function of Python for the class of an element each time it is touched, which took
a fifth of the reading of a page; nothing here needs its classes for forms and labels.
"""

from __future__ import annotations

import re

from lxml import etree, html
from parsel import Selector

_CLASSES = etree.ElementDefaultClassLookup(
    element=html.HtmlElement,
    entity=html.HtmlEntity,
)


_XML_HEAD = re.compile(r"^\s{0,99}<\?xml[^>]{0,200}\?>")  # would make the parser read XML
_END = re.compile(r"</(?:[Hh][Tt][Mm][Ll]|[Bb][Oo][Dd][Yy])\s{0,20}>")  # fast: begins with </


def parse_page(text: str) -> Selector:
    """The tree of a page, of whatever its source holds; an empty one of an empty source. Comments
    are left out: they show nothing, and split the words around them. What stands behind an early
    `</html>` is part of the page, as it is in a browser."""
    parser = etree.HTMLParser(
        recover=True, encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_CLASSES)
    source = _XML_HEAD.sub("", text, count=1).strip().replace("\x00", "")
    source = _without_early_end(source) or "<html/>"
    root = etree.fromstring(source.encode("utf-8"), parser=parser)
    if root is None:
        root = etree.fromstring(b"<html/>", parser=parser)
    return Selector(root=root, type="html")


def _without_early_end(source: str) -> str:
    """The source without the ends of page and body where more follows: a page put together from
    several files, a whole document pasted into another. The parser would stop there."""
    first = _END.search(source)
    if first is None or not _END.sub("", source[first.end() :]).strip():
        return source
    return _END.sub("", source)
