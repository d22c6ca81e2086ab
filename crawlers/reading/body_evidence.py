"""Where the text of a page stands, by what its boxes hold: from the whole page inwards.

At every box its parts are told apart: what belongs to the text, what is the page's furniture
(links, lists of other pages, tool bars, the foot, what other pages of the site share), what
stands before the title and what comes after the text's end. One part left: it is entered. Several
left: the text is these parts. So a text whose paragraphs stand each in a box of their own is one,
a column beside it is none of it, and no name of a class has to be known.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from crawlers.reading.body_copies import without_copies
from crawlers.reading.body_edges import Edges
from crawlers.reading.body_panels import closed_panels
from crawlers.reading.body_stamps import below_stamp, mark_stamps
from crawlers.reading.furniture import Furniture, Part
from crawlers.reading.line_kinds import Kind, weight
from crawlers.reading.line_sums import LineSums
from crawlers.reading.outline import Outline

_PIECES = frozenset(("p", "table", "ul", "ol", "dl", "pre", "blockquote", "figure")).union(
    ("h1", "h2", "h3", "h4", "h5", "h6")
)
_END_TITLE = re.compile(r"^\W{0,3}(?:相关|推荐|热门|最新|附近|更多|猜你|精彩|延伸|热点)\S{0,10}$")
_SHARE_OF_HOLDER = 0.25  # of what comes after it, in the box that holds the title and some text
_DOMINANT = 0.8
_SENTENCES_AMONG_LINKS = 2
_MOST_LEVELS = 300  # boxes inside boxes that are looked into


def _first(part: Part) -> int:
    return part.first


@dataclass(slots=True)
class Region:
    """The text: the box that holds all of it, and the lines of that box that belong to it."""

    box: int
    lines: list[int] = field(default_factory=list)

    @property
    def span(self) -> range:
        """From the first line of the text up to the last."""
        return range(self.lines[0], self.lines[-1] + 1) if self.lines else range(0)


class Evidence:
    """The lines of a page judged. `kinds`: what each is (kept, and sharpened); `anchor`: the
    title's line, or -1; `titles`: all lines that repeat the title; `template`: lines that other
    pages of the same site show too."""

    def __init__(
        self,
        outline: Outline,
        kinds: list[Kind],
        anchor: int = -1,
        titles: frozenset[int] = frozenset(),
        template: frozenset[str] = frozenset(),
    ) -> None:
        self.outline = outline
        self.anchor = below_stamp(outline, kinds, anchor)
        self.kinds = kinds
        self.records = mark_stamps(outline, kinds, self.anchor, titles)
        self.closed = closed_panels(outline)
        self.weights = list(map(weight, outline.lines, self.kinds))
        for number, line in enumerate(outline.lines if template else ()):
            if line.text and line.text in template:
                self.weights[number] = 0.0
        for number in self.closed:
            self.weights[number] = 0.0
        self.sums = LineSums(outline.lines, self.kinds, self.weights)
        self.furniture = Furniture(outline, self.kinds, self.sums, self.anchor)
        self.edges = Edges(outline, self.kinds, self.weights, self.records, self.closed)

    def region(self, box: int = 0) -> Region:
        """The text inside a box."""
        for _ in range(_MOST_LEVELS):
            parts = self._without_copies(self._content(box))
            entered = parts[0].box if len(parts) == 1 else -1
            if entered < 0 or not self._may_enter(entered, parts[0]):
                lines = [line for part in parts for line in range(part.first, part.last)]
                return Region(box, self.edges.trimmed(lines))
            box = entered
        inner = self.outline.boxes[box]
        return Region(box, self.edges.trimmed(list(range(inner.first, inner.last))))

    def worth_of(self, region: Region) -> float:
        """What the lines of a region say."""
        return sum(max(0.0, self.weights[line]) for line in region.lines)

    # --- inside

    def _parts(self, box: int) -> list[Part]:
        """What stands directly in a box, in order."""
        outline = self.outline
        parts: list[Part] = []
        place = outline.boxes[box].first
        for child in outline.boxes[box].children:
            inner = outline.boxes[child]
            parts += [Part(line, line + 1) for line in range(place, inner.first)]
            if inner.last > inner.first:
                parts.append(Part(inner.first, inner.last, child))
            place = inner.last
        parts += [Part(line, line + 1) for line in range(place, outline.boxes[box].last)]
        return parts

    def _content(self, box: int) -> list[Part]:
        parts = self._parts(box)
        if len(parts) == 1 and parts[0].box >= 0 and self._may_enter(parts[0].box, parts[0]):
            return parts
        total = self.sums.worth(self.outline.boxes[box].first, self.outline.boxes[box].last)
        kept = [part for part in parts if not self.furniture.is_furniture(part, total)]
        kept = self._from_the_title(parts, kept)
        kept = self._up_to_the_end(parts, kept)
        return self._without_gaps(parts, self._led_by_one(kept))

    def _without_gaps(self, parts: Sequence[Part], kept: list[Part]) -> list[Part]:
        """Short words between two parts of the text belong to it; links do not."""
        if len(kept) < 2:
            return kept
        known = {part.first for part in kept}
        return [
            part
            for part in parts
            if part.first in known
            or (kept[0].first < part.first < kept[-1].first and not self._has_links(part))
            or self._is_linked_paragraph(part, kept)
        ]

    def _is_linked_paragraph(self, part: Part, kept: Sequence[Part]) -> bool:
        """Whether a link stands between two paragraphs as a paragraph: a name that was chosen."""
        if part.box < 0 or part.last - part.first != 1:
            return False
        place = bisect_left(kept, part.first, key=_first)
        if not 0 < place < len(kept) or kept[place - 1].box < 0 or kept[place].box < 0:
            return False
        before, after = kept[place - 1], kept[place]
        makes = {
            (node.tag, node.get("class"))
            for node in (self.outline.boxes[one.box].node for one in (before, part, after))
        }
        return len(makes) == 1 and next(iter(makes))[0] == "p"

    def _has_links(self, part: Part) -> bool:
        return self.sums.linked(part.first, part.last) > 0

    def _from_the_title(self, parts: Sequence[Part], kept: list[Part]) -> list[Part]:
        """Of the parts those from the title on; only the title's own where it holds text, too."""
        if self.anchor < 0:
            return kept
        home = next((one for one in parts if one.first <= self.anchor < one.last), None)
        if home is None:
            return kept
        after = [part for part in kept if part.first > self.anchor]
        own = self.sums.worth(self.anchor + 1, home.last)
        rest = sum(self._words_of(part) for part in after)
        if (
            home.box >= 0
            and home in kept
            and self._can_hold(home.box)
            and own > 0
            and own >= _SHARE_OF_HOLDER * rest
        ):
            return [home]
        after = after or self._mixed(parts)
        return after or [part for part in kept if part is not home] or kept

    def _mixed(self, parts: Sequence[Part]) -> list[Part]:
        """Where nothing after the title is left: the box of links there that holds sentences too,
        a short text beside a long list of other pages."""
        after = [part for part in parts if part.first > self.anchor and part.box >= 0]
        best = max(after, key=lambda part: self.sums.texts(part.first, part.last), default=None)
        if best is None or self.sums.texts(best.first, best.last) < _SENTENCES_AMONG_LINKS:
            return []
        return [best] if self.furniture.is_link_box(best) else []

    def _words_of(self, part: Part, depth: int = 2) -> float:
        """What a part says, the lists of other pages in it left out."""
        if self.furniture.is_link_box(part):
            return 0.0
        if part.box < 0 or not depth:
            return self.sums.worth(part.first, part.last)
        return sum(self._words_of(inner, depth - 1) for inner in self._parts(part.box))

    def _can_hold(self, box: int) -> bool:
        """A heading may hold the line with the day, but no text."""
        return self.outline.boxes[box].node.tag not in {"h1", "h2", "h3", "h4", "h5", "h6"}

    def _up_to_the_end(self, parts: Sequence[Part], kept: list[Part]) -> list[Part]:
        """Without what stands after 上一篇, a list of related pages or the foot."""
        if len(kept) < 2:
            return kept
        kept = self._without_cards(parts, kept)
        known = {part.first for part in kept}
        last = max((n for n, one in enumerate(kept) if self._texts(one)), default=-1)
        count = said = files = 0
        for part in parts:
            if part.first in known:
                count += 1
                said += self._texts(part)
                files += self.sums.files(part.first, part.last)
            elif 0 < count < len(kept) and self._ends_text(part, said, files, count <= last):
                return kept[:count]
        return kept

    def _texts(self, part: Part) -> int:
        return self.sums.texts(part.first, part.last)

    def _without_cards(self, parts: Sequence[Part], kept: list[Part]) -> list[Part]:
        """Without boxes of short words under a heading of their own, beside a list of pages."""
        lists = {number for number, part in enumerate(parts) if self.furniture.is_link_box(part)}
        places = {part.first: number for number, part in enumerate(parts)}
        found = [
            part
            for part in kept[1:]
            if part.last - part.first > 1
            and self.outline.lines[part.first].heading
            and not self.sums.texts(part.first, part.last)
            and {places[part.first] - 1, places[part.first] + 1} & lists
        ]
        return [part for part in kept if part not in found]

    def _ends_text(self, part: Part, said: int, files: int, goes_on: bool) -> bool:
        """Whether the text is at its end here, which `said` so many sentences and names `files`. A
        list of pages may stand in the middle of a text: it ends it only where no sentence comes
        after it."""
        if self.sums.feet(part.first, part.last) or self.kinds[part.first] == "neighbour":
            return said > 0 or files > 0
        if not said or goes_on:
            return False
        rows = self.sums.rows(part.first, part.last)
        return rows >= 3 or (
            rows > 0 and bool(_END_TITLE.match(self.outline.lines[part.first].text))
        )

    def _led_by_one(self, kept: list[Part]) -> list[Part]:
        """One box that outweighs all others takes them along only where they say something."""
        if len(kept) < 2:
            return kept
        best = max(kept, key=lambda part: self.sums.worth(part.first, part.last))
        total = sum(self.sums.worth(part.first, part.last) for part in kept)
        if best.box < 0 or self.sums.worth(best.first, best.last) < _DOMINANT * total:
            return kept
        if self.outline.boxes[best.box].node.tag in _PIECES:
            return kept
        return self._with_its_end(kept, best)

    def _with_its_end(self, kept: Sequence[Part], best: Part) -> list[Part]:
        """The box and what belongs to it: a signature after it, but not the heading of a list."""
        place = kept.index(best)
        before = [part for part in kept[:place] if not self.furniture.is_slight(part, best)]
        after = list(kept[place + 1 :])
        while after and self.furniture.is_button(after[-1]):
            after.pop()
        while after and self.furniture.is_slight(after[-1], best):
            after.pop()
            while after and not self.sums.texts(after[-1].first, after[-1].last):
                after.pop()
        return [*before, best, *after]

    def _may_enter(self, box: int, part: Part) -> bool:
        """Whether a box is a frame around a text and no piece of it."""
        node = self.outline.boxes[box].node
        if node.tag not in _PIECES:
            return True
        if part.first <= self.anchor < part.last and part.last - part.first > 1:
            return node.tag in {"table", "ul", "ol", "dl"}
        return node.tag == "table" and self._is_layout(box)

    def _is_layout(self, box: int) -> bool:
        """A table of which one cell holds nearly all, in several lines, only places things."""
        outline = self.outline
        total = self.sums.worth(outline.boxes[box].first, outline.boxes[box].last)
        stack = list(outline.boxes[box].children)
        while stack:
            inner = outline.boxes[stack.pop()]
            if self.sums.worth(inner.first, inner.last) < 0.75 * total:
                continue
            if inner.node.tag in {"td", "th"}:
                return inner.last - inner.first > 1
            stack += [outline.index[outline.boxes[child].node] for child in inner.children]
        return False

    def _without_copies(self, parts: list[Part]) -> list[Part]:
        spans = [(part.first, part.last) for part in parts]
        return [parts[number] for number in without_copies(self.outline.lines, spans)]
