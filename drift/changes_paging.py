"""How lists go on after their first page, or fail to."""

from __future__ import annotations

from random import Random

from drift.changes import EVERY_SITE, HTML_SITES, change
from drift.pagers import SCHEMES, change_scheme, draw_look
from drift.paging import Beyond
from drift.places import Place
from drift.redesign import Redesign

PAGED = EVERY_SITE - {"wechat"}
ENDS: tuple[Beyond, ...] = ("404", "empty", "same", "error200")


def new_pager(random: Random, redesign: Redesign) -> str:
    """Another pager with other addresses, where there are any."""
    scheme = random.choice(list(SCHEMES))
    redesign.paging.look = draw_look(random)
    change_scheme(redesign.paging, scheme)
    return f"{scheme}, {redesign.paging.look}"


@change("page size", "paging", PAGED)
def page_size(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """More or fewer rows a page."""
    redesign.paging.size = random.choice((4, 6, 8, 10, 12, 20, 30))
    return f"{redesign.paging.size} rows"


@change("pager", "paging", HTML_SITES, 2)
def pager(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Another pager; sometimes another page size with it."""
    told = new_pager(random, redesign)
    if random.random() < 0.4:
        redesign.paging.size = random.choice((5, 8, 10, 20))
        told += f", {redesign.paging.size} rows"
    redesign.paging.past_end = random.choice(("404", "empty", "same", "last", "error200"))
    return f"{told}; past the end: {redesign.paging.past_end}"


@change("page 2 broken", "paging", PAGED, 2)
def second_page(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Page 2 and later answer nothing that helps; the first page may hold fewer rows."""
    redesign.paging.beyond = random.choice(ENDS)
    told = str(redesign.paging.beyond)
    if random.random() < 0.5:
        redesign.paging.size = random.choice((3, 4, 5, 8))
        told += f", {redesign.paging.size} rows"
    if redesign.site in HTML_SITES and random.random() < 0.4:
        told += f"; {new_pager(random, redesign)}"
    return told


@change("counted from zero", "paging", PAGED)
def from_zero(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """What was page 1 is page 0."""
    if redesign.site in HTML_SITES:
        scheme = random.choice(("index_zero", "query_zero"))
        change_scheme(redesign.paging, scheme)
        redesign.paging.look = draw_look(random)
        return f"{scheme}, {redesign.paging.look}"
    redesign.paging.offset = 1
    return "page numbers of the interface"


@change("total wrong", "paging", PAGED, 0.6)
def wrong_total(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The count that is printed is another one."""
    redesign.paging.total_off = random.choice((-12, -5, 40, 900))
    return f"off by {redesign.paging.total_off}"


@change("short pages", "paging", PAGED)
def short_pages(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Few rows on the first page, the rest behind a pager that is hard to follow."""
    redesign.paging.size = random.choice((3, 4, 5))
    told = f"{redesign.paging.size} rows"
    if redesign.site in HTML_SITES:
        redesign.paging.look = random.choice(("script", "goto", "more", "scroll", "select"))
        change_scheme(redesign.paging, random.choice(list(SCHEMES)))
        told += f", {redesign.paging.look}"
    return told
