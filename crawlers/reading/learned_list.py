"""The selectors of a list page, derived from where known notices stand on it.

Wrapper induction by example: the titles of three or more known notices say what a row is; the row
says where link and date stand. The answer is a column's `Selectors`, as a person would write
them, and it is kept only when reading with it gives the known notices back and little else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml import etree
from parsel import Selector

from crawlers.catalogue import Selectors
from crawlers.items import KnownRow
from crawlers.reading.addresses import base_address
from crawlers.reading.learned_css import candidates, shared_classes
from crawlers.reading.learned_places import date_queries, known_days, link_queries, title_queries
from crawlers.reading.learned_titles import ENOUGH, SEED, KnownTitles, Place, find_titles, letters
from crawlers.reading.list_page import read_nodes, selected_rows
from crawlers.reading.row_dates import is_day_of
from crawlers.reading.rows import Row

_GIVEN_BACK = 0.7  # of the known rows that were found: a new title may hold an old one
_OTHER_DAYS = 0.3  # of the known rows; a list may well print another day than some pages
_MOST_OF_ALL = 0.6  # of the known notices that the page shows anywhere stand in its list
_NAVIGATION = 6  # letters: shorter titles are no notices'
_MOST_NAVIGATION = 0.3
_MOST_ALIKE = 50
_MOST_PLACES = 40  # known notices that are looked at: enough for any selector
_MOST_QUERIES = 12
_MOST_CHARACTERS = 300_000


@dataclass(frozen=True, slots=True)
class LearnedList:
    """What was derived: reading with `selectors` gives `rows`, and `found` known notices back.

    `whole` of these with the whole title, `right_days` with a known day, `other_days` with another.
    """

    selectors: Selectors
    rows: list[Row]
    found: int = 0
    whole: int = 0
    right_days: int = 0
    other_days: int = 0

    @property
    def worth(self) -> tuple[int, int, int]:
        return self.found, self.right_days - self.other_days, self.whole

    def holds(self, wanted: int) -> bool:
        """Whether reading gives back what was found, and next to no navigation."""
        short = sum(len(letters(row.title)) < _NAVIGATION for row in self.rows)
        return (
            self.found >= max(ENOUGH, _GIVEN_BACK * wanted)
            and self.other_days <= _OTHER_DAYS * self.found
            and short <= _MOST_NAVIGATION * len(self.rows)
        )


def derive_list(text: str, base_url: str, known: Sequence[KnownRow]) -> LearnedList | None:
    """The selectors by which this list page gives back the known notices it shows.

    None when fewer than ENOUGH of them are found together, or no selector holds the test.
    """
    page = Selector(text=text or "<html></html>")
    base_url = base_address(page, base_url)
    everywhere = find_titles(page.root, KnownTitles(known))
    shown = len({place.row.key for place in everywhere})
    for places in _groups(everywhere):
        if len(places) < _MOST_OF_ALL * shown:
            return None  # a sidebar's: better no list than the wrong one
        boxes = _row_boxes(places)
        if boxes is None:
            continue
        tried = [_fitted(page, base_url, css, boxes, places) for css in _row_queries(page, boxes)]
        held = [one for one in tried if one.holds(len(places))]
        if held:
            best = max(held, key=lambda one: one.worth)
            return replace(best, rows=selected_rows(page, base_url, best.selectors))
    return None


def known_among(rows: Sequence[Row], known: Sequence[KnownRow]) -> list[tuple[Row, KnownRow]]:
    """The rows of a list whose titles are known notices', each with the notice."""
    titles = KnownTitles(known)
    pairs = []
    for row in rows:
        printed = letters(row.title)
        whole = titles.whole(printed)
        alike = [whole] if whole else titles.beginning(printed) if len(printed) >= SEED else []
        if len({one.key for one in alike}) == 1:
            pairs.append((row, alike[0]))
    return pairs


def shown_on(text: str, known: Sequence[KnownRow]) -> int:
    """How many of the known notices a list page shows anywhere, by their whole titles."""
    page = Selector(text=text or "<html></html>")
    printed = "".join(page.xpath("//body//text() | //@title").getall())[:_MOST_CHARACTERS]
    signs = letters(printed)
    titles = {letters(row.title) for row in known}
    return sum(len(title) >= SEED and title in signs for title in titles)


# --- the rows


def _groups(places: Sequence[Place]) -> list[list[Place]]:
    """Places that are alike by the way that leads to them, each notice once; the largest first."""
    alike: defaultdict[tuple[str, ...], list[Place]] = defaultdict(list)
    for place in places:
        alike[_tags(place.node)].append(place)
    groups = [_once_each(group) for group in alike.values()]
    return sorted((one for one in groups if len(one) >= ENOUGH), key=len, reverse=True)


def _once_each(places: list[Place]) -> list[Place]:
    """The part of the page that shows most of the notices, where several show the same ones."""
    while len({place.row.key for place in places}) < len(places):
        ways = [_way(place.node) for place in places]
        level = _parting(ways)
        if level is None:
            break
        parts: defaultdict[etree._Element, list[Place]] = defaultdict(list)
        for place, way in zip(places, ways, strict=True):
            parts[way[level]].append(place)
        most = max(parts.values(), key=lambda part: len({place.row.key for place in part}))
        if len({place.row.key for place in most}) < ENOUGH:
            break  # twice in one row: the picture's link and the words'
        places = most
    once = {place.row.key: place for place in reversed(places)}
    return list(once.values())[::-1][:_MOST_PLACES]


def _tags(node: etree._Element) -> tuple[str, ...]:
    return tuple(str(one.tag) for one in (node, *node.iterancestors()))


def _way(node: etree._Element) -> list[etree._Element]:
    return [node, *node.iterancestors()][::-1]


def _parting(ways: Sequence[Sequence[etree._Element]]) -> int | None:
    """How deep the first boxes lie that no longer hold all of the nodes."""
    levels = enumerate(zip(*ways, strict=False))
    return next((level for level, boxes in levels if len(set(boxes)) > 1), None)


def _row_boxes(places: Sequence[Place]) -> list[etree._Element] | None:
    """Per place the largest box that holds this title and none beside it; None: there is none."""
    ways = [_way(place.node) for place in places]
    parting = _parting(ways)
    if parting is None:
        return None
    for level in range(parting, min(map(len, ways))):
        boxes = [way[level] for way in ways]
        if len(set(boxes)) == len(boxes):
            beside = [_texts_alike(way, level) for way in ways]
            repeated = Counter(text for texts in beside for text in texts)
            single = sum(
                len([text for text in texts if repeated[text] < ENOUGH]) <= 1 for texts in beside
            )
            if single >= _GIVEN_BACK * len(boxes):
                return boxes
    return None


def _texts_alike(way: Sequence[etree._Element], level: int) -> set[str]:
    """What stands in the box at this level where its title stands; dates and marks left out."""
    alike = [way[level]]
    for node in way[level + 1 :]:
        alike = [child for box in alike for child in box.iterchildren(str(node.tag))]
        if len(alike) > _MOST_ALIKE:
            alike = alike[:_MOST_ALIKE]
    texts = {letters("".join(map(str, node.itertext()))) for node in alike}
    return {text for text in texts if sum(not sign.isdigit() for sign in text) >= _NAVIGATION}


def _row_queries(page: Selector, boxes: Sequence[etree._Element]) -> list[str]:
    """Selectors that find all of these boxes; the most robust first of those that find no others
    but their like."""
    strays: dict[str, int] = {}
    wanted = set(boxes)
    for css in candidates(boxes):
        found = {node.root for node in page.css(css)} if css and css not in strays else set()
        if found >= wanted:
            strays[css] = sum(not _is_like(node, boxes[0]) for node in found - wanted)
    return sorted(strays, key=lambda css: strays[css])[:_MOST_QUERIES]


def _is_like(node: etree._Element, box: etree._Element) -> bool:
    """Whether a node lies as deep in the same kind of boxes as one that is known to be a row."""
    if _tags(node) != _tags(box):
        return False
    above, wanted = node.getparent(), box.getparent()
    if above is None or wanted is None or above is wanted:
        return True
    return bool(shared_classes([above, wanted])) or not shared_classes([wanted])


# --- what stands in them


def _fitted(
    page: Selector,
    base_url: str,
    css: str,
    boxes: Sequence[etree._Element],
    places: Sequence[Place],
) -> LearnedList:
    """With this selector of rows, the places of link, title and date that read them best."""
    best = LearnedList(Selectors(rows=(css,)), [])
    nodes = page.css(css)
    wanted = set(boxes)
    others = [node for node in nodes if node.root not in wanted]
    tested = [node for node in nodes if node.root in wanted] + others[:_MOST_PLACES]
    for field, queries in (
        ("link", link_queries(boxes, places)),
        ("title", title_queries(places)),
        ("date", date_queries(boxes, places)),
    ):
        tried = (
            _tried(tested, base_url, best.selectors.model_copy(update={field: query}), places)
            for query in queries
        )
        best = max(tried, key=lambda one: one.worth)
    return best


def _tried(
    nodes: list[Selector], base_url: str, selectors: Selectors, places: Sequence[Place]
) -> LearnedList:
    rows = read_nodes(nodes, base_url, selectors)
    pairs = known_among(rows, [place.row for place in places])
    days = {place.row.key: known_days(place) for place in places}
    dated = [(row.date, days[known.key]) for row, known in pairs if days[known.key]]
    right = [any(is_day_of(printed, day) for day in known) for printed, known in dated]
    return LearnedList(
        selectors,
        rows,
        found=len({known.key for _, known in pairs}),
        whole=sum(letters(row.title) == letters(known.title) for row, known in pairs),
        right_days=sum(right),
        other_days=sum(
            bool(printed) and not is_right
            for (printed, _), is_right in zip(dated, right, strict=True)
        ),
    )
