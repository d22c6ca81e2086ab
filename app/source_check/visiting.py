"""Asks sites now, side by side across hosts and one request at a time at each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.context import Context
from app.shared_child import SharedChild
from app.source_check.looks import SiteLook, look_of
from china_time import SHANGHAI
from crawlers.catalogue import Site
from crawlers.glance import EVERY_DAY, SETTINGS
from crawlers.items import BARRED
from storage.database import open_database
from storage.runs.refusals import was_blocked_saying

PROCESSES = 2
VISIT_SECONDS = 600.0
"""Of one site: at 药审中心's pace its dozen columns take some four minutes."""
GRACE_SECONDS = 10.0
LATE = f"超过时限 {VISIT_SECONDS:.0f} 秒，已停止"

BARRED_TODAY = f"{BARRED}，今天不再请求"

OnSite = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Way:
    """How sites are asked: `settings` and `environment` besides the usual ones."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


USUAL = Way()


def looked_at(
    context: Context,
    sites: Sequence[Site],
    folder: Path,
    on_site: OnSite,
    *,
    way: Way = USUAL,
) -> list[SiteLook]:
    """One list page and one notice of every enabled column of these sites. `folder` gets what was
    seen; `on_site` hears of each that is done. A publisher that barred this address earlier today
    is not asked."""
    settings = {**SETTINGS, "ZX_GLANCE": str(folder), **way.settings}
    environment = {
        **context.environment(),
        "SCRAPY_SETTINGS_MODULE": "crawlers.settings",
        **way.environment,
    }
    left_out = _barred(context, sites)
    visited = [
        site for site in sites if site.id not in left_out and any(c.enabled for c in site.columns)
    ]
    late: set[str] = set()

    async def visit() -> None:
        await asyncio.gather(
            *(
                _visit(share, folder, settings, environment, on_site, late)
                for share in shares(visited, PROCESSES)
            )
        )

    asyncio.run(visit())
    now = context.config.clock()
    whys = dict.fromkeys(left_out, BARRED_TODAY) | dict.fromkeys(late, LATE)
    return [look_of(site, folder, now, whys.get(site.id, "")) for site in sites]


def _barred(context: Context, sites: Sequence[Site]) -> set[str]:
    """The sites that told this address today to stay away."""
    if not context.config.database.exists():
        return set()
    now = context.config.clock()
    day = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    with closing(open_database(context.config.database, read_only=True)) as db:
        return {
            site.id
            for site in sites
            if was_blocked_saying(db, site.id, BARRED, since=day, until=now)
        }


async def _visit(
    sites: Sequence[Site],
    folder: Path,
    settings: Mapping[str, Any],
    environment: Mapping[str, str],
    on_site: OnSite,
    late: set[str],
) -> None:
    def hear(event: dict[str, Any]) -> None:
        if event["event"] == "late":
            late.add(event["site"])
        elif event["event"] == "closed":
            on_site(event["site"])

    child = SharedChild(environment, timeout=VISIT_SECONDS, grace=GRACE_SECONDS, settings=settings)
    visits = [
        {
            "site": site.id,
            "asked": {"days": EVERY_DAY},
            "log": str(folder / f"{site.id}.log"),
            "hosts": sorted(site.named_hosts),
        }
        for site in sites
    ]
    await child.run(visits, hear)


def shares(sites: Sequence[Site], number: int) -> list[list[Site]]:
    """The sites in as many lists; those that ask the same host stay together, so that its pauses
    hold."""
    found: list[list[Site]] = [[] for _ in range(number)]
    for site in sites:
        together = [
            one for one in found if any(site.named_hosts & other.named_hosts for other in one)
        ]
        min(together or found, key=len).append(site)
    return [one for one in found if one]
