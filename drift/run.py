"""One seed from beginning to end: two healthy weeks, made once for many, then the redesign."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import time
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from scrapy.utils.reactor import install_reactor

from drift.installation import Installation, keep_log, sources
from drift.judge import Judge, Judgement, Stored
from drift.kinds import CdeSite, FeedSite, MiitSite
from drift.places import places_of
from drift.plan import draw, variant_of
from drift.publisher import COLUMNS, SITES, Publisher
from drift.redesign import Redesign
from drift.site import RedesignedSite
from drift.timetable import REDESIGNED, START, crawls_of, issue_of, name_of
from drift.truth import Truth
from replica.entries import Entry
from replica.exchange import Site
from replica.server import Replica
from replica.sites import make_sites
from replica.world import World

REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
CATALOGUE = Path(__file__).parent.parent / "crawlers" / "sources.toml"
# So long before the first healthy week the store was filled: what stood on the lists then is read
# again for the last time in that week, as in a store that has run for a while.
FILLED = START - timedelta(days=17) + timedelta(hours=13)
WRAPPERS: dict[str, type[RedesignedSite]] = {"cde": CdeSite, "miit": MiitSite}


@dataclass
class Outcome:
    """What came of one seed."""

    seed: int
    changes: dict[str, list[str]]
    told: dict[str, list[str]]
    judgement: dict[str, Any]
    seconds: float
    requests: int


def run_apart(work: Callable[[], Awaitable[None]]) -> None:
    """Run a coroutine on the event loop that Scrapy's reactor uses; once in a process."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    install_reactor(REACTOR)
    reactor: Any = import_module("twisted.internet.reactor")
    failures: list[BaseException] = []

    async def guarded() -> None:
        try:
            await work()
        except BaseException as error:  # noqa: BLE001 # raised below, outside the reactor
            failures.append(error)
        finally:
            reactor.stop()

    reactor.callWhenRunning(lambda: asyncio.ensure_future(guarded()))
    reactor.run()
    if failures:
        raise failures[0]


def make_healthy(folder: Path, variant: int) -> None:
    """Fill `folder` with the store after two healthy weeks of a variant."""

    async def work() -> None:
        entries = Publisher(variant).publish()
        async with replica_of(folder, entries, {}) as replica:
            installation = Installation(folder, replica.origin)
            installation.configure(catalogue())
            keep_log(folder / "healthy.log")
            await crawl(installation, replica, FILLED)
            for week in range(REDESIGNED):
                for at in crawls_of(week):
                    await crawl(installation, replica, at)
                installation.compose(issue_of(week), name_of(week))

    run_apart(work)


def run_seed(folder: Path, healthy: Path, seed: int, *, keep: bool = False) -> Outcome:
    """Run the redesigned week of a seed on a copy of the healthy store; `keep`: write its issue."""
    shutil.copytree(healthy, folder)
    begun = time.process_time()
    outcomes: list[Outcome] = []

    async def work() -> None:
        entries = Publisher(variant_of(seed)).publish()
        redesigns = draw(seed, entries)
        entries += [one for redesign in redesigns.values() for one in redesign.archive]
        async with replica_of(folder, entries, redesigns) as replica:
            installation = Installation(folder, replica.origin)
            keep_log(folder / "redesigned.log")
            for at in crawls_of(REDESIGNED):
                await crawl(installation, replica, at)
            last = (issue_of(REDESIGNED), name_of(REDESIGNED))
            # Writing Word files costs more than choosing what stands in them.
            issue = installation.compose(*last) if keep else installation.preview(*last)
            truth = Truth(entries, redesigns)
            judgement = Judge(
                truth, issue, earlier(installation), stored(installation.database)
            ).judge()
            outcomes.append(outcome(seed, redesigns, judgement, begun, len(replica.requests)))

    run_apart(work)
    return outcomes[0]


def outcome(
    seed: int,
    redesigns: dict[str, Redesign],
    judgement: Judgement,
    begun: float,
    requests: int,
) -> Outcome:
    """What is kept of a seed."""
    return Outcome(
        seed,
        {site: one.names for site, one in redesigns.items()},
        {site: one.told for site, one in redesigns.items()},
        asdict(judgement),
        round(time.process_time() - begun, 2),
        requests,
    )


async def crawl(installation: Installation, replica: Replica, at: datetime) -> None:
    """All sites as of an instant."""
    replica.set_as_of(at)
    await installation.crawl(at, SITES)


def replica_of(folder: Path, entries: Sequence[Entry], redesigns: dict[str, Redesign]) -> Replica:
    """The stand-ins with their redesigns, in this process."""
    nothing = folder / "content"
    nothing.mkdir(parents=True, exist_ok=True)
    replica = Replica(nothing, sites=lambda world: redesigned(world, redesigns))
    replica.publish(entries)
    return replica


def redesigned(world: World, redesigns: dict[str, Redesign]) -> list[Site]:
    """Every site of the replica; those with a redesign behind it."""
    made: list[Site] = []
    for site in make_sites(world):
        name = id_of(site)
        redesign = redesigns.get(name)
        if redesign is None:
            made.append(site)
            continue
        wrapper = FeedSite if name == "wechat" else WRAPPERS.get(name, RedesignedSite)
        made.append(wrapper(site, world, redesign, places_of(name)))
    return made


def id_of(site: Site) -> str:
    """The catalogue's id of a site of the replica; the relay stands for the trade press."""
    hosts = {column.host: column.site for column in COLUMNS if column.site != "wechat"}
    hosts["relay.example.net"] = "wechat"
    return next((hosts[host] for host in site.hosts if host in hosts), "")


def catalogue() -> str:
    """The operator's sources.toml of the installation."""
    built_in = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    enabled = {site: table for site, table in built_in.items() if table.get("enabled", True)}
    names = {site: [one["name"] for one in table["columns"]] for site, table in enabled.items()}
    watched = {site: [one.name for one in COLUMNS if one.site == site] for site in SITES}
    return sources(watched, names)


def earlier(installation: Installation) -> list[dict[str, Any]]:
    """The issues before the redesigned week."""
    folders = [installation.data / "issues" / name_of(week) for week in range(REDESIGNED)]
    return [json.loads((one / "digest.json").read_text(encoding="utf-8")) for one in folders]


def stored(path: Path) -> list[Stored]:
    """The pages of the store."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT url, title, published_on, body_text, complete FROM notices")
        return [Stored(url, title, day or "", text, bool(ok)) for url, title, day, text, ok in rows]
