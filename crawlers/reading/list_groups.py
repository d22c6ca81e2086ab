"""Links that are rows of one list: of one make, side by side, each in a box of its own.

Nothing is known of a skin but that its rows repeat. A row may hold further links (keywords, a
category, 查看): they are of another make, or stand inside the boxes of the rows.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from crawlers.reading.list_links import Link
from crawlers.reading.list_strays import take_headline, take_strays

_CHAIN = 4  # boxes around a link that say of what make it is
_CLIMB = 6
_SAYS_SOMETHING = 4  # characters
_TITLE = 6
_ROWS = {"tr", "tbody"}
_NUMBER = re.compile(
    r"[A-Z\d/.()（）—:\s-]{4,40}|[^\s]{1,12}[〔\[（(【]\d{4}[〕\])）】]\s?第?\d{1,5}号"
)
_STOPS = {"body", "html", "ul", "ol", "table", "tbody", "dl", "form"}
_SINGLES = {"li", "tr", "dd", "dt", "article", "p"}

Make = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Group:
    """Links of one make and the box of each. `common`: the share of links whose words other links
    of the group have too."""

    links: list[Link]
    boxes: list[etree._Element] = field(default_factory=list)

    @property
    def common(self) -> float:
        """How much the links say the same: 1 for a column of buttons."""
        seen = Counter(link.words for link in self.links)
        return sum(n for n in seen.values() if n > 1) / max(1, len(self.links))

    @property
    def numbers(self) -> bool:
        """Whether most of the links say a document's number (津科发〔2021〕3号, GB/T 1-2020)."""
        found = sum(_NUMBER.fullmatch(link.words) is not None for link in self.links)
        return found * 2 > len(self.links)

    @property
    def aside(self) -> bool:
        """Whether the links stand in navigation, head or foot, by the names of the boxes."""
        return sum(link.aside for link in self.links) * 2 > len(self.links)

    @property
    def length(self) -> float:
        """The mean length of what the links say."""
        return sum(len(link.words) for link in self.links) / max(1, len(self.links))


def link_groups(links: Sequence[Link]) -> list[Group]:
    """The links by their make, each group with its rows' boxes, those that are only further links
    in the rows of another group left out."""
    by_make: dict[Make, list[Link]] = defaultdict(list)
    for link in links:
        by_make[_make(link.node)].append(link)
    parts = [part for members in _joined(by_make) for part in _by_place(members)]
    groups = [Group(_unique(part)) for part in parts]
    for group in groups:
        group.boxes = row_boxes(group.links)
    kept = _without_inner(groups)
    by_node = {link.node: link for link in links}
    for group in kept:
        take_strays(group.links, group.boxes, links)
        take_headline(group.links, group.boxes, by_node)
    return kept


def row_boxes(links: Sequence[Link]) -> list[etree._Element]:
    """For each link the largest box around it that holds no other of these links, all of one
    height where possible."""
    holders: dict[etree._Element, set[str]] = defaultdict(set)
    for link in links:
        for box in islice(link.node.iterancestors(), _CLIMB):
            if len(holders[box]) < 2:
                holders[box].add(link.url)
    climbs = [_climb(link.node, holders, len(links) > 2) for link in links]
    usual = Counter(len(path) for path in climbs).most_common(1)[0][0] if climbs else 0
    return [path[min(usual, len(path)) - 1] for path in climbs]


def clusters(group: Group) -> list[list[int]]:
    """The rows of a group (by place) that stand in one box together, box by box."""
    found: dict[etree._Element | None, list[int]] = defaultdict(list)
    for place, box in enumerate(group.boxes):
        found[box.getparent()].append(place)
    return list(found.values())


def _make(node: etree._Element) -> Make:
    chain = [node, *islice(node.iterancestors(), _CHAIN)]
    return tuple(
        (str(box.tag), _first_class(box)) for box in chain if box.tag not in {"body", "html"}
    )


def _first_class(node: etree._Element) -> str:
    names = (node.get("class") or "").split()
    return names[0].rstrip("0123456789-_") if names else ""


def _joined(by_make: dict[Make, list[Link]]) -> list[list[Link]]:
    """Makes that differ only in the class of rows side by side (odd and even, first and last) are
    one: their boxes share a parent that holds many."""
    by_tags: dict[tuple[str, ...], list[tuple[Make, list[Link]]]] = defaultdict(list)
    for make, links in by_make.items():
        by_tags[tuple(tag for tag, _ in make)].append((make, links))
    result: list[list[Link]] = []
    for makes in by_tags.values():
        merged: list[tuple[Make, list[Link]]] = []
        for make, links in makes:
            partner = next((m for m in merged[:20] if _side_by_side(m, (make, links))), None)
            if partner is None:
                merged.append((make, list(links)))
            else:
                partner[1].extend(links)
        result += [sorted(members, key=lambda link: link.order) for _, members in merged]
    return result


def _by_place(links: list[Link]) -> list[list[Link]]:
    """Links of one make that stand several in a row, apart by their place in it where one place
    says clearly more: the title and its keywords, its category, its files."""
    for level in range(1, _CHAIN):
        rows: dict[etree._Element | None, list[Link]] = defaultdict(list)
        for link in links:
            rows[_up(link.node, level)].append(link)
        several = sum(len(members) > 1 for members in rows.values())
        if several == 0:
            continue
        tags = {row.tag for row in rows if row is not None}
        if len(rows) < 2 or several * 3 < len(rows) or tags & _STOPS:
            return [links]
        return _main_and_others(list(rows.values())) or [links]
    return [links]


def _main_and_others(rows: list[list[Link]]) -> list[list[Link]]:
    """The links of the place in the row that says most, and all others; nothing where places do
    not differ (rows in blocks of three, say)."""
    first, last = Group([row[0] for row in rows]), Group([row[-1] for row in rows])
    second = Group([row[1] for row in rows if len(row) > 1])
    places = [(first, 0), (last, -1), (second, 1)]
    main, place = max(places, key=lambda one: (one[0].common < 0.5, one[0].length))
    mains = [row[place if len(row) > 1 else 0] for row in rows]
    chosen = {link.order for link in mains}
    others = [link for row in rows for link in row if link.order not in chosen]
    rest = Group(others)
    if not others or (rest.length > 0.6 * main.length and rest.common < 0.5):
        return []
    return [mains, others]


def _side_by_side(one: tuple[Make, list[Link]], other: tuple[Make, list[Link]]) -> bool:
    (first, links), (second, others) = one, other
    level = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), None)
    if level is None or level + 1 >= min(len(first), len(second)):
        return False
    if first[level + 1 :] != second[level + 1 :]:
        return False
    for up in range(level + 1, len(first)):
        parents = [{_up(link.node, up) for link in part} for part in (links, others)]
        if parents[0] & parents[1]:
            return len(parents[0] | parents[1]) * 2 < len(links) + len(others) + 1
        if first[up][0] not in _ROWS:  # cells of a class of their own, each in a row of its own
            return False
    return False


def _up(node: etree._Element, steps: int) -> etree._Element | None:
    return next(islice(node.iterancestors(), steps - 1, None), None)


def _unique(links: Iterable[Link]) -> list[Link]:
    """Each address once, in the order of the page: the first link to it that says something, for
    what comes first is the title and not its summary. The number of a document that links to it
    as its name does is no title."""
    seen: dict[str, Link] = {}
    links = list(links)
    said = Counter(link.words for link in links)
    for link in links:
        known = seen.setdefault(link.url, link)
        is_mute = len(known.words) < _SAYS_SOMETHING < len(link.words)
        if is_mute or (_NUMBER.fullmatch(known.words) and _is_name(link.words, said)):
            seen[link.url] = link
    return list(seen.values())


def _is_name(words: str, said: Counter[str]) -> bool:
    """Whether a link says a name: no number, and no 查看全文 that every row has."""
    return len(words) >= _SAYS_SOMETHING and said[words] < 3 and not _NUMBER.fullmatch(words)


def _climb(
    node: etree._Element, holders: dict[etree._Element, set[str]], many: bool
) -> list[etree._Element]:
    """The boxes from the link up to the largest of its own. A list of one or two rows does not
    show where a row ends: there the markup must say it."""
    path = [node]
    for up in islice(node.iterancestors(), _CLIMB):
        if up.tag in _STOPS or len(holders[up]) > 1:
            break
        path.append(up)
    if many:
        return path
    for height, box in enumerate(path):
        if box.tag in _SINGLES:
            return path[: height + 1]
    return path[:2]


def _without_inner(groups: list[Group]) -> list[Group]:
    """Groups whose links lie in the rows of another are dropped, or that other one is, where the
    inner links are what the rows are about."""
    owner: dict[etree._Element, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for box in group.boxes:
            owner[box].append(number)
    dropped: set[int] = set()
    for number, group in enumerate(groups):
        around: Counter[int] = Counter()
        for link in group.links:
            boxes = (link.node, *islice(link.node.iterancestors(), _CLIMB + 2))
            around.update({n for box in boxes for n in owner.get(box, ())} - {number})
        for other, count in around.items():
            if count * 2 > len(group.links):
                dropped.add(number if _says_more(groups[other], group) else other)
    return [group for number, group in enumerate(groups) if number not in dropped]


def _says_more(one: Group, other: Group) -> bool:
    """Whether the links of a group are the rows' titles rather than those of the other."""
    if one.numbers != other.numbers:
        return other.numbers
    if abs(one.common - other.common) > 0.3:
        return one.common < other.common
    addresses = {link.url for link in one.links} & {link.url for link in other.links}
    both_speak = min(one.length, other.length) > _SAYS_SOMETHING
    if both_speak and len(addresses) * 2 > len(one.links):  # title and summary: the first is it
        return one.links[0].order < other.links[0].order
    return one.length >= other.length
