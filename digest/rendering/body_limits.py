"""How much of one notice's body an issue shows: what a stranger sends never stops the others.

Counted along the page, and cut where the first limit is reached, with a sentence and the link, in
the same place in every format. The longest body of the replica has 87 elements and 27 cells; a
regulation of 300 pages stays below all of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import Element, HtmlElement, tostring

from digest.safe_text import safe_link

MAX_MARKUP = 3_000_000  # characters of the stored body that are parsed at all
MAX_TEXT = 1_000_000  # characters of its text
MAX_ELEMENTS = 15_000
MAX_PARAGRAPHS = 5_000
MAX_ROWS = 2_000
MAX_CELLS = 10_000  # places of a grid, the empty ones and those of merged cells too
MAX_LINKS = 2_000
MAX_TABLES_DEEP = 4
MAX_DEPTH = 1_000
MAX_COLUMNS = 60  # Word's own limit is 63

_PARAGRAPHS = frozenset({
    "blockquote", "br", "caption", "center", "dd", "div", "dt", "figcaption", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "ul",
})  # fmt: skip
TOO_LONG = "正文过长，以下从略，全文见原文"
TOO_SLOW = "正文未能在限定时间内排版，全文见原文"


@dataclass(slots=True)
class _Room:
    """What may still be shown."""

    text: int = MAX_TEXT
    elements: int = MAX_ELEMENTS
    paragraphs: int = MAX_PARAGRAPHS
    rows: int = MAX_ROWS
    cells: int = MAX_CELLS
    links: int = MAX_LINKS

    def is_full(self) -> bool:
        """Whether one of the limits is passed."""
        return min(self.elements, self.paragraphs, self.rows, self.cells, self.links) < 0


def cut_body(body: HtmlElement, url: str, *, cut_before: bool = False) -> None:
    """Cut a sanitised body where it passes a limit, and say so at its end, with the link `url`.

    `cut_before`: something was left out already. What precedes the cut stays as it is.
    """
    if _cut_at_limit(body) or cut_before:
        body.append(_sentence(TOO_LONG, url))


def _cut_at_limit(body: HtmlElement) -> bool:
    room, tables, depth = _Room(), 0, 0
    widths: dict[HtmlElement, int] = {}
    if _text_passes(body, room):
        _drop_within(body)
        return True
    for event, element in _walk(body):
        step = 1 if event == "start" else -1
        depth += step
        tables += step if element.tag == "table" else 0
        if event == "end":
            if not _tail_passes(element, room):
                continue
        elif _text_passes(element, room):
            _drop_within(element)
        else:
            _count(element, room, widths)
            if not room.is_full() and tables <= MAX_TABLES_DEEP and depth <= MAX_DEPTH:
                continue
            _drop_within(element)
            element.text = None
        _drop_after(body, element)
        return True
    return False


def cut_lines(text: str, url: str) -> list[str]:
    """The lines of a body without markup, cut in the same way."""
    lines = text[:MAX_TEXT].split("\n")
    if len(text) > MAX_TEXT or len(lines) > MAX_PARAGRAPHS:
        return [*lines[:MAX_PARAGRAPHS], in_words(TOO_LONG, url)]
    return lines


def sentence_markup(words: str, url: str) -> str:
    """A sentence and a link to the whole as a paragraph of HTML."""
    return str(tostring(_sentence(words, url), encoding="unicode"))


def in_words(words: str, url: str) -> str:
    """A sentence and where the whole stands, for a format without links."""
    link = safe_link(url)
    return f"［{words}：{link}］" if link else f"［{words}］"


def _walk(body: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """Begin and end of every element below, in their order, without recursion."""
    element = next(iter(body), None)
    while element is not None:
        yield "start", element
        child = next(iter(element), None)
        if child is not None:
            element = child
            continue
        yield "end", element
        while element.getnext() is None:
            element = element.getparent()
            if element is None or element is body:
                return
            yield "end", element
        element = element.getnext()


def _count(element: HtmlElement, room: _Room, widths: dict[HtmlElement, int]) -> None:
    room.elements -= 1
    room.paragraphs -= element.tag in _PARAGRAPHS
    room.links -= element.tag in {"a", "img"}
    if element.tag == "tr":
        room.rows -= 1
        room.cells -= _places(element, widths)


def _places(row: HtmlElement, widths: dict[HtmlElement, int]) -> int:
    """How many places of its table's grid a row asks for: what spans, and what lacks, too."""
    above = row.getparent()
    table = above if above.tag == "table" else above.getparent()
    if table is None:
        table = above
    if table not in widths:
        lines = [*table.iterchildren("tr"), *table.iterfind("./*/tr")]
        widths[table] = max((_width(line) for line in lines), default=1)
    claimed = sum(
        _span(cell, "colspan") * _span(cell, "rowspan") for cell in row.iterchildren("td", "th")
    )
    return max(claimed, widths[table])


def _width(row: HtmlElement) -> int:
    return min(sum(_span(cell, "colspan") for cell in row.iterchildren("td", "th")), MAX_COLUMNS)


def _span(cell: HtmlElement, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(max(int(text[:4]), 1), MAX_COLUMNS) if text.isascii() and text.isdigit() else 1


def _text_passes(element: HtmlElement, room: _Room) -> bool:
    """Take an element's own text into the account, cutting it where the limit stands."""
    room.text -= len(element.text or "")
    if room.text < 0:
        element.text = (element.text or "")[: room.text]
    return room.text < 0


def _tail_passes(element: HtmlElement, room: _Room) -> bool:
    """The same for the text behind it."""
    room.text -= len(element.tail or "")
    if room.text < 0:
        element.tail = (element.tail or "")[: room.text]
    return room.text < 0


def _drop_within(element: HtmlElement) -> None:
    for child in list(element):
        element.remove(child)


def _drop_after(body: HtmlElement, element: HtmlElement) -> None:
    """Take out all that comes behind an element and its tail; what it stands in ends there."""
    while element is not body:
        parent = element.getparent()
        for later in list(element.itersiblings()):
            parent.remove(later)
        element = parent
        if element is not body:
            element.tail = None


def _sentence(words: str, url: str) -> HtmlElement:
    line = Element("p")
    link = safe_link(url)
    if link:
        line.text, anchor = f"［{words}：", Element("a", href=link)
        anchor.text, anchor.tail = link, "］"
        line.append(anchor)
    else:
        line.text = f"［{words}］"
    return line
