"""Rows of another make than their list: the first set large, one in bold, a headline above it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice

from lxml import etree

from crawlers.reading.list_links import Link
from crawlers.reading.printed_dates import find_dates

_CLIMB = 7
_TITLE = 6
_MOST_WORDS = 1_000
_FEW = 3
_MOST_LINKS = 12  # of a headline: picture, title, 查看全文
_MOST_PARTS = 100


def take_strays(own: list[Link], boxes: list[etree._Element], links: Sequence[Link]) -> None:
    """Add the rows of another make among a list's own, given by its links and their boxes. They
    stand beside the rows, link to one page, and show a date where the rows do."""
    mine = {link.url for link in own}
    dated = sum(_shows_date(box) for box in boxes) * 2 > len(boxes)
    tags = Counter(box.tag for box in boxes).most_common(1)
    for box, inside in _beside(boxes, links).items():
        best = max(inside, key=lambda link: len(link.words))
        pages = {link.url for link in inside if len(link.words) >= _TITLE}
        fits = _shows_date(box) if dated else box.tag == tags[0][0]
        if fits and len(pages) == 1 and best.url not in mine and len(best.words) >= _TITLE:
            mine.add(best.url)
            own.append(best)
            boxes.append(box)
    order = sorted(range(len(own)), key=lambda place: own[place].order)
    own[:] = [own[place] for place in order]
    boxes[:] = [boxes[place] for place in order]


def take_headline(
    own: list[Link], boxes: list[etree._Element], links: Mapping[etree._Element, Link]
) -> None:
    """Add the row set large above a list: right before the box that holds all the rows, with a
    day, and leading to one page of the rows' folder. `links`: those of the page by their nodes."""
    holders = {box.getparent() for box in boxes}
    holder = holders.pop() if len(holders) == 1 and len(own) >= _FEW else None
    above = holder.getprevious() if holder is not None else None
    if above is None or not isinstance(above.tag, str):
        return
    nodes = [node for node in islice(above.iter("*"), _MOST_PARTS) if node.tag == "a"]
    inside = [links[node] for node in nodes if node in links]
    best = max(inside, key=lambda link: len(link.words), default=None)
    if best is None or len(nodes) > _MOST_LINKS or len({link.url for link in inside}) > 1:
        return
    is_home = sum(_folder(link.url) == _folder(best.url) for link in own) * 2 > len(own)
    is_new = best.url not in {link.url for link in own}
    if is_home and is_new and len(best.words) >= _TITLE and _shows_date(above):
        own.insert(0, best)
        boxes.insert(0, above)


def _beside(
    boxes: Sequence[etree._Element], links: Sequence[Link]
) -> dict[etree._Element, list[Link]]:
    """The links in each box that stands where the rows stand and is none of them."""
    rows = set(boxes)
    holders = {holder for holder, n in Counter(b.getparent() for b in boxes).items() if n > 1}
    found: dict[etree._Element, list[Link]] = defaultdict(list)
    for link in links if holders else ():
        below = link.node
        for up in islice(link.node.iterancestors(), _CLIMB):
            if up in holders and below not in rows:
                found[below].append(link)
            if up in holders:
                break
            below = up
    return found


def _shows_date(box: etree._Element) -> bool:
    words, size = [], 0
    for part in box.itertext():
        words.append(str(part))
        size += len(words[-1])
        if size > _MOST_WORDS:
            break
    return bool(find_dates(" ".join(words)))


def _folder(url: str) -> str:
    """The folder an address lies in, its numbers left out."""
    return re.sub(r"\d+", "#", url).rpartition("/")[0]
