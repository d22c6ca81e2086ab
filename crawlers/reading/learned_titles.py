"""Known notices found again on a page by their titles, however the page prints them now.

Whole, cut short, in a `title` attribute, split by inner tags, with a date or a mark beside them:
after a redesign the words are what stayed.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from crawlers.items import KnownRow

SEED = 8
"""Letters that a title must show to be told by its beginning."""

ENOUGH = 3
"""Known notices that must be found again before anything is derived from them."""

_LONGEST = 400  # characters of an element that may still be a title with its row's trimmings
_BESIDE = 12  # letters that may follow a title cut short: a date, 详细, 更多
_ATTRIBUTES = ("title", "aria-label", "data-title")
_UNSEEN = frozenset({"head", "script", "style", "noscript", "template", "select", "option"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a known title stands: `node` is the smallest element that prints it.

    `attribute` is the attribute that holds it, empty for the text; `cut`: only its beginning.
    """

    row: KnownRow
    node: etree._Element
    attribute: str = ""
    cut: bool = False


def letters(text: str) -> str:
    """The letters and digits of a text, width and case folded: what a redesign leaves alone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


class KnownTitles:
    """The titles of known notices, to be looked up by what an element prints."""

    def __init__(self, known: Sequence[KnownRow]) -> None:
        self._whole: dict[str, KnownRow] = {}
        self._by_seed: defaultdict[str, list[tuple[str, KnownRow]]] = defaultdict(list)
        for row in known:
            for title in dict.fromkeys((letters(row.title), letters(row.listed_title))):
                self._add(title, row)

    def _add(self, title: str, row: KnownRow) -> None:
        if title and title not in self._whole:
            self._whole[title] = row
            if len(title) >= SEED:
                self._by_seed[title[:SEED]].append((title, row))

    def whole(self, printed: str) -> KnownRow | None:
        """The notice whose whole title these letters are."""
        return self._whole.get(printed)

    def beginning(self, printed: str) -> list[KnownRow]:
        """The notices whose titles begin with all of these letters."""
        named = self._by_seed.get(printed[:SEED], ())
        return [row for title, row in named if title.startswith(printed)]

    def within(self, printed: str) -> Iterator[tuple[KnownRow, bool]]:
        """The notices whose titles these letters hold, and whether only the title's beginning."""
        found = self.whole(printed)
        if found is not None:
            yield found, False
            return
        for start in range(len(printed) - SEED + 1):
            for title, row in self._by_seed.get(printed[start : start + SEED], ()):
                if printed.startswith(title, start):
                    yield row, False
                elif _is_cut(title, printed[start:]):
                    yield row, True


def _is_cut(title: str, printed: str) -> bool:
    """Whether only the beginning of the title is printed, with next to nothing behind it."""
    shared = 0
    for one, other in zip(title, printed, strict=False):
        if one != other:
            break
        shared += 1
    rest = printed[shared:]
    return shared >= SEED and len(rest) <= _BESIDE and (not rest or rest.isdigit())


def find_titles(root: etree._Element, known: KnownTitles) -> list[Place]:
    """Every place on the page where a known title stands, in the order of the page.

    One place an element; an element is only told when nothing inside it is. A title of which
    only the beginning shows counts when no other begins alike.
    """
    places: list[Place] = []
    opened: list[tuple[int, list[str]]] = []
    hidden = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            hidden += node.tag in _UNSEEN
            opened.append((len(places), [node.text or ""]))
            continue
        printed = ""
        if event == "end":
            first, parts = opened.pop()
            printed = "" if hidden else "".join(parts)
            hidden -= node.tag in _UNSEEN
            if not hidden and len(printed) <= _LONGEST:
                _note(places, first, node, letters(printed), known)
        if opened:
            # Cut: what is too long to be a title makes all around it too long.
            opened[-1][1].append(printed[: _LONGEST + 1] + (node.tail or ""))
    return places


def _note(
    places: list[Place], first: int, node: etree._Element, printed: str, known: KnownTitles
) -> None:
    """Add the titles of one element to those found inside it (`places` from `first` on)."""
    for name in _ATTRIBUTES:
        value = node.get(name)
        found = known.whole(letters(value)) if value and len(value) <= _LONGEST else None
        if found is not None:
            inside = places[first:]
            if not any(place.row is found and not place.cut for place in inside):
                places[first:] = [place for place in inside if not place.cut]
                places.append(Place(found, node, name))
            return
    if not printed or (len(printed) < SEED and known.whole(printed) is None):
        return
    told = {place.row.key for place in places[first:]}
    if told and any(not place.cut for place in places[first:]):
        return
    fitting = list(known.within(printed))
    whole = [row for row, cut in fitting if not cut and row.key not in told]
    cut = [row for row, is_cut in fitting if is_cut]
    if whole:
        longest = max(whole, key=lambda row: len(row.title))
        places[first:] = [place for place in places[first:] if place.row is not longest]
        places.append(Place(longest, node))
    elif len(cut) == 1 and not told:
        places.append(Place(cut[0], node, cut=True))
