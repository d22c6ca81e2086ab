"""The key of a page that is known under another address than the one a list prints today.

Keys are made from addresses and never change. A publisher prints the same page with its
parameters in another order, with another session, with or without index.html: then the key it
was stored under is the right one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from crawlers.reading.addresses import page_identity

_RANDOM = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_.-]{16,200}")
_ENOUGH = 2  # links that share a value before it can be a visitor's


class KnownKeys:
    """Keys by what their addresses have in common; filled with what is known (key, address,
    title), and with every row that is asked about."""

    def __init__(self, known: Iterable[tuple[str, str, str]]) -> None:
        self._known: list[tuple[str, str, str]] = []
        self._keys: set[str] = set()
        self._by_page: dict[str, str] = {}
        self._sessions: frozenset[str] = frozenset()
        self._by_rest: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for key, url, title in known:
            self._note(key, url, title)

    def look_at(self, urls: Sequence[str]) -> None:
        """The addresses of one list: parameters that have the same long random value on all of
        them may be the visitor's session. Alone that proves nothing: a column's number looks so
        too."""
        found = session_names(urls) - self._sessions
        if found:
            self._sessions |= found
            self._by_rest.clear()
            for entry in self._known:
                self._file(entry)

    def key_of(self, url: str, key: str, title: str) -> str:
        """The key a page is known under, else `key`. A session is left out only where the address
        is otherwise that of a known page of the same title, with another value."""
        if key in self._keys:
            return key
        same = self._by_page.get(page_identity(url)) or self._under_another_session(url, title)
        if same is None:
            self._note(key, url, title)
        return same or key

    def _under_another_session(self, url: str, title: str) -> str | None:
        if not self._sessions or not title:
            return None
        mine = _values(url, self._sessions)
        for key, other, its_title in self._by_rest.get(page_identity(url, self._sessions), ()):
            theirs = _values(other, self._sessions)
            if mine and mine.keys() == theirs.keys() and _bare(title) == _bare(its_title):
                return key
        return None

    def _note(self, key: str, url: str, title: str) -> None:
        self._keys.add(key)
        self._by_page.setdefault(page_identity(url), key)
        self._known.append((key, url, title))
        self._file(self._known[-1])

    def _file(self, entry: tuple[str, str, str]) -> None:
        if self._sessions:
            self._by_rest[page_identity(entry[1], self._sessions)].append(entry)


def session_names(urls: Sequence[str]) -> frozenset[str]:
    """The parameters that have one long random value on every address that has them."""
    values: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        for name, value in _pairs(url):
            values[name].append(value)
    return frozenset(
        name
        for name, found in values.items()
        if len(found) >= max(_ENOUGH, (len(urls) + 1) // 2)
        and len(set(found)) == 1
        and _RANDOM.fullmatch(found[0])
    )


def _pairs(url: str) -> list[tuple[str, str]]:
    parts = (part.partition("=") for part in urlsplit(url).query.split("&"))
    return [(name, value) for name, mark, value in parts if mark]


def _values(url: str, names: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in _pairs(url) if name in names}


def _bare(title: str) -> str:
    return re.sub(r"[\W_]+", "", title)
