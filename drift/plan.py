"""Which changes each site gets from a seed."""

from __future__ import annotations

import hashlib
from random import Random

from drift import (  # noqa: F401 # each registers its changes
    changes_addresses,
    changes_answers,
    changes_delivery,
    changes_json,
    changes_moved,
    changes_paging,
    furniture,
    names_markup,
    notice_markup,
    rows_markup,
    rows_order,
)
from drift.changes import FAMILIES, REGISTER, Change
from drift.places import places_of
from drift.publisher import SITES
from drift.redesign import Redesign
from drift.timetable import GO_LIVE, REDESIGNED, week_start
from replica.entries import Entry

# How many changes a site gets, and how often; a site without any is there to be left alone.
COUNTS = {0: 0.12, 1: 0.33, 2: 0.33, 3: 0.22}
MOST_OF_A_FAMILY = 2
# Families of which a second change would only undo the first.
ONCE = frozenset({"paging", "old rows", "moved", "addresses", "order"})
VARIANTS = 3
# The seed of a third healthy week: the judge must find nothing in it.
UNCHANGED = -1
SEEDS_OF_A_VARIANT = 20
RESERVED = tuple(
    9000 + int(hashlib.sha256(f"reserved {n}".encode()).hexdigest()[:8], 16) % 90_000
    for n in range(10)
)


def variant_of(seed: int) -> int:
    """Which content the sites of a seed publish."""
    return max(seed, 0) // SEEDS_OF_A_VARIANT % VARIANTS


def draw(seed: int, entries: list[Entry]) -> dict[str, Redesign]:
    """The redesign of every site; `entries` is what they publish."""
    return {site: draw_site(seed, site, entries) for site in SITES}


def draw_site(seed: int, site: str, entries: list[Entry]) -> Redesign:
    """The redesign of one site."""
    random = Random(f"redesign {seed} {site}")  # noqa: S311 # a rehearsal, not a secret
    since = week_start(REDESIGNED) + random.choices(GO_LIVE, (4, 3, 3))[0]
    redesign = Redesign(site, since, random)
    old = week_start(REDESIGNED - 1)
    redesign.neighbours = [one for one in entries if one.site == site and one.appears < old]
    count = random.choices(list(COUNTS), list(COUNTS.values()))[0] if seed != UNCHANGED else 0
    chosen = choose(random, site, count)
    for one in sorted(chosen, key=lambda one: FAMILIES.index(one.family)):
        redesign.note(one.name, one.apply(random, redesign, places_of(site)))
    return redesign


def choose(random: Random, site: str, count: int) -> list[Change]:
    """So many changes that a site can have, the heavier ones more often."""
    chosen: list[Change] = []
    while len(chosen) < count:
        fitting = [one for one in REGISTER.values() if site in one.sites and fits(one, chosen)]
        chosen.append(random.choices(fitting, [one.weight for one in fitting])[0])
    return chosen


def fits(one: Change, chosen: list[Change]) -> bool:
    """Whether a change can come on top of others."""
    same = sum(other.family == one.family for other in chosen)
    return one not in chosen and same < (1 if one.family in ONCE else MOST_OF_A_FAMILY)
