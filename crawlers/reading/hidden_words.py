"""Words set unseen between the letters of a text, for those who copy it: 开<span
style="display:none">转载请注明出处</span>展. Nobody who reads the page sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree
from parsel import Selector

_INLINE = ("span", "font", "i", "em", "b", "s", "small", "label", "a")
_NO_DISPLAY = re.compile(r"display\s{0,5}:\s{0,5}none")
_UNSEEN = re.compile(
    r"display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden"
    r"|font-size\s{0,5}:\s{0,5}0(?:px|pt|em)?\s{0,5}(?:;|!|$)",
    re.IGNORECASE,
)
_CLASS = re.compile(r"\.([\w-]{1,60})")
_LONGEST = 60  # characters of such words
_LEAST = 3  # of them that part a word: one or two are an accident
_MOST_RULES = 300
_MOST_CSS = 400_000
_RULE = 400  # characters of a rule that are looked at
_SELECTOR = 100


def drop_hidden_words(page: Selector) -> None:
    """Empty what holds them, where at least three of them part a word of a text."""
    classes = _unseen_classes(page)
    hidden = [
        node
        for node in page.root.iter(*_INLINE)
        if node.attrib and _is_unseen(node, classes) and _before(node) and node.tail
    ]
    if sum(_parts_a_word(node) for node in hidden) < _LEAST:
        return
    for node in hidden:
        node.text = None
        del node[:]


def _is_unseen(node: etree._Element, classes: frozenset[str]) -> bool:
    style = node.get("style")
    named = classes and not classes.isdisjoint((node.get("class") or "").split())
    if not named and not (style and _UNSEEN.search(style[:_RULE])):
        return False
    return len("".join(islice(map(str, node.itertext()), 20))) <= _LONGEST


def _before(node: etree._Element) -> str:
    previous, parent = node.getprevious(), node.getparent()
    if previous is not None:
        return previous.tail or ""
    return (parent.text or "") if parent is not None else ""


def _parts_a_word(node: etree._Element) -> bool:
    return _before(node)[-1:].isalnum() and (node.tail or "")[:1].isalnum()


def _unseen_classes(page: Selector) -> frozenset[str]:
    """The classes that the page's own style sheets do not show, each alone in its selector."""
    sheets = (node.text or "" for node in page.root.iter("style"))
    return frozenset(islice(_classes_in("".join(sheets)[:_MOST_CSS]), _MOST_RULES))


def _classes_in(css: str) -> Iterator[str]:
    for rule in islice(_NO_DISPLAY.finditer(css), _MOST_RULES):
        begin = css.rfind("{", max(0, rule.start() - _RULE), rule.start())
        told = css[max(0, begin - _SELECTOR) : max(0, begin)].rpartition("}")[2]
        for one in told.split(","):
            match = _CLASS.fullmatch(one.strip())
            if match:
                yield match[1]
