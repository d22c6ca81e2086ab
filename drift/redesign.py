"""What one site's redesign consists of: hooks that single changes fill in, in the order of a page.

A change is a function that draws its particulars, puts hooks into a `Redesign` and says in a line
what it did. Hooks of several changes come together on one page, as they would in life.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from lxml import html

from drift.addresses import Addresses
from drift.paging import Paging
from replica.entries import Entry
from replica.exchange import Answer, Ask


@dataclass(slots=True)
class Row:
    """One row of a list. `entry` is what it prints; noise has a made-up one."""

    entry: Entry
    link: str
    is_noise: bool = False


@dataclass(slots=True)
class ListPage:
    """A list page as a tree: `nodes` are the elements of `rows`, in the same order."""

    column: str
    tree: html.HtmlElement
    rows: list[Row]
    nodes: list[html.HtmlElement]
    number: int
    pages: int


@dataclass(slots=True)
class NoticePage:
    """A notice page as a tree, with the elements that changes work on (None: there is none)."""

    entry: Entry
    tree: html.HtmlElement
    title: html.HtmlElement | None
    info: html.HtmlElement | None
    body: html.HtmlElement | None


RowsHook = Callable[[list[Row], str], list[Row]]
ListHook = Callable[[ListPage], None]
NoticeHook = Callable[[NoticePage], None]
GateHook = Callable[[Ask], Answer | None]
InsteadHook = Callable[[Ask, str, Entry | None], Answer | None]
DeliveryHook = Callable[[Ask, Answer], Answer]
RecordHook = Callable[[dict[str, object]], dict[str, object]]
EnvelopeHook = Callable[[dict[str, object], int], object]


@dataclass
class Redesign:
    """The changes of one site from `since` on. Empty: the site as it was."""

    site: str
    since: datetime
    random: Random
    names: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    rows: list[RowsHook] = field(default_factory=list)
    paging: Paging = field(default_factory=Paging)
    lists: list[ListHook] = field(default_factory=list)
    notices: list[NoticeHook] = field(default_factory=list)
    addresses: Addresses = field(default_factory=Addresses)
    gates: list[GateHook] = field(default_factory=list)
    # After the gates: what the new system takes for which request of the old one.
    rewrites: list[Callable[[Ask], Ask]] = field(default_factory=list)
    # Asked before a list ("" as column: a notice) is rendered: an answer in its place.
    instead: list[InsteadHook] = field(default_factory=list)
    delivery: list[DeliveryHook] = field(default_factory=list)
    records: list[RecordHook] = field(default_factory=list)
    envelopes: list[EnvelopeHook] = field(default_factory=list)
    # Of a feed: its other template, and changes of its text.
    feed_form: str = ""
    texts: list[Callable[[str], str]] = field(default_factory=list)
    # Columns that nobody can read from `since` on, whatever they try.
    closed: set[str] = field(default_factory=set)
    # What the site published before, for related lists and rankings.
    neighbours: list[Entry] = field(default_factory=list)
    # Old notices that only the new system shows.
    archive: list[Entry] = field(default_factory=list)
    # Further hosts the site answers for.
    hosts: set[str] = field(default_factory=set)
    # Column -> the new folder of its list; what the old address answers is among `instead`.
    folders: dict[str, str] = field(default_factory=dict)
    # Column -> the folder of its other half and the names of both tabs; `tab` is the one asked for.
    tabs: dict[str, tuple[str, tuple[str, str]]] = field(default_factory=dict)
    tab: int = 0
    # Notices that nobody can read.
    shut: Callable[[Entry], bool] | None = None
    # A column's list shows these columns too (merged).
    merged: dict[str, list[str]] = field(default_factory=dict)

    def note(self, name: str, told: str) -> None:
        """Record a change by its name, and what it did in words."""
        self.names.append(name)
        self.told.append(told)

    @property
    def is_empty(self) -> bool:
        """Whether the site stays as it was."""
        return not self.names
