"""A page as boxes and lines: one walk, on which every other reading of a page rests.

A box is any element that is not set inside a line of text; a custom one (`<ucapcontent>`) is a
box as any other. A line is what stands between two borders of boxes or line breaks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

_INLINE = frozenset(
    (
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn",
        "em", "font", "i", "img", "input", "ins", "kbd", "label", "mark", "nobr", "picture", "q",
        "rp", "rt", "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub",
        "sup", "time", "tt", "u", "var", "wbr",
    )
)  # fmt: skip
_UNSEEN = frozenset(
    (
        "applet", "button", "canvas", "datalist", "embed", "head", "map", "math", "noscript",
        "object", "option", "script", "select", "style", "svg", "template", "textarea", "title",
    )
)  # fmt: skip
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_BREAKS = frozenset(("br", "hr"))
_NOTED = frozenset(("a", "img", "input", "time", "abbr", "span"))
_TELLS = {"time": "datetime", "abbr": "title", "span": "content"}
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
_OUTSIDE = 6  # characters of a sentence that stand outside of its links
_SHORT_SCRIPT = 300  # characters of one that writes a day in its place
_CELLS = frozenset(("td", "th"))
_TOLD_APART = _HEADINGS | _CELLS | {"iframe"}
_NOT_SHOWN = re.compile(r"display\s{0,5}:\s{0,5}none", re.IGNORECASE)
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|dps|rtf|zip|rar|7z|ofd|ceb|txt|csv|jpe?g|png|tiff?)(?:[?#]|$)"
    r"|download|attach|/att/",
    re.IGNORECASE,
)
_NOWHERE = re.compile(r"\s{0,9}(?:javascript|#|$)", re.IGNORECASE)
_BUTTON = 8  # characters up to which a link that leads nowhere is a button, and no emphasis
MOST_BOXES = 60_000
"""Boxes after which a page is read no further: no notice has as many."""


@dataclass(slots=True)
class Line:
    """One line as a reader sees it. `linked`: characters in links to pages, `files`: in links to
    files; `owner`: the index of its box; `pieces`: where its text stands (node, is its tail);
    `told`: the day that an element in it tells machines (<time datetime>)."""

    text: str
    owner: int
    linked: int = 0
    files: int = 0
    links: int = 0
    heading: str = ""
    heading_box: int = -1
    in_cell: bool = False
    hidden: bool = False
    pictures: list[etree._Element] = field(default_factory=list)
    pieces: list[tuple[etree._Element, bool]] = field(default_factory=list)
    told: str = ""


@dataclass(slots=True)
class Box:
    """An element with the lines inside it, `first` up to but not including `last`."""

    node: etree._Element
    parent: int
    first: int
    last: int = 0
    children: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """The page's boxes and lines in document order; box 0 is all that is shown.

    `frames`: (line before which it stands, address) of every iframe; `fields`: how many boxes to
    type into the page has; `asks_password`: whether one of them is for a password.
    """

    boxes: list[Box]
    lines: list[Line]
    frames: list[tuple[int, str]]
    fields: int = 0
    asks_password: bool = False
    index: dict[etree._Element, int] = field(default_factory=dict)

    def words(self) -> str:
        """All that the page shows, one line a line."""
        return "\n".join(line.text for line in self.lines)


def read_outline(root: etree._Element) -> Outline:
    """The outline of a parsed page; comments must have been taken out of it."""
    body = next(root.iter("body"), root)
    walk = _Walk()
    start, end, boxes = walk.start, walk.end, walk.boxes
    steps = etree.iterwalk(body, events=("start", "end"))
    for event, node in steps:
        tag = node.tag
        if event == "end":
            end(node, tag)
        elif tag in _UNSEEN:
            walk.leave_out(node, tag)
            steps.skip_subtree()
        else:
            start(node, tag)
            if len(boxes) > MOST_BOXES:
                break
    return walk.finish()


def _in_link(node: etree._Element, is_tail: bool) -> bool:
    is_link = node.tag == "a" and not is_tail
    return is_link or next(node.iterancestors("a"), None) is not None


class _Walk:
    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.lines: list[Line] = []
        self.frames: list[tuple[int, str]] = []
        self.fields = 0
        self.asks_password = False
        self.index: dict[etree._Element, int] = {}
        self._open: list[int] = []
        self._parts: list[str] = []
        self._pieces: list[tuple[etree._Element, bool]] = []
        self._pictures: list[etree._Element] = []
        self._linked = self._files = self._links = 0
        self._told = ""
        self._link: etree._Element | None = None
        self._is_file = self._leads_nowhere = False
        self._headings: list[tuple[str, int]] = []
        self._cells = 0
        self._hidden: list[etree._Element] = []

    def start(self, node: etree._Element, tag: str) -> None:
        if (tag in _INLINE or ":" in tag) and self.boxes:
            if tag in _NOTED:
                self._note(node, tag)
        elif tag in _BREAKS and self.boxes:
            self._flush()
        else:
            self._start_box(node, tag)
        text = node.text
        if text and (self._parts or not text.isspace()):
            self._add(text, node, is_tail=False)

    def leave_out(self, node: etree._Element, tag: str) -> None:
        """Note what counts of an element that shows no words."""
        if tag == "script":
            self._note_script(node)
        else:
            self.fields += tag == "textarea"

    def end(self, node: etree._Element, tag: str) -> None:
        if tag == "a":
            self._link = None
        elif self.boxes[self._open[-1]].node is node:
            self._end_box(node, tag)
        tail = node.tail
        if tail and (self._parts or not tail.isspace()) and node is not self.boxes[0].node:
            self._add(tail, node, is_tail=True)

    def finish(self) -> Outline:
        self._flush()
        while self._open:
            self.boxes[self._open.pop()].last = len(self.lines)
        outline = Outline(self.boxes, self.lines, self.frames, self.fields, self.asks_password)
        outline.index = self.index
        return outline

    def _start_box(self, node: etree._Element, tag: str) -> None:
        if self._pieces or self._pictures or self._links:
            self._flush()
        number = len(self.boxes)
        parent = self._open[-1] if self._open else -1
        self.boxes.append(Box(node, parent, len(self.lines), 0, []))
        self.index[node] = number
        if parent >= 0:
            self.boxes[parent].children.append(number)
        self._open.append(number)
        style = node.get("style")
        if style and _NOT_SHOWN.search(style):
            self._hidden.append(node)
        if tag not in _TOLD_APART:
            return
        if tag in _HEADINGS:
            self._headings.append((tag, number))
        elif tag in _CELLS:
            self._cells += 1
        else:
            self.frames.append((len(self.lines), node.get("src") or ""))

    def _end_box(self, node: etree._Element, tag: str) -> None:
        if self._pieces or self._pictures or self._links:
            self._flush()
        self.boxes[self._open.pop()].last = len(self.lines)
        if self._hidden and self._hidden[-1] is node:
            self._hidden.pop()
        if tag not in _TOLD_APART:
            return
        if tag in _HEADINGS and self._headings:
            self._headings.pop()
        elif tag in _CELLS:
            self._cells -= 1

    def _note(self, node: etree._Element, tag: str) -> None:
        """A link, a picture, a box to type into."""
        if tag == "a":
            href = node.get("href") or ""
            self._link = node if href or node.get("onclick") else None
            self._leads_nowhere = bool(_NOWHERE.match(href))
            self._is_file = bool(_FILE.search(href)) or "download" in node.attrib
            self._links += self._link is not None
        elif tag == "img":
            self._pictures.append(node)
        elif tag != "input":
            self._note_day(node, tag)
        else:
            kind = (node.get("type") or "text").lower()
            self.fields += kind in ("text", "password", "search", "tel", "number")
            self.asks_password = self.asks_password or kind == "password"

    def _is_running(self, text: str) -> bool:
        """Whether a line is a sentence in which words are linked (the laws it names): it begins or
        goes on, and ends, outside of its links."""
        if text[-1:] not in {"。", "；"} or len(text) - self._linked < _OUTSIDE:
            return False
        first, last = self._pieces[0], self._pieces[-1]
        return not _in_link(*last) and (self._links > 1 or not _in_link(*first))

    def _note_script(self, node: etree._Element) -> None:
        """The day that a script writes where it stands."""
        code = node.text
        if code and "document.write" in code[:_SHORT_SCRIPT] and not self._told:
            match = _DAY.search(code)
            self._told = match[0] if match else ""

    def _note_day(self, node: etree._Element, tag: str) -> None:
        """What an element tells machines: <time datetime>, <abbr title>, RDFa's content."""
        name = _TELLS[tag]
        told = node.get(name) if node.attrib else None
        if told and not self._told and _DAY.match(told):
            self._told = told[:10]

    def _add(self, text: str, node: etree._Element, *, is_tail: bool) -> None:
        if text.isspace():
            if self._parts:
                self._parts.append(" ")
            return
        self._parts.append(text)
        self._pieces.append((node, is_tail))
        if self._link is not None and not (is_tail and node is self._link):
            count = len(text.strip())
            if self._is_file:
                self._files += count
            elif not self._leads_nowhere or count <= _BUTTON:
                self._linked += count

    def _flush(self) -> None:
        if not self._pieces and not self._pictures:
            if self._links:
                self._linked = self._files = self._links = 0
            return
        text = " ".join("".join(self._parts).split())
        if text or self._pictures:
            if self._linked and self._is_running(text):
                self._linked = 0
            heading, heading_box = self._headings[-1] if self._headings else ("", -1)
            self.lines.append(
                Line(
                    text, self._open[-1] if self._open else 0, self._linked, self._files,
                    self._links, heading, heading_box, bool(self._cells), bool(self._hidden),
                    self._pictures, self._pieces, self._told,
                )
            )  # fmt: skip
        self._pieces, self._pictures = [], []
        self._parts = []
        self._told = ""
        self._linked = self._files = self._links = 0
