"""A page's tag soup turned into a flat list of paragraphs, headings, list items and tables.

The walk keeps its own stack, so depth costs nothing; formatting that spans paragraphs is closed
and opened again. Word's and WPS's private tags and classes never get through, because only what
is named here is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from lxml import etree

from pipelines.facts.elements import BLOCKS, is_dropped, is_layout, safe_url
from pipelines.facts.entities import undo_entities

Kind = Literal["p", "h1", "h2", "h3", "h4", "li", "blockquote", "table", "hr", "open", "close"]

_HEADINGS: dict[str, Kind] = {
    "h1": "h1", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4",
}  # fmt: skip
_LEVELS = frozenset(_HEADINGS.values())
_LONGEST_HEADING = 80
_INLINE = {
    "strong": "strong", "b": "strong", "em": "em", "i": "em", "u": "u", "sub": "sub", "sup": "sup",
}  # fmt: skip
_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0\u2002\u2003\u2009\u202f\u3000]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\x00-\x08\x0e-\x1f]")
_HAN = r"\u4e00-\u9fff，。、；：！？（）《》“”‘’〔〕【】"
_WRAPPED = re.compile(
    rf"(?<=[{_HAN}])[ \t\u00a0\u3000]*[\r\n]\s*(?=[{_HAN}0-9])|(?<=[0-9])[\r\n]\s*(?=[{_HAN}])"
)
_FILE_ICON = re.compile(r"fileTypeImages|/icon_|/filetype", re.IGNORECASE)
_LAZY = ("data-src", "data-original", "data-lazy-src", "_src", "src")


@dataclass(slots=True)
class Block:
    """One paragraph-like piece: its inner HTML, its text, the links and images inside it."""

    kind: Kind
    html: str = ""
    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    number: int = 0


@dataclass(slots=True)
class _Inline:
    tag: str
    opening: str
    written: bool = False


@dataclass(slots=True)
class _Cell:
    tag: str
    spans: str
    html: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def read_blocks(root: etree._Element, base_url: str) -> list[Block]:
    """The blocks under `root` in document order. Links and images become absolute."""
    walker = _Walker(base_url)
    steps = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    dropped: etree._Element | None = None
    for event, node in steps:
        if event == "start":
            if is_dropped(node):
                dropped = node
                steps.skip_subtree()
            else:
                walker.start(node)
                walker.add_text(node.text)
            continue
        if event == "end" and node is not dropped:
            walker.end(node)
        if node is not root:
            walker.add_text(node.tail)
    walker.flush()
    return walker.blocks


def _cleaned(text: str) -> str:
    """The text in one line. Most have only printable characters: no line break, nothing unseen,
    no other space than the plain one."""
    if text.isprintable():
        return _SPACE.sub(" ", text) if "  " in text else text
    return _SPACE.sub(" ", _WRAPPED.sub("", _INVISIBLE.sub("", text)))


class _Walker:
    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.blocks: list[Block] = []
        self._html: list[str] = []
        self._text: list[str] = []
        self._links: list[tuple[str, str]] = []
        self._images: list[str] = []
        self._open: list[_Inline] = []
        self._kinds: list[Kind] = []
        self._counters: list[int] = []
        self._link_start: list[tuple[str, int]] = []
        self._table: etree._Element | None = None
        self._rows: list[list[_Cell]] = []

    def start(self, node: etree._Element) -> None:
        tag = node.tag
        if tag in _INLINE:
            self._open.append(_Inline(_INLINE[tag], f"<{_INLINE[tag]}>"))
        elif tag == "a":
            self._start_link(node)
        elif tag == "br":
            self.flush()
        elif tag == "img":
            self._add_image(node)
        elif tag == "hr":
            self._emit(Block("hr"))
        elif tag in ("ul", "ol", "li"):
            self._start_list(node)
        elif tag in _HEADINGS or tag == "blockquote":
            self.flush()
            self._kinds.append(_HEADINGS.get(tag, "blockquote"))
        elif tag in BLOCKS:
            self._start_box(node)

    def end(self, node: etree._Element) -> None:
        tag = node.tag
        if tag in _INLINE:
            self._close_inline(_INLINE[tag])
        elif tag == "a":
            self._end_link()
        elif tag in ("ul", "ol", "li"):
            self._end_list(tag)
        elif tag in _HEADINGS or tag == "blockquote":
            self.flush()
            self._kinds.pop()
        elif tag in BLOCKS:
            self.flush()
            if node is self._table:
                self._finish_table()

    def add_text(self, text: str | None) -> None:
        if not text or (text.isspace() and (not self._text or self._text[-1].endswith(" "))):
            return
        clean = _cleaned(undo_entities(text))
        if not self._text or self._text[-1].endswith(" "):
            clean = clean.lstrip(" ")
        if clean:
            self._write_openings()
            self._text.append(clean)
            self._html.append(escape(clean, quote=False))

    def flush(self) -> None:
        """End the paragraph in hand; formatting still open begins again in the next."""
        if not self._html and not self._text:
            return
        text = "".join(self._text).strip()
        if text or self._images:
            closers = "".join(f"</{one.tag}>" for one in reversed(self._open) if one.written)
            kind = self._kind_for(text)
            html = "".join(self._html).rstrip() + closers
            number = self._take_number() if kind == "li" else 0
            self._emit_piece(Block(kind, html, text, self._links, self._images, number))
            self._links, self._images = [], []
        self._html, self._text = [], []
        self._link_start = [(url, 0) for url, _ in self._link_start]
        for one in self._open:
            one.written = False

    def _kind_for(self, text: str) -> Kind:
        """A whole paragraph set as a heading for its looks is a paragraph."""
        kind = self._kinds[-1] if self._kinds else "p"
        return "p" if kind in _LEVELS and len(text) > _LONGEST_HEADING else kind

    def _emit_piece(self, block: Block) -> None:
        if self._table is None or not self._rows or not self._rows[-1]:
            self.blocks.append(block)
            return
        cell = self._rows[-1][-1]
        cell.html.append(block.html)
        cell.text.append(block.text)
        self._links_of_table.extend(block.links)
        self._images_of_table.extend(block.images)

    def _emit(self, block: Block) -> None:
        self.flush()
        if self._table is None:
            self.blocks.append(block)

    def _start_list(self, node: etree._Element) -> None:
        if node.tag == "li":
            self.flush()
            self._kinds.append("li")
            if self._counters and self._counters[-1] >= 0:
                self._counters[-1] += 1
            self._fresh_item = True
            return
        self._emit(Block("open", node.tag))
        self._counters.append(0 if node.tag == "ol" else -1)

    def _end_list(self, tag: str) -> None:
        self.flush()
        if tag == "li":
            self._kinds.pop()
            return
        self._emit(Block("close", tag))
        self._counters.pop()

    def _take_number(self) -> int:
        """The item's number, for the first paragraph of an item of a numbered list only."""
        fresh, self._fresh_item = self._fresh_item, False
        return self._counters[-1] if fresh and self._counters and self._counters[-1] > 0 else 0

    def _start_box(self, node: etree._Element) -> None:
        self.flush()
        if node.tag == "table" and self._table is None and not is_layout(node):
            self._table = node
            self._rows = []
            self._links_of_table: list[tuple[str, str]] = []
            self._images_of_table: list[str] = []
        elif self._table is not None and node.tag == "tr":
            self._rows.append([])
        elif self._table is not None and node.tag in ("td", "th"):
            if not self._rows:
                self._rows.append([])
            self._rows[-1].append(_Cell(node.tag, _spans(node)))

    def _finish_table(self) -> None:
        rows = [row for row in self._rows if any(cell.text or cell.html for cell in row)]
        html = "".join(
            "<tr>"
            + "".join(f"<{c.tag}{c.spans}>{'<br>'.join(c.html)}</{c.tag}>" for c in row)
            + "</tr>"
            for row in rows
        )
        text = "\n".join(" | ".join(" ".join(c.text).strip() for c in row) for row in rows)
        self._table = None
        self._rows = []
        if rows:
            table = Block("table", html, text, self._links_of_table, self._images_of_table)
            self.blocks.append(table)

    def _start_link(self, node: etree._Element) -> None:
        url = safe_url(self.base_url, node.get("href") or "")
        self._link_start.append((url, len(self._text)))
        opening = f'<a href="{escape(url)}">' if url else ""
        self._open.append(_Inline("a" if url else "", opening, written=not url))

    def _end_link(self) -> None:
        url, start = self._link_start.pop()
        name = "".join(self._text[start:]).strip()
        if url and (name or self._html):
            self._links.append((name, url))
        self._close_inline("a" if url else "")

    def _add_image(self, node: etree._Element) -> None:
        printed = next((node.get(name) for name in _LAZY if node.get(name)), "") or ""
        url = safe_url(self.base_url, printed)
        if not url or url.startswith("mailto:") or _FILE_ICON.search(url):
            return
        self._write_openings()
        alt = _SPACE.sub(" ", node.get("alt") or "").strip()
        self._images.append(url)
        self._html.append(f'<img src="{escape(url)}" alt="{escape(alt)}">')

    def _write_openings(self) -> None:
        for one in self._open:
            if not one.written:
                self._html.append(one.opening)
                one.written = True

    def _close_inline(self, tag: str) -> None:
        if self._open and self._open[-1].tag == tag:
            one = self._open.pop()
            if one.written and one.tag:
                self._html.append(f"</{one.tag}>")


def _spans(node: etree._Element) -> str:
    spans = ""
    for name in ("rowspan", "colspan"):
        value = (node.get(name) or "").strip()
        if value.isascii() and value.isdigit() and 1 < int(value[:4]) <= 1000:
            spans += f' {name}="{int(value[:4])}"'
    return spans
