"""Whether a link stands among those to a site's other notices: a file can be a notice too.

Lists of related notices and 上一篇 lead to whatever the site published, documents among it. Such a
file is the other notice, not an attachment of this one.
"""

from __future__ import annotations

from itertools import islice

from lxml import etree

from crawlers.reading.day_evidence import has_day
from crawlers.reading.file_addresses import is_asked_for, is_file
from crawlers.reading.line_kinds import is_neighbour

_BOXES = 3  # around a link that may be its row
_MOST_ROWS = 60
_LONGEST = 200  # characters of a row
_SHORTEST_TITLE = 6
_MOST_PARTS = 8  # of a link that may be its day
_MOST_BESIDE = 16  # characters besides title and day


def leads_to_another(link: etree._Element) -> bool:
    """Whether a link is a row of a list of other notices, or the one before or after this."""
    box = link
    for _ in range(_BOXES):
        above = box.getparent()
        if above is None or box.tag == "body":
            return False
        words = _words(box)
        if is_neighbour(words):
            return True
        if _is_row(box, words) and _stands_among_pages(box):
            return True
        box = above
    return False


def _stands_among_pages(row: etree._Element) -> bool:
    """Whether rows of one make with this one lead to pages, and at least as many as to files."""
    beside = (*_beside(row, preceding=True), *_beside(row, preceding=False))
    pages = sum(_leads_to_page(one) for one in beside)
    return 0 < pages >= len(beside) - pages


def _beside(row: etree._Element, *, preceding: bool) -> list[etree._Element]:
    nearest = islice(row.itersiblings(row.tag, preceding=preceding), _MOST_ROWS)
    return [one for one in nearest if _is_row(one, _words(one))]


def _is_row(box: etree._Element, words: str) -> bool:
    """Whether a box holds one link, as long as a title, a day beside it, and little else."""
    links = list(islice(box.iter("a"), 2))
    if len(links) != 1 or links[0] is box:
        return False
    title = _words(links[0])
    rest = words.replace(title, " ", 1)
    parts = (rest, *(_words(one) for one in islice(links[0].iterchildren("*"), _MOST_PARTS)))
    has_own_day = any(len(one) <= _MOST_BESIDE and has_day(one) for one in parts)
    return len(title) >= _SHORTEST_TITLE and len(rest) <= _MOST_BESIDE and has_own_day


def _leads_to_page(row: etree._Element) -> bool:
    link = next(row.iter("a"))
    address = (link.get("href") or "").strip()
    is_address = bool(address) and not address.lower().startswith(("#", "javascript:", "mailto:"))
    return is_address and not (is_file(address) or is_asked_for(address))


def _words(box: etree._Element) -> str:
    """What a box says, in one line; the beginning of what is longer than a row."""
    found = ""
    for text in box.itertext():
        found = f"{found} {text!s}".strip()
        if len(found) > _LONGEST:
            break
    return " ".join(found.split())
