"""A page's source as a tree, parsed as parsel does it, with elements all of one class.

lxml.html asks a function of Python for the class of an element each time it is touched, which took
a fifth of the reading of a page; nothing here needs its classes for forms and labels.
"""

from __future__ import annotations

from lxml import etree, html
from parsel import Selector

_CLASSES = etree.ElementDefaultClassLookup(
    element=html.HtmlElement,
    entity=html.HtmlEntity,
)


def parse_page(text: str) -> Selector:
    """The tree of a page, of whatever its source holds; an empty one of an empty source. Comments
    are left out: they show nothing, and split the words around them."""
    parser = etree.HTMLParser(
        recover=True, encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_CLASSES)
    source = text.strip().replace("\x00", "").encode("utf-8")
    root = etree.fromstring(source or b"<html/>", parser=parser)
    if root is None:
        root = etree.fromstring(b"<html/>", parser=parser)
    return Selector(root=root, type="html")
