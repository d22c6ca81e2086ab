"""Dead addresses that a site prints besides, while it is being rebuilt. Pure."""

from __future__ import annotations

from crawlers.items import PAGE_GONE
from pipelines.facts.titles import is_cut
from pipelines.matching.title_fit import MIN_TITLE
from storage.models import Notice
from texts.normal_forms import title_key


def is_gone(page: Notice) -> bool:
    """Whether the address of a notice leads nowhere, as far as was tried."""
    return not page.complete and any(one.startswith(PAGE_GONE) for one in page.warnings)


def is_cut_and_gone(page: Notice) -> bool:
    """Whether of a notice nothing is known but its day and the beginning of its title."""
    return is_gone(page) and is_cut(page.title) and len(title_key(page.title)) >= MIN_TITLE


def begins(page: Notice, other: Notice) -> bool:
    """Whether a dead address of the same site and day has the beginning of the other's title."""
    is_there = page.site == other.site and page.published_on == other.published_on
    key = title_key(page.title)
    return is_there and is_cut_and_gone(page) and title_key(other.title).startswith(key)
