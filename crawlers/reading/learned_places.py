"""Where, inside the rows of a list that were found by their titles, link, title and date stand.

Each answer is a series of selectors to try, the likeliest first; whoever asks reads with them and
keeps the first that gives the known notices back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from lxml import etree
from parsel import Selector

from crawlers.reading.date_place import printed_date
from crawlers.reading.learned_css import classes_of
from crawlers.reading.learned_titles import Place
from crawlers.reading.list_links import address_in
from crawlers.reading.printed_dates import day_of
from crawlers.reading.row_dates import is_day_of

_MOST = 4
_LOOKED_AT = 200  # elements of one row
_DATE_ATTRIBUTES = ("datetime", "data-date", "data-time", "title")
_LONGEST_DATE = 60  # characters of an element that prints a date and little else
_NOT_ADDRESSES = frozenset({"href", "src", "title", "class", "style", "id", "target", "alt"})


def title_queries(places: Sequence[Place]) -> list[tuple[str, ...]]:
    """How the title is taken; () is the link's own words."""
    named = _ranked(
        [
            f"{name}::attr({place.attribute})" if place.attribute else name
            for name in _names(place.node)
        ]
        for place in places
    )
    return [(), *((css,) for css in named)]


def link_queries(rows: Sequence[etree._Element], places: Sequence[Place]) -> list[tuple[str, ...]]:
    """How the address is taken; () is the row's own link, or the only one in it."""
    around = [
        [name for up in _within(place.node, row) if up.get("href") for name in _names(up)]
        for row, place in zip(rows, places, strict=True)
    ]
    hidden = [list(_address_attributes(row)) for row in rows]
    return [(), *((css,) for css in (*_ranked(around), *_ranked(hidden)))]


def date_queries(rows: Sequence[etree._Element], places: Sequence[Place]) -> list[tuple[str, ...]]:
    """How the date is taken; () is the words of the row, which comes last."""
    boxes = set(rows)
    found = [
        _date_names(row, days, boxes)
        for row, place in zip(rows, places, strict=True)
        if (days := known_days(place))
    ]
    return [*((css,) for css in _ranked(found)), ()]


def known_days(place: Place) -> set[date]:
    """The days under which the notice is known: the page's and the list's."""
    days = (day_of(place.row.day), day_of(place.row.listed_day))
    return {day for day in days if day is not None}


def _ranked(found: Iterable[Sequence[str]]) -> list[str]:
    """What most rows have, most rows first; of equals the first named."""
    counts = Counter(css for names in found for css in dict.fromkeys(names))
    return [css for css, _ in counts.most_common(_MOST)]


def _names(node: etree._Element) -> list[str]:
    tag = str(node.tag)
    return [*(f"{tag}.{name}" for name in classes_of(node)), tag]


def _within(node: etree._Element, row: etree._Element) -> Iterator[etree._Element]:
    """The node, what is around it inside the row, and the row."""
    yield node
    if node is row:
        return
    for up in node.iterancestors():
        yield up
        if up is row:
            return


def _address_attributes(row: etree._Element) -> Iterator[str]:
    """`a::attr(data-url)` for every attribute in the row that holds an address."""
    for node in islice(row.iter("*"), _LOOKED_AT):
        for attribute, value in node.attrib.items():
            name = str(attribute)
            if name in _NOT_ADDRESSES or not address_in(str(value)):
                continue
            if node is row:
                yield f"::attr({name})"
            else:
                yield from (f"{one}::attr({name})" for one in _names(node)[:-1])
                yield f"{node.tag}[{name}]::attr({name})"


def _date_names(
    row: etree._Element, days: set[date], rows: Collection[etree._Element]
) -> list[str]:
    inside = [name for node in _dated(row, days) for name in (*_names(node)[:-1], *_counted(node))]
    attributes = [
        f"{_names(node)[0]}::attr({name})"
        for node in islice(row.iter("*"), _LOOKED_AT)
        for name in _DATE_ATTRIBUTES
        if day_of(str(node.get(name) or "")[:_LONGEST_DATE]) in days
    ]
    follower = next(row.itersiblings("*"), None)
    beside = []
    if follower is not None and follower not in rows:
        is_dated = next(_dated(follower, days, itself=True), None) is not None
        beside = [f"+ {name}" for name in _names(follower)] if is_dated else []
    return [*inside, *attributes, *beside]


def _counted(node: etree._Element) -> list[str]:
    """By its place among its like, where it has no name of its own; the plain tag where it is the
    first."""
    tag = str(node.tag)
    before = sum(1 for _ in node.itersiblings(tag, preceding=True))
    return [f"{tag}:nth-of-type({before + 1})"] if before else [tag]


def _dated(
    row: etree._Element, days: set[date], *, itself: bool = False
) -> Iterator[etree._Element]:
    """The smallest elements that print one of the days and little else."""
    for node in islice(row.iter("*"), _LOOKED_AT):
        if node is row and not itself:
            continue
        if _prints(node, days) and not any(_prints(one, days) for one in node.iterchildren("*")):
            yield node


def _prints(node: etree._Element, days: set[date]) -> bool:
    words = "".join(map(str, islice(node.itertext(), _LOOKED_AT)))
    if len(" ".join(words.split())) > _LONGEST_DATE:
        return False
    printed = printed_date(Selector(root=node, type="html"))
    return any(is_day_of(printed, day) for day in days)
