"""The register of single changes: each has a name, a family, and the sites that can have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from drift.places import Place
from drift.redesign import Redesign

Apply = Callable[[Random, Redesign, list[Place]], str]
# Changes of one site are applied in this order: rows are rebuilt before their dates are touched,
# and names are renamed when everything that has one is there.
FAMILIES = (
    *("moved", "rows", "order", "old rows", "noise", "paging", "markup", "titles", "dates"),
    *("notice", "furniture", "names", "json", "feed", "addresses", "answers", "delivery"),
)
HTML_SITES = frozenset({"tj_kxjs", "tj_gyxxh", "tj_tten", "bj_zscqj"})
PAGE_SITES = HTML_SITES | {"miit", "cde"}
LIST_SITES = HTML_SITES | {"miit"}
EVERY_SITE = PAGE_SITES | {"wechat"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `apply` draws its particulars and returns them in words."""

    name: str
    family: str
    sites: frozenset[str]
    apply: Apply
    weight: float = 1.0


REGISTER: dict[str, Change] = {}


def change(
    name: str, family: str, sites: frozenset[str], weight: float = 1.0
) -> Callable[[Apply], Apply]:
    """Register a change under its name."""
    if family not in FAMILIES or name in REGISTER:
        raise ValueError(f"{name}: unknown family {family}, or a name given twice")

    def registered(apply: Apply) -> Apply:
        REGISTER[name] = Change(name, family, sites, apply, weight)
        return apply

    return registered
