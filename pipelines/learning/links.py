"""Links of one notice to documents of watched columns, told by what their addresses look like.

A column's address space is learned from its stored notices: host, folders and form of the file,
with numbers and ids left open. A form that two columns share (药审中心's news) tells neither.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from lxml import html

from storage.models import Notice
from texts.normal_forms import title_key

ENOUGH = 3
"""Notices of a column that must have a form of address before it is believed to be its own."""

_SHORTEST_TITLE = 8  # letters; 原文链接 and 附件下载 are no titles
_MOST_LINKS = 60
_HEX = re.compile(r"[0-9a-f]{16,}", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")

Spaces = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Link:
    """A link, and what it calls the document."""

    url: str
    title: str


def form_of(url: str) -> str:
    """An address with its numbers and ids left open: what all notices of a column share."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = _DIGITS.sub("0", _HEX.sub("x", parts.path))
    names = "&".join(sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True)))
    return f"{(parts.hostname or '').lower()}{path}?{names}"


def spaces_of(addresses: Iterable[tuple[str, str, str]]) -> Spaces:
    """Form -> (site, column), of (site, column, address) of stored notices."""
    counts = Counter((form_of(url), (site, column)) for site, column, url in addresses)
    owners: dict[str, list[tuple[str, str]]] = {}
    for (form, owner), count in counts.items():
        if form and count:
            owners.setdefault(form, []).append(owner)
    return {
        form: found[0]
        for form, found in owners.items()
        if len(found) == 1 and counts[form, found[0]] >= ENOUGH and _DIGITS.search(form)
    }


def links_of(notice: Notice) -> Iterator[Link]:
    """The links of a notice whose words name a document; a repost's original has its title."""
    if notice.original_url:
        yield Link(notice.original_url, notice.title)
    if "href" not in notice.body_html:
        return
    anchors = html.fromstring(f"<div>{notice.body_html}</div>").iter("a")
    for anchor, _ in zip(anchors, range(_MOST_LINKS), strict=False):
        words = " ".join("".join(map(str, anchor.itertext())).split())
        address = (anchor.get("href") or "").strip()
        if len(title_key(words)) >= _SHORTEST_TITLE and address.startswith(("http://", "https://")):
            yield Link(address, words)
