"""The state of the replica's world: what is published, as of when, behind which walls."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from replica.entries import Entry
from replica.obstacles import Obstacles
from replica.sample_files import is_file


class World:
    """Shared by all sites; walls and the instant may be changed from another thread."""

    def __init__(
        self, entries: Sequence[Entry], *, walls: Obstacles, as_of: datetime | None = None
    ) -> None:
        self._entries = tuple(entries)
        self._lock = threading.Lock()
        self._walls = walls
        self._as_of = as_of

    @property
    def now(self) -> datetime:
        """The instant the sites believe it is (UTC-aware)."""
        with self._lock:
            return self._as_of or datetime.now(UTC)

    @property
    def walls(self) -> Obstacles:
        """The obstacles in force."""
        with self._lock:
            return self._walls

    def set_walls(self, walls: Obstacles) -> None:
        """Replace the obstacles."""
        with self._lock:
            self._walls = walls

    def set_as_of(self, instant: datetime | None) -> None:
        """Move to another instant; None = the real clock."""
        with self._lock:
            self._as_of = instant

    def publish(self, entries: Sequence[Entry]) -> None:
        """Add pages; each is there from its `appears` on."""
        with self._lock:
            self._entries += tuple(entries)

    def published(self, site: str) -> list[Entry]:
        """Everything of a site that has appeared, in its present wording, as the lists order it:
        pinned rows first, then newest first."""
        now = self.now
        with self._lock:
            entries = self._entries
        rows = [e.as_of(now) for e in entries if e.site == site and e.stands_at(now)]
        return sorted(rows, key=lambda e: (not e.pinned, -e.published.timestamp()))

    def listed(self, site: str, column: str) -> list[Entry]:
        """The rows of one column."""
        return [entry for entry in self.published(site) if column in entry.columns]

    def find(self, site: str, path: str) -> Entry | None:
        """The page of a site at a path, if it has appeared; the query does not matter.
        A notice that is itself a file (its row leads straight to it) is not a page."""
        for entry in self.published(site):
            here = urlsplit(entry.url).path == path and not entry.external_url
            if here and not is_file(entry.url):
                return entry
        return None

    def newest_change(self, entries: Sequence[Entry]) -> datetime:
        """Last-Modified of a list: when one of its rows last appeared."""
        return max((entry.appears for entry in entries), default=datetime(2021, 1, 1, tzinfo=UTC))
