"""The selectors of a notice page, derived from pages of notices whose text is known.

The box that holds the stored words and next to nothing else is the body; where the known title
and the known day are printed alone, new titles and days will be. Several pages must agree, and
reading them with the answer must give back what is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree
from parsel import Selector

from crawlers.catalogue import Selectors
from crawlers.items import KNOWN_CHARACTERS, KnownRow, NoticeItem
from crawlers.reading.learned_body import agreement, body_boxes, strangers
from crawlers.reading.learned_css import candidates
from crawlers.reading.learned_titles import KnownTitles, find_titles, letters
from crawlers.reading.notice import fill_from_page
from crawlers.reading.platform import NO_PLATFORM
from crawlers.reading.printed_dates import day_of, find_date
from crawlers.reading.text import after_date_label, first_text, visible_text

AsStored = Callable[[str, str], str]
"""Of the markup of a body, found at an address, the text that the store keeps."""

FITS = 0.95
"""Agreement of a body with the stored text from which on it is the same text."""

TELLING = 40
"""Letters of a stored text from which its box can be told."""

_MOST_QUERIES = 5
_UNSEEN = frozenset({"html", "head", "title", "meta", "script", "style", "noscript"})
_LONGEST_STAMP = 160  # characters of an element that prints a day among other particulars


@dataclass(frozen=True, slots=True)
class Sample:
    """The source of a page, and the notice it is the page of; `text` is markup."""

    text: str
    url: str
    row: KnownRow


def is_telling(row: KnownRow) -> bool:
    """Whether the notice's text is known whole, and long enough to be found again."""
    return len(row.text) < KNOWN_CHARACTERS and len(letters(row.text)) >= TELLING


def words_of(body_html: str, url: str) -> str:
    """The words of a body that was read, as they stand there."""
    return visible_text(Selector(text=f"<div>{body_html}</div>"))


def derive_page(samples: Sequence[Sample], as_stored: AsStored = words_of) -> Selectors | None:
    """The selectors by which these pages give body, title and day as they are known.

    None when no box holds the stored texts. Title and day are left out where they are not
    printed apart. `as_stored` makes of a body what the store keeps of it: lines that are
    furniture are no difference then.
    """
    told = [one for one in samples if is_telling(one.row)]
    pages = [Selector(text=one.text or "<html></html>") for one in told]
    if not told:
        return None
    best: tuple[float, Selectors] | None = None
    for selectors in _body_queries(pages[0], told[0].row):
        fit = _most(sorted(read_fit(one, selectors, as_stored) for one in told))
        if best is None or fit > best[0] + 0.005:
            best = fit, selectors
    if best is None or best[0] < FITS:
        return None
    found = {
        "notice_title": _title_query(pages, told),
        "notice_date": _day_query(pages, told),
    }
    return best[1].model_copy(update=found)


def _most(fits: Sequence[float]) -> float:
    """The agreement that two thirds of the pages reach: one may have been changed since."""
    return fits[len(fits) // 3]


def read_fit(sample: Sample, selectors: Selectors, as_stored: AsStored = words_of) -> float:
    """How well the body that is read with these selectors agrees with the stored one, 0 to 1."""
    item = NoticeItem("", "", "", sample.url, "", "", list_title=sample.row.title)
    fill_from_page(item, sample.text, selectors, NO_PLATFORM)
    if item.read_by.get("body_html") != "column":
        return 0.0
    return agreement(as_stored(item.body_html, sample.url), sample.row.text)


def _body_queries(page: Selector, row: KnownRow) -> Iterator[Selectors]:
    """Ways to find the body, the most robust first: its box, and what in the box is none of it."""
    for box in body_boxes(page, row):
        for css in [one for one in candidates([box]) if one][:_MOST_QUERIES]:
            yield Selectors(notice_body=(css,))
            drop = strangers(page, box, css, row)
            if drop:
                yield Selectors(notice_body=(css,), notice_drop=drop)


def _title_query(pages: Sequence[Selector], samples: Sequence[Sample]) -> tuple[str, ...]:
    """Where the title is printed and nothing else, on every page."""
    titles = [letters(one.row.title) for one in samples]
    places = find_titles(pages[0].root, KnownTitles([samples[0].row]))
    alone = [place.node for place in places if not place.cut and not place.attribute]
    for node in alone:
        for css in candidates([node]):
            read = [letters(first_text(page, (css,))) for page in pages] if css else []
            if _agree(read, titles):
                return (css,)
    return ()


def _day_query(pages: Sequence[Selector], samples: Sequence[Sample]) -> tuple[str, ...]:
    """Where the day is printed, on every page."""
    days = [day_of(one.row.day) for one in samples]
    if days[0] is None:
        return ()
    for node in _dated(pages[0], days[0]):
        for css in candidates([node]):
            read = [day_of(_day_text(first_text(page, (css,)))) for page in pages] if css else []
            if _agree(read, days):
                return (css,)
    return ()


def _agree(read: Sequence[object], known: Sequence[object]) -> bool:
    same = sum(one == other for one, other in zip(read, known, strict=True))
    return 3 * same >= 2 * len(known)


def _dated(page: Selector, day: date | None) -> Iterator[etree._Element]:
    """The smallest elements that print this day, among at most a line of other particulars."""
    found = [
        node
        for node in page.root.iter("*")
        if node.tag not in _UNSEEN and day_of(_day_text(_little_text(node))) == day
    ]
    around = {up for node in found for up in node.iterancestors()}
    yield from [node for node in found if node not in around][:_MOST_QUERIES]


def _little_text(node: etree._Element) -> str:
    words: list[str] = []
    left = _LONGEST_STAMP
    for piece in node.itertext():
        words.append(str(piece))
        left -= len(words[-1].strip())
        if left < 0:
            return ""
    return " ".join("".join(words).split())


def _day_text(words: str) -> str:
    """The date that the reader of a notice page takes from such a place."""
    return find_date(after_date_label(words)) or find_date(words)
