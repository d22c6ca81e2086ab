"""What the driver saw of the crawls, independently of what the daemon wrote about them.

The replica's own record of requests says which site was asked when, and the driver knows which
obstacle stood there and whether it disturbed the crawl itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from replica.entries import Entry
from replica.server import Replica
from soak.publisher import COLUMNS

State = Literal["good", "bad", "open"]
HOSTS = {column.host: column.site for column in COLUMNS} | {"relay.example.net": "wechat"}
NAMES = {site: [one.name for one in COLUMNS if one.site == site] for site in set(HOSTS.values())}
# `open`: the site still shows something (CDE's home page lists its news), so that either word may
# be right. Everything else is bad; `slow` is good.
PARTLY = {"block", "browser", "verify wechat", "environment", "broken"}
ONE_COLUMN = {"json400": "征求意见", "json202": "征求意见"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One column asked in one step."""

    at: datetime
    state: State


@dataclass
class Observer:
    """Obstacles in force, and what crawls could see."""

    replica: Replica
    modes: dict[str, str] = field(default_factory=dict)
    redesigned: set[str] = field(default_factory=set)
    mended: set[str] = field(default_factory=set)
    columns: dict[tuple[str, str], list[Seen]] = field(default_factory=lambda: defaultdict(list))
    readings: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def look(self, now: datetime, *, disturbed: bool, killed: Collection[str] = ()) -> None:
        """Take note of the sites that were asked since the last look. The crawl of a `killed` one
        may have ended before it asked anything."""
        asked = {HOSTS[request.host] for request in self.replica.requests if request.host in HOSTS}
        self.replica.clear()
        for site in asked.union(killed):
            is_open = disturbed or site in killed
            for column in NAMES[site]:
                state = "open" if is_open else self.state(site, column)
                self.columns[site, column].append(Seen(now, state))
            if not is_open and all(self.state(site, one) == "good" for one in NAMES[site]):
                self.readings[site].append(now)

    def state(self, site: str, column: str) -> State:
        """How a column can be read now."""
        mode = self.modes.get("relay", "ok") if site == "wechat" else self.modes.get(site, "ok")
        if site == "wechat" and mode == "ok":
            mode = self.modes.get("wechat", "ok").replace("verify", "verify wechat")
        if site in self.redesigned - self.mended:
            return "bad"
        if mode in {"ok", "slow"}:
            return "good"
        if mode in ONE_COLUMN:
            return "open" if column == ONE_COLUMN[mode] else "good"
        return "open" if mode in PARTLY else "bad"

    def readable_at(self, pages: Iterable[Entry]) -> datetime | None:
        """When an undisturbed crawl of a site first met one of these pages."""
        times = [at for page in pages for at in self.readings[page.site] if page.stands_at(at)]
        return min(times, default=None)

    def outages(self) -> Mapping[tuple[str, str], set[int]]:
        """How many outages each column had; several numbers where a look was open."""
        return {column: outage_counts(seen) for column, seen in self.columns.items()}


def outage_counts(seen: Iterable[Seen]) -> set[int]:
    """The possible numbers of outages in a series of looks."""
    possible = {(False, 0)}
    for look in seen:
        following = set()
        for bad, count in possible:
            if look.state in {"bad", "open"}:
                following.add((True, count if bad else count + 1))
            if look.state in {"good", "open"}:
                following.add((False, count))
            if look.state == "open":
                following.add((bad, count))
        possible = following
    return {count for _, count in possible}
