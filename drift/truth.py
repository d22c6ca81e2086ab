"""What was published, and to which document an entry of an issue belongs."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from drift.addresses import plain
from drift.publisher import COLUMNS
from drift.redesign import Redesign
from drift.timetable import REDESIGNED, crawls_of
from drift.trees import text_of
from replica.entries import Entry

WATCHED = frozenset((column.site, column.name) for column in COLUMNS)


@dataclass
class Truth:
    """The pages of all sites, by every address they ever had.

    A repost that names its original is the same document; `document` is the original's address.
    """

    entries: list[Entry]
    redesigns: dict[str, Redesign]
    by_address: dict[str, Entry] = field(default_factory=dict)
    by_title: dict[str, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for redesign in self.redesigns.values():
            self.by_address.update(redesign.addresses.seen)
        for entry in self.entries:
            self.by_address[plain(entry.url)] = entry
            self.by_title.setdefault(one_title(entry.title), entry)

    def find(self, addresses: Iterable[str], title: str = "") -> Entry | None:
        """The page at one of these addresses, else the one with this title."""
        for address in addresses:
            found = self.by_address.get(plain(address))
            if found is not None:
                return found
        return self.by_title.get(one_title(title))

    def due(self) -> list[Entry]:
        """The documents that the issue of the redesigned week owes: on the lists after the last
        healthy crawl and before the last one of the week, the archive apart."""
        after, until = crawls_of(REDESIGNED - 1)[-1], crawls_of(REDESIGNED)[-1]
        archive = {one.url for redesign in self.redesigns.values() for one in redesign.archive}
        return [
            one
            for one in self.entries
            if after < one.appears <= until and one.url not in archive and not one.original
        ]

    def changed(self) -> list[Entry]:
        """The old documents whose words really change in the redesigned week."""
        return [one for one in self.entries if one.revision is not None]


def document_of(entry: Entry) -> str:
    """What identifies a document: a repost has the original's."""
    return plain(entry.original or entry.url)


def columns_of(entry: Entry) -> list[tuple[str, str]]:
    """The watched columns that list a page."""
    return [(entry.site, name) for name in entry.columns if (entry.site, name) in WATCHED]


def one_title(title: str) -> str:
    """A title to compare by: widths and blanks do not matter."""
    return "".join(unicodedata.normalize("NFKC", title).split())


def text_at(entry: Entry, now: datetime) -> str:
    """The words of a page as they stand at an instant."""
    return text_of(entry.as_of(now).body)


def likeness(one: str, two: str) -> float:
    """F1 of the character trigrams of two texts, by letters and digits alone: how cells of a
    table are set apart is not their words."""
    first, second = trigrams(one), trigrams(two)
    common = sum((first & second).values())
    total = sum(first.values()) + sum(second.values())
    return 2 * common / total if total else 1.0


def trigrams(text: str) -> Counter[str]:
    """The character trigrams of a text."""
    dense = "".join(char for char in text if char.isalnum())
    return Counter(dense[at : at + 3] for at in range(max(0, len(dense) - 2)))
