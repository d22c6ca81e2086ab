"""Text that a page holds without showing it: a script of its own puts it in place later.

In the srcdoc of a frame, in a hidden textarea or field, in a template, escaped in all of them.
"""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree, html
from parsel import Selector

_HOLDERS = ("iframe", "textarea", "input", "script", "template", "xmp")
_UNSHOWN_SCRIPTS = frozenset(("text/html", "text/template", "text/x-template", "text/plain"))
_MARKUP = re.compile(r"<(?:p|div|br|table|section|span|body)\b", re.IGNORECASE)
_PATTERN = re.compile(r"\{\{|<%|\$\{")  # a blank to be filled in, no text
_SHORTEST = 40  # characters of text, markup left out
_LONGEST = 1_000_000
_MOST = 40


def show_scripted_text(page: Selector) -> None:
    """Put such text where its holder stands, so that it is read as any other."""
    holders = (node for node in page.root.iter(*_HOLDERS) if _may_hold(node))
    for node in list(islice(holders, _MOST)):
        held = _held(node)
        if not _MARKUP.search(held) or _PATTERN.search(held) or len(held) > _LONGEST:
            continue
        shown = _parsed(held)
        if shown is not None and node.getparent() is not None:
            shown.tail, node.tail = node.tail, None
            node.getparent().replace(node, shown)


def _may_hold(node: etree._Element) -> bool:
    if node.tag == "iframe":
        return "srcdoc" in node.attrib
    if node.tag == "input":
        return node.get("type") == "hidden"
    return node.tag != "script" or node.get("type") in _UNSHOWN_SCRIPTS


def _held(node: etree._Element) -> str:
    if node.tag == "iframe":
        return node.get("srcdoc") or ""
    if node.tag == "input":
        return node.get("value") or ""
    if len(node):  # the parser has made elements of it
        return etree.tostring(node, encoding="unicode", method="html", with_tail=False)
    return node.text or ""


def _parsed(held: str) -> etree._Element | None:
    try:
        found = html.fromstring(f"<div>{held}</div>")
    except (etree.ParserError, ValueError):
        return None
    for unseen in list(found.iter("script", "style", "head", "template", "xmp", "title")):
        if unseen.tag in {"template", "xmp"}:
            unseen.tag = "div"
        elif unseen.getparent() is not None:
            unseen.drop_tree()  # type: ignore[attr-defined]
    words = "".join(map(str, found.itertext()))
    return found if len("".join(words.split())) >= _SHORTEST else None
