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
from app.visit_queue import TOGETHER
from china_time import SHANGHAI
from crawlers.catalogue import Site
from crawlers.glance import EVERY_DAY, SETTINGS
from crawlers.items import BARRED
from storage.database import open_database
from storage.runs.refusals import was_blocked_saying

BROWSERS = 2
"""Sites behind a wall that are visited at a time."""
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
                _visit(share, together, folder, settings, environment, on_site, late)
                for share, together in shares(visited)
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
    together: int,
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

    child = SharedChild(
        environment,
        timeout=VISIT_SECONDS,
        grace=GRACE_SECONDS,
        settings=settings,
        together=together,
    )
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


def shares(sites: Sequence[Site]) -> list[tuple[list[Site], int]]:
    """The sites of each process, and how many of them are visited at a time. Those that may start a
    browser are in one, a few at a time: each has its own. Sites that ask the same host stay
    together, so that its pauses hold."""
    walled = [site for site in sites if "browser" in site.walls]
    hosts = frozenset[str]().union(*(site.named_hosts for site in walled))
    apart = [site for site in sites if site in walled or site.named_hosts & hosts]
    plain = [site for site in sites if site not in apart]
    return [share for share in ((plain, TOGETHER), (apart, BROWSERS)) if share[0]]
