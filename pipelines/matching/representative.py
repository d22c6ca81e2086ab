"""Which page stands for a document, and how a better one that turns up later takes over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from sqlite_utils import Database

from pipelines.facts.issuers import issuers_of_title, split_issuers
from pipelines.matching.title_fit import QUOTED
from storage.matching import duplicates
from storage.models import Notice, StoredNotice
from storage.runs.catalogue import site_names
from texts.normal_forms import title_key

Publishers = Mapping[str, frozenset[str]]
"""Site id -> the offices that publish there; none for a portal or the press."""
_NONE: Publishers = MappingProxyType({})


def representative(group: Iterable[StoredNotice], publishers: Publishers = _NONE) -> StoredNotice:
    """The page that stands for the document.

    The issuer's own before a repost, complete before incomplete, the announcement before the
    card of what it announces (CDE lists a guideline twice, with the shorter text on the card),
    earlier before later.
    """
    pages = list(group)
    issuers = frozenset(name for page in pages for name in _issuers(page.notice))
    return min(pages, key=lambda page: _rank(page, pages, issuers, publishers))


def choose(db: Database, notice_id: int) -> StoredNotice:
    """Let the best page of a document represent it, after any change to one; returns that page."""
    group = duplicates.group_of(db, notice_id)
    if len(group) == 1:
        return group[0]
    best = representative(group, publishers_of(db, group))
    if best.duplicate_of is not None:
        duplicates.promote(db, best.id)
    return best


def publishers_of(db: Database, pages: Iterable[StoredNotice]) -> dict[str, frozenset[str]]:
    """The offices behind the sites of these pages, by the names of the sites."""
    names = site_names(db, {page.notice.site for page in pages})
    return {site: frozenset(split_issuers(name)) for site, name in names.items()}


def _issuers(notice: Notice) -> tuple[str, ...]:
    return notice.issuers or issuers_of_title(notice.title)


def _rank(
    stored: StoredNotice,
    group: list[StoredNotice],
    issuers: frozenset[str],
    publishers: Publishers,
) -> tuple[bool, bool, bool, bool, date, int]:
    notice = stored.notice
    return (
        bool(notice.original_url),
        not issuers & publishers.get(notice.site, frozenset()),
        not notice.complete,
        any(_is_card_of(notice, other.notice) for other in group),
        date.max if notice.published_on is None else stored.day_on or notice.published_on,
        stored.id,
    )


def _is_card_of(page: Notice, other: Notice) -> bool:
    named = {title_key(name) for name in QUOTED.findall(other.title)}
    return title_key(page.title) in named and len(page.body_text) < len(other.body_text)
