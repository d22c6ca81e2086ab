"""What is a page's furniture and no text: bars of links and tools, lists of other pages, the foot.

A box is judged by what its lines hold; its tag and the names of its class count only where it
says little.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from crawlers.reading.day_evidence import has_day
from crawlers.reading.line_kinds import Kind, is_link_row
from crawlers.reading.line_sums import LineSums
from crawlers.reading.outline import Box, Outline

_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|foot|footer|header|crumbs?|breadcrumb|sidebar|aside|share|related|copyright|"
    r"pager|page|search|tools?|hot|recommend)(?:$|[\s_-])",
    re.IGNORECASE,
)
_FURNITURE_TAGS = frozenset(("nav", "footer", "aside", "menu"))
_FIELDS = 2  # to type into, from which a box is a form
_NOT_TYPED = frozenset(("hidden", "submit", "button", "image", "reset"))
_MOST_ENTRIES = 500
_ENTRY_HEAD = 40  # characters of the line with a name and a day
_RIGHT_BELOW = 2  # lines below the stamp in which a text begins
_LEADING = 3  # lines of a text among which a sentence is
_BUTTON = 6
_FOOT = 300  # characters up to which a box with the foot's lines is the foot


@dataclass(slots=True)
class Part:
    """A box, or a loose line (`box` is -1), inside another box: lines `first` up to `last`."""

    first: int
    last: int
    box: int = -1


@dataclass(frozen=True, slots=True)
class Furniture:
    """Tells the parts of a page apart. `kinds`, `sums`: its lines judged and added up; `anchor`:
    the line of the title, or of the day below it, or -1."""

    outline: Outline
    kinds: Sequence[Kind]
    sums: LineSums
    anchor: int

    def is_marked(self, box: int) -> bool:
        """Whether a box says by its tag or names that it is furniture."""
        node = self.outline.boxes[box].node
        if node.tag in _FURNITURE_TAGS:
            return True
        names = f"{node.get('class') or ''} {node.get('id') or ''}"
        return bool(names.strip()) and bool(_FURNITURE.search(names))

    def is_furniture(self, part: Part, total: float) -> bool:
        """Whether a part of a box that says `total` belongs to the page and not to its text."""
        worth = self.sums.worth(part.first, part.last)
        if self.kinds[part.first] == "neighbour" and not self.sums.texts(part.first, part.last):
            return True
        if worth <= 0:
            return not self.sums.files(part.first, part.last)
        if part.box < 0:
            return self.kinds[part.first] in {
                "title",
                "stamp",
                "link",
                "crumb",
                "neighbour",
                "foot",
            }
        if part.first <= self.anchor < part.last and self.sums.worth(self.anchor + 1, part.last):
            return False
        if worth < 0.5 * total and self._is_marked_furniture(part, worth):
            return True
        if worth < 0.5 * total and self._is_form(part):
            return True
        return self.is_link_box(part) or self._is_foot(part, worth, total)

    def _is_form(self, part: Part) -> bool:
        """Whether a box behind the title holds what readers may write in: 我要提意见."""
        if self.outline.fields < _FIELDS or part.first <= self.anchor:
            return False
        fields = self.outline.boxes[part.box].node.iter("input", "textarea")
        shown = (one for one in fields if one.get("type") not in _NOT_TYPED)
        return len(list(islice(shown, _FIELDS))) == _FIELDS

    def _is_marked_furniture(self, part: Part, worth: float) -> bool:
        node = self.outline.boxes[part.box].node
        if node.tag in _FURNITURE_TAGS:
            return True
        return self.is_marked(part.box) and (
            worth < 60 or self.sums.texts(part.first, part.last) < 2
        )

    def is_link_box(self, part: Part) -> bool:
        """More links than words, or a list of other pages, with a summary to each perhaps; or of
        entries that are each headed by a link or a day: other notices, what readers wrote."""
        span = (part.first, part.last)
        characters, linked = self.sums.characters(*span), self.sums.linked(*span)
        if self.sums.links(*span) >= 2 and linked * 2 > characters:
            return not self._names_pages(part)
        if part.box >= 0 and self._are_entries(part.box):
            return True
        rows = self.sums.rows(*span)
        least = 3 if self.kinds[part.first] == "text" else 2
        return (
            rows >= least and rows * 5 >= (part.last - part.first) * 2 and linked * 6 > characters
        )

    def _names_pages(self, part: Part) -> bool:
        """Whether a box right below the title and its stamp is a text that names many pages:
        sentences before the links, and words behind them."""
        if not 0 <= self.anchor < part.first <= self.anchor + _RIGHT_BELOW or part.box < 0:
            return False
        lines = self.outline.lines
        free = [number for number in range(part.first, part.last) if not lines[number].linked]
        said = any(
            self.kinds[number] == "text" or lines[number].text[-1:] in {"：", ":"}
            for number in free[:_LEADING]
        )
        return said and free[0] == part.first and free[-1] == part.last - 1

    def _are_entries(self, box: int) -> bool:
        children = self.outline.boxes[box].children
        if not 3 <= len(children) <= _MOST_ENTRIES:
            return False
        inner = [self.outline.boxes[child] for child in children]
        entries = [one for one in inner if one.last - one.first > 1 and self._is_entry(one)]
        lines = self.outline.boxes[box].last - self.outline.boxes[box].first
        names = {(one.node.tag, one.node.get("class")) for one in entries}
        held = sum(one.last - one.first for one in entries)
        return len(entries) >= 3 and len(names) <= 2 and held * 10 >= lines * 7

    def _is_entry(self, box: Box) -> bool:
        """Whether a box begins with a link to a page, or with a name and a day."""
        if box.node.tag in {"tr", "p"}:
            return False
        head = self.outline.lines[box.first : box.first + 2]
        if any(is_link_row(line) for line in head):
            return True
        return any(len(line.text) < _ENTRY_HEAD and has_day(line.text) for line in head)

    def _is_foot(self, part: Part, worth: float, total: float) -> bool:
        """A box with the lines that every publisher prints at the foot, and little else."""
        feet = self.sums.feet(part.first, part.last)
        texts = self.sums.texts(part.first, part.last)
        is_small = worth < 0.35 * total or self.sums.characters(part.first, part.last) < _FOOT
        return feet > 0 and is_small and texts <= feet + 1

    def is_button(self, part: Part) -> bool:
        """Nothing but a few characters a line (顶一下, 收藏): a signature is longer."""
        lines = self.outline.lines[part.first : part.last]
        return all(len(line.text) <= _BUTTON and not line.pictures for line in lines)

    def is_slight(self, part: Part, best: Part) -> bool:
        """Nothing but short words with links, or above a text of which no title is known."""
        if self.sums.texts(part.first, part.last):
            return False
        is_label = part.box >= 0 and self.outline.boxes[part.box].node.tag in {"dt", "th"}
        if part.first < best.first and (self.anchor < 0 or is_label):
            return True
        return self.sums.links(part.first, part.last) > 0
