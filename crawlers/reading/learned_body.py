"""The box of a page that holds a known text, and what stands in it besides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from parsel import Selector

from crawlers.items import KnownRow
from crawlers.reading.learned_css import names_of
from crawlers.reading.learned_titles import letters

_MOST_BOXES = 4
_MOST_STRANGERS = 8
_LEAST = 0.5  # of the agreement a box must have to be looked at
_STRANGE = 0.2  # of a box's letters known by chance: numbers, 的
_HEADINGS = frozenset({"h1", "h2", "h3"})
_UNSEEN = frozenset({"head", "script", "style", "noscript", "template"})


@dataclass(slots=True)
class _Count:
    """Letters in a box: all, and those of pieces that stand in the known text."""

    size: int = 0
    known: int = 0

    @property
    def is_strange(self) -> bool:
        return self.size > 0 and self.known <= _STRANGE * self.size


def agreement(one: str, other: str) -> float:
    """F1 of the pairs of letters of two texts, 0 to 1."""
    pairs, wanted = _pairs(letters(one)), _pairs(letters(other))
    total = pairs.total() + wanted.total()
    return 2 * (pairs & wanted).total() / total if total else 0.0


def _pairs(text: str) -> Counter[str]:
    return Counter(text[start : start + 2] for start in range(len(text) - 1))


def body_boxes(page: Selector, row: KnownRow) -> list[etree._Element]:
    """The boxes that hold most of the known text and least besides, the best first.

    What is strange in a box counts little against it: it can be left out.
    """
    text = letters(row.text)
    counts = _counts(page.root, text)
    worth: dict[etree._Element, float] = {}
    for node, count in counts.items():
        if node.tag not in {"html", "body"} and count.known:
            share = count.known / max(len(text), 1)
            strange = (count.size - count.known) / count.size
            worth[node] = min(share, 1.0) - 0.2 * strange - 0.3 * max(share - 1.0, 0.0)
    # Boxes in boxes with the same words: one that has a name is found again more surely, and in
    # the innermost the parts that are none of the text stand apart.
    ranks = {
        node: (round(value, 2), bool(names_of(node)), sum(1 for _ in node.iterancestors()))
        for node, value in worth.items()
    }
    best = sorted(worth, key=lambda node: ranks[node], reverse=True)[:_MOST_BOXES]
    return [node for node in best if worth[node] >= _LEAST]


def strangers(page: Selector, box: etree._Element, css: str, row: KnownRow) -> tuple[str, ...]:
    """Selectors of the parts of a box that are none of the known text: a heading, its stamp,
    a share bar. `css` is the box's own; parts without a name are told by their place at its
    beginning or end."""
    text = letters(row.text)
    counts = _counts(box, text)
    found: dict[str, None] = {}
    for node in _largest_strange(box, counts):
        name = _name_of_strange(page, box, css, node, counts, text)
        if name:
            found[name] = None
    return tuple(found)[:_MOST_STRANGERS]


def _counts(root: etree._Element, text: str) -> dict[etree._Element, _Count]:
    """Per element the letters in it, and how many of them stand in the known text."""
    counts: dict[etree._Element, _Count] = {}
    hidden = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            hidden += node.tag in _UNSEEN
            counts[node] = _Count()
            if not hidden:
                _add(counts[node], node.text, text)
            continue
        hidden -= node.tag in _UNSEEN
        if hidden or node is root:
            continue
        up = node.getparent()
        if up is not None:
            counts[up].size += counts[node].size
            counts[up].known += counts[node].known
            _add(counts[up], node.tail, text)
    return counts


def _add(count: _Count, words: str | None, text: str) -> None:
    piece = letters(words or "")
    count.size += len(piece)
    count.known += len(piece) if piece and piece in text else 0


def _largest_strange(
    box: etree._Element, counts: dict[etree._Element, _Count]
) -> Iterator[etree._Element]:
    """The largest elements inside the box that hold next to nothing of the known text."""
    todo = [child for child in box if isinstance(child.tag, str)][::-1]
    while todo:
        node = todo.pop()
        count = counts[node]
        if count.is_strange:
            yield node
        elif count.known < count.size:
            todo += [child for child in node if isinstance(child.tag, str)][::-1]


def _name_of_strange(
    page: Selector,
    box: etree._Element,
    css: str,
    node: etree._Element,
    counts: dict[etree._Element, _Count],
    text: str,
) -> str:
    """A name that nothing of the known text bears; else its place before or behind all of it."""
    for name in (*names_of(node), *_HEADINGS.intersection({str(node.tag)})):
        inside = [one.root for one in page.css(name) if one.root in counts]
        if inside and all(counts[one].is_strange for one in inside):
            return name
    if node.getparent() is not box:
        return ""
    before = [one for one in node.itersiblings(preceding=True) if isinstance(one.tag, str)]
    behind = [one for one in node.itersiblings() if isinstance(one.tag, str)]
    if not _is_known(box.text, text) and not any(_holds_known(one, counts, text) for one in before):
        return f"{css} > {node.tag}:nth-child({len(before) + 1})"
    if not _is_known(node.tail, text) and not any(
        _holds_known(one, counts, text) for one in behind
    ):
        return f"{css} > {node.tag}:nth-last-child({len(behind) + 1})"
    return ""


def _holds_known(node: etree._Element, counts: dict[etree._Element, _Count], text: str) -> bool:
    """Whether an element holds, or is followed by, some of the known text."""
    count = counts[node]
    return (count.size > 0 and not count.is_strange) or _is_known(node.tail, text)


def _is_known(words: str | None, text: str) -> bool:
    piece = letters(words or "")
    return bool(piece) and piece in text
