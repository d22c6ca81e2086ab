"""Which obstacle each site puts up. The words are ours; the behaviour is the sites'.

`redesign` is a new list markup of our own that no reader knows: only selectors of the operator's
read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

EVERYWHERE = ("ok", "down", "slow")
MODES: Mapping[str, tuple[str, ...]] = {
    "cde": ("warmup", "browser", "block", "block_all", "barred", "json400", "json202", "empty"),
    "miit": ("jsl521", "forbidden", "verify"),
    "tianjin": ("forbidden13", "redesign"),
    "tj_kxjs": ("forbidden13", "redesign"),
    "tj_gyxxh": ("forbidden13", "redesign"),
    "tj_tten": ("forbidden13", "redesign"),
    "beijing": ("forbidden", "redesign"),
    "wechat": ("verify", "environment"),
    "relay": ("broken",),
}
ALIASES = {"bj_zscqj": "beijing", "tj": "tianjin"}
FAMILY = {"tj_kxjs": "tianjin", "tj_gyxxh": "tianjin", "tj_tten": "tianjin"}
ROBOTS = ("missing", "disallow", "allow")


class ObstacleError(ValueError):
    """No such site or no such obstacle; the message lists what there is."""


@dataclass(frozen=True, slots=True)
class Obstacles:
    """One word a site. `tj_*` empty = what `tianjin` says. `json400` and `json202` may name the
    endpoint after a colon (`json400:/main/news/getWorkList`; default the 征求意见 list).
    `robots` maps a host to missing | disallow | allow. `slow_seconds` is how slow "slow" is."""

    cde: str = "warmup"
    miit: str = "ok"
    tianjin: str = "ok"
    tj_kxjs: str = ""
    tj_gyxxh: str = ""
    tj_tten: str = ""
    beijing: str = "ok"
    wechat: str = "ok"
    relay: str = "ok"
    robots: Mapping[str, str] = field(default_factory=dict)
    slow_seconds: float = 3.0

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name in MODES and (value or one.name not in FAMILY):
                check_mode(one.name, value)
        for host, word in self.robots.items():
            if word not in ROBOTS:
                raise ObstacleError(f"robots of {host}: {word!r} is none of {', '.join(ROBOTS)}")

    def of(self, site: str) -> str:
        """The obstacle in force at a site; CDE's plain state is `warmup`."""
        mode: str = getattr(self, site) or getattr(self, FAMILY.get(site, site))
        return "warmup" if site == "cde" and mode == "ok" else mode

    def with_wall(self, site: str, mode: str) -> Obstacles:
        """A copy with one site changed. Raises WallError for unknown words."""
        name = ALIASES.get(site, site)
        check_mode(name, mode)
        changed: dict[str, Any] = {name: mode}
        return replace(self, **changed)

    def with_robots(self, host: str, word: str) -> Obstacles:
        """A copy with the robots.txt of one host changed. Raises WallError for unknown words."""
        return replace(self, robots={**self.robots, host: word})


def check_mode(site: str, mode: str) -> None:
    """Raise WallError unless `mode` is an obstacle of `site`."""
    if site not in MODES:
        raise ObstacleError(f"no site {site!r} has walls; there are {', '.join(MODES)}")
    allowed = (*EVERYWHERE, *MODES[site])
    if mode.partition(":")[0] not in allowed:
        raise ObstacleError(f"{site} has no wall {mode!r}; there are {', '.join(allowed)}")
