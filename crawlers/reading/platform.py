"""What a publishing system looks like: everything the readers ask of one, told in one place.

A file of `crawlers/platforms/` makes one of these; a reader is given it and knows none by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult

from crawlers.reading.rows import Row


@dataclass(frozen=True, slots=True)
class RowPattern:
    """How one skin prints a list: `rows`, and inside a row the link and the date."""

    rows: str
    date: str = "span"
    link: str = "a[href]"


@dataclass(frozen=True, slots=True)
class NoticePattern:
    """Candidates for each field of a notice page. Title, date, source: first with text."""

    title: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    doc_number: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()


@dataclass(slots=True)
class Sign:
    """Why a list page is taken for a system's (`words`, Chinese), how sure that is, and what a
    column and a site of it need beside name and address. `asks`: addresses that are to be looked
    at before that can be said (`Platform.described`)."""

    words: str
    sureness: int
    column: dict[str, Any] = field(default_factory=dict)
    site: dict[str, Any] = field(default_factory=dict)
    asks: tuple[str, ...] = ()


# How sure a sign is; a count of links that look like the system's notices comes after these.
THE_HOST, THE_DOCUMENT, THE_SCRIPT, THE_DATA = 4_000_000, 3_000_000, 2_000_000, 1_000_000
# The page shows nothing, and asks for something.
THE_SHELL = 1


def _no_key(address: SplitResult) -> str:
    return ""


def _no_sign(text: str, url: str) -> Sign | None:
    return None


def _no_rows(node: dict[str, Any], base_url: str) -> Iterable[Row]:
    return ()


def _no_description(answer: str, url: str, asked: str) -> dict[str, Any] | None:
    return None


@dataclass(frozen=True, slots=True)
class Platform:
    """One publishing system.

    `notice_link`: a regex of addresses that are notices of it, whatever surrounds the link.
    `key`: of a canonical address the part that stays when host, scheme and parameters change, or
    "" for the whole address. For ever: another key later is another notice.
    `rows`, `notice`: selectors of its usual skins, in order; a column's own are asked first.
    `has_script_rows`: its lists may stand as data in a script of the page.
    `has_lists`: False where no public list exists, and a column is an operator's relay or nothing.
    `sign`: what tells a list page of it (source, address), beside its links.
    `answered`: the rows that one object of a saved JSON answer holds (object, base address).
    `described`: what a column needs whose page (second) asked an address (third) and got this
    answer (first); None where that is no list.
    """

    name: str
    notice_link: str = ""
    key: Callable[[SplitResult], str] = _no_key
    rows: tuple[RowPattern, ...] = ()
    notice: NoticePattern = NoticePattern()
    has_script_rows: bool = False
    has_lists: bool = True
    sign: Callable[[str, str], Sign | None] = _no_sign
    answered: Callable[[dict[str, Any], str], Iterable[Row]] = _no_rows
    described: Callable[[str, str, str], dict[str, Any] | None] = _no_description


NO_PLATFORM = Platform("")
"""A page of which no system is known."""
