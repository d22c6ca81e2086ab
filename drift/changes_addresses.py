"""New addresses for the same notices."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import count
from random import Random
from urllib.parse import urlsplit, urlunsplit

from drift.addresses import Form, Old, number_of
from drift.changes import HTML_SITES, PAGE_SITES, change
from drift.places import Place
from drift.redesign import Redesign
from replica.entries import Entry

OLD: tuple[Old, ...] = ("works", "redirects", "redirects", "gone")


def code_of(entry: Entry) -> str:
    """Another 32 hex digits for a notice."""
    return hashlib.md5(f"moved {entry.url}".encode(), usedforsecurity=False).hexdigest()


def at(entry: Entry, path: str) -> str:
    """A path on a notice's own host."""
    return f"https://{urlsplit(entry.url).netloc}{path}"


PLAIN_FORMS: dict[str, Form] = {
    "art": lambda e: at(
        e, f"/art/{e.published:%Y/%-m/%-d}/art_{number_of(e) % 97}_{number_of(e)}.html"
    ),
    "content": lambda e: at(e, f"/content/{number_of(e)}.shtml"),
    "detail?id": lambda e: at(e, f"/detail.html?id={number_of(e)}"),
    "index.php": lambda e: at(e, f"/index.php?m=content&c=index&a=show&id={number_of(e)}"),
    "jsp": lambda e: at(e, f"/web/view.jsp?artId={code_of(e)}"),
    "hash": lambda e: at(e, f"/zwgk/{e.published:%Y%m}/{code_of(e)}.html"),
    "day folder": lambda e: at(e, f"/zcfb/{e.published:%Y-%m-%d}/{number_of(e)}.html"),
    "TRS again": lambda e: at(
        e, f"/xxgk/{e.published:%Y%m}/t{e.published:%Y%m%d}_{number_of(e)}.html"
    ),
}
CDE_FORMS: dict[str, Form] = {
    "new code": lambda e: at(e, f"/main/news/viewInfoCommon/{code_of(e)}"),
    "detail": lambda e: at(e, f"/main/news/detail?newsId={number_of(e)}"),
}


@change("new addresses", "addresses", PAGE_SITES, 3)
def new_form(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Notices have addresses of a new form; old ones work on, redirect or are gone."""
    forms = CDE_FORMS if redesign.site == "cde" else PLAIN_FORMS
    name = random.choice(list(forms))
    redesign.addresses.form = forms[name]
    redesign.addresses.old = random.choice(OLD)
    return f"{name}; the old ones: {redesign.addresses.old}"


@change("other ending", "addresses", PAGE_SITES - {"cde"})
def ending(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Another extension, or capitals in the path."""
    how = random.choice((".htm", ".shtml", ".aspx", "capitals", "no ending"))
    redesign.addresses.form = lambda entry: other_ending(entry.url, how)
    redesign.addresses.old = random.choice(OLD)
    return f"{how}; the old ones: {redesign.addresses.old}"


def other_ending(url: str, how: str) -> str:
    """An address with another ending."""
    scheme, host, path, query, fragment = urlsplit(url)
    if how == "capitals":
        path = path.upper()
    elif path.endswith(".html"):
        path = path.removesuffix(".html") + ("" if how == "no ending" else how)
    return urlunsplit((scheme, host, path, query, fragment))


@change("other host", "addresses", HTML_SITES)
def other_host(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Notices stand on another host of the same house; the old host works on or redirects."""
    old = places[0].host
    new = random.choice((f"www.{old}", f"web.{old}", old.replace(".", "1.", 1)))
    redesign.hosts.add(new)
    redesign.addresses.form = lambda entry: entry.url.replace(f"//{old}/", f"//{new}/", 1)
    redesign.addresses.old = random.choice(("works", "redirects"))
    return f"{new}; the old one {redesign.addresses.old}"


@change("session in addresses", "addresses", HTML_SITES)
def session(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Every visit prints other addresses for the same notices."""
    how = random.choice((";jsessionid=", "?sid=", "?_t="))
    redesign.addresses.decorate = decorated(how)
    return how


def decorated(how: str) -> Callable[[str], str]:
    """Adds what belongs to one visit."""
    visits = count(1)

    def add(url: str) -> str:
        value = (
            hashlib.md5(str(next(visits)).encode(), usedforsecurity=False).hexdigest()[:16].upper()
        )
        if how.startswith("?"):
            return f"{url}{'&' if '?' in url else '?'}{how[1:]}{value}"
        return f"{url}{how}{value}" if "?" not in url else url

    return add
