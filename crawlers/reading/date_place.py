"""The date that one place of a page prints."""

from __future__ import annotations

from parsel import Selector

from crawlers.reading.printed_dates import find_date
from crawlers.reading.row_dates import bare_date
from crawlers.reading.text import visible_text


def printed_date(place: Selector) -> str:
    """The date of one place; day and month may be set apart by style alone. A day without a year
    comes as `--MM-DD`."""
    if isinstance(place.root, str):
        return find_date(place.root)
    words = visible_text(place)
    spread = " ".join(map(str, place.root.itertext()))
    return find_date(words) or find_date(spread) or bare_date(words)
